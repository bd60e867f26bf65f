"""Checks of the 2.x line whether the nodes mount the same parts of the shared registry."""

from collections.abc import Iterator

from lab.wiring.check.case import Case, error, warning
from lab.wiring.check.profiles_2x import is_traffic_manager
from lab.wiring.finding import Finding
from lab.wiring.mounts import GOVERNANCE, REGISTRY, Mount, mounts_of
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import spell


def check_mounts(case: Case) -> Iterator[Finding]:
    """LAB0174: a part of the registry that one node mounts, and another keeps for itself."""
    having = [node for node in case.cluster.nodes.values() if _has_part(case, node)]
    mounts = {node.name: {one.path: one for one in mounts_of(node)} for node in having}
    for settings in having:
        for path in sorted({path for found in mounts.values() for path in found}):
            other = next(name for name, found in mounts.items() if path in found)
            own = mounts[settings.name].get(path)
            if own is None:
                yield _missing(settings, path, other)
            elif path == GOVERNANCE and own.target != mounts[other][path].target:
                yield _differs(settings, own, other, mounts[other][path].target)


def _has_part(case: Case, settings: Settings) -> bool:
    """Tell whether a node works with APIs; the delivered registry_TM.xml mounts nothing."""
    is_given = {REGISTRY, "api-manager"} <= settings.document.values.keys()
    return is_given and not is_traffic_manager(case, settings.name)


def _differs(settings: Settings, own: Mount, other: str, target: str) -> Finding:
    what = f"{settings.name} mounts {own.path} from {own.target}, and {other} from {target}"
    path = (*own.at, "targetPath")
    at = settings.document.position(path)
    return error("LAB0174", what, at, "give both the same targetPath", key=spell(path))


def _missing(settings: Settings, path: str, other: str) -> Finding:
    # Products that share no configuration may keep it apart; what governs APIs must be one.
    tell = error if path == GOVERNANCE else warning
    what = f"{settings.name} doesn't mount {path}, and {other} does"
    at = settings.document.position((REGISTRY,))
    return tell("LAB0174", what, at, f"add the <mount> of {other}", key="registry.mount")
