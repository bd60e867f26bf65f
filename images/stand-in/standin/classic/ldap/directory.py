"""The entries of the embedded LDAP server, as ApacheDS 1.5.7 was seen to hold and find them."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from standin.classic.configuration import EmbeddedLdap
from standin.classic.ldap import ber
from standin.configuration import Account

_BASE, _CHILDREN, _TREE = 0, 1, 2
_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST, _PRESENT, _LIKE = 0xA3, 0xA4, 0xA5, 0xA6, 0x87, 0xA8
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_PERSON = ("top", "person", "organizationalPerson", "inetOrgPerson")
_USER_CLASSES = (*_PERSON, "identityPerson", "scimPerson", "wso2Person", "krb5principal")

Name = tuple[str, ...]


class BadNameError(ValueError):
    """A text that is no distinguished name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; attribute names as they are shown."""

    name: str
    attributes: dict[str, tuple[str, ...]]

    def values(self, attribute: str) -> tuple[str, ...]:
        """Return the values of *attribute*, whatever its case."""
        wanted = attribute.lower()
        return next((v for k, v in self.attributes.items() if k.lower() == wanted), ())


def parse_name(text: str) -> Name:
    """Return a DN's parts without case and blanks, the entry's own first; raises BadNameError."""
    if not text.strip():
        return ()
    parts = []
    for part in _UNESCAPED_COMMA.split(text):
        attribute, equals, value = part.partition("=")
        if not equals or not attribute.strip() or not value.strip():
            raise BadNameError(text)
        parts.append(f"{attribute.strip().lower()}={value.strip().lower()}")
    return tuple(parts)


class Directory:
    """The entries of one embedded server, by their parsed names."""

    def __init__(self, settings: EmbeddedLdap) -> None:
        self._entries: dict[Name, Entry] = {}
        suffix = ",".join(f"dc={part.upper()}" for part in settings.realm.split("."))
        self._add("", _root_dse(suffix))
        self._add(
            "uid=admin,ou=system",
            _person("admin", "admin", _PERSON, settings.connection_password),
        )
        self._add(suffix, {"objectClass": ("top", "domain"), "dc": (suffix[3:].partition(",")[0],)})
        for unit in ("Users", "Groups", "SharedGroups"):
            classes = ("top", "organizationalUnit")
            self._add(f"ou={unit},{suffix}", {"objectClass": classes, "ou": (unit,)})
        for account in settings.users:
            self._add_user(account, suffix)
        administrator = settings.users[0].username
        self._add(
            f"cn=admin,ou=Groups,{suffix}",
            {
                "objectClass": ("top", "groupOfNames"),
                "cn": ("admin",),
                "member": (f"uid={administrator},ou=Users,{suffix}",),
            },
        )

    def _add(self, name: str, attributes: dict[str, tuple[str, ...]]) -> None:
        self._entries.setdefault(parse_name(name), Entry(name, attributes))

    def _add_user(self, account: Account, suffix: str) -> None:
        person = _person(account.username, account.username, _USER_CLASSES, account.password)
        self._add(f"uid={account.username},ou=Users,{suffix}", person)

    def entry(self, name: Name) -> Entry | None:
        """Return the entry of that name."""
        return self._entries.get(name)

    def under(self, base: Name, scope: int) -> Iterator[Entry]:
        """Yield the entries in *scope* of *base*: 0 itself, 1 its children, 2 the whole tree."""
        for name, entry in self._entries.items():
            depth = len(name) - len(base)
            inside = bool(name) and depth >= 0 and name[depth:] == base
            fits = {_BASE: name == base, _CHILDREN: inside and depth == 1, _TREE: inside}
            if fits.get(scope, False):
                yield entry


def knows_password(entry: Entry, password: bytes) -> bool:
    """Tell whether *password* is the entry's, kept as `{SHA}`."""
    return any(
        hmac.compare_digest(each.encode(), _hashed(password).encode())
        for each in entry.values("userPassword")
    )


def matches(entry: Entry, condition: ber.Element) -> bool:
    """Tell whether *entry* fulfils a search filter; raises BerError for a malformed one."""
    tag, content = condition
    if tag == _AND:
        return all(matches(entry, each) for each in ber.elements(content))
    if tag == _OR:
        return any(matches(entry, each) for each in ber.elements(content))
    if tag == _NOT:
        return not any(matches(entry, each) for each in ber.elements(content))
    if tag == _PRESENT:
        return bool(entry.values(content.decode("utf-8", "replace")))
    if tag not in (_EQUAL, _LIKE, _SUBSTRINGS, _AT_LEAST, _AT_MOST):
        return False
    return _compares(entry, tag, ber.elements(content))


def _compares(entry: Entry, tag: int, assertion: Sequence[ber.Element]) -> bool:
    if len(assertion) != 2:  # noqa: PLR2004 - an attribute and a value
        raise ber.BerError("an assertion without its two parts")
    attribute = assertion[0][1].decode("utf-8", "replace")
    values = [_folded(each) for each in entry.values(attribute)]
    if tag == _SUBSTRINGS:
        pattern = _pattern(ber.elements(assertion[1][1]))
        return any(pattern.fullmatch(each) for each in values)
    wanted = _folded(assertion[1][1].decode("utf-8", "replace"))
    if tag == _AT_LEAST:
        return any(each >= wanted for each in values)
    if tag == _AT_MOST:
        return any(each <= wanted for each in values)
    return wanted in values


def _folded(value: str) -> str:
    """Return a value as it is compared: without case, and a DN without blanks at its commas."""
    try:
        return ",".join(parse_name(value)) if "=" in value else value.lower()
    except BadNameError:
        return value.lower()


def _pattern(pieces: Sequence[ber.Element]) -> re.Pattern[str]:
    text = ".*"
    for tag, content in pieces:
        piece = re.escape(content.decode("utf-8", "replace").lower())
        if tag == 0x80:  # noqa: PLR2004 - initial
            text = f"{piece}.*"
        elif tag == 0x82:  # noqa: PLR2004 - final
            text += piece
            return re.compile(text, re.DOTALL)
        else:
            text += f"{piece}.*"
    return re.compile(text, re.DOTALL)


def _person(
    identifier: str, name: str, classes: tuple[str, ...], password: str
) -> dict[str, tuple[str, ...]]:
    return {
        "objectClass": classes,
        "uid": (identifier,),
        "cn": (name,),
        "sn": (name,),
        "userPassword": (_hashed(password.encode()),),
    }


def _hashed(password: bytes) -> str:
    digest = hashlib.sha1(password, usedforsecurity=False).digest()
    return "{SHA}" + base64.b64encode(digest).decode()


def _root_dse(suffix: str) -> dict[str, tuple[str, ...]]:
    return {
        "objectClass": ("top", "extensibleObject"),
        "namingContexts": ("ou=system", "ou=schema", suffix),
        "supportedLDAPVersion": ("3",),
        "vendorName": ("stand-in for Apache Software Foundation",),
        "vendorVersion": ("1.5.7",),
    }
