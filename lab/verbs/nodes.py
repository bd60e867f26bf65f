"""`lab stop`, `lab start`, `lab logs`, `lab exec`: one node of a lab that is there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lab.errors import LabError, Problem
from lab.launch.cluster import Cluster
from lab.launch.presence import in_the_way
from lab.plan.observed import State
from lab.verbs.found import found
from lab.verbs.shell import Shell
from lab.verbs.starting import require_alive, start_member


def stop(node: str, name: str | None, shell: Shell) -> int:
    """Stop a node, balancer or database server."""
    with _found_with(node, name, shell) as cluster:
        cluster.stop_node(node)
        shell.tell(f"{node}: stopped")
    return 0


def start(node: str, name: str | None, shell: Shell) -> int:
    """Start a node again, with its files as they lie in the lab's folder.

    Raises `LabError` as `start_member` and `require_alive` do.
    """
    with _found_with(node, name, shell) as cluster:
        shell.tell(f"{node}: {start_member(cluster, node)}")
        require_alive(cluster, node)
    return 0


def logs(node: str, name: str | None, shell: Shell, *, follow: bool) -> int:
    """Print a node's log; with *follow* until it ends or is interrupted."""
    with _found_with(node, name, shell, to_look=True) as cluster:
        for line in cluster.logs(node, follow=follow):
            shell.say(line)
    return 0


def execute(node: str, words: Sequence[str], name: str | None, shell: Shell) -> int:
    """Run a command in a node's container; its exit code becomes the program's."""
    with _found_with(node, name, shell, to_look=True) as cluster:
        _require_running(cluster, node)
        code, output = cluster.run(node, tuple(words))
    shell.out.write(output)
    return code


@contextmanager
def _found_with(
    node: str, name: str | None, shell: Shell, *, to_look: bool = False
) -> Iterator[Cluster]:
    with found(name, shell, to_look=to_look) as cluster:
        plan = cluster.plan
        members = [one.name for one in plan.members]
        if node not in members:
            raise LabError(
                Problem(f"no node `{node}`", f"lab {plan.lab}", f"it has {', '.join(members)}")
            )
        yield cluster


def _require_running(cluster: Cluster, node: str) -> None:
    """Refuse a command where no process runs: an engine tells the container's id alone."""
    state = cluster.state(node)
    problem = in_the_way(cluster.plan, state)
    if problem is not None:
        raise LabError(problem)
    if state.state is not State.RUNNING:
        where = f"container {cluster.members.container(node)}"
        what = f"{node} is not running: it is {state.state}"
        raise LabError(Problem(what, where, f"`lab start {node}`"))
