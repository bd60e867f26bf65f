"""What a swarm lacks for a lab: everything at once, before anything starts, with the numbers."""

from collections.abc import Iterator, Mapping, Sequence

from lab.errors import Problem
from lab.launch.refusals import LEADERLESS, RESTORE
from lab.launch.seen import EngineFacts
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


def problems_of(survey: Survey, reserved: Mapping[str, int]) -> list[Problem]:
    """Give all that keeps a lab from this swarm; *reserved* is its members' memory in bytes."""
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
    problems += _architectures(answering)
    if not problems:
        problems += _memory(answering, reserved)
    return problems


def unsupported(plan: Plan) -> list[Problem]:
    """Give what of a plan can't be had on a swarm at all."""
    whole = "`--on docker` brings it up on one engine"
    found = []
    if plan.is_closed:
        what = "a lab of somebody's own files is closed, and a swarm's network has a way out"
        found.append(what)
    if plan.machines or plan.subnets:
        found.append("fixed addresses and members beside each other need one engine's networks")
    if plan.real_nodes:
        found.append("nodes of the product can't run on a swarm yet")
    return [Problem(what, f"lab {plan.lab}", whole) for what in found]


def _architectures(machines: Sequence[SeenMachine]) -> list[Problem]:
    found = {one.name: one.facts.architecture for one in machines if one.facts}
    if len(set(found.values())) < 2:  # noqa: PLR2004
        return []
    told = ", ".join(f"{name} {architecture}" for name, architecture in found.items())
    mend = "`lab machines remove` all but those of one: the lab's images are made for one"
    return [Problem(f"the machines are of several architectures: {told}", "the swarm", mend)]


def _memory(machines: Sequence[SeenMachine], reserved: Mapping[str, int]) -> list[Problem]:
    """Lay the largest members first into whichever machine has the most left."""
    left = {one.name: one.facts.memory - _SYSTEM for one in machines if one.facts}
    free = sum(max(0, each) for each in left.values())
    wanted = sum(reserved.values())
    for member, needed in sorted(reserved.items(), key=lambda item: -item[1]):
        name = max(left, key=lambda name: left[name])
        if left[name] >= needed:
            left[name] -= needed
            continue
        what = (
            f"too little memory: the lab reserves {wanted // _MIB} MiB and the machines have"
            f" {free // _MIB} MiB for it; {member} needs {needed // _MIB} MiB and no machine has"
            f" more than {max(0, left[name]) // _MIB} MiB left: {(needed - left[name]) // _MIB} MiB"
            " are missing"
        )
        return [Problem(what, "the swarm", f"a machine more, {ADD}, or a smaller topology")]
    return []


def _names(machines: Sequence[SeenMachine]) -> str:
    return "machines " + ", ".join(one.name for one in machines)
