"""Checks of the 2.x line whether registry.xml mounts what it should: names, database, mounts."""

from collections.abc import Iterator, Mapping, Sequence

from lab.wiring.check.case import Case, error, warning
from lab.wiring.datasources import Datasource, named
from lab.wiring.finding import Finding
from lab.wiring.jdbc import parse_jdbc
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, spell
from lab.wiring.urls import secrets_in

_STEM = "registry"
_GOVERNANCE = "/_system/governance"
_CURRENT: KeyPath = (_STEM, "currentDBConfig")
# What an instance has that is asked over HTTP, by Atom or a web service, and by no datasource.
_BY_SERVICE = frozenset({"type", "username"})


def check_registry(case: Case) -> Iterator[Finding]:
    """LAB0175, LAB0176: names that lead nowhere, and a cache's key that isn't its database's."""
    for settings in case.cluster.nodes.values():
        configs = {str(one.get("@name")): path for path, one in _all(settings, "dbConfig")}
        current = settings.document.value(_CURRENT)
        if isinstance(current, str) and current not in configs:
            yield _nowhere(settings, _CURRENT, f"no dbConfig has the name {current}")
        yield from _check_sources(settings)
        yield from _check_instances(settings, configs)
        ids = {str(one.get("id")) for _, one in _all(settings, "remoteInstance")}
        for path, mount in _all(settings, "mount"):
            wanted = str(mount.get("instanceId"))
            if wanted not in ids:
                what = f"no remoteInstance has the id {wanted}"
                yield _nowhere(settings, (*path, "instanceId"), what)


def _check_sources(settings: Settings) -> Iterator[Finding]:
    if "master-datasources" not in settings.document.values:
        return
    for path, config in _all(settings, "dbConfig"):
        jndi = config.get("dataSource")
        if isinstance(jndi, str) and named(settings, jndi) is None:
            what = f"{settings.name} has no datasource with the JNDI name {jndi}"
            yield _nowhere(settings, (*path, "dataSource"), what)


def _check_instances(settings: Settings, configs: Mapping[str, KeyPath]) -> Iterator[Finding]:
    for path, instance in _all(settings, "remoteInstance"):
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


def check_mounts(case: Case) -> Iterator[Finding]:
    """LAB0174: a part of the registry that one node mounts, and another keeps for itself."""
    # A traffic manager that is nothing else has no part in it.
    having = [
        node
        for node in case.cluster.nodes.values()
        if {_STEM, "api-manager"} <= node.document.values.keys()
    ]
    mounts = {settings.name: _mounts(settings) for settings in having}
    for settings in having:
        for path in sorted({path for found in mounts.values() for path in found}):
            others = [name for name, found in mounts.items() if path in found]
            own = mounts[settings.name].get(path)
            if own is None:
                yield _missing(settings, path, others[0])
            elif path == _GOVERNANCE and own[1] != mounts[others[0]][path][1]:
                what = f"{settings.name} mounts {path} from {own[1]}, and {others[0]} from "
                what += mounts[others[0]][path][1]
                mend = "give both the same targetPath"
                at = settings.document.position((*own[0], "targetPath"))
                key = spell((*own[0], "targetPath"))
                yield error("LAB0174", what, at, mend, key=key)


def _missing(settings: Settings, path: str, other: str) -> Finding:
    # Products that share no configuration may keep it apart; what governs APIs must be one.
    tell = error if path == _GOVERNANCE else warning
    what = f"{settings.name} doesn't mount {path}, and {other} does"
    at = settings.document.position((_STEM,))
    return tell("LAB0174", what, at, f"add the <mount> of {other}", key="registry.mount")


def _mounts(settings: Settings) -> dict[str, tuple[KeyPath, str]]:
    return {
        str(mount.get("@path")): (path, str(mount.get("targetPath", "")))
        for path, mount in _all(settings, "mount")
    }


def _all(settings: Settings, name: str) -> list[tuple[KeyPath, Mapping[str, object]]]:
    found = settings.document.value((_STEM, name))
    elements: Sequence[Mapping[str, object]] = found if isinstance(found, list) else ()
    return [((_STEM, name, index), element) for index, element in enumerate(elements)]


def _nowhere(settings: Settings, path: KeyPath, what: str) -> Finding:
    at = settings.document.position(path)
    mend = "write the name that is meant, letter by letter"
    return error("LAB0175", f"{spell(path)} leads nowhere: {what}", at, mend, key=spell(path))
