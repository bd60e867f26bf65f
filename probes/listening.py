"""Reads which TCP ports are in LISTEN in a network namespace, without any traffic."""

import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

# linux/netlink.h, sock_diag.h, inet_diag.h
_SOCK_DIAG = 4
_OF_ALL_FAMILIES = 18
_REQUEST_DUMP = 0x301
_DONE, _ERROR = 3, 2
_MESSAGE_HEAD = struct.Struct("=IHHII")
_LISTEN = 10
_PORT_AT = 4  # behind the message's head: family, state, timer, retrans, then the port
_LISTENERS = struct.pack("=52xII", 1 << _LISTEN, 0)  # no address or port asked for, but a state
_REST = 9.0  # so many times as long as a reading of all listeners takes lies before the next one

_PROC_TABLES = (Path("/proc/thread-self/net/tcp"), Path("/proc/thread-self/net/tcp6"))

Enter = Callable[[], AbstractContextManager[object]]


class Listeners(Protocol):
    """The listeners of one network namespace; *period* is the seconds between two readings."""

    period: float

    def ports(self) -> tuple[int, ...]:
        """Give the ports in LISTEN, sorted."""

    def close(self) -> None:
        """Give up what the reading needs."""


def pause_after(spent: float, period: float) -> float:
    """Give the seconds until all listeners are read again, when reading them took *spent*.

    A large lab has many; reading them may take a tenth of a core from the nodes, and not more.
    """
    return max(period, spent * _REST)


def listeners_inside(enter: Enter) -> Listeners:
    """Give the listeners of the namespace that *enter* leads into, by the way that this kernel has.

    The kernel's socket diagnosis looks at listeners only (0.03 ms); `/proc/net/tcp` walks every
    connection of the whole machine (3 ms on a machine with 24 GB), so it is read less often.
    Raises what *enter* raises when nothing leads there.
    """
    with enter():
        try:
            return Diagnosis()
        except OSError:
            return Tables(enter)


class Diagnosis:
    """The kernel's socket diagnosis, in the network namespace that it was opened in.

    Raises `OSError` where the kernel has no such thing.
    """

    period = 0.015

    def __init__(self) -> None:
        self._sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)
        try:
            self.ports()
        except OSError:
            self.close()
            raise

    def ports(self) -> tuple[int, ...]:
        """Give the ports in LISTEN, sorted."""
        return tuple(sorted(set(_dump(self._sock))))

    def close(self) -> None:
        """Close its socket."""
        self._sock.close()


class Tables:
    """The text tables under `/proc`, of the network namespace that *enter* leads into."""

    period = 0.25

    def __init__(self, enter: Enter) -> None:
        self._enter = enter

    def ports(self) -> tuple[int, ...]:
        """Give the ports in LISTEN, sorted."""
        with self._enter():
            return tuple(sorted({port for table in _PROC_TABLES for port in _read_table(table)}))

    def close(self) -> None:
        """Do nothing: each reading opens the tables anew."""


def _dump(sock: socket.socket) -> Iterator[int]:
    """Ask by the older request, whose one answer has both families, IPv4 and IPv6."""
    size = _MESSAGE_HEAD.size + len(_LISTENERS)
    sock.send(_MESSAGE_HEAD.pack(size, _OF_ALL_FAMILIES, _REQUEST_DUMP, 0, 0) + _LISTENERS)
    while True:
        data = sock.recv(1 << 16)
        while data:
            length, kind, *_ = _MESSAGE_HEAD.unpack_from(data)
            if kind == _DONE:
                return
            if kind == _ERROR:
                (code,) = struct.unpack_from("=i", data, _MESSAGE_HEAD.size)
                raise OSError(-code, os.strerror(-code))
            (port,) = struct.unpack_from(">H", data, _MESSAGE_HEAD.size + _PORT_AT)
            yield port
            data = data[(length + 3) & ~3 :]


def _read_table(table: Path) -> Iterator[int]:
    try:
        rows = table.read_text(encoding="ascii").splitlines()[1:]
    except FileNotFoundError:
        return  # a kernel without IPv6
    for row in map(str.split, rows):
        if int(row[3], 16) == _LISTEN:
            yield int(row[1].rpartition(":")[2], 16)
