"""A way to the engine on which creations of containers take their time, whoever still waits."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from lab.launch.endpoint.contexts import endpoint_of

_PIECE = 65536


@contextlib.contextmanager
def slow_creations(folder: Path, seconds: float) -> Iterator[str]:
    """Give the `DOCKER_HOST` of such a way, which leads to the real engine."""
    path = folder / "slow.sock"
    far = endpoint_of(os.environ).socket_path
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=_serve, args=(listener, far, seconds), daemon=True).start()
        yield f"unix://{path}"
    path.unlink()


def _serve(listener: socket.socket, far: str, seconds: float) -> None:
    with contextlib.suppress(OSError):  # the listener was closed
        while True:
            near, _ = listener.accept()
            threading.Thread(target=_lead, args=(near, far, seconds), daemon=True).start()


def _lead(near: socket.socket, far: str, seconds: float) -> None:
    with near, socket.socket(socket.AF_UNIX) as engine:
        engine.connect(far)
        back = threading.Thread(target=_carry, args=(engine, near, 0), daemon=True)
        back.start()
        _carry(near, engine, seconds)
        back.join()


def _carry(source: socket.socket, sink: socket.socket, seconds: float) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            if b"/containers/create" in piece.partition(b"\r\n")[0]:
                time.sleep(seconds)
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
