"""One connection to a member, carried over stdin and stdout.

`python3 -m probes.tunnel HOST PORT [PID CONTAINER]` lets a test talk to a port that nobody
publishes: from the network of that process, or from where this one stands.
"""

import asyncio
import contextlib
import functools
import os
import socket
import sys
import threading

from probes.failure import LinkError
from probes.names import Resolver
from probes.namespace import (
    NoEntryError,
    drop_capabilities,
    enter_network,
    find_node,
    read_etc,
)

_STDIN, _STDOUT = 0, 1
_PIECE = 65536
_PATIENCE = 10.0  # seconds to connect


def main() -> int:
    """Carry bytes both ways until the member closes; give the exit code."""
    host, port, *process = sys.argv[1:]
    try:
        address = _seen_from(*process, host=host) if process else host
        connection = socket.create_connection((address, int(port)), timeout=_PATIENCE)
    except (OSError, LinkError, NoEntryError) as error:
        sys.stderr.write(f"{host}:{port}: {error}\n")
        return 1
    connection.settimeout(None)
    threading.Thread(target=_carry_in, args=(connection,), daemon=True).start()
    with contextlib.suppress(OSError):
        while piece := connection.recv(_PIECE):
            _write(piece)
    return 0


def _seen_from(pid: str, container: str, *, host: str) -> str:
    """Enter a process's network for good, and give the address that *host* has there."""
    node = find_node(int(pid), container)
    enter_network(node.network)
    drop_capabilities()
    return asyncio.run(Resolver(functools.partial(read_etc, node.etc)).resolve(host))


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
