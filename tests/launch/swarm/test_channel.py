"""The channel to several machines, with sessions that are scripted."""

import json
from collections.abc import Callable, Iterator

import pytest

from lab.launch.labels import SWARM
from lab.launch.seen import SeenContainer
from lab.launch.swarm import channel
from lab.launch.swarm.channel import MachinesChannel


class Session:
    """What stands for a machine's session; *take* is the channel's own."""

    def __init__(self, machine: str, take: Callable[..., None]) -> None:
        self.machine = machine
        self.take = take
        self.sent: list[dict] = []

    def send(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def say(self, **message: object) -> None:
        self.take(self, json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        self.sent.append({"type": "closed"})


class Member:
    def __init__(self, *, answers: bool = True) -> None:
        self._answers = answers

    def answers(self) -> bool:
        return self._answers


class Machines:
    """Two machines, of which the second is about to be lost."""

    def __init__(self) -> None:
        self.members = {"m1": Member(), "m2": Member(answers=False)}
        self.where = {"c1": "m1", "c2": "m2", "": "m1"}
        self.of_the_lab = "n1=m1,n2=m2"

    def machine_of(self, container: str) -> str:
        return self.where[container]

    def inspect(self, container: str) -> SeenContainer:
        return SeenContainer("p", container, {SWARM: self.of_the_lab}, "running")


@pytest.fixture
def machines() -> Machines:
    return Machines()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, machines: Machines) -> Iterator[MachinesChannel]:
    names = iter(machines.members)
    monkeypatch.setattr(channel, "Session", lambda _, take: Session(next(names), take))
    made = MachinesChannel(machines, "lab-x-prober")
    yield made
    made.close()


def vantage(name: str, container: str, pid: int | None = 1) -> bytes:
    message = {"type": "vantage", "name": name, "pid": pid, "container": container, "trust": ""}
    return json.dumps(message).encode()


def probe(name: str) -> bytes:
    return json.dumps({"type": "probe", "vantage": name, "target": {}}).encode()


def sent(opened: MachinesChannel, machine: str) -> list[tuple[str, str]]:
    messages = opened._sessions[machine].sent
    return [(one["type"], one.get("name") or one.get("vantage")) for one in messages]


def test_each_vantage_is_the_affair_of_its_own_machine(opened: MachinesChannel) -> None:
    for data in (vantage("cp", "c1"), vantage("gw", "c2"), probe("gw"), probe("cp")):
        opened.send(data)
    assert sent(opened, "m1") == [("vantage", "cp"), ("probe", "cp")]
    assert sent(opened, "m2") == [("vantage", "gw"), ("probe", "gw")]


def test_the_labs_own_place_is_the_managers(opened: MachinesChannel) -> None:
    opened.send(vantage("lab", "", None))
    opened.send(probe("lab"))
    assert (len(sent(opened, "m1")), sent(opened, "m2")) == (2, [])


def test_answers_of_all_machines_come_on_one_line_with_one_ready(opened: MachinesChannel) -> None:
    for name in ("m1", "m2"):
        opened._sessions[name].say(type="ready")
        opened._sessions[name].say(type="result", machine=name)
    told = [json.loads(opened.receive()) for _ in range(3)]
    assert [one["type"] for one in told] == ["ready", "result", "result"]


def test_a_node_that_was_moved_is_asked_where_it_is(
    opened: MachinesChannel, machines: Machines
) -> None:
    opened.send(vantage("gw", "c2"))
    machines.where["c3"] = "m1"
    opened.send(vantage("gw", "c3"))
    opened.send(probe("gw"))
    assert sent(opened, "m1") == [("vantage", "gw"), ("probe", "gw")]


def test_a_session_that_fails_on_a_machine_that_answers_ends_the_channel(
    opened: MachinesChannel,
) -> None:
    session = opened._sessions["m1"]
    session.take(session, ConnectionError("its container has ended"))
    with pytest.raises(ConnectionError, match="has ended"):
        opened.receive()


def test_a_session_on_a_lost_machine_leaves_the_others_alone(opened: MachinesChannel) -> None:
    session = opened._sessions["m2"]
    session.take(session, ConnectionError("gone"))
    opened._sessions["m1"].say(type="ready")
    assert json.loads(opened.receive())["type"] == "ready"


def test_a_machine_that_was_named_after_the_lab_was_made_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, machines: Machines
) -> None:
    machines.of_the_lab = "n1=m1"
    monkeypatch.setattr(channel, "Session", lambda _, take: Session("m1", take))
    opened = MachinesChannel(machines, "lab-x-prober")
    opened.send(vantage("gw", "c2"))
    opened.send(probe("gw"))
    assert list(opened._sessions) == ["m1"]
    opened.close()
