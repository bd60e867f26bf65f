"""What the words of a call say about a lab's plan, the same for `up`, `plan` and `render`."""

from dataclasses import dataclass
from pathlib import Path

from lab.plan.make import make_plan
from lab.plan.model import Java, Plan
from lab.topology.read import read_topology
from lab.verbs.choosing import choose_topology
from lab.verbs.shell import Shell


@dataclass(frozen=True, slots=True)
class Choice:
    """A topology and what is said over it; None stands for the topology's own choice."""

    topology: str | None = None
    name: str | None = None
    nodes: str | None = None
    dbscripts: Path | None = None
    driver: str | None = None
    jdk: str | None = None
    quick_start: bool = True
    maven_url: str | None = None


def planned(choice: Choice, shell: Shell) -> Plan:
    """Plan the lab; raises `UsageError` and `TopologyError` with everything that is wrong."""
    driver = choice.driver or ""
    if driver.endswith(".jar"):
        driver = str((shell.folder / driver).absolute())
    return make_plan(
        read_topology(choose_topology(choice.topology, shell.folder)),
        name=choice.name,
        nodes=choice.nodes,
        dbscripts=choice.dbscripts.absolute() if choice.dbscripts else None,
        java=Java(choice.jdk or "", driver, choice.quick_start, choice.maven_url or ""),
    )
