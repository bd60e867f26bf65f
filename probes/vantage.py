"""The process of one vantage: it stands in one namespace and makes the attempts asked of it."""

import asyncio
import functools
import json
import os
import traceback
from collections.abc import Mapping
from typing import Any

from probes.attempt import attempt, no_vantage, not_tried
from probes.connection import Vantage
from probes.lines import say, say_error, say_result
from probes.names import Resolver, read_own_etc
from probes.namespace import Node, die_with, drop_capabilities, enter_network, read_etc
from probes.routes import leads_outside
from probes.target import target_from_json

_TARGET_LIMIT = 1 << 20


def serve(name: str, trust: str, node: Node | None, asked: int, session: int) -> None:
    """Make attempts from *node* (None: from here) until the pipe *asked* ends.

    Runs in a fresh child of *session* with a single thread, because a namespace is entered per
    thread.
    """
    why = _enter(node)
    drop_capabilities()
    die_with(session)
    read = functools.partial(read_etc, node.etc) if node else read_own_etc
    vantage = Vantage(Resolver(read), trust, leads_outside)
    if why:
        say({"type": "gone", "vantage": name, "why": why})
    asyncio.run(_Attempts(name, vantage, why).serve(asked))


def _enter(node: Node | None) -> str:
    """Give why the namespace can't be entered, or ""."""
    if node is None:
        return ""
    try:
        enter_network(node.network)
    except OSError as error:
        return f"the prober can't enter the network namespace: {error.strerror}"
    return ""


class _Attempts:
    """The attempts under way from one vantage."""

    def __init__(self, name: str, vantage: Vantage, no_entry: str) -> None:
        self._name = name
        self._vantage = vantage
        self._no_entry = no_entry
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, asked: int) -> None:
        reader = asyncio.StreamReader(limit=_TARGET_LIMIT)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: protocol, os.fdopen(asked, "rb"))
        while line := await reader.readline():
            self._start(self._answer(json.loads(line)))
        await self._end()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        """Break off what is under way: the node is gone, or has been named anew."""
        tasks = tuple(self._tasks)
        await asyncio.sleep(0)  # one that never ran could not answer
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, values: Mapping[str, Any]) -> None:
        try:
            target = target_from_json(dict(values))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            say_error(f"no target: {type(error).__name__}", vantage=self._name)
            return
        if self._no_entry:
            say_result(self._name, no_vantage(target.id, self._no_entry))
            return
        try:
            say_result(self._name, await attempt(target, self._vantage))
        except asyncio.CancelledError:
            say_result(self._name, no_vantage(target.id, "the node's process has ended"))
            raise
        except Exception as error:  # noqa: BLE001 - a bug of one probe must be loud and spare the others
            say_result(self._name, not_tried(target.id, _bug(error)))


def _bug(error: Exception) -> str:
    """Name a bug and its place, and no value: a value may be a credential."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"a bug in the probes: {type(error).__name__} in {frame.filename}:{frame.lineno}"
