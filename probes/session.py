"""One controller's session in the prober: vantages and targets on stdin, results on stdout.

Run as `python3 -m probes.session`. This process has one thread and no event loop, for it forks:
each vantage is a child, which must be alone in its process when it enters a network namespace.
The listeners of all namespaces are read here: a process each that woke up for it took three times
as much of the processors that the nodes need for their start.
"""

import contextlib
import gc
import json
import os
import select
import signal
import ssl
import time
import traceback
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, NoReturn

from probes import vantage
from probes.attempt import no_vantage
from probes.by_protocol import load_all
from probes.lines import say, say_error, say_result
from probes.listening import Listeners, listeners_inside, pause_after
from probes.namespace import Node, NoEntryError, find_node, inside
from probes.trust import client_context

_STDIN = 0
_STANDARD_STREAMS = {0, 1, 2}
_READ_SIZE = 1 << 16
_MOST_PORTS = 600  # what one line can tell; the product opens some twenty
_CRASHED = 70  # EX_SOFTWARE of sysexits.h


@dataclass(slots=True)
class _Child:
    """A vantage and the process that stands there; *why* is set when it can't be asked any more."""

    name: str
    pid: int = 0
    ended: int = -1  # a pidfd of the child
    asks: int = -1  # the pipe that its targets go into
    node_ended: int = -1  # a pidfd of the node's process
    listeners: Listeners | None = None
    ports: tuple[int, ...] | None = None  # as they were told last
    held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    why: str = ""


