"""Single faults of the default topology: what is seen of each, and the cause to be named."""

from dataclasses import dataclass

from lab.plan.observed import NodeState, SchemaState, SchemaVerdict, State
from lab.products.facts import Protocol
from lab.wiring.link import Credentials, Position
from probes.result import Outcome
from tests.diagnosis.cluster import ADMIN_LINE, BY_ID, FROM, LINKS, TO, Seen


@dataclass(frozen=True)
class Fault:
    """A fault with the code, the place and the links of its cause."""

    seen: Seen
    code: str
    where: str
    explains: frozenset[str]


def _fault(seen: Seen, code: str, where: str) -> Fault:
    return Fault(seen, code, where, frozenset(seen.outcomes))


def _all(ids: set[str], outcome: Outcome) -> dict[str, Outcome]:
    return dict.fromkeys(sorted(ids), outcome)


def _with_password(ids: set[str]) -> set[str]:
    return {i for i in ids if BY_ID[i].credentials and BY_ID[i].protocol is not Protocol.MYSQL}


def _stopped(node: str, code: int, *last: str) -> Seen:
    return Seen(
        {
            **_all(TO[node], Outcome.NAME_UNKNOWN),
            **_all(FROM[node], Outcome.NO_VANTAGE),
        },
        states=(NodeState(node, State.EXITED, code, last),),
    )


_GW_LOGINS = _with_password(FROM["gw"])
_TM_HUB = {"tm/hub.service", "tm/hub.listen", "tm/hub.publish", "tm/hub.login"}
_TM_LINE = Position("tm/deployment.toml", 39)
_STORE_LINES = Position("gw/user-mgt.xml", 30), Position("gw/user-mgt.xml", 31)

