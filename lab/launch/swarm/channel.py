"""Probing over many machines: a session in the prober of each, behind the one channel."""

import json
from functools import partial

from lab.launch.channel import ExecChannel
from lab.launch.engine import Engine
from lab.launch.labels import SWARM
from lab.launch.sessions import Session, Sessions
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.member import MemberEngine
from lab.launch.swarm.stack import machines_in


def open_channel(engine: Engine, prober: str) -> "MachinesChannel":
    """Open a session of the prober on every machine of a swarm."""
    assert isinstance(engine, SwarmEngine)  # noqa: S101  # no other engine is in a swarm
    return MachinesChannel(engine, prober)


class MachinesChannel(Sessions):
    """Sends each vantage's messages to the machine that its node runs on, and gathers the answers.

    A session whose machine is lost has nothing to say any more: what it was asked is answered by
    nobody, and counts as that. One that fails although its machine answers is an error.
    """

    def __init__(self, engine: SwarmEngine, prober: str) -> None:
        super().__init__()
        self._engine = engine
        self._vantages: dict[str, str] = {}
        self._is_ready = False
        # A machine that was named after the lab was made has nothing of it.
        of_the_lab = machines_in(engine.inspect(prober).labels[SWARM]).values()
        self._sessions = {
            name: Session(partial(_session, member, prober), self._take)
            for name, member in engine.members.items()
            if name in of_the_lab
        }

    def send(self, data: bytes) -> None:
        """Pass one message to the machine it is for."""
        message = json.loads(data)
        if message["type"] == "vantage":
            at = self._engine.machine_of(message["container"])
            before = self._vantages.get(message["name"], at)
            self._vantages[message["name"]] = at
            if before != at and before in self._sessions:  # the swarm has moved the node
                gone = {**message, "pid": None, "container": ""}
                self._sessions[before].send(json.dumps(gone).encode() + b"\n")
        name = self._vantages.get(message.get("vantage") or message.get("name"), "")
        session = self._sessions.get(name)
        if session is not None:
            session.send(data)

    def _take(self, session: Session, received: bytes | Exception) -> None:
        if self._closed:
            return
        if isinstance(received, bytes):
            if json.loads(received)["type"] == "ready":
                with self._guard:
                    if self._is_ready:
                        return  # one `ready` a channel
                    self._is_ready = True
            self._received.put(received)
            return
        name = next(name for name, one in self._sessions.items() if one is session)
        member = self._engine.members.get(name)
        if member is not None and member.answers():
            self._received.put(received)


def _session(member: MemberEngine, prober: str) -> ExecChannel:
    """Open a session; the prober of a machine that was away is started again."""
    if member.inspect(prober).status != "running":
        member.start(prober)
    return ExecChannel(member, prober)
