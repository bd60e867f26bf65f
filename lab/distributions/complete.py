"""Judges a distribution before anything is made of it: its version, and whether all of it is there.

What a home consists of: the start scripts, profileSetup.sh and the bundle lists of 4.1.0.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from lab.distributions.entry import Distribution, incomplete
from lab.distributions.find import IMAGE
from lab.distributions.version import TITLE, version_of
from lab.errors import Problem
from lab.plan.containers import conf_path, node_configuration
from lab.plan.model import Plan, PlannedNode
from lab.products.facts import Line
from lab.products.versions_4x import ROWS

_FILES = (
    "repository/resources/security/wso2carbon.jks",
    "repository/resources/security/client-truststore.jks",
)
_FOLDERS = ("lib", "repository/components/plugins", "repository/deployment/server/webapps")
_MAPPERS_FILES = ("repository/resources/conf/default.json", "repository/resources/conf/infer.json")
_MAPPERS_FOLDERS = ("repository/resources/conf/templates",)
_BUNDLES = "configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"
_PLUGINS = "repository/components/plugins"
# Where one of them is listed and isn't there, no node starts.
_INDISPENSABLE = frozenset(
    {
        "andes",
        "axiom",
        "axis2",
        "bcprov-jdk15on",
        "bcprov-jdk18on",
        "org.eclipse.osgi",
        "org.wso2.carbon.apimgt.impl",
        "org.wso2.carbon.core",
        "org.wso2.carbon.user.core",
        "synapse-core",
        "tomcat",
    }
)
# By its script a distribution is known for what it is.
_TITLES = {
    start.script: start.distribution for row in ROWS.values() for start in row.starts.values()
}
_LEFT_OUT_AT_MOST = 0.1  # of a list's bundles


def distribution_problems(
    plan: Plan, distribution: Distribution, nodes: Iterable[PlannedNode]
) -> list[Problem]:
    """Give everything for which these nodes can't be started from a distribution."""
    nodes = tuple(nodes)
    found = version_of(distribution)
    others = [node for node in nodes if found not in (None, node.version)]
    if others:
        return [_of_another_version(plan, distribution, others[0], found)]
    strangers = [node for node in nodes if not distribution.has(node.start.script)]
    own = [title for script, title in _TITLES.items() if distribution.has(script)]
    if strangers and own:
        return [_of_another_role(distribution, strangers, own[0])]
    if all(node.kind == IMAGE for node in nodes):
        return []  # its makers answer for the rest
    missing = list(dict.fromkeys(_missing(distribution, nodes)))
    return [incomplete(distribution.where, *missing)] if missing else []


def _of_another_version(
    plan: Plan, distribution: Distribution, node: PlannedNode, found: str | None
) -> Problem:
    what, mend = (
        f"the distribution is version {found}, and the topology is for {plan.version}",
        f'write version = "{found}" in the topology, or name another distribution',
    )
    if node.version != plan.version:
        wanted = f"{node.start.distribution}-{node.version}"
        what = f"the distribution is version {found}, and {node.name} runs {wanted}"
        mend = f'write kind = "{node.kind}:…/{wanted}" in [nodes.{node.name}]'
    return Problem(what, f"{distribution.where}/{TITLE}", mend)


def _of_another_role(
    distribution: Distribution, nodes: Sequence[PlannedNode], title: str
) -> Problem:
    wanted = {node.name: f"{node.start.distribution}-{node.version}" for node in nodes}
    what = ", ".join(f"{name} runs {archive}" for name, archive in wanted.items())
    mend = (
        f'write kind = "{node.kind}:…/{wanted[node.name]}" in [nodes.{node.name}]' for node in nodes
    )
    return Problem(f"the distribution is {title}, and {what}", distribution.where, "; ".join(mend))


def _missing(distribution: Distribution, nodes: tuple[PlannedNode, ...]) -> Iterator[str]:
    files, folders = list(_FILES), list(_FOLDERS)
    if any(node.line is Line.TOML for node in nodes):
        files, folders = [*files, *_MAPPERS_FILES], [*folders, *_MAPPERS_FOLDERS]
    wanted = [TITLE, *files, *(node.start.script for node in nodes)]
    wanted += [str(conf_path(name)) for node in nodes for name in node_configuration(node)]
    if any(node.start.setup for node in nodes):
        wanted.append("bin/profileSetup.sh")
    yield from (name for name in wanted if not distribution.has(name))
    # An empty one is as good as none: an interrupted copy, or a version control system's.
    yield from (f"{name}/*" for name in folders if not distribution.names(name))
    plugins = frozenset(distribution.names(_PLUGINS))
    for node in nodes:
        yield from _missing_bundles(distribution, node.start.profile or "default", plugins)


def _missing_bundles(
    distribution: Distribution, profile: str, plugins: frozenset[str]
) -> Iterator[str]:
    """Give the bundles that a profile can't do without, and that are not there.

    A whole 4.1.0 lacks some 30 of the 780 that its lists name: WSO2 leaves them out on purpose.
    """
    name = f"repository/components/{profile}/{_BUNDLES}"
    if not distribution.has(name):
        yield name
        return
    listed = list(_listed(distribution.read(name).decode(errors="replace")))
    missing = [(bundle, jar) for bundle, jar in listed if jar not in plugins]
    are_many = len(missing) > len(listed) * _LEFT_OUT_AT_MOST
    for bundle, jar in missing:
        if are_many or bundle in _INDISPENSABLE:
            yield f"{_PLUGINS}/{jar}"


def _listed(text: str) -> Iterator[tuple[str, str]]:
    """Give the name and the jar of each bundle of a list: `name,version,../plugins/jar,4,true`."""
    for line in text.splitlines():
        name, _, rest = line.partition(",")
        place = rest.partition(",")[2].partition(",")[0]
        if place.startswith("../plugins/") and place.endswith(".jar"):
            yield name, PurePosixPath(place).name
