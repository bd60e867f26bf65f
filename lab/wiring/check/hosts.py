"""Checks whether somebody has the host that a link leads to."""

from collections.abc import Iterable

from lab.products.facts import Protocol, Role
from lab.products.versions_4x import DISTRIBUTIONS_SINCE
from lab.topology.addresses import is_usable
from lab.wiring.check.case import Case, closest, error, remark, warning
from lab.wiring.finding import Finding
from lab.wiring.likeness import may_be_meant
from lab.wiring.reading import Reading

# What a load balancer stands in front of; a broker or data receiver is named member by member.
_BALANCED = (Protocol.HTTPS, Protocol.HTTP, Protocol.WSS, Protocol.WS)


def judge_host(case: Case, reading: Reading) -> Finding | None:
    """LAB0101: a host that no node or database server has."""
    link, row = reading.link, reading.row
    if link.to is not None or (row is None and not reading.is_database):
        return None
    names = _known_hosts(case)
    what = f"no node or database server has the name {link.host}"
    near = _nearest(link.host.lower(), names)
    known = f"use one of {', '.join(sorted(names))}, or add" if names else "add"
    where = "the node that is meant"
    if case.cluster.plan is None:
        where = "a topology, which `lab import` makes of these files"
    mend = f"write {near}" if near else f"{known} the name to {where}"
    if row is not None and (not row.peers or (row.may_be_outside and not near)):
        return remark("LAB0101", what, link.source, "it is outside this topology", link)
    if case.cluster.plan is not None:
        return error("LAB0101", what, link.source, mend, link)
    if row is None:
        return None
    if link.protocol in _BALANCED and _may_be_several(case, row.peers):
        return remark("LAB0101", what, link.source, "it is taken for a load balancer", link)
    return warning("LAB0101", what, link.source, mend, link)


def _nearest(host: str, names: Iterable[str]) -> str:
    """Give the name that may be meant: of one domain the labels before it are compared alone.

    Nothing for an address: one that differs in a digit is as far as any other.
    """
    if is_usable(host):
        return ""
    names = [name for name in names if may_be_meant(host, name)]
    label, dot, domain = host.partition(".")
    near = {
        name.partition(".")[0]: name for name in names if name.partition(".")[1:] == (dot, domain)
    }
    if near and domain:
        return near.get(closest(label, near, at_least=0.5), "")
    return closest(host, names)


def _may_be_several(case: Case, roles: Iterable[Role]) -> bool:
    """Tell whether some role has a pair, as far as the files tell roles: from 4.5 they don't."""
    if any(len(case.nodes_of(role)) > 1 for role in roles):
        return True
    untold = [node for node in case.cluster.nodes.values() if node.role is None]
    return len(untold) > 1 and case.version is not None and case.version >= DISTRIBUTIONS_SINCE


def _known_hosts(case: Case) -> set[str]:
    plan = case.cluster.plan
    if plan is None:
        hosts = {settings.hostname for settings in case.cluster.nodes.values()}
        return hosts - {"localhost"}
    return {name for one in plan.members for name in (*one.aliases, *one.addresses)}
