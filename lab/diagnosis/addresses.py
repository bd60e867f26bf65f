"""Causes in an address: a host that nobody has, a port that nobody serves, no way to it."""

import difflib
from collections.abc import Sequence

from lab.diagnosis.codes import Code
from lab.diagnosis.evidence import Evidence, line_of
from lab.diagnosis.grouping import group_by, ids
from lab.diagnosis.verdict import Cause
from lab.plan.model import Member
from lab.plan.observed import State
from lab.products.facts import Protocol, ServedPort
from lab.wiring.link import Link
from probes.result import Outcome


def find_names(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each host name that a node can't resolve."""
    unknown = [link for link in links if _is_unknown(evidence, link)]
    groups = group_by(unknown, lambda link: (link.node, evidence.place(link).host))
    return [_name_cause(evidence, host, group) for (_, host), group in groups.items()]


def _is_unknown(evidence: Evidence, link: Link) -> bool:
    """Tell whether nobody here has the name; of an address nothing but silence tells it."""
    outcome = evidence.outcome(link)
    silent = outcome in (Outcome.UNREACHABLE, Outcome.TIMED_OUT)
    is_nobody_s = evidence.plan.is_closed and evidence.place(link).named_by.to is None
    return outcome is Outcome.NAME_UNKNOWN or (silent and is_nobody_s)


def _name_cause(evidence: Evidence, host: str, links: Sequence[Link]) -> Cause:
    owner = evidence.place(links[0]).named_by
    if owner.to is not None:
        return Cause(
            Code.NAME_NOT_RESOLVED,
            f"{owner.node} can't resolve {host}, a name of {owner.to}",
            evidence.container(owner.to),
            f"`lab start {owner.to}` puts its names on the network again",
            ids(links),
        )
    known = [name for one in evidence.plan.members for name in (*one.aliases, *one.addresses)]
    near = difflib.get_close_matches(host, known, n=1)
    mend = f"write {near[0]}" if near else f"write one of {', '.join(known)}"
    return Cause(
        Code.UNKNOWN_HOST,
        f"no node is called {host}" if host else "the URL names no host",
        line_of(owner),
        evidence.mend_of(links, owner.source, mend),
        ids(links),
    )


def find_wrong_ports(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each port that is dialled and that its node doesn't serve."""
    wrong = [link for link in links if _is_wrong_port(evidence, link)]
    groups = group_by(wrong, lambda link: _address(evidence, link))
    return [_port_cause(evidence, group) for group in groups.values()]


def _address(evidence: Evidence, link: Link) -> tuple[str, str, int]:
    place = evidence.place(link)
    return str(place.named_by.source), place.host, place.port


def _is_wrong_port(evidence: Evidence, link: Link) -> bool:
    place = evidence.place(link)
    peer = place.named_by.to
    return (
        evidence.outcome(link) is Outcome.REFUSED
        and peer is not None
        and place.port not in evidence.served(peer)
    )


def _port_cause(evidence: Evidence, links: Sequence[Link]) -> Cause:
    place = evidence.place(links[0])
    owner = place.named_by
    spoken = _SPOKEN_AS.get(owner.protocol, owner.protocol)
    right = [
        port.port
        for port in _ports(evidence, owner.to)
        if port.protocol is spoken and port.port != place.port
    ]
    if right:
        mend = f"write port {min(right, key=lambda port: abs(port - place.port))}"
    else:
        others = [
            f"{member.hostname}:{port.port}"
            for member in evidence.plan.nodes
            for port in member.ports
            if port.protocol is spoken
        ]
        mend = (
            f"{owner.to} doesn't speak {owner.protocol}; write {' or '.join(others) or 'another'}"
        )
    what = f"{owner.to} serves nothing on port {place.port}"
    if place.port != owner.port:  # no login URL is written, and the agent makes one
        what += f", where who publishes to its port {owner.port} logs in"
    return Cause(
        Code.WRONG_PORT,
        what,
        line_of(owner),
        evidence.mend_of(links, owner.source, mend),
        ids(links),
    )


# A flow begins with a post; the rest is named as the ports are.
_SPOKEN_AS = {Protocol.REVOCATION: Protocol.HTTPS, Protocol.TLS: Protocol.HTTPS}


def _ports(evidence: Evidence, name: str | None) -> Sequence[ServedPort]:
    for node in evidence.plan.nodes:
        if node.name == name:
            return node.ports
    balancer = evidence.plan.balancer(name)
    if balancer is not None:
        return [ServedPort(one.port, one.protocol, "balancer") for one in balancer.fronts]
    return [
        ServedPort(server.port, Protocol.MYSQL, "database")
        for server in evidence.plan.servers
        if server.name == name
    ]


def find_closed_ports(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each member that runs, and doesn't listen where it should."""
    refused = [
        link
        for link in links
        if evidence.outcome(link) is Outcome.REFUSED and not _others_get_through(evidence, link)
    ]
    groups = group_by(refused, lambda link: evidence.place(link).named_by.to)
    return [_closed_cause(evidence, peer, group) for peer, group in groups.items()]


def _others_get_through(evidence: Evidence, link: Link) -> bool:
    """Tell whether a connection of another dialler to the same port was taken."""
    place = evidence.place(link)
    dialled = (place.named_by.to, place.port)
    return any(
        evidence.outcome(other) is Outcome.OK
        for other in evidence.links
        if other.node != link.node and (other.to, other.port) == dialled
    )


def _closed_cause(evidence: Evidence, peer: str | None, links: Sequence[Link]) -> Cause:
    places = [evidence.place(link) for link in links]
    ports = ", ".join(str(port) for port in sorted({place.port for place in places}))
    if peer is None:
        owner = places[0].named_by
        what, where = f"{owner.host} refuses connections to port {ports}", line_of(owner)
        return Cause(Code.PORT_CLOSED, what, where, "write a host of this topology", ids(links))
    return Cause(
        Code.PORT_CLOSED,
        f"{peer} runs, but nothing listens on its port {ports}",
        evidence.container(peer),
        f"read `lab logs {peer}`",
        ids(links),
    )


def find_cut_off(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each member that no connection leaves or reaches, the worst first."""
    left = [link for link in links if _is_lost(evidence, link)]
    causes = []
    for member in sorted(evidence.plan.members, key=lambda one: -len(_of(left, one.name))):
        group = _of(left, member.name)
        if _is_cut_off(evidence, member, group):
            causes.append(_cut_off_cause(evidence, member.name, group))
            left = [link for link in left if link not in group]
    return causes


def _is_cut_off(evidence: Evidence, member: Member, lost: Sequence[Link]) -> bool:
    """Tell whether all its links are lost; of one peer's word it might be the peer."""
    every = [link for link in _of(evidence.links, member.name) if _is_judged(evidence, link)]
    peers = {link.node if link.to == member.name else link.to for link in lost}
    is_server = member in evidence.plan.servers
    return {link.id for link in every} == {link.id for link in lost} and (
        len(peers) > 1 or (is_server and bool(lost))
    )


def _is_judged(evidence: Evidence, link: Link) -> bool:
    if link.protocol is Protocol.REVOCATION:  # it fails in more ways than its first connection
        return False
    return evidence.state(link.node) is State.RUNNING and evidence.state(link.to) is State.RUNNING


def _of(links: Sequence[Link], name: str) -> Sequence[Link]:
    """Give a member's links with the others of the lab."""
    return [link for link in links if name in (link.node, link.to) and link.node != link.to]


def _is_lost(evidence: Evidence, link: Link) -> bool:
    return evidence.outcome(link) in (Outcome.UNREACHABLE, Outcome.TIMED_OUT)


def _cut_off_cause(evidence: Evidence, name: str, links: Sequence[Link]) -> Cause:
    return Cause(
        Code.NO_WAY,
        f"{name} is cut off: no connection leaves or reaches it",
        evidence.container(name),
        "see that its container is on the lab's network, and what stands between",
        ids(links),
    )


def find_no_way(evidence: Evidence, links: Sequence[Link]) -> list[Cause]:
    """Give a cause for each peer that can't be reached, or refuses some and takes others."""
    lost = [
        link
        for link in links
        if _is_lost(evidence, link) or evidence.outcome(link) is Outcome.REFUSED
    ]
    groups = group_by(lost, lambda link: (evidence.place(link).host, evidence.outcome(link)))
    return [
        _no_way_cause(evidence, host, is_refused=outcome is Outcome.REFUSED, links=group)
        for (host, outcome), group in groups.items()
    ]


def _no_way_cause(
    evidence: Evidence, host: str, *, is_refused: bool, links: Sequence[Link]
) -> Cause:
    said = evidence.seen(links[0])
    if is_refused:
        callers = ", ".join(dict.fromkeys(link.node for link in links))
        said = f"{callers} is refused where others are let in"
    return Cause(
        Code.NO_WAY,
        f"no connection to {host}: {said}",
        line_of(evidence.place(links[0]).named_by),
        "see that the host is right and no firewall or network stands between",
        ids(links),
    )
