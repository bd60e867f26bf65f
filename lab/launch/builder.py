"""A throw-away container in which an image is made: it goes whatever happens, the image stays."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from lab.launch.engine import Engine
from lab.launch.refusals import GoneError
from lab.launch.seen import Definition


@contextmanager
def building(engine: Engine, wanted: Definition) -> Iterator[str]:
    """Create the container and give its id; at the end it is removed."""
    builder = engine.create(wanted)
    try:
        yield builder
    finally:
        with suppress(GoneError):  # `lab down` was quicker
            engine.remove(builder)


def keep_image(
    engine: Engine,
    builder: str,
    tag: str,
    config: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Keep what a builder holds as an image, with these labels alone."""
    # A commit inherits the builder's labels, and an image is no lab's.
    inherited = dict.fromkeys(engine.inspect(builder).labels, "")
    engine.commit(builder, tag, {**(config or {}), "Labels": {**inherited, **(labels or {})}})
