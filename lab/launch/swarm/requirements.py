"""What a swarm lacks for a lab: everything at once, before anything starts, with the numbers."""

from collections.abc import Iterator, Mapping, Sequence

from lab.errors import Problem
from lab.launch.refusals import LEADERLESS, RESTORE
from lab.launch.seen import EngineFacts
from lab.launch.swarm.placement import Room
from lab.launch.swarm.survey import SeenMachine, Survey
from lab.plan.model import Plan

PORTS = "TCP 2377 to a manager, TCP and UDP 7946 and UDP 4789 between all of them"
_SKEW = 30.0  # seconds; a certificate that was made on one machine must be valid on every other
_CAPABILITIES = (20, 10)  # the first engine whose services take capabilities
_MIB = 1 << 20
_SYSTEM = 256 * _MIB  # that a machine keeps for itself, its engine and the prober
ADD = "`lab machines add NAME --host ssh://USER@HOST`"


def lacking(survey: Survey) -> Mapping[str, tuple[str, ...]]:
    """Tell for each machine what keeps labs from it."""
    return {one.name: tuple(_lacks(one, survey)) for one in survey.machines}


def _lacks(one: SeenMachine, survey: Survey) -> Iterator[str]:
    if one.facts is None:
        yield f"does not answer: {one.why}"
        return
    if _version(one.facts) < _CAPABILITIES:
        least = ".".join(map(str, _CAPABILITIES))
        yield f"engine {one.facts.version}: {least} is the oldest that can run a lab's services"
    if abs(one.facts.ahead) > _SKEW:
        way = "before" if one.facts.ahead > 0 else "behind"
        yield f"its clock is {abs(one.facts.ahead):.0f} s {way} this machine's: {_SKEW:.0f} at most"
    yield from _membership(one.facts, survey)


def _membership(facts: EngineFacts, survey: Survey) -> Iterator[str]:
    if facts.swarm.state != "active":
        yield f"in no swarm (`{facts.swarm.state}`): `docker swarm init`, or `join` one there"
        return
    if facts.swarm.is_manager and facts.swarm.error:
        yield f"{LEADERLESS}: {RESTORE}"
    if not survey.nodes:
        return
    node = next((each for each in survey.nodes if each.id == facts.swarm.node), None)
    if node is None:
        yield "in another swarm than the first manager here"
    elif node.state != "ready":
        yield f"`{node.state}` to its manager: open {PORTS}"
    elif node.availability != "active":
        yield f"takes no work (`{node.availability}`): `docker node update --availability active`"


def _version(facts: EngineFacts) -> tuple[int, ...]:
    words = facts.version.split("+")[0].split("-")[0].split(".")
    return tuple(int(word) for word in words[:2] if word.isdigit())


def problems_of(survey: Survey) -> list[Problem]:
    """Give all that keeps any lab from this swarm."""
    if not survey.machines:
        return [Problem("no machine is known", "`--on swarm`", f"{ADD} names one")]
    problems = [
        Problem(
            f"the machine {what}", f"machine {name}", "mend it; `lab machines list` looks again"
        )
        for name, told in lacking(survey).items()
        for what in told
    ]
    answering = [one for one in survey.machines if one.facts is not None]
    if answering and not any(one.facts and one.facts.swarm.is_manager for one in answering):
        managers = "name one of the swarm's managers, too: " + ADD
        problems.append(Problem("no machine manages the swarm", _names(answering), managers))
    return problems + _architectures(answering)


def unsupported(plan: Plan) -> list[Problem]:
    """Give what of a plan can't be had on a swarm at all."""
    whole = "`--on docker` brings it up on one engine"
    found = []
    if plan.machines or plan.subnets:
        found.append("fixed addresses and members beside each other need one engine's networks")
    return [Problem(what, f"lab {plan.lab}", whole) for what in found]


def _architectures(machines: Sequence[SeenMachine]) -> list[Problem]:
    found = {one.name: one.facts.architecture for one in machines if one.facts}
    if len(set(found.values())) < 2:  # noqa: PLR2004
        return []
    told = ", ".join(f"{name} {architecture}" for name, architecture in found.items())
    mend = "`lab machines remove` all but those of one: the lab's images are made for one"
    return [Problem(f"the machines are of several architectures: {told}", "the swarm", mend)]


def rooms_of(survey: Survey, taken: Mapping[str, int]) -> list[Room]:
    """Give what each machine has left for a lab; *taken* is reserved there, in bytes by node."""
    return [
        Room(one.node, max(0, one.facts.memory - _SYSTEM - taken.get(one.node, 0)))
        for one in survey.machines
        if one.facts
    ]


def memory_problems(
    rooms: Sequence[Room], reserved: Mapping[str, int], placed: Mapping[str, str]
) -> list[Problem]:
    """Give the memory that is missing for a lab whose members reserve so many bytes.

    Those that aren't *placed* are laid, the largest first, where the most is left.
    """
    left = {room.node: room.memory for room in rooms}
    wanted, free = sum(reserved.values()), sum(left.values())
    for member in sorted(reserved, key=lambda name: (name not in placed, -reserved[name])):
        needed, most = reserved[member], max(left.values())
        node = placed.get(member) or max(left, key=lambda node: left[node])
        if left[node] >= needed:
            left[node] -= needed
            continue
        what = (
            f"too little memory: the lab reserves {wanted // _MIB} MiB and the machines have"
            f" {free // _MIB} MiB that nobody has reserved; {member} needs {needed // _MIB} MiB and"
            f" no machine has more than {most // _MIB} MiB left: {(needed - most) // _MIB} MiB"
            " are missing"
        )
        mend = f"a machine more, {ADD}, less `heap` for nodes of the product, or fewer nodes"
        return [Problem(what, "the swarm", mend)]
    return []


def _names(machines: Sequence[SeenMachine]) -> str:
    return "machines " + ", ".join(one.name for one in machines)
