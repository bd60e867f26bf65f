"""Makes the picture's contents of links and members: who stands where, and who dials whom."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lab.diagnosis.verdict import JudgedLink, LinkVerdict
from lab.plan.model import Plan
from lab.plan.observed import NodeState
from lab.products.facts import Protocol, Role
from lab.products.releases import PRODUCTS
from lab.report.told import JudgedLab
from lab.wiring.link import Link
from lab.wiring.published import HOST


class Shape(StrEnum):
    """What a member is, apart from its role."""

    NODE = "node"
    BALANCER = "balancer"
    DATABASE = "database"
    MACHINE = "machine"  # the one that the lab runs on
    OUTSIDE = "outside"  # a host that nobody in the cluster has


class Mark(StrEnum):
    """How a link or a member is seen; PLAIN where nobody has looked."""

    PLAIN = "plain"
    HEALTHY = "healthy"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the picture. *group* is the role that it serves; members of one lie together.

    *state* tells how it runs, where a lab does.
    """

    name: str
    group: str
    shape: Shape
    host: str = ""
    state: str = ""
    mark: Mark = Mark.PLAIN


@dataclass(frozen=True, slots=True)
class Arrow:
    """All links from one member to another. *told* is their protocols, *seen* what came of them."""

    source: str
    target: str
    told: str
    mark: Mark
    seen: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in the order in which it is."""

    title: str
    notes: tuple[str, ...]
    members: tuple[Member, ...]
    arrows: tuple[Arrow, ...]


DATABASES = "database"
_TIMES = "\N{MULTIPLICATION SIGN}"
_ORDER = (
    HOST,
    *(role.value for role in (Role.GATEWAY, Role.TRAFFIC_MANAGER, Role.CONTROL_PLANE)),
    Role.ALL_IN_ONE.value,
    Role.KEY_MANAGER.value,
    "",
    DATABASES,
    Shape.OUTSIDE.value,
)
_RANK: Mapping[str, int] = {group: rank for rank, group in enumerate(_ORDER)}


def picture_of_plan(plan: Plan, links: Iterable[Link]) -> Picture:
    """Give the picture of what a topology makes; nobody has looked at it."""
    return _picture(_title(plan), _notes(plan), list(_planned(plan, {})), list(links), {})


def picture_of_files(name: str, roles: Mapping[str, Role | None], links: Iterable[Link]) -> Picture:
    """Give the picture of a folder of configuration; *roles* are those of its nodes."""
    members = [Member(node, role or "", Shape.NODE) for node, role in roles.items()]
    return _picture(f"{name}: configuration files", (), members, list(links), {})


def picture_of_report(report: JudgedLab) -> Picture:
    """Give the picture of a lab that runs, with its verdicts."""
    diagnosis, plan = report.diagnosis, report.plan
    judged = {one.link.id: one for one in diagnosis.links}
    healthy = sum(one.verdict is LinkVerdict.HEALTHY for one in diagnosis.links)
    seen = f"{diagnosis.verdict}, {healthy} of {len(judged)} links healthy"
    states = {state.name: state for state in diagnosis.nodes}
    links = [one.link for one in diagnosis.links]
    notes = (f"The lab is {seen}.", *_notes(plan))
    return _picture(_title(plan), notes, list(_planned(plan, states)), links, judged)


def _title(plan: Plan) -> str:
    return f"{plan.lab}: {PRODUCTS[plan.product][plan.version].title} {plan.version}"


def _notes(plan: Plan) -> tuple[str, ...]:
    if any(node.kind == "stand-in" for node in plan.nodes):
        return ("Its nodes are stand-ins, not the product.",)
    return ()


def _planned(plan: Plan, states: Mapping[str, NodeState]) -> Iterator[Member]:
    for node in plan.nodes:
        state = _state(states.get(node.name))
        yield Member(node.name, node.role.value, Shape.NODE, node.hostname, *state)
    for one in plan.balancers:
        state = _state(states.get(one.name))
        yield Member(one.name, one.role.value, Shape.BALANCER, one.hostname, *state)
    for server in plan.servers:
        state = _state(states.get(server.name))
        yield Member(server.name, DATABASES, Shape.DATABASE, server.hostname, *state)


def _state(state: NodeState | None) -> tuple[str, Mark]:
    if state is None:
        return "", Mark.PLAIN
    return str(state.state), Mark.FAILED if state.is_down else Mark.HEALTHY


def _picture(
    title: str,
    notes: tuple[str, ...],
    members: list[Member],
    links: Sequence[Link],
    judged: Mapping[str, JudgedLink],
) -> Picture:
    pairs: dict[tuple[str, str], list[Link]] = {}
    for link in links:
        pairs.setdefault((link.node, link.to or _outside(link)), []).append(link)
    members += _strangers(members, pairs)
    members.sort(key=_place)
    column = {member.name: index for index, member in enumerate(members)}
    ordered = sorted(pairs, key=lambda pair: (column[pair[0]], column[pair[1]]))
    arrows = tuple(_arrow(*pair, pairs[pair], judged) for pair in ordered)
    return Picture(title, notes, tuple(members), arrows)


def _outside(link: Link) -> str:
    return f"{link.host}:{link.port}" if link.host else "no host"


def _strangers(
    members: Sequence[Member], pairs: Mapping[tuple[str, str], Sequence[Link]]
) -> Iterator[Member]:
    """Give the ends of links that are no member: this machine, and hosts that nobody has."""
    known = {member.name for member in members}
    for (source, target), links in pairs.items():
        for name in (source, target):
            if name in known:
                continue
            known.add(name)
            if name == HOST:
                yield Member(name, HOST, Shape.MACHINE, "this machine")
            elif all(link.protocol is Protocol.MYSQL for link in links):
                yield Member(name, DATABASES, Shape.DATABASE, "not in these files")
            else:
                yield Member(name, Shape.OUTSIDE.value, Shape.OUTSIDE, "no node has this host")


def _place(member: Member) -> tuple[int, bool, str]:
    """Give the order of columns: roles side by side that talk most, a balancer before its own."""
    rank = _RANK.get(member.group, _RANK[""])
    return rank, member.shape is not Shape.BALANCER, member.name


def _arrow(
    source: str, target: str, links: Sequence[Link], judged: Mapping[str, JudgedLink]
) -> Arrow:
    counts = Counter(str(link.protocol) for link in links)
    told = " · ".join(name if n == 1 else f"{name} {_TIMES}{n}" for name, n in counts.items())
    verdicts = [judged[link.id].verdict for link in links if link.id in judged]
    mark, seen = _seen(verdicts)
    return Arrow(source, target, told, mark, seen, tuple(dict.fromkeys(link.key for link in links)))


def _seen(verdicts: Sequence[LinkVerdict]) -> tuple[Mark, str]:
    failed, skipped = (
        verdicts.count(verdict) for verdict in (LinkVerdict.FAILED, LinkVerdict.SKIPPED)
    )
    if failed:
        return Mark.FAILED, f"{failed} of {len(verdicts)} failed"
    if skipped:
        return Mark.SKIPPED, f"{skipped} of {len(verdicts)} not tried"
    return (Mark.HEALTHY, "healthy") if verdicts else (Mark.PLAIN, "")
