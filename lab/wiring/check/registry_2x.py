"""Checks of the 2.x line whether the names in registry.xml lead anywhere, and its caches' keys."""

from collections.abc import Iterator, Mapping

from lab.wiring.check.case import Case, error, warning
from lab.wiring.datasources import Datasource, named
from lab.wiring.finding import Finding
from lab.wiring.jdbc import parse_jdbc
from lab.wiring.mounts import REGISTRY, elements, mounts_of
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, spell
from lab.wiring.urls import secrets_in

_CURRENT: KeyPath = (REGISTRY, "currentDBConfig")
# What an instance has that is asked over HTTP, by Atom or a web service, and by no datasource.
_BY_SERVICE = frozenset({"type", "username"})


def check_registry(case: Case) -> Iterator[Finding]:
    """LAB0175, LAB0176: names that lead nowhere, and a cache's key that isn't its database's."""
    for settings in case.cluster.nodes.values():
        configs = {str(one.get("@name")): path for path, one in elements(settings, "dbConfig")}
        current = settings.document.value(_CURRENT)
        if isinstance(current, str) and current not in configs:
            yield _nowhere(settings, _CURRENT, f"no dbConfig has the name {current}")
        yield from _check_sources(settings)
        yield from _check_instances(settings, configs)
        ids = {str(one.get("id")) for _, one in elements(settings, "remoteInstance")}
        for mount in mounts_of(settings):
            if mount.instance not in ids:
                what = f"no remoteInstance has the id {mount.instance}"
                yield _nowhere(settings, (*mount.at, "instanceId"), what)


def _check_sources(settings: Settings) -> Iterator[Finding]:
    if "master-datasources" not in settings.document.values:
        return
    for path, config in elements(settings, "dbConfig"):
        jndi = config.get("dataSource")
        if isinstance(jndi, str) and named(settings, jndi) is None:
            what = f"{settings.name} has no datasource with the JNDI name {jndi}"
            yield _nowhere(settings, (*path, "dataSource"), what)


def _check_instances(settings: Settings, configs: Mapping[str, KeyPath]) -> Iterator[Finding]:
    for path, instance in elements(settings, "remoteInstance"):
        if "dbConfig" not in instance and _BY_SERVICE & instance.keys():
            continue
        config = str(instance.get("dbConfig", ""))
        if config not in configs:
            what = f"no dbConfig has the name {config}" if config else "it names no dbConfig"
            yield _nowhere(settings, (*path, "dbConfig"), what)
            continue
        jndi = settings.document.value((*configs[config], "dataSource"))
        source = named(settings, jndi) if isinstance(jndi, str) else None
        if source is not None:
            yield from _check_cache(settings, (*path, "cacheId"), source)


def _check_cache(settings: Settings, path: KeyPath, source: Datasource) -> Iterator[Finding]:
    """LAB0176: what nodes must agree on for their caches to be one, where it is known."""
    written = settings.document.value(path)
    username, url = settings.document.value((*source.path, "username")), source.url
    if not isinstance(written, str) or not isinstance(username, str):
        return
    if url is None or not url.is_known:
        return
    wanted = f"{username}@{url.text.partition('?')[0]}"
    mend = f"write {wanted}"
    if any(secrets_in(wanted)):
        mend = f"write {username}@ and the URL of {url.at}, without its login"
        if written.startswith(f"{username}@") and _means(written.partition("@")[2], url.text):
            return
    if written != wanted:
        what = f"the cacheId is not the account and URL of {source.name}"
        at = settings.document.position(path)
        yield warning("LAB0176", what, at, mend, key=spell(path))


def _means(text: str, url: str) -> bool:
    """Tell whether a text means the database of a URL, whatever logins and parameters say."""
    one, other = parse_jdbc(text), parse_jdbc(url)
    if one is None or other is None:
        return False
    return (one.kind, one.servers, one.database) == (other.kind, other.servers, other.database)


def _nowhere(settings: Settings, path: KeyPath, what: str) -> Finding:
    at = settings.document.position(path)
    mend = "write the name that is meant, letter by letter"
    return error("LAB0175", f"{spell(path)} leads nowhere: {what}", at, mend, key=spell(path))
