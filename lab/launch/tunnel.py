"""A connection into the lab's network over the prober's streams: nothing is published for it."""

import contextlib
import socket
import threading

from lab.launch.engine import Engine
from lab.launch.exec_stream import STDOUT, ExecStream

_TUNNEL = ("python3", "-m", "probes.tunnel")
_PIECE = 65536


def open_tunnel(
    engine: Engine, prober: str, host: str, port: int, process: tuple[int, str] | None
) -> socket.socket:
    """Give a socket whose other end is *host*:*port* of the lab's network.

    *process* is the pid and container in whose network the prober dials; none: where it stands
    itself. A member that can't be reached closes the socket at once.
    """
    where = map(str, process or ())
    _, stream = engine.open_exec(prober, (*_TUNNEL, host, str(port), *where))
    near, far = socket.socketpair()
    threading.Thread(target=_carry_in, args=(far, stream), daemon=True).start()
    threading.Thread(target=_carry_out, args=(stream, far), daemon=True).start()
    return near


def _carry_in(far: socket.socket, stream: ExecStream) -> None:
    with contextlib.suppress(OSError):
        while piece := far.recv(_PIECE):
            stream.write(piece)
    stream.end_input()


def _carry_out(stream: ExecStream, far: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while (frame := stream.read()) is not None:
            if frame[0] == STDOUT:
                far.sendall(frame[1])
    stream.close()
    with contextlib.suppress(OSError):
        far.shutdown(socket.SHUT_RDWR)
    far.close()
