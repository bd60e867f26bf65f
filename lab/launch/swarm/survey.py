"""Looks at every named machine at once: what answers, what it has, what it is in the swarm."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab.errors import EngineError
from lab.launch.seen import EngineFacts
from lab.launch.swarm.machines import Machine
from lab.launch.swarm.member import MemberEngine, SwarmNode, why_silent


@dataclass(frozen=True, slots=True)
class SeenMachine:
    """A machine as it is at this moment; without *facts* it doesn't answer, and *why* says why."""

    machine: Machine
    facts: EngineFacts | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """Give the name that the user knows it by."""
        return self.machine.name

    @property
    def node(self) -> str:
        """Give its id in the swarm; empty when it is in none or doesn't answer."""
        return self.facts.swarm.node if self.facts else ""


@dataclass(frozen=True, slots=True)
class Survey:
    """The machines in the user's order, and the swarm's members as its first manager knows them."""

    machines: tuple[SeenMachine, ...]
    nodes: tuple[SwarmNode, ...] = ()


def survey(machines: Sequence[Machine], environ: Mapping[str, str]) -> Survey:
    """Ask every machine once; one that doesn't answer is part of what is seen."""
    if not machines:
        return Survey(())
    with ThreadPoolExecutor(len(machines)) as pool:
        seen = tuple(pool.map(lambda one: _look(one, environ), machines))
    for one in seen:
        if one.facts and one.facts.swarm.manages:
            with MemberEngine.connect(one.machine.environ(environ)) as manager:
                return Survey(seen, manager.nodes())
    return Survey(seen)


def _look(machine: Machine, environ: Mapping[str, str]) -> SeenMachine:
    try:
        with MemberEngine.connect(machine.environ(environ)) as engine:
            return SeenMachine(machine, engine.facts)
    except EngineError as error:
        return SeenMachine(machine, why=why_silent(error))