class Session:
    """The vantages of one controller."""

    def __init__(self) -> None:
        self._children: dict[str, _Child] = {}
        self._dismissed: list[_Child] = []
        self._poll = select.poll()
        self._unread = b""
        self._due = inf  # when the listeners are to be read again

    def run(self) -> None:
        """Serve until stdin ends."""
        load_all()
        gc.freeze()  # a child that collects garbage would copy every page of this process
        self._poll.register(_STDIN, select.POLLIN)
        say({"type": "ready"})
        while True:
            ready = [descriptor for descriptor, _ in self._poll.poll(self._pause())]
            for descriptor in ready:
                self._notice_end(descriptor)
            # Last, because a message may open a descriptor under a number that just became free.
            if _STDIN in ready and not self._read():
                self._kill_all()
                return
            if time.monotonic() >= self._due:
                self._read_listeners()

    def _pause(self) -> float | None:
        """Give the milliseconds until the listeners are to be read; None while there are none."""
        return None if self._due == inf else max(0.0, self._due - time.monotonic()) * 1000

    def _read_listeners(self) -> None:
        """Tell the ports of each vantage's namespace where they have changed."""
        began, period = time.process_time(), inf
        for child in self._children.values():
            if child.listeners is not None:
                self._tell_ports(child, child.listeners)
                period = min(period, child.listeners.period)
        self._due = time.monotonic() + pause_after(time.process_time() - began, period)

    def _tell_ports(self, child: _Child, listeners: Listeners) -> None:
        try:
            ports = listeners.ports()[:_MOST_PORTS]
        except OSError as error:
            child.listeners = None
            say_error(f"the listeners can't be read: {error.strerror}", vantage=child.name)
            return
        if ports != child.ports:
            child.ports = ports
            say({"type": "listening", "vantage": child.name, "ports": ports})

    def _read(self) -> bool:
        data = os.read(_STDIN, _READ_SIZE)
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            try:
                self._obey(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                say_error(f"no message: {type(error).__name__}")
        return bool(data)

    def _obey(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "vantage":
                self._define(
                    str(message["name"]), message["pid"], message["container"], message["trust"]
                )
            case "probe":
                self._forward(message["vantage"], message["target"])
            case _:
                say_error("no message: its type is unknown")

    def _define(self, name: str, pid: int | None, container: str, trust: str) -> None:
        if name in self._children:
            self._dismiss(self._children.pop(name))
        child = self._children[name] = _Child(name)
        try:
            if trust:
                client_context(trust)  # made here once, and every child inherits it
            node = None if pid is None else find_node(int(pid), container)
        except (NoEntryError, ssl.SSLError) as error:
            child.why = str(error)
            say({"type": "gone", "vantage": name, "why": child.why})
            return
        self._fork(child, trust, node)
        self._watch(child, node)

    def _watch(self, child: _Child, node: Node | None) -> None:
        """Read the listeners of its namespace from here on; its child says why it can't enter."""
        enter = partial(inside, node.network) if node else contextlib.nullcontext
        with contextlib.suppress(NoEntryError):
            child.listeners = listeners_inside(enter)
            child.held.callback(child.listeners.close)
            self._due = 0.0

    def _fork(self, child: _Child, trust: str, node: Node | None) -> None:
        asked, child.asks = os.pipe()
        session = os.getpid()
        child.pid = os.fork()
        if child.pid == 0:
            _become(child.name, trust, node, asked, session)
        os.close(asked)
        child.ended = os.pidfd_open(child.pid)
        self._poll.register(child.ended, select.POLLIN)
        if node:
            os.close(node.etc)
            child.held.callback(os.close, node.network)
            child.node_ended = node.process
            self._poll.register(child.node_ended, select.POLLIN)

    def _forward(self, name: str, target: dict[str, Any]) -> None:
        child = self._children.get(name)
        if child is None or child.why:
            why = child.why if child else f"no vantage {name} was named"
            say_result(name, no_vantage(str(target["id"]), why))
            return
        line = memoryview(json.dumps(target).encode() + b"\n")
        try:
            while line:
                line = line[os.write(child.asks, line) :]
        except BrokenPipeError:  # its end is about to be noticed
            say_result(name, no_vantage(str(target["id"]), "the prober's process for it has ended"))

    def _notice_end(self, descriptor: int) -> None:
        for child in (*self._children.values(), *self._dismissed):
            if descriptor == child.node_ended:
                self._lose(child, "its process has ended")
            elif descriptor == child.ended:
                self._bury(child)

    def _lose(self, child: _Child, why: str) -> None:
        """Say that a node is gone; its child answers for what is under way, and ends."""
        if not child.why:
            child.why = why
            say({"type": "gone", "vantage": child.name, "why": why})
        self._release(child)

    def _dismiss(self, child: _Child) -> None:
        child.why = child.why or "replaced"
        self._release(child)
        if child.pid:
            self._dismissed.append(child)

    def _release(self, child: _Child) -> None:
        child.listeners = None
        child.held.close()
        if child.node_ended >= 0:
            self._poll.unregister(child.node_ended)
            os.close(child.node_ended)
            child.node_ended = -1
        if child.asks >= 0:
            os.close(child.asks)
            child.asks = -1

    def _bury(self, child: _Child) -> None:
        self._poll.unregister(child.ended)
        os.close(child.ended)
        _, status = os.waitpid(child.pid, 0)
        child.ended, child.pid = -1, 0
        if not child.why:
            code = os.waitstatus_to_exitcode(status)
            say_error(f"the process of vantage {child.name} ended with {code}", vantage=child.name)
        self._lose(child, "the prober's process for it has ended")
        if child in self._dismissed:
            self._dismissed.remove(child)

    def _kill_all(self) -> None:
        children = [child for child in (*self._children.values(), *self._dismissed) if child.pid]
        for child in children:
            os.kill(child.pid, signal.SIGKILL)
        for child in children:
            os.waitpid(child.pid, 0)


def _become(name: str, trust: str, node: Node | None, asked: int, session: int) -> NoReturn:
    """Be the child: keep nothing of the session but stdout, stderr and what the vantage needs."""
    try:
        keep = {asked, *((node.network, node.etc) if node else ())}
        _close_all_but(keep)
        vantage.serve(name, trust, node, asked, session)
    except BaseException:  # noqa: BLE001 - nothing may return into the session's loop
        traceback.print_exc()
        os._exit(_CRASHED)
    os._exit(0)


def _close_all_but(keep: set[int]) -> None:
    """Close what was inherited: another vantage's open pipe would keep that one from ending."""
    os.close(_STDIN)
    os.open(os.devnull, os.O_RDONLY)  # takes the number of stdin
    inherited = {int(entry.name) for entry in Path("/proc/self/fd").iterdir()}
    for descriptor in inherited - keep - _STANDARD_STREAMS:
        with contextlib.suppress(OSError):  # one was the listing itself
            os.close(descriptor)


if __name__ == "__main__":
    Session().run()
