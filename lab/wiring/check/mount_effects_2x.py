"""Checks of the 2.x line whether a mount that is right has the effect that it is there for."""

from collections.abc import Iterator, Sequence

from lab.products.facts import Role
from lab.wiring.check.case import Case, warning
from lab.wiring.finding import Finding
from lab.wiring.mounts import GOVERNANCE, PARTS, instance_behind, mounts_of
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, spell

_OVERWRITING = ("true", "virtual")


def check_overwriting(case: Case) -> Iterator[Finding]:
    """LAB0185: a mount in the place of what every node has from its first start on.

    Kernel 4.4.11 leaves it out and logs `Unable to create remote mount`, unless the node has had it
    before (`RegistryCoreServiceComponent.setupMounts`).
    """
    for settings in case.cluster.nodes.values():
        for mount in mounts_of(settings):
            path = (*mount.at, "@overwrite")
            written = str(settings.document.value(path)).lower()
            if mount.path in PARTS and written not in _OVERWRITING:
                what = f"{settings.name} has its own {mount.path}, and keeps it beside this mount"
                yield _tell(settings, path, what, 'write overwrite="true"')


def check_writing(case: Case) -> Iterator[Finding]:
    """LAB0185: what governs APIs, mounted so that no API Manager may write to it."""
    mounting = _mounting(case)
    if all(_is_read_only(settings, path) for settings, path in mounting):
        for settings, path in mounting:
            what = f"{settings.name} mounts {GOVERNANCE} to read it, and no API Manager may write"
            mend = "write false on the node whose publisher makes APIs"
            yield _tell(settings, (*path, "readOnly"), what, mend)


def _mounting(case: Case) -> Sequence[tuple[Settings, KeyPath]]:
    """Give the API Managers that mount what governs APIs, each with its `<remoteInstance>`."""
    nodes = [node for node in case.cluster.nodes.values() if node.role is Role.API_MANAGER]
    found = ((settings, instance_behind(settings, GOVERNANCE)) for settings in nodes)
    return [(settings, instance[0]) for settings, instance in found if instance]


def _is_read_only(settings: Settings, instance: KeyPath) -> bool:
    return str(settings.document.value((*instance, "readOnly"))).lower() == "true"


def _tell(settings: Settings, path: KeyPath, what: str, mend: str) -> Finding:
    return warning("LAB0185", what, settings.document.position(path), mend, key=spell(path))
