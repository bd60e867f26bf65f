"""A prober's channel that answers from a list, and the links of a small lab to ask about."""

import json
import queue
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lab.plan.model import Account, Plan, PlannedNode, PlannedSchema, PlannedServer
from lab.plan.observed import NodeState
from lab.products.facts import Protocol, Role, ServedPort, Start
from lab.wiring.link import Link, Position
from probes.result import Outcome, Phase, Result

REPEAT_LAST = 1


class ScriptedChannel:
    """Answers each question with the next outcome of its list; the last one is repeated.

    A list may hold None: that question is never answered. *ports* tells what a vantage listens on
    once it is defined.
    """

    def __init__(
        self,
        answers: Mapping[tuple[str, str], Sequence[Outcome | None]] | None = None,
        ports: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.answers = {key: list(value) for key, value in (answers or {}).items()}
        self.ports = ports or {}
        self.asked: list[tuple[str, str]] = []
        self.sent: list[dict[str, object]] = []
        self.defined: list[str] = []
        self.count: dict[tuple[str, str], int] = defaultdict(int)
        self._lines: queue.Queue[bytes] = queue.Queue()
        self.say({"type": "ready"})

    def say(self, message: object) -> None:
        self._lines.put(json.dumps(message).encode() + b"\n")

    def listen(self, vantage: str, *ports: int) -> None:
        self.say({"type": "listening", "vantage": vantage, "ports": list(ports)})

    def end(self) -> None:
        self._lines.put(b"")

    def send(self, data: bytes) -> None:
        message = json.loads(data)
        self.sent.append(message)
        if message["type"] == "vantage":
            self.defined.append(message["name"])
            if message["name"] in self.ports:
                self.listen(message["name"], *self.ports[message["name"]])
            return
        self._answer(message["vantage"], message["target"]["id"])

    def _answer(self, vantage: str, wire: str) -> None:
        link = wire.rsplit("#", 1)[0]
        self.asked.append((vantage, link))
        outcomes = self.answers.get((vantage, link), [Outcome.OK])
        outcome = outcomes.pop(0) if len(outcomes) > REPEAT_LAST else outcomes[0]
        if outcome is None:
            return
        result = Result(wire, outcome, {Phase.DNS: 0.1, Phase.TCP: 0.2})
        self.say({"type": "result", "vantage": vantage, "result": result.to_json()})

    def receive(self) -> bytes:
        return self._lines.get()

    def close(self) -> None:
        self.end()


class ScriptedChanges:
    """The engine's stream of state changes, said by the test."""

    def __init__(self) -> None:
        self._states: queue.Queue[NodeState | None] = queue.Queue()

    def say(self, state: NodeState) -> None:
        self._states.put(state)

    def __iter__(self) -> Iterator[NodeState]:
        while (state := self._states.get()) is not None:
            yield state

    def close(self) -> None:
        self._states.put(None)


def planned_node(name: str, role: Role, *ports: tuple[int, Protocol]) -> PlannedNode:
    return PlannedNode(
        name=name,
        role=role,
        profile=str(role),
        start=Start("wso2am", "bin/api-manager.sh"),
        version="4.1.0",
        kind="stand-in",
        container=f"lab-test-{name}",
        hostname=f"{name}.wso2.com",
        aliases=(f"{name}.wso2.com",),
        offset=0,
        ports=tuple(ServedPort(port, protocol, "") for port, protocol in ports),
        super_admin=Account("admin", "admin"),
        databases={},
        config={},
    )


def small_plan() -> Plan:
    """Give a gateway and a control plane with one database server."""
    return Plan(
        lab="test",
        product="apim",
        version="4.1.0",
        network="lab-test",
        nodes=(
            planned_node("cp", Role.CONTROL_PLANE, (9443, Protocol.HTTPS), (5672, Protocol.AMQP)),
            planned_node("gw", Role.GATEWAY, (9443, Protocol.HTTPS), (8243, Protocol.HTTPS)),
        ),
        servers=(
            PlannedServer(
                name="db",
                container="lab-test-db",
                hostname="db.wso2.com",
                aliases=("db.wso2.com",),
                port=3306,
                schemas=(PlannedSchema("apim_db", "latin1", "latin1_swedish_ci", "mysql.sql"),),
                accounts=(Account("root", "root"),),
            ),
        ),
        prober="lab-test-prober",
    )


def of_the_product(plan: Plan) -> Plan:
    """Give the plan with nodes of the product instead of stand-ins."""
    return replace(plan, nodes=tuple(replace(node, kind="home") for node in plan.nodes))


def link(
    id_: str, node: str, to: str | None, protocol: Protocol, port: int, **more: object
) -> Link:
    """Give a link whose source line is its id's length, so that each has its own."""
    host = f"{to}.wso2.com" if to else "nowhere.wso2.com"
    values: dict[str, object] = {
        "id": id_,
        "node": node,
        "to": to,
        "host": host,
        "port": port,
        "protocol": protocol,
        "url": f"{protocol}://{host}:{port}",
        "key": id_,
        "source": Position(f"{node}/deployment.toml", len(id_)),
        "why": "a test",
    }
    return Link(**{**values, **more})
