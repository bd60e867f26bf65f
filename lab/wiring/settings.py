"""One node's configuration as the product sees it: `$ref{}`, `${}` and defaults resolved.

Every value keeps the line where it is really written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lab.products.defaults_4x import PROFILE_ROLES
from lab.products.facts import Role
from lab.products.key_tables import KeyTables
from lab.products.tables_4x import TABLES_4X
from lab.wiring.link import Position
from lab.wiring.toml_reader import Document, KeyPath, spell

_REFERENCE = re.compile(r"\$(?P<kind>ref|env|secret|sys)?\{(?P<name>[^{}]*)\}")
_STEP = re.compile(r"'([^']*)'|\"([^\"]*)\"|\[(\d+)\]|([^.\[\]'\"]+)")
_LONGEST_CHAIN = 50
HIGHEST_OFFSET = 65535 - 11111  # above the last port of either line, that of RMI
_PROPERTIES = {
    "carbon.local.ip": "localhost",
    "carbon.protocol": "https",
    "carbon.context": "/",
    "carbon.home": "/home/wso2carbon/wso2am",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a value isn't known before the product runs, or never."""

    what: str
    at: Position
    never: bool  # the product can't resolve it either


@dataclass(frozen=True, slots=True)
class Value:
    """An effective value. *at* is where its text is really written, *used_at* where it is used."""

    text: str
    raw: str
    at: Position
    used_at: Position
    path: KeyPath
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_known(self) -> bool:
        """Tell whether the text is what the node will use."""
        return not self.troubles


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration of the node called *name*."""

    name: str
    document: Document
    role: Role | None = None
    path: Path | None = None  # of the file, where it was read from one
    tables: KeyTables = TABLES_4X

    def written(self, key: str) -> Any:
        """Give what the file says at *key*, unresolved; None when it says nothing."""
        return self.document.value(steps(key))

    def value(self, key: str) -> Value | None:
        """Give the effective value of *key*, the product's default included."""
        return self._value(key, ())

    def refers(self, key: str, to: str) -> bool:
        """Tell whether the text at *key* asks for the value of another key by its property."""
        names = {found["name"].strip() for found in _REFERENCE.finditer(str(self.written(key)))}
        return any(self.tables.key_properties.get(name) == to for name in names)

    def text(self, key: str, otherwise: str = "") -> str:
        """Give the effective text of *key*."""
        found = self.value(key)
        return found.text if found else otherwise

    def is_on(self, switch: str) -> bool:
        """Tell whether a switch is on; a switch that nobody knows is."""
        return self.text(switch, "true").lower() != "false"

    def role_is_on(self, switch: str) -> bool:
        """Tell whether a switch is on that the role sets, unless the file does."""
        written = self.written(switch)
        if written is None and self.role is not None:
            return self.tables.role_switches[self.role].get(switch, True)
        return self.is_on(switch)

    def resolved(self, path: KeyPath) -> Value:
        """Give the effective value of the scalar at *path*, which is in the file."""
        return self._resolve(self.document.value(path), path, (spell(path),))

    def local(self, text: str, path: KeyPath) -> Value:
        """Give the effective value of a product's default *text* for the key at *path*."""
        return self._resolve(text, path, ())

    @property
    def offset(self) -> int:
        """Give the port offset; 0 when the file doesn't write one that leaves ports."""
        number = self._number(self.tables.offset, 0)
        return number if number <= HIGHEST_OFFSET else 0

    @property
    def offset_is_known(self) -> bool:
        """Tell whether the port offset is one, or left out: else no port can be told."""
        written = self.written(self.tables.offset)
        return written is None or is_offset(_as_text(written))

    @property
    def hostname(self) -> str:
        """Give the node's host name; the product falls back to the local address."""
        return self.text(self.tables.hostname)

    def port(self, name: str) -> int:
        """Give the port that the system property *name* holds on this node."""
        key, default = self.tables.port_properties[name]
        return self.own_port(key, default) if key else default + self.offset

    def own_port(self, key: str, default: int) -> int:
        """Give the port that the file sets at *key* at offset 0, else *default*."""
        return self._number(key, default) + self.offset

    def _value(self, key: str, seen: tuple[str, ...]) -> Value | None:
        path = steps(key)
        written = self.document.value(path)
        if written is None or isinstance(written, Mapping | list):
            if key not in self.tables.defaults:
                return None
            written = self.tables.defaults[key]
        return self._resolve(written, path, (*seen, key))

    def _resolve(self, written: Any, path: KeyPath, seen: tuple[str, ...]) -> Value:
        raw = _as_text(written)
        here = self.document.position(path)
        if "$" not in raw:
            return Value(raw, raw, here, here, path)
        troubles: list[Trouble] = []
        pieces: list[str] = []
        end, at = 0, here
        for found in _REFERENCE.finditer(raw):
            value = self._refer(found, here, seen)
            pieces += [raw[end : found.start()], value.text]
            troubles += value.troubles
            end = found.end()
            if found.span() == (0, len(raw)):
                at = value.at
        pieces.append(raw[end:])
        return Value("".join(pieces), raw, at, here, path, tuple(troubles))

    def _refer(self, found: re.Match[str], here: Position, seen: tuple[str, ...]) -> Value:
        kind, name = found["kind"] or "", found["name"].strip()
        if kind in ("env", "secret"):
            source = "the environment" if kind == "env" else "the secret store"
            what = f"{found[0]} comes from {source} and can't be read from the files"
            return _unknown(found[0], here, what, never=False)
        if kind == "ref":
            return self._follow(name, found[0], here, seen)
        if name in self.tables.key_properties:
            return self._follow(self.tables.key_properties[name], found[0], here, seen)
        text = self._property(name)
        if text is None:
            what = f"no system property {name} is known, so {found[0]} may stay as it is"
            return _unknown(found[0], here, what, never=False)
        return Value(text, found[0], here, here, ())

    def _follow(self, key: str, raw: str, here: Position, seen: tuple[str, ...]) -> Value:
        if len(seen) > _LONGEST_CHAIN:
            return _unknown(raw, here, f"{raw} ends a chain of references too long", never=True)
        if key in seen:
            chain = " → ".join((*seen[seen.index(key) :], key))
            return _unknown(raw, here, f"{raw} refers to itself: {chain}", never=True)
        value = self._value(key, seen)
        if value is None:
            return _unknown(raw, here, f"{raw} refers to {key}, which isn't set", never=True)
        return value

    def _property(self, name: str) -> str | None:
        """Give a Java system property as this node's product sets it."""
        if name in self.tables.port_properties:
            return str(self.port(name))
        return _PROPERTIES.get(name)

    def _number(self, key: str, otherwise: int) -> int:
        """Give the number written at *key*; ports hang on it, so it is never resolved."""
        text = _as_text(self.written(key))
        return int(text) if text.isascii() and text.isdigit() else otherwise


def is_offset(text: str) -> bool:
    """Tell whether a text is an offset that leaves every port below the last."""
    text = text.strip()
    return text.isascii() and text.isdigit() and int(text) <= HIGHEST_OFFSET


def role_of(document: Document) -> Role | None:
    """Give the role that `[server] server_role` names; None for `default` and unknown ones."""
    profile = document.value(("server", "server_role"))
    return PROFILE_ROLES.get(profile) if isinstance(profile, str) else None


@lru_cache(maxsize=1024)
def steps(key: str) -> KeyPath:
    """Take a key apart: `a.'b.c'[0].d` → ("a", "b.c", 0, "d")."""
    return tuple(
        int(found[3]) if found[3] else found[1] or found[2] or found[4]
        for found in _STEP.finditer(key)
    )


def _unknown(raw: str, here: Position, what: str, *, never: bool) -> Value:
    return Value(raw, raw, here, here, (), (Trouble(what, here, never),))


def _as_text(written: Any) -> str:
    if isinstance(written, bool):
        return "true" if written else "false"
    return str(written)
