"""Checks of the 2.x line whether all nodes have the same users: one store, one directory."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from lab.products.facts import Protocol
from lab.wiring.check.case import Case, error, warning
from lab.wiring.check.values import TYPOGRAPHIC
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, steps
from lab.wiring.toml_reader import KeyPath

_STORES: KeyPath = ("user-mgt", "Realm", "UserStoreManager")
_DIRECTORY_PASSWORD = "embedded-ldap.EmbeddedLDAP.connectionPassword"  # noqa: S105  # a key
_DIRECTORY_ON = "embedded-ldap.EmbeddedLDAP.enable"
_DIRECTORY_ADMIN = "uid=admin,ou=system"
# Each node has its own way to the same directory, and its login is checked by itself.
_OWN = frozenset({"ConnectionURL", "ConnectionName", "ConnectionPassword"})
# What decides whom a name means; another value of the rest changes what is allowed at most.
_DECISIVE = frozenset(
    {
        *("@class", "TenantManager", "UserSearchBase", "UserEntryObjectClass", "UserNameAttribute"),
        *("UserNameSearchFilter", "UserNameListFilter", "GroupSearchBase", "GroupNameAttribute"),
        *("GroupEntryObjectClass", "GroupNameSearchFilter", "GroupNameListFilter"),
        *("MembershipAttribute", "PasswordHashMethod", "dataSource"),
    }
)


def check_directory_logins(case: Case) -> Iterator[Finding]:
    """LAB0104: a password that the directory of the other node refuses (LDAP 49)."""
    for reading in case.readings:
        link, used = reading.link, reading.link.credentials
        peer = case.cluster.nodes.get(link.to or "")
        if link.protocol is not Protocol.LDAP or peer is None or used is None:
            continue
        password = peer.value(_DIRECTORY_PASSWORD)
        if password is None or used.username.replace(" ", "").lower() != _DIRECTORY_ADMIN:
            continue
        if password.is_known and used.password != password.text:
            what = f"{link.node} binds to the directory of {link.to} with another password"
            mend = f"use the password of {password.at}"
            yield error("LAB0104", what, used.password_at or link.source, mend, link)


def check_directories(case: Case) -> Iterator[Finding]:
    """LAB0184: user stores in a node's own directory, whose port never opens as it is off."""
    for settings in case.cluster.nodes.values():
        asking = [] if settings.is_on(_DIRECTORY_ON) else _asking(case, settings.name)
        if asking:
            what = f"{settings.name}'s LDAP server is off, and {' and '.join(asking)} "
            what += f"{'keep their' if len(asking) > 1 else 'keeps its'} users there"
            at = settings.document.position(steps(_DIRECTORY_ON))
            mend = "write true, or lead each ConnectionURL to the directory that is meant"
            yield error("LAB0184", what, at, mend, key=_DIRECTORY_ON)


def _asking(case: Case, name: str) -> list[str]:
    """Name the nodes whose user stores lead to a node's own directory."""
    links = [reading.link for reading in case.readings]
    return sorted(
        {
            link.node
            for link in links
            if link.protocol is Protocol.LDAP
            and link.to == name
            and case.cluster.opens(name, link.port)
        }
    )


def check_users(case: Case) -> Iterator[Finding]:
    """LAB0178: two user stores for the same users, of which the product takes one."""
    for settings in case.cluster.nodes.values():
        stores = _stores(settings)
        for index, store in enumerate(stores[1:], 1):
            if "DomainName" not in store:
                what = f"{settings.name} has {len(stores)} user stores without a domain name"
                mend = "keep the one that is meant, as a comment goes the other"
                at = settings.document.position((*_STORES, index))
                yield error("LAB0178", what, at, mend, key="user-mgt.Realm.UserStoreManager")
                break


def check_user_stores(case: Case) -> Iterator[Finding]:
    """LAB0177: nodes that look for the same users in different places, or in different ways."""
    having = [settings for settings in case.cluster.nodes.values() if _stores(settings)]
    for first, other in pairwise(having):
        yield from _compare(first, other)


def _compare(first: Settings, other: Settings) -> Iterator[Finding]:
    here, there = _stores(other)[0], _stores(first)[0]
    if here.get("@class") != there.get("@class"):
        yield _differs(first, other, "@class", "have user stores of different classes")
        return
    for name in sorted({*here, *there} - _OWN):
        if here.get(name) != there.get(name) and not _is_told(here.get(name), there.get(name)):
            yield _differs(first, other, name, f"differ in {name} of their user stores")


def _differs(first: Settings, other: Settings, name: str, how: str) -> Finding:
    tell = error if name in _DECISIVE else warning
    at = other.document.position((*_STORES, 0, name))
    there = first.document.position((*_STORES, 0, name))
    mend = f"give both the same, as in {there}"
    key = f"user-mgt.Realm.UserStoreManager[0].{name}"
    return tell("LAB0177", f"{other.name} and {first.name} {how}", at, mend, key=key)


def _is_told(*values: object) -> bool:
    """Tell whether a value has its finding already: characters from a web page."""
    return any(isinstance(value, str) and TYPOGRAPHIC.search(value) for value in values)


def _stores(settings: Settings) -> Sequence[Mapping[str, object]]:
    found = settings.document.value(_STORES)
    return found if isinstance(found, list) else ()
