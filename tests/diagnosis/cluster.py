"""The default topology's links by hand, and what is seen of them when something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lab.diagnosis.diagnose import diagnose
from lab.diagnosis.evidence import Evidence
from lab.diagnosis.verdict import Diagnosis
from lab.plan.model import Account, Plan, PlannedNode, PlannedSchema, PlannedServer
from lab.plan.observed import NodeState, SchemaState, SchemaVerdict, State
from lab.products.facts import Ask, Protocol, Role, ServedPort, Start
from lab.wiring.finding import Finding
from lab.wiring.link import Credentials, Link, Position
from probes.result import Outcome, Phase, Result

ADMIN_LINE = 12  # of each node's `[super_admin] password`
_HTTPS = (9443, Protocol.HTTPS)
_BROKER = ((5672, Protocol.AMQP), (9611, Protocol.BINARY), (9711, Protocol.BINARY_TLS))
_PORTS = {
    "cp": (Role.CONTROL_PLANE, (_HTTPS, *_BROKER)),
    "tm": (Role.TRAFFIC_MANAGER, (_HTTPS, *_BROKER)),
    "km": (Role.KEY_MANAGER, (_HTTPS,)),
    "gw": (
        Role.GATEWAY,
        (
            _HTTPS,
            (8280, Protocol.HTTP),
            (8243, Protocol.HTTPS),
            (9099, Protocol.WS),
            (8099, Protocol.WSS),
        ),
    ),
}


def planned() -> Plan:
    nodes = [
        PlannedNode(
            name=name,
            role=role,
            profile=str(role),
            start=Start("wso2am", "bin/api-manager.sh"),
            version="4.1.0",
            kind="stand-in",
            container=f"lab-x-{name}",
            hostname=f"{name}.wso2.com",
            aliases=(f"{name}.wso2.com",),
            offset=0,
            ports=tuple(ServedPort(port, protocol, "") for port, protocol in ports),
            super_admin=Account("admin", "admin"),
            databases={},
            config={},
        )
        for name, (role, ports) in _PORTS.items()
    ]
    schemas = tuple(
        PlannedSchema(name, "latin1", "latin1_swedish_ci", "mysql.sql")
        for name in ("apim_db", "shared_db")
    )
    server = PlannedServer(
        "db", "lab-x-db", "db.wso2.com", ("db.wso2.com",), 3306, schemas, (Account("root", "root"),)
    )
    return Plan("x", "apim", "4.1.0", "lab-x", tuple(nodes), (server,), "lab-x-prober")


def link(id_: str, protocol: Protocol, to: str, port: int, line: int, **more: object) -> Link:
    node, key = id_.split("/", 1)
    file = f"{node}/deployment.toml"
    host = f"{to}.wso2.com"
    values: dict[str, object] = {
        "id": id_,
        "node": node,
        "to": to,
        "host": host,
        "port": port,
        "protocol": protocol,
        "url": f"{protocol}://{host}:{port}",
        "key": key,
        "source": Position(file, line),
        "why": "a test",
        "credentials": Credentials(
            "admin", "admin", Position(file, ADMIN_LINE - 1), Position(file, ADMIN_LINE)
        ),
    }
    return Link(**{**values, **more})


def _mysql(node: str, schema: str, line: int) -> Link:
    file = f"{node}/deployment.toml"
    return link(
        f"{node}/{schema}",
        Protocol.MYSQL,
        "db",
        3306,
        line,
        database=schema,
        credentials=Credentials("root", "root", Position(file, line + 1), Position(file, line + 2)),
    )


def _hub(node: str, line: int) -> list[Link]:
    return [
        _asking(f"{node}/hub.service", "cp", line),
        link(f"{node}/hub.listen", Protocol.AMQP, "cp", 5672, line + 1),
        *_publish(f"{node}/hub", "cp", line + 3),
    ]


def _publish(id_: str, to: str, line: int) -> list[Link]:
    login = f"ssl://{to}.wso2.com:9711"
    return [
        link(f"{id_}.publish", Protocol.BINARY, to, 9611, line, login_url=login),
        link(f"{id_}.login", Protocol.BINARY_TLS, to, 9711, line + 1),
    ]


def _asking(id_: str, to: str, line: int) -> Link:
    return link(
        id_, Protocol.HTTPS, to, 9443, line, asks=(Ask("GET", "/x", (200,), authenticated=True),)
    )


def _flow(node: str, line: int) -> Link:
    own = Credentials("admin", "admin", None, Position(f"{node}/deployment.toml", ADMIN_LINE))
    return link(
        f"{node}/revocation",
        Protocol.REVOCATION,
        "cp",
        9443,
        line,
        hub=("cp.wso2.com", 5672),
        hub_credentials=own,
    )


_AT_START = {
    *("gw/hub.service", "gw/hub.listen", "gw/km", "tm/hub.service", "tm/hub.listen"),
    *("cp/km", "cp/apim_db", "cp/shared_db", "km/apim_db", "km/shared_db"),
}
LINKS = tuple(
    replace(it, at_start=it.id in _AT_START)
    for it in (
        _asking("gw/km", "km", 31),
        _asking("gw/tm.service", "tm", 37),
        link("gw/tm.decisions", Protocol.AMQP, "tm", 5672, 38),
        *_publish("gw/tm", "tm", 41),
        *_hub("gw", 60),
        _mysql("cp", "apim_db", 20),
        _mysql("cp", "shared_db", 26),
        _asking("cp/km", "km", 41),
        link("cp/gw", Protocol.HTTPS, "gw", 9443, 52, credentials=None),
        *_publish("cp/tm", "tm", 71),
        *_hub("cp", 80),
        *_hub("tm", 40),
        _mysql("km", "apim_db", 20),
        _mysql("km", "shared_db", 26),
        _asking("km/notify", "cp", 50),
        _flow("km", 50),
        *_hub("km", 60),
    )
)
BY_ID = {it.id: it for it in LINKS}
FROM = {n: {it.id for it in LINKS if it.node == n} for n in _PORTS}
TO = {n: {it.id for it in LINKS if it.to == n} for n in (*_PORTS, "db")}


def complete() -> list[SchemaState]:
    return [
        SchemaState("apim_db", "db", 184, 184, SchemaVerdict.COMPLETE),
        SchemaState("shared_db", "db", 42, 42, SchemaVerdict.COMPLETE),
    ]


@dataclass
class Seen:
    """What is seen of the cluster; everything that isn't said is well."""

    outcomes: Mapping[str, Outcome | None] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # links, by id
    says: Mapping[str, str] = field(default_factory=dict)  # what an attempt saw, by link
    endpoints: Mapping[str, str] = field(default_factory=dict)
    states: tuple[NodeState, ...] = ()
    schemas: tuple[SchemaState, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __or__(self, other: "Seen") -> "Seen":
        """Let both go wrong at once."""
        return Seen(
            {**self.outcomes, **other.outcomes},
            {**self.changed, **other.changed},
            {**self.says, **other.says},
            {**self.endpoints, **other.endpoints},
            self.states + other.states,
            self.schemas + other.schemas,
            self.findings + other.findings,
        )

    def evidence(self) -> Evidence:
        links = tuple(replace(it, **self.changed.get(it.id, {})) for it in LINKS)
        states = {state.name: state for state in self.states}
        schemas = {state.name: state for state in self.schemas}
        return Evidence(
            plan=planned(),
            links=links,
            results={
                it.id: self._result(it)
                for it in links
                if self.outcomes.get(it.id, Outcome.OK) is not None
            },
            nodes=tuple(
                states.get(name, NodeState(name, State.RUNNING)) for name in (*_PORTS, "db")
            ),
            schemas=tuple(schemas.get(state.name, state) for state in complete()),
            findings=self.findings,
        )

    def diagnosis(self) -> Diagnosis:
        return diagnose(self.evidence())

    def _result(self, it: Link) -> Result:
        return Result(
            it.id,
            self.outcomes.get(it.id, Outcome.OK),
            {Phase.DNS: 0.4, Phase.TCP: 0.2},
            expected="200 for GET /x",
            seen=self.says.get(it.id, ""),
            endpoint=self.endpoints.get(it.id, f"{it.host}:{it.port}"),
        )
