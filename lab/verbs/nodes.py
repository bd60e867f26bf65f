"""`lab stop`, `lab start`, `lab logs`, `lab exec`: one node of a lab that is there."""

from collections.abc import Sequence

from lab.errors import LabError, Problem
from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.verbs.engines import engine_of
from lab.verbs.find import find
from lab.verbs.shell import Shell


def stop(node: str, name: str | None, shell: Shell) -> int:
    """Stop a node, balancer or database server."""
    with engine_of(name, shell) as engine:
        cluster = _cluster_with(engine, node, name, shell)
        cluster.stop_node(node)
        shell.tell(f"{node}: stopped")
    return 0


def start(node: str, name: str | None, shell: Shell) -> int:
    """Start a node again, with its files as they lie in the lab's folder."""
    with engine_of(name, shell) as engine:
        cluster = _cluster_with(engine, node, name, shell)
        cluster.start_node(node)
        shell.tell(f"{node}: started")
    return 0


def logs(node: str, name: str | None, shell: Shell, *, follow: bool) -> int:
    """Print a node's log; with *follow* until it ends or is interrupted."""
    with engine_of(name, shell, to_look=True) as engine:
        cluster = _cluster_with(engine, node, name, shell)
        for line in cluster.logs(node, follow=follow):
            shell.say(line)
    return 0


def execute(node: str, words: Sequence[str], name: str | None, shell: Shell) -> int:
    """Run a command in a node's container; its exit code becomes the program's."""
    with engine_of(name, shell, to_look=True) as engine:
        cluster = _cluster_with(engine, node, name, shell)
        code, output = cluster.run(node, tuple(words))
    shell.out.write(output)
    return code


def _cluster_with(engine: Engine, node: str, name: str | None, shell: Shell) -> Cluster:
    cluster = find(engine, name, shell)
    plan = cluster.plan
    members = [one.name for one in plan.members]
    if node not in members:
        raise LabError(
            Problem(f"no node `{node}`", f"lab {plan.lab}", f"it has {', '.join(members)}")
        )
    return cluster
