"""Checks of the 2.x line whether nodes that share a registry share its cache too."""

from collections.abc import Iterator

from lab.wiring.check.case import Case, warning
from lab.wiring.check.state_2x import is_one_registry
from lab.wiring.datasources import Datasource, named
from lab.wiring.finding import Finding
from lab.wiring.jdbc import is_no_jdbc_url, parse_jdbc
from lab.wiring.mounts import datasource_of, elements
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import KeyPath, spell
from lab.wiring.urls import secrets_in


def check_caches(case: Case) -> Iterator[Finding]:
    """LAB0176: a cache's key that isn't its database's."""
    if not is_one_registry(case):
        return  # the key may be right, and the database wrong
    for settings in case.cluster.nodes.values():
        for path, instance in elements(settings, "remoteInstance"):
            value = datasource_of(settings, instance)
            source = named(settings, value.text) if value else None
            if source is not None and not source.is_embedded:
                yield from _check_cache(settings, (*path, "cacheId"), source)


def _check_cache(settings: Settings, path: KeyPath, source: Datasource) -> Iterator[Finding]:
    """LAB0176: what nodes must agree on for their caches to be one, where it is known."""
    written = settings.document.value(path)
    username, url = settings.document.value((*source.path, "username")), source.url
    if not isinstance(written, str) or not isinstance(username, str):
        return
    if url is None or not url.is_known or is_no_jdbc_url(url.text):
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
