"""Checks what nodes owe each other: copies of events, labels, an address."""

from collections.abc import Iterator, Mapping

from lab.products.apim_4x import AMQP_PORT
from lab.products.facts import Role
from lab.products.versions_4x import COPIES_ARRIVE_SINCE
from lab.wiring.check.case import Case, remark, warning
from lab.wiring.cluster import LOCAL_HOSTS, Cluster
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath

_OF_THROTTLING = "apim.throttling.event_duplicate_url"
_OF_HUB = "apim.event_hub.event_duplicate_url"
_COPIES: Mapping[Role, tuple[str, ...]] = {
    Role.CONTROL_PLANE: (_OF_HUB, _OF_THROTTLING),
    Role.ALL_IN_ONE: (_OF_HUB, _OF_THROTTLING),
    Role.TRAFFIC_MANAGER: (_OF_THROTTLING,),
}
_ENVIRONMENTS = ("apim", "gateway", "environment")
_DEFAULT_LABEL = "Default"
_LABELS = ("apim", "sync_runtime_artifacts", "gateway", "gateway_labels")


def check_copies(case: Case) -> Iterator[Finding]:
    """LAB0129, LAB0130, LAB0131: members that don't tell each other what happened."""
    for role, keys in _COPIES.items():
        members = [one for one in case.cluster.nodes.values() if one.role is role]
        copying: list[tuple[Settings, list[str]]] = []
        for settings in members if len(members) > 1 else ():
            written = [key for key in keys if settings.written(key)]
            if written:
                copying.append((settings, written))
            else:
                yield _no_copy(case, settings, members, keys[-1])
        if case.version is not None and case.version < COPIES_ARRIVE_SINCE:
            yield from _old_copies(copying)


def _no_copy(case: Case, settings: Settings, members: list[Settings], key: str) -> Finding:
    others = [member.name for member in members if member is not settings]
    urls = ", ".join(f'"{_broker_of(case.cluster, other)}"' for other in others)
    what = f"{settings.name} sends no copy of its events to {', '.join(others)}"
    at = settings.document.position(("apim", "throttling"))
    return warning("LAB0129", what, at, f"set {key} = [{urls}]", key=key)


def _broker_of(cluster: Cluster, node: str) -> str:
    return f"tcp://{cluster.host_of(node)}:{cluster.port_of(node, AMQP_PORT)}"


def _old_copies(copying: list[tuple[Settings, list[str]]]) -> Iterator[Finding]:
    arriving = []
    for settings, written in copying:
        at = settings.document.position(steps(written[0]))
        if _OF_THROTTLING not in written:
            what = f"before 4.3 {_OF_HUB} alone copies no revoked token"
            yield warning("LAB0130", what, at, f"set {_OF_THROTTLING} too", key=written[0])
        else:
            arriving.append((at, written[0]))
    for at, key in arriving[:1]:  # it is in the templates of all members alike
        what = "before 4.3 these copies have a form that gateways drop"
        mend = "set their mapping to json in the event publishers' templates of every member"
        yield remark("LAB0131", what, at, mend, key=key)


def check_labels(case: Case) -> Iterator[Finding]:
    """LAB0142: a gateway that waits for APIs of an environment that no control plane has."""
    known: set[str] = set()
    for settings in case.nodes_of(Role.CONTROL_PLANE):
        known |= _environments(settings)
    for settings in case.nodes_of(Role.GATEWAY) if known else ():
        labels = settings.document.value(_LABELS)
        if labels is None:
            labels = [_DEFAULT_LABEL]
        for index, label in enumerate(labels if isinstance(labels, list) else ()):
            if isinstance(label, str) and label not in known:
                yield _unknown_label(settings, (*_LABELS, index), label, known)


def _environments(settings: Settings) -> set[str]:
    tables = settings.document.value(_ENVIRONMENTS)
    names = [
        table.get("name")
        for table in (tables if isinstance(tables, list) else ())
        if isinstance(table, Mapping)
    ]
    return {name for name in names if isinstance(name, str)}


def _unknown_label(settings: Settings, path: KeyPath, label: str, known: set[str]) -> Finding:
    what = f"no control plane has an environment {label!r}, so {settings.name} deploys nothing"
    mend = f"use {' or '.join(sorted(known))}, or add the environment"
    key = ".".join(str(step) for step in path[:-1])
    return warning("LAB0142", what, settings.document.position(path), mend, key=key)


def check_membership(case: Case) -> Iterator[Finding]:
    """LAB0147: members of a Hazelcast cluster that know each other by a loopback address."""
    for settings in case.cluster.nodes.values():
        if settings.written("clustering.membership_scheme") is None:
            continue
        host = settings.value("clustering.local_member_host") or settings.value("server.node_ip")
        if host is not None and host.is_known and host.text in LOCAL_HOSTS:
            what = f"{settings.name} tells the other members to reach it at {host.text}"
            mend = "write an address that the other members can reach"
            yield warning("LAB0147", what, host.at, mend, key="clustering.local_member_host")
