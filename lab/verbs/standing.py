"""Whether a lab that runs already is the one that `lab up` was asked for."""

import tomllib

from lab.errors import Problem, UsageError
from lab.launch.cluster import Cluster
from lab.plan.model import Plan


def refuse_another(standing: Cluster, plan: Plan, nodes: str | None) -> None:
    """Raise `UsageError` when the lab of this name was made of something else.

    That is another topology, comments and layout aside, or other *nodes* than are asked for.
    """
    what = ""
    if tomllib.loads(standing.plan.topology_text) != tomllib.loads(plan.topology_text):
        what = f"is not what {plan.topology_path} says"
    elif nodes is not None and _kinds(standing.plan) != _kinds(plan):
        what = "has other nodes than `--nodes` asks for"
    if what:
        problem = Problem(
            f"the lab {plan.lab} runs already, and {what}",
            str(standing.folder / "topology.toml"),
            f"`lab down {plan.lab}` first, or give this one a name of its own: `--name`",
        )
        raise UsageError(problem)


def _kinds(plan: Plan) -> dict[str, str]:
    return {node.name: node.kind for node in plan.nodes}
