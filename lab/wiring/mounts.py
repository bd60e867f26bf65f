"""Reads which parts of the registry a node's registry.xml mounts, and from which datasource.

A `<mount>` names a `<remoteInstance>`, that a `<dbConfig>`, and that a datasource by its JNDI name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.wiring.settings import Settings, Value
from lab.wiring.toml_reader import KeyPath

REGISTRY = "registry"  # the file
GOVERNANCE = "/_system/governance"
PARTS = (GOVERNANCE, "/_system/config")  # what nodes may share of it

Element = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Mount:
    """One `<mount>`: a part of the registry, the instance it comes from, and its place there."""

    path: str
    target: str
    instance: str
    at: KeyPath


def mounts_of(settings: Settings) -> tuple[Mount, ...]:
    """Give what a node mounts, in the file's order."""
    return tuple(
        Mount(
            path=str(element.get("@path")),
            target=str(element.get("targetPath", "")),
            instance=str(element.get("instanceId")),
            at=at,
        )
        for at, element in elements(settings, "mount")
    )


def elements(settings: Settings, name: str) -> list[tuple[KeyPath, Element]]:
    """Give the elements of a name below the root of registry.xml, each with its path."""
    found = settings.document.value((REGISTRY, name))
    these: Sequence[Element] = found if isinstance(found, list) else ()
    return [((REGISTRY, name, index), element) for index, element in enumerate(these)]


def instance_behind(settings: Settings, part: str) -> tuple[KeyPath, Element] | None:
    """Give the `<remoteInstance>` that a *part* of the registry is mounted from, with its path."""
    wanted = next((one.instance for one in mounts_of(settings) if one.path == part), None)
    instances = elements(settings, "remoteInstance")
    return next((found for found in instances if found[1].get("id") == wanted), None)


def datasource_behind(settings: Settings, part: str) -> Value | None:
    """Give the JNDI name of the datasource that a *part* of the registry is mounted from.

    None where it isn't mounted, or from no datasource.
    """
    found = instance_behind(settings, part)
    return datasource_of(settings, found[1]) if found else None


def datasource_of(settings: Settings, instance: Element) -> Value | None:
    """Give the JNDI name of a `<remoteInstance>`'s datasource; None where it leads to none."""
    wanted = instance.get("dbConfig")
    for path, config in elements(settings, "dbConfig") if wanted else ():
        is_its = config.get("@name") == wanted
        if is_its and isinstance(config.get("dataSource"), str):
            return settings.resolved((*path, "dataSource"))
    return None
