"""Checks of the 2.x line whether the nodes mount the same parts of the registry."""

from collections.abc import Iterator, Mapping

from lab.wiring.check.case import Case, closest, error, warning
from lab.wiring.check.profiles_2x import has_portals, is_traffic_manager
from lab.wiring.finding import Finding
from lab.wiring.mounts import GOVERNANCE, PARTS, REGISTRY, Mount, mounts_of
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import spell

_NEAR = 0.85

_Mounts = Mapping[str, Mount]


def check_mounts(case: Case) -> Iterator[Finding]:
    """LAB0174: a part of the registry that one node mounts, and another keeps for itself."""
    having = [node for node in case.cluster.nodes.values() if _has_part(case, node)]
    mounts = {node.name: _by_part(node) for node in having}
    for settings in having:
        for part in sorted({part for found in mounts.values() for part in found}):
            other = next(name for name, found in mounts.items() if part in found)
            own = mounts[settings.name].get(part)
            if own is None:
                yield _missing(settings, part, other)
            elif own.path != part:
                yield _misspelt(settings, own, part, mounts)
            elif part == GOVERNANCE and own.target != mounts[other][part].target:
                yield _differs(settings, own, other, mounts[other][part].target)


def _has_part(case: Case, settings: Settings) -> bool:
    """Tell whether a node keeps anything of APIs in the registry.

    Gateways and traffic managers don't: registry_TM.xml mounts nothing, nor do they in pattern 3 of
    docker-apim 2.1.0.
    """
    is_given = {REGISTRY, "api-manager"} <= settings.document.values.keys()
    is_apart = is_traffic_manager(case, settings.name) or not has_portals(case, settings.name)
    return is_given and not is_apart


def _by_part(settings: Settings) -> _Mounts:
    """Give a node's mounts by what they mean: a path of their own, or a part of a near name."""
    return {_meant(mount.path): mount for mount in mounts_of(settings)}


def _meant(path: str) -> str:
    is_below = path.startswith(tuple(f"{part}/" for part in PARTS))
    return path if is_below else closest(path, PARTS, at_least=_NEAR) or path


def _misspelt(settings: Settings, own: Mount, part: str, mounts: Mapping[str, _Mounts]) -> Finding:
    is_there = any(found[part].path == part for found in mounts.values() if part in found)
    tell = error if is_there and part == GOVERNANCE else warning
    what = f"{settings.name} mounts {own.path}, which is near {part} and no part of the registry"
    path = (*own.at, "@path")
    at = settings.document.position(path)
    return tell("LAB0174", what, at, f"write {part}", key=spell(path))


def _differs(settings: Settings, own: Mount, other: str, target: str) -> Finding:
    what = f"{settings.name} mounts {own.path} from {own.target}, and {other} from {target}"
    path = (*own.at, "targetPath")
    at = settings.document.position(path)
    return error("LAB0174", what, at, "give both the same targetPath", key=spell(path))


def _missing(settings: Settings, part: str, other: str) -> Finding:
    # Products that share no configuration may keep it apart; what governs APIs must be one.
    tell = error if part == GOVERNANCE else warning
    what = f"{settings.name} doesn't mount {part}, and {other} does"
    at = settings.document.position((REGISTRY,))
    return tell("LAB0174", what, at, f"add the <mount> of {other}", key="registry.mount")
