"""Probing without rights: one prober beside each node, in its network, behind the one channel."""

import json
from collections.abc import Callable
from typing import Any

from lab.launch.channel import ExecChannel
from lab.launch.definitions import sidecar_definition
from lab.launch.engine import Engine
from lab.launch.refusals import GoneError, NameTakenError
from lab.launch.sessions import Session, Sessions
from lab.plan.model import Plan

OF = "apim-lab.sidecar-of"  # the process whose network it shares; a restarted node has another
_OWN = ""  # the prober itself, which stands on the lab's network


class SidecarChannel(Sessions):
    """Sends each vantage's messages to the session in its own sidecar and gathers the answers.

    A sidecar is started when its vantage is defined, and stays when the sessions end.
    """

    def __init__(self, engine: Engine, plan: Plan) -> None:
        super().__init__()
        self._engine = engine
        self._plan = plan
        self._open(_OWN, lambda: plan.prober)

    def send(self, data: bytes) -> None:
        """Pass one message to the session it is for."""
        message = json.loads(data)
        if message["type"] == "vantage" and message["pid"] is not None:
            node, process = message["container"], f"{message['container']}:{message['pid']}"
            name = message["name"]
            self._open(name, lambda: self._sidecar(name, node, process))
            message = {**message, "pid": None, "container": ""}
        self._session_of(message).send(json.dumps(message).encode() + b"\n")

    def _session_of(self, message: dict[str, Any]) -> Session:
        name = message["name"] if message["type"] == "vantage" else message["vantage"]
        with self._guard:
            return self._sessions.get(name, self._sessions[_OWN])

    def _open(self, name: str, find: Callable[[], str]) -> None:
        session = Session(lambda: ExecChannel(self._engine, find()), self._take)
        with self._guard:
            before = self._sessions.get(name)
            self._sessions[name] = session
        if before is not None:
            before.close()

    def _take(self, session: Session, received: bytes | Exception) -> None:
        with self._guard:
            if self._closed or session not in self._sessions.values():
                return  # a replaced vantage has nothing to say any more
            own = session is self._sessions[_OWN]
        if isinstance(received, bytes) and not own and _is_ready(received):
            return  # one `ready` a channel
        self._received.put(received)

    def _sidecar(self, member: str, node: str, process: str) -> str:
        """Give a running sidecar of this very process, the one of before if it fits."""
        prober = self._engine.inspect(self._plan.prober)
        wanted = sidecar_definition(self._plan, member, node, prober, {OF: process})
        if not self._fits(wanted.name, process):
            try:
                self._engine.create(wanted)
            except NameTakenError:  # another session was quicker, for the same process
                return wanted.name
            self._engine.start(wanted.name)
        return wanted.name

    def _fits(self, name: str, process: str) -> bool:
        try:
            seen = self._engine.inspect(name)
            if seen.status == "running" and seen.labels[OF] == process:
                return True
            self._engine.remove(name)
        except GoneError:
            pass
        return False


def _is_ready(line: bytes) -> bool:
    return bool(json.loads(line)["type"] == "ready")
