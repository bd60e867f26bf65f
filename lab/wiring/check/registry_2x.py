"""Checks of the 2.x line what registry.xml leads to: its names, and the node's own database."""

from collections.abc import Collection, Iterator

from lab.wiring.check.case import Case, error, warning
from lab.wiring.datasources import named
from lab.wiring.finding import Finding
from lab.wiring.mounts import (
    GOVERNANCE,
    REGISTRY,
    datasource_behind,
    datasource_of,
    elements,
    mounts_of,
)
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, spell

_CURRENT: KeyPath = (REGISTRY, "currentDBConfig")
_OWN = "let wso2registry stay current, in the node's own database, and add a dbConfig for mounts"
# What an instance has that is asked over HTTP, by Atom or a web service, and by no datasource.
_BY_SERVICE = frozenset({"type", "username"})


def check_registry(case: Case) -> Iterator[Finding]:
    """LAB0175: names that lead nowhere."""
    for settings in case.cluster.nodes.values():
        current = settings.document.value(_CURRENT)
        names = {config.get("@name") for _, config in elements(settings, "dbConfig")}
        if isinstance(current, str) and current not in names:
            yield _nowhere(settings, _CURRENT, f"no dbConfig has the name {current}")
        yield from _check_sources(settings)
        yield from _check_instances(settings, names)
        ids = {str(one.get("id")) for _, one in elements(settings, "remoteInstance")}
        for mount in mounts_of(settings):
            if mount.instance not in ids:
                what = f"no remoteInstance has the id {mount.instance}"
                yield _nowhere(settings, (*mount.at, "instanceId"), what)


def check_own_registry(case: Case) -> Iterator[Finding]:
    """LAB0186: what is a node's own in the database that all mount."""
    for settings in case.cluster.nodes.values():
        own = datasource_of(settings, {"dbConfig": settings.document.value(_CURRENT)})
        shared = datasource_behind(settings, GOVERNANCE)
        if own is None or shared is None or own.text != shared.text:
            continue
        source = named(settings, own.text)
        if source is None or not source.is_embedded:  # else it is the mount that leads astray
            what = f"{settings.name} keeps its own registry in {own.text}, as the shared one"
            at = settings.document.position(_CURRENT)
            yield warning("LAB0186", what, at, _OWN, key=spell(_CURRENT))


def _check_sources(settings: Settings) -> Iterator[Finding]:
    if "master-datasources" not in settings.document.values:
        return
    for path, config in elements(settings, "dbConfig"):
        jndi = config.get("dataSource")
        if isinstance(jndi, str) and named(settings, jndi) is None:
            what = f"{settings.name} has no datasource with the JNDI name {jndi}"
            yield _nowhere(settings, (*path, "dataSource"), what)


def _check_instances(settings: Settings, names: Collection[object]) -> Iterator[Finding]:
    for path, instance in elements(settings, "remoteInstance"):
        if "dbConfig" not in instance and _BY_SERVICE & instance.keys():
            continue
        config = instance.get("dbConfig")
        if config not in names or config is None:
            what = f"no dbConfig has the name {config}" if config else "it names no dbConfig"
            yield _nowhere(settings, (*path, "dbConfig"), what)


def _nowhere(settings: Settings, path: KeyPath, what: str) -> Finding:
    at = settings.document.position(path)
    mend = "write the name that is meant, letter by letter"
    return error("LAB0175", f"{spell(path)} leads nowhere: {what}", at, mend, key=spell(path))
