"""A swarm for a lab that is about to be made: judged first, and its members placed."""

from collections.abc import Mapping, Sequence

from lab.errors import LabError
from lab.launch.swarm.engine import SwarmEngine
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.placement import place, reservations
from lab.launch.swarm.requirements import memory_problems, problems_of, rooms_of, unsupported
from lab.launch.swarm.survey import Survey, survey
from lab.plan.model import Plan


def swarm_for(
    plan: Plan, machines: Sequence[Machine], environ: Mapping[str, str], registry: str = ""
) -> SwarmEngine:
    """Reach the swarm. Raises `LabError` with all that it lacks for the plan's lab."""
    seen = survey(machines, environ)
    problems = [*unsupported(plan), *problems_of(seen)]
    if problems:
        raise LabError(*problems)
    engine = SwarmEngine.of(machines, environ, registry)
    try:
        engine.bind(_placed(plan, seen, engine))
    except BaseException:
        engine.close()
        raise
    return engine


def _placed(plan: Plan, seen: Survey, engine: SwarmEngine) -> Mapping[str, str]:
    rooms = rooms_of(seen, engine.reserved(but=plan.lab))
    placed = place(plan, rooms)
    problems = memory_problems(rooms, reservations(plan), placed)
    if problems:
        raise LabError(*problems)
    return placed
