"""What any lab's start needs, begun while the verb's modules are loaded: those take one core."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from lab.render.key_stock import foresee

if TYPE_CHECKING:
    from lab.launch.engine import Engine


def begin(environ: Mapping[str, str]) -> "Future[Engine]":
    """Foresee the lab's keys, and reach for the engine that the environment names.

    The future gives the engine, or raises as `Engine.connect` does.
    """
    foresee()
    # Here: two threads that load modules take turns so often that both are later.
    from lab.launch.engine import Engine  # noqa: PLC0415

    pool = ThreadPoolExecutor(1, thread_name_prefix="engine")
    connecting = pool.submit(_connect, Engine, environ)
    pool.shutdown(wait=False)
    return connecting


def _connect(kind: "type[Engine]", environ: Mapping[str, str]) -> "Engine":
    engine = kind.connect(environ)
    _ = engine.facts  # every start asks for them
    return engine