FAULTS = {
    "gw was taken off the network": _fault(
        Seen(
            _all(TO["gw"] | FROM["gw"], Outcome.NAME_UNKNOWN),
            states=(NodeState("gw", State.RUNNING, off=("lab-x",)),),
        ),
        "LAB0231",
        "container lab-x-gw",
    ),
    "gw's super admin has another password": _fault(
        Seen(_all(_GW_LOGINS, Outcome.CREDENTIALS_REFUSED)),
        "LAB0220",
        f"gw/deployment.toml:{ADMIN_LINE}",
    ),
    "tm has a wrong event hub password of its own": _fault(
        Seen(
            _all(_TM_HUB, Outcome.CREDENTIALS_REFUSED),
            {i: {"credentials": Credentials("admin", "no", None, _TM_LINE)} for i in _TM_HUB},
        ),
        "LAB0220",
        str(_TM_LINE),
    ),
    "gw's user store has a wrong password for a name that no node knows": _fault(
        Seen(
            {"gw/km": Outcome.CREDENTIALS_REFUSED},
            {
                "gw/km": {
                    "protocol": Protocol.LDAP,
                    "credentials": Credentials("uid=admin,ou=system", "no", *_STORE_LINES),
                }
            },
        ),
        "LAB0220",
        str(_STORE_LINES[1]),
    ),
    "km's wrong password breaks its flow too": _fault(
        Seen(_all(_with_password(FROM["km"]), Outcome.CREDENTIALS_REFUSED)),
        "LAB0220",
        f"km/deployment.toml:{ADMIN_LINE}",
    ),
    "cp was given another super admin and started again": _fault(
        Seen(
            _all(
                _with_password(TO["cp"] - FROM["cp"]) | {"cp/km", "cp/tm.publish", "cp/tm.login"},
                Outcome.CREDENTIALS_REFUSED,
            )
        ),
        "LAB0221",
        f"cp/deployment.toml:{ADMIN_LINE}",
    ),
    "gw names a user that the others don't have": _fault(
        Seen(
            _all(_GW_LOGINS, Outcome.CREDENTIALS_REFUSED),
            {
                i: {
                    "credentials": Credentials(
                        "adnim",
                        "admin",
                        Position("gw/deployment.toml", ADMIN_LINE - 1),
                        Position("gw/deployment.toml", ADMIN_LINE),
                    )
                }
                for i in _GW_LOGINS
            },
        ),
        "LAB0220",
        f"gw/deployment.toml:{ADMIN_LINE - 1}",
    ),
    "cp, of the product, is stuck because the database refuses its login": _fault(
        Seen(
            {"cp/apim_db": Outcome.CREDENTIALS_REFUSED, **_all(TO["cp"], Outcome.REFUSED)},
            states=(NodeState("cp", State.STUCK, None, ("Access denied for user 'root'@'x'",)),),
        ),
        "LAB0220",
        "cp/deployment.toml:22",
    ),
    "cp's password for its shared database is wrong": _fault(
        Seen(
            {"cp/shared_db": Outcome.CREDENTIALS_REFUSED},
            {
                "cp/shared_db": {
                    "credentials": Credentials(
                        "root", "no", None, Position("cp/deployment.toml", 28)
                    )
                }
            },
        ),
        "LAB0220",
        "cp/deployment.toml:28",
    ),
    "no driver may ask the server for its key, so cp and km answer with errors": _fault(
        Seen(
            {
                **_all(
                    {"cp/apim_db", "cp/shared_db", "km/apim_db", "km/shared_db"},
                    Outcome.NO_LOGIN_KEY,
                ),
                "gw/km": Outcome.WRONG_ANSWER,
            },
            says={"gw/km": '500 {"error":"server_error"}'},
        ),
        "LAB0222",
        "cp/deployment.toml:20 apim_db",
    ),
    "gw dials a port of cp that nobody serves": _fault(
        Seen({"gw/hub.listen": Outcome.REFUSED}, {"gw/hub.listen": {"port": 5673}}),
        "LAB0240",
        "gw/deployment.toml:61 hub.listen",
    ),
    "gw's login port at tm is wrong, so the publish fails as well": _fault(
        Seen(
            {"gw/tm.login": Outcome.REFUSED, "gw/tm.publish": Outcome.REFUSED},
            {
                "gw/tm.login": {"port": 9712},
                "gw/tm.publish": {"login_url": "ssl://tm.wso2.com:9712"},
            },
            endpoints={"gw/tm.publish": "tm.wso2.com:9712"},
        ),
        "LAB0240",
        "gw/deployment.toml:42 tm.login",
    ),
    "cp calls the key manager by a name that nobody has": _fault(
        Seen({"cp/km": Outcome.NAME_UNKNOWN}, {"cp/km": {"host": "kn.wso2.com", "to": None}}),
        "LAB0230",
        "cp/deployment.toml:41 km",
    ),
    "km reports revocations to an unknown host, and its flow fails with it": _fault(
        Seen(
            {"km/notify": Outcome.NAME_UNKNOWN, "km/revocation": Outcome.NAME_UNKNOWN},
            {
                "km/notify": {"host": "pc.wso2.com", "to": None},
                "km/revocation": {"host": "pc.wso2.com", "to": None},
            },
        ),
        "LAB0230",
        "km/deployment.toml:50 notify",
    ),
    "tm is stopped": _fault(_stopped("tm", 143), "LAB0201", "container lab-x-tm"),
    "km exits while it starts": _fault(
        _stopped("km", 1, "ERROR no database", ""), "LAB0201", "container lab-x-km"
    ),
    "gw ran out of memory": _fault(
        Seen(
            {**_all(TO["gw"], Outcome.REFUSED), **_all(FROM["gw"], Outcome.NO_VANTAGE)},
            states=(NodeState("gw", State.OOM_KILLED, 137),),
        ),
        "LAB0202",
        "container lab-x-gw",
    ),
    "tm is paused: its ports accept and keep silent": _fault(
        Seen(_all(TO["tm"] | FROM["tm"], Outcome.SILENT), states=(NodeState("tm", State.PAUSED),)),
        "LAB0204",
        "container lab-x-tm",
    ),
    "the database is stopped, and cp can't answer what it reads there": _fault(
        Seen(
            {
                **_all(TO["db"], Outcome.NAME_UNKNOWN),
                "gw/hub.service": Outcome.WRONG_ANSWER,
                "tm/hub.service": Outcome.WRONG_ANSWER,
                "gw/km": Outcome.SILENT,
            },
            says={"gw/hub.service": "500 {}", "tm/hub.service": "500 {}"},
            states=(NodeState("db", State.EXITED, 0),),
        ),
        "LAB0201",
        "container lab-x-db",
    ),
    "a table is missing": _fault(
        Seen(
            {
                "cp/apim_db": Outcome.WRONG_ANSWER,
                "km/apim_db": Outcome.WRONG_ANSWER,
                "gw/hub.service": Outcome.WRONG_ANSWER,
            },
            says={"cp/apim_db": "183 tables", "gw/hub.service": "500 {}"},
            schemas=(
                SchemaState("apim_db", "db", 183, 184, SchemaVerdict.INCOMPLETE, ("AM_API",)),
            ),
        ),
        "LAB0210",
        "db, schema apim_db",
    ),
    "a database was dropped": _fault(
        Seen(
            {"cp/shared_db": Outcome.WRONG_ANSWER, "km/shared_db": Outcome.WRONG_ANSWER},
            says={"cp/shared_db": "1049 Unknown database 'shared_db'"},
            schemas=(SchemaState("shared_db", "db", 0, 42, SchemaVerdict.UNREACHABLE),),
        ),
        "LAB0212",
        "db, schema shared_db",
    ),
    "km names a database that isn't there": _fault(
        Seen(
            {"km/apim_db": Outcome.WRONG_ANSWER},
            {"km/apim_db": {"database": "apim"}},
            says={"km/apim_db": "1049 Unknown database 'apim'"},
        ),
        "LAB0262",
        "km/deployment.toml:20 apim_db",
    ),
    "km posts to a path that cp doesn't have": _fault(
        Seen(
            {"km/notify": Outcome.WRONG_ANSWER, "km/revocation": Outcome.WRONG_ANSWER},
            says={"km/notify": "302 ", "km/revocation": "302 "},
        ),
        "LAB0260",
        "km/deployment.toml:50 notify",
    ),
    "the certificate of tm isn't valid for its name": _fault(
        Seen(
            _all({"gw/tm.service", "gw/tm.login", "cp/tm.login"}, Outcome.CERTIFICATE_INVALID),
            says=dict.fromkeys(("gw/tm.service", "gw/tm.login", "cp/tm.login"), "for localhost"),
        ),
        "LAB0250",
        "tm, its keystore",
    ),
    "cp calls gw's TLS port without TLS": _fault(
        Seen({"cp/gw": Outcome.WRONG_PROTOCOL}, {"cp/gw": {"protocol": Protocol.HTTP}}),
        "LAB0251",
        "cp/deployment.toml:52 gw",
    ),
    "gw logs in at tm's receiver, whose port the login URL names": _fault(
        Seen(
            _all({"gw/tm.publish", "gw/tm.login"}, Outcome.WRONG_PROTOCOL),
            {
                "gw/tm.publish": {"login_url": "ssl://tm.wso2.com:9611"},
                "gw/tm.login": {"port": 9611, "url": "ssl://tm.wso2.com:9611"},
            },
            endpoints=dict.fromkeys(("gw/tm.publish", "gw/tm.login"), "tm.wso2.com:9611"),
        ),
        "LAB0251",
        "gw/deployment.toml:42 tm.login",
    ),
    "tm runs, but its broker doesn't listen": _fault(
        Seen({"gw/tm.decisions": Outcome.REFUSED}), "LAB0241", "container lab-x-tm"
    ),
    "cp's broker accepts and closes": _fault(
        Seen(dict.fromkeys((*(f"{n}/hub.listen" for n in FROM), "km/revocation"), Outcome.CLOSED)),
        "LAB0263",
        "container lab-x-cp",
    ),
    "only the flow fails": _fault(
        Seen({"km/revocation": Outcome.WRONG_ANSWER}, says={"km/revocation": "no message"}),
        "LAB0270",
        "km/deployment.toml:50 revocation",
    ),
    "gw was not started before the deadline": _fault(
        Seen(
            {
                **_all(FROM["gw"], Outcome.NO_VANTAGE),
                **_all(TO["gw"], Outcome.NAME_UNKNOWN),
            },
            states=(NodeState("gw", State.CREATED),),
        ),
        "LAB0205",
        "container lab-x-gw",
    ),
}
assert {it for fault in FAULTS.values() for it in fault.explains} <= {it.id for it in LINKS}
