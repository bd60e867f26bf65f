"""What is looked at before anything is made for real nodes: distributions, memory, disk."""

from collections.abc import Mapping
from pathlib import Path
from shutil import disk_usage

from lab.distributions.complete import distribution_problems
from lab.distributions.entry import Distribution
from lab.distributions.find import IMAGE, distribution_of
from lab.errors import LabError, Problem
from lab.launch.engine import Engine
from lab.plan.containers import node_memory
from lab.plan.model import Plan, PlannedNode

MIB = 1024 * 1024
_FACTOR = 2.5  # a layer is written twice while it is made, and a start writes some more
_REST = 1024  # MiB for the database server, the prober and the engine itself


def check_real_nodes(
    engine: Engine, plan: Plan, *, runs_here: bool = True
) -> Mapping[str, Distribution]:
    """Give the distributions of the nodes that have one here, by the node's name.

    Their images are made on *engine*; it needs the memory of the nodes if the lab *runs_here*.
    Raises `LabError` with everything for which real nodes can't be made or started.
    """
    found = find_distributions(plan)
    memory = _memory(engine, plan) if runs_here else []
    problems = [*_incomplete(plan, found), *memory, *_disk(engine, plan, found)]
    if problems:
        raise LabError(*problems)
    return found


def find_distributions(plan: Plan) -> Mapping[str, Distribution]:
    """Give the distributions on this machine by node; raises `LabError` for all that aren't."""
    found: dict[str, Distribution] = {}
    problems: dict[str, Problem] = {}
    for node in plan.real_nodes:
        try:
            distribution = distribution_of(node)
        except LabError as error:
            problems |= {problem.where: problem for problem in error.problems}
            continue
        if distribution is not None:
            found[node.name] = distribution
    if problems:
        raise LabError(*problems.values())
    return found


def _incomplete(plan: Plan, found: Mapping[str, Distribution]) -> list[Problem]:
    users: dict[str, list[PlannedNode]] = {}
    for name, distribution in found.items():
        users.setdefault(distribution.where, []).append(plan.node(name))
    return [
        problem
        for nodes in users.values()
        for problem in distribution_problems(plan, found[nodes[0].name], nodes)
    ]


def _memory(engine: Engine, plan: Plan) -> list[Problem]:
    """Tell when the engine's machine has less memory than the nodes may take."""
    quick = plan.java.quick_start
    wanted = sum(int(node_memory(node, quick=quick)[:-1]) for node in plan.real_nodes)
    has = engine.facts.memory // MIB
    if not wanted or not has or wanted + _REST <= has:
        return []
    return [
        Problem(
            f"the real nodes may take {wanted} MiB of memory, and the machine has {has}",
            "the engine's machine",
            "give nodes less (`heap` in the topology, in MiB), or leave some stand-ins (`kind`)",
        )
    ]


def _disk(engine: Engine, plan: Plan, found: Mapping[str, Distribution]) -> list[Problem]:
    """Tell when the engine's disk, where it is on this machine, has no room for the images."""
    root = Path(engine.facts.root)
    if not found or not engine.facts.is_here or not root.is_dir():
        return []
    homes = {one.where: one for name, one in found.items() if plan.node(name).kind != IMAGE}
    sizes = (sum(entry.size for entry in one.entries()) for one in homes.values())
    wanted, has = int(sum(sizes) * _FACTOR / MIB), disk_usage(root).free // MIB
    if wanted <= has:
        return []
    return [
        Problem(
            f"images of the distribution take about {wanted} MiB while they are made, and"
            f" {has} are free",
            str(root),
            "free some space: `lab gc --images` removes images that no lab uses",
        )
    ]
