"""The room's door: from a folder of configuration files to every link, statically checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lab.distributions.version import version_around
from lab.plan.model import Plan
from lab.products.facts import Line
from lab.products.versions_4x import ROWS
from lab.wiring.balancers import read_members
from lab.wiring.check.case import Case
from lab.wiring.check.rules import check
from lab.wiring.cluster import Cluster
from lab.wiring.finding import Finding, Severity
from lab.wiring.flows import read_flows
from lab.wiring.haproxy_reader import BalancerFile, read_haproxy
from lab.wiring.ignored import not_ignored
from lab.wiring.lines import READERS
from lab.wiring.link import Link
from lab.wiring.neighbours import find_machines
from lab.wiring.node_files import read_nodes
from lab.wiring.reading import Dialler, Reading
from lab.wiring.receivers import sparing_receivers

_REMARK = Severity.INFO


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the files say: links in the order of nodes and lines, and what is wrong with them."""

    links: tuple[Link, ...]
    findings: tuple[Finding, ...]

    def link(self, id_: str) -> Link:
        """Give the link of this id; raises `KeyError` when there is none."""
        for link in self.links:
            if link.id == id_:
                return link
        raise KeyError(id_)


def read_links(
    nodes_folder: Path,
    plan: Plan | None,
    *,
    remarks: bool = False,
    files: Mapping[str, str] | None = None,
    release: str = "",
    stores: bool = False,
) -> Wiring:
    """Read the files below *nodes_folder*, and give every link with the static check's findings.

    Findings of severity info are left out unless *remarks* are wanted: WSO2's own samples hold
    settings without effect, and a right file must give no finding. Nor are those told that the
    plan's topology ignores. *files* are the nodes' files where they lie otherwise, and *release* is
    the product's version where no plan tells it; without it, the homes that the files lie in may.
    Keystores beside the files are opened only for *stores*: a private key takes its time, and a
    running lab proves its certificates by probes.

    Raises `TopologyError` with the problems of all files that can't be read. It is a
    `NotReadableError`, which carries them as findings, when their syntax is all that is wrong.
    """
    cluster = Cluster(read_nodes(nodes_folder, plan, files), plan, _balancers(nodes_folder, plan))
    readings = _read_nodes(cluster)
    if plan is None and (machines := find_machines(cluster, readings)):
        cluster = replace(cluster, machines=machines)
        readings = _read_nodes(cluster)
    flows = list(read_flows(cluster, readings))
    links = tuple(reading.link for reading in readings) + tuple(flows)
    links += tuple(read_members(cluster))
    links = tuple(sparing_receivers(cluster, link) for link in links)
    version = plan.version if plan else release or _said_around(cluster)
    findings = check(Case(cluster, readings, version, stores))
    told = (one for one in findings if remarks or one.severity is not _REMARK)
    return Wiring(links, not_ignored(told, plan.ignored if plan else ()))


def _said_around(cluster: Cluster) -> str:
    """Give the version that the homes around the files say, where they say one alone.

    A home of another product, such as Identity Server's, counts in its own versions.
    """
    if cluster.line is not Line.TOML:
        return ""
    found = {version_around(one.path) for one in cluster.nodes.values() if one.path}
    said = [version for version in ROWS if version in found]
    return said[0] if len(said) == 1 else ""


def _balancers(nodes_folder: Path, plan: Plan | None) -> dict[str, BalancerFile]:
    """Read the balancers' files beside the nodes' folder; a folder of nodes alone has none."""
    folder = nodes_folder.parent / "balancers"
    if plan is None or nodes_folder.name != "nodes" or not folder.is_dir():
        return {}
    return {one.name: read_haproxy(folder, one.name) for one in plan.balancers}


def _read_nodes(cluster: Cluster) -> list[Reading]:
    return [reading for name in cluster.nodes for reading in _read_node(cluster, name)]


def _read_node(cluster: Cluster, name: str) -> list[Reading]:
    dialler = Dialler(cluster, cluster.nodes[name])
    readings = [reading for read in READERS[cluster.line] for reading in read(dialler)]
    return sorted(readings, key=lambda reading: reading.link.source)
