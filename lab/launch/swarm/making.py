"""A swarm for a lab that is about to be made: judged first, and its members placed."""

from collections.abc import Mapping, Sequence

from lab.errors import LabError
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.placement import Room, place, reservations
from lab.launch.swarm.requirements import problems_of, unsupported
from lab.launch.swarm.survey import survey
from lab.plan.model import Plan


def swarm_for(
    plan: Plan, machines: Sequence[Machine], environ: Mapping[str, str], registry: str = ""
) -> SwarmEngine:
    """Reach the swarm. Raises `LabError` with all that it lacks for the plan's lab."""
    seen = survey(machines, environ)
    problems = [*unsupported(plan), *problems_of(seen, reservations(plan))]
    if problems:
        raise LabError(*problems)
    engine = SwarmEngine.of(machines, environ, registry)
    rooms = [Room(one.node, one.facts.memory) for one in seen.machines if one.facts]
    engine.bind(place(plan, rooms))
    return engine
