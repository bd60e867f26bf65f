"""One connection from the prober's place to a member, carried over stdin and stdout.

`python3 -m probes.tunnel HOST PORT` lets a test talk to a port that nobody publishes.
"""

import contextlib
import os
import socket
import sys
import threading

_STDIN, _STDOUT = 0, 1
_PIECE = 65536
_PATIENCE = 10.0  # seconds to connect


def main() -> int:
    """Carry bytes both ways until the member closes; give the exit code."""
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        connection = socket.create_connection((host, port), timeout=_PATIENCE)
    except OSError as error:
        sys.stderr.write(f"{host}:{port}: {error}\n")
        return 1
    connection.settimeout(None)
    threading.Thread(target=_carry_in, args=(connection,), daemon=True).start()
    with contextlib.suppress(OSError):
        while piece := connection.recv(_PIECE):
            _write(piece)
    return 0


def _carry_in(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := os.read(_STDIN, _PIECE):
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)


def _write(piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(_STDOUT, left) :]


if __name__ == "__main__":
    sys.exit(main())
