"""Checks that a gateway hears decisions from the traffic managers that it tells of its requests."""

from collections.abc import Iterator

from lab.products.facts import Role
from lab.products.keys_4x import DECISION_FACTORY, DECISIONS, RECEIVER_RAW, REQUESTS_GROUP
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings

_REQUESTS = (f"{REQUESTS_GROUP}[].traffic_manager_urls[]", RECEIVER_RAW)
_HEARD = (f"{DECISIONS}[]", DECISION_FACTORY)
_COPIES = "apim.throttling.event_duplicate_url[]"
_ARTIFACTS = "apim.sync_runtime_artifacts.gateway"  # what gateways fetch
_SWITCHES = (
    "apim.throttling.enable_data_publishing",
    "apim.throttling.enable_decision_connection",
)


def check_decisions(case: Case) -> Iterator[Finding]:
    """LAB0158: a broker that no traffic manager of the node's requests publishes into."""
    for settings in case.cluster.nodes.values():
        if _is_throttled(settings):
            yield from _check_node(case, settings)


def _is_throttled(settings: Settings) -> bool:
    is_asked = settings.role in (Role.GATEWAY, Role.ALL_IN_ONE)
    if settings.role is None:  # a distribution of 4.5 is its role, which its file doesn't tell
        is_asked = settings.written(_ARTIFACTS) is not None
    return is_asked and all(map(settings.role_is_on, _SWITCHES))


def _check_node(case: Case, settings: Settings) -> Iterator[Finding]:
    told = _readings(case, settings.name, _REQUESTS)
    heard = _readings(case, settings.name, _HEARD)
    if not told or not all(_is_usable(case, one) for one in (*told, *heard)):
        return  # a host that nobody has, a wrong role, a key left out are told as that
    members = sorted({name for one in told for name in _members(case, one.link.to or "")})
    deciding = {broker for member in members for broker in _brokers(case, member)}
    for reading in heard:
        link = reading.link
        if deciding.intersection(_members(case, link.to or "")):
            continue
        what = (
            f"{link.node} hears throttle decisions from {link.to}, and tells"
            f" {', '.join(members)} of its requests"
        )
        mend = f"name the broker of {' or '.join(members)}"
        yield error("LAB0158", what, link.source, mend, link)


def _is_usable(case: Case, reading: Reading) -> bool:
    link, role = reading.link, case.cluster.role_of(reading.link.to or "")
    is_answered = role is None or reading.row is None or reading.row.is_answered_by(role)
    return link.to is not None and not link.default_of and is_answered


def _readings(case: Case, node: str, keys: tuple[str, ...]) -> list[Reading]:
    return [
        one for one in case.readings if one.link.node == node and one.row and one.row.key in keys
    ]


def _brokers(case: Case, node: str) -> Iterator[str]:
    """Give the nodes whose brokers get a traffic manager's decisions: its own, and copies."""
    yield node
    keys = (_COPIES, *_HEARD) if case.cluster.role_of(node) is Role.TRAFFIC_MANAGER else (_COPIES,)
    for reading in _readings(case, node, keys):
        yield from _members(case, reading.link.to or "")


def _members(case: Case, name: str) -> tuple[str, ...]:
    """Give the node of this name, or the nodes behind the balancer."""
    balancer = case.cluster.plan.balancer(name) if case.cluster.plan else None
    return balancer.members if balancer else (name,)
