"""User names and passwords that the product itself can't carry, refused with the reason."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from lab.errors import Problem
from lab.products.logins import BREAK_AMQP_URL, BREAK_XML

# The config mapper resolves these inside values.
REFERENCES = ("$ref{", "${", "$env{", "$secret{")


class Refusal(NamedTuple):
    """Why a value can't be used, and what to do instead."""

    what: str
    mend: str


Rule = Callable[[str], Refusal | None]


def credential_problems(raw: Mapping[str, Any], where: str) -> list[Problem]:
    """Give what the product would stumble over; no message holds a value."""
    return [
        problem
        for section, table, rules in _accounts(raw)
        for field in ("username", "password")
        for problem in _field_problems(table, field, rules, f"{where}: {section}.{field}")
    ]


def _accounts(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any, tuple[Rule, ...]]]:
    yield "super_admin", raw.get("super_admin"), (_amqp, *_EVERYWHERE)
    yield "database", raw.get("database"), _EVERYWHERE
    servers = raw.get("databases")
    for name, table in servers.items() if isinstance(servers, dict) else ():
        yield f"databases.{name}", table, _EVERYWHERE


def _field_problems(table: Any, field: str, rules: tuple[Rule, ...], at: str) -> list[Problem]:
    value = table.get(field) if isinstance(table, dict) else None
    if not isinstance(value, str):
        return []
    found = [refusal for rule in rules if (refusal := rule(value))]
    return [Problem(f"the {field} {refusal.what}", at, refusal.mend) for refusal in found]


def _amqp(value: str) -> Refusal | None:
    return _AMQP if set(value) & set(BREAK_AMQP_URL) else None


def _xml(value: str) -> Refusal | None:
    return _XML if set(value) & set(BREAK_XML) else None


def _ascii(value: str) -> Refusal | None:
    return None if value.isascii() and value.isprintable() else _ASCII


def _reference(value: str) -> Refusal | None:
    return _REFERENCE if any(opening in value for opening in REFERENCES) else None


_AMQP = Refusal(
    what=f"has a blank or one of {' '.join(BREAK_AMQP_URL.strip())}, which breaks the AMQP URL that"
    " the product makes of it (amqp://USER:PASSWORD@…), so no node reaches an event hub",
    mend="leave those characters out; the product does not encode them",
)
_XML = Refusal(
    what="has `<` or `&`, which the product copies into its XML files unescaped, so they can't"
    " be parsed",
    mend="leave both out",
)
_ASCII = Refusal(
    what="has a character outside printable ASCII, which breaks the data publisher's login"
    " frame: it counts characters and writes bytes",
    mend="use printable ASCII only",
)
_REFERENCE = Refusal(
    what="has a form that the product replaces by another value (`$ref{`, `${`, `$env{`,"
    " `$secret{`)",
    mend="leave a `$` with an opening brace out",
)
_EVERYWHERE: tuple[Rule, ...] = (_xml, _ascii, _reference)
