"""Ports of 127.0.0.1 that lead into a lab which publishes none, for as long as somebody asks."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from lab.errors import LabError
from lab.launch.ports import LOOPBACK, Ports, published_ports, publishing
from lab.plan.model import Plan

_PIECE = 65536
OpenTunnel = Callable[[str, str, int], socket.socket]


@contextmanager
def forwarded(plan: Plan, open_tunnel: OpenTunnel) -> Iterator[Ports]:
    """Give a port of 127.0.0.1 for each that would be published on one engine.

    Each connection is one through the lab's prober, by *open_tunnel* with a member, its host
    and port there.
    """
    with ExitStack() as open_:
        ports: dict[str, dict[int, int]] = {}
        for member in publishing(plan):
            for port in published_ports(member):
                listener = open_.enter_context(socket.create_server((LOOPBACK, 0)))
                tunnel = partial(open_tunnel, member.name, member.hostname, port)
                threading.Thread(target=_serve, args=(listener, tunnel), daemon=True).start()
                ports.setdefault(member.name, {})[port] = listener.getsockname()[1]
        yield ports


def _serve(listener: socket.socket, tunnel: Callable[[], socket.socket]) -> None:
    with contextlib.suppress(OSError):  # the listener was closed
        while True:
            near, _ = listener.accept()
            threading.Thread(target=_lead, args=(near, tunnel), daemon=True).start()


def _lead(near: socket.socket, tunnel: Callable[[], socket.socket]) -> None:
    """Carry one connection both ways; whoever dialled sees it close when the lab doesn't answer."""
    with near:
        try:
            far = tunnel()
        except LabError:
            return
        with far:
            back = threading.Thread(target=_carry, args=(far, near), daemon=True)
            back.start()
            _carry(near, far)
            back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
