"""Starts one member of a lab that stands, with its files as they lie in the lab's folder."""

import time
from collections.abc import Iterable

from lab.errors import LabError, Problem, TopologyError
from lab.launch.cluster import Cluster
from lab.launch.presence import in_the_way
from lab.plan.containers import SERVER_FILE_NAMES
from lab.plan.model import STAND_IN, PlannedNode
from lab.plan.observed import NodeState, State
from lab.products.facts import Line
from lab.wiring.haproxy_reader import FILE_NAME as BALANCER_FILE
from lab.wiring.node_files import FILE_NAME, read_nodes

_STARTED = "WSO2 Carbon started in"
_AT_ONCE = 3.0  # seconds in which a stand-in has started, or ended at a file that it can't use
_BETWEEN = 0.1


def start_member(cluster: Cluster, name: str) -> str:
    """Start a member and say what came of it; one that runs on these files already stays as it is.

    Whoever was taken off its network is put on it again.

    Raises `LabError` for one that runs on its files of before an edit, that is paused or has no
    container, and `TopologyError` for a file that is missing or can't be read.
    """
    state = cluster.state(name)
    problem = in_the_way(cluster.plan, state)
    if problem is not None:
        raise LabError(problem)
    if state.state is State.RUNNING:
        if cluster.attach(name):
            return "runs already; put on its network again"
        _require_unedited(cluster, name)
        return "runs already"
    require_files(cluster, name)
    cluster.attach(name)
    cluster.start_node(name)
    return "started"


def _require_unedited(cluster: Cluster, name: str) -> None:
    if name in cluster.edited():
        where = f"container {cluster.members.container(name)}"
        what = f"{name} runs already, with its files as they were before the last edit"
        mend = f"`lab stop {name}`, then `lab start {name}` brings them in"
        raise LabError(Problem(what, where, mend))


def require_files(cluster: Cluster, name: str) -> None:
    """Raise `TopologyError` with each file of a member that is missing or can't be read.

    A container keeps the file that it had, and would start on that.
    """
    node = next((one for one in cluster.plan.nodes if one.name == name), None)
    if node is not None:
        _require_readable(cluster, name)
        _require("nodes", cluster, name, _stores_of(cluster, node))
    elif cluster.members.is_server(name):
        _require("servers", cluster, name, SERVER_FILE_NAMES)
    else:
        _require("balancers", cluster, name, (BALANCER_FILE,))


def _require_readable(cluster: Cluster, name: str) -> None:
    try:
        read_nodes(cluster.folder / "nodes", cluster.plan)
    except TopologyError as error:  # others' files are others' affair
        own = [one for one in error.problems if one.where.startswith(f"{name}/")]
        if own:
            raise TopologyError(*own) from error


def _stores_of(cluster: Cluster, node: PlannedNode) -> Iterable[str]:
    """Name the stores that a stand-in is to open; the product's own home may hold them."""
    path = cluster.folder / "nodes" / node.name / FILE_NAME
    if node.kind != STAND_IN or node.line is not Line.TOML or not path.is_file():
        return ()
    import tomllib  # noqa: PLC0415

    from lab.render.stores import keystores, truststore  # noqa: PLC0415

    values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    stores = (*keystores(values), truststore(values))
    return dict.fromkeys(one.file_name for one in stores if _is_beside(one.file_name))


def _is_beside(name: str) -> bool:
    """Tell whether a store's name is that of a file beside the node's own."""
    return "/" not in name and "$" not in name


def _require(kind: str, cluster: Cluster, name: str, files: Iterable[str]) -> None:
    folder = cluster.folder / kind / name
    mend = f"put the file back; `lab down {cluster.plan.lab}`, then `lab up` writes all files again"
    missing = [file for file in files if not (folder / file).is_file()]
    if missing:
        raise TopologyError(
            *(Problem(f"{name} has no {file}", str(folder / file), mend) for file in missing)
        )


def require_alive(cluster: Cluster, name: str) -> None:
    """Raise `LabError` with the last line of a stand-in that ends as it starts.

    Nodes of the product take minutes to end, and no other member tells when it has started.
    """
    if not any(one.name == name and one.kind == STAND_IN for one in cluster.plan.nodes):
        return
    until = time.monotonic() + _AT_ONCE
    while time.monotonic() < until:
        state = cluster.state(name)
        if state.is_down:
            raise LabError(_ended(cluster, state))
        if any(_STARTED in line for line in cluster.lines_since_start(name)):
            return
        time.sleep(_BETWEEN)


def _ended(cluster: Cluster, state: NodeState) -> Problem:
    name, last = state.name, next(filter(str.strip, reversed(state.last_lines)), "")
    return Problem(
        f"{name} ended at once with exit code {state.exit_code}: {last.strip()}",
        f"container {cluster.members.container(name)}",
        f"read `lab logs {name}`, mend it, then `lab start {name}`",
    )
