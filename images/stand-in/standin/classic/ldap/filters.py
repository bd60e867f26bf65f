"""Turns a search filter's text, as `user-mgt.xml` writes it, into what LDAP sends (RFC 4515)."""

import re

from standin.classic.ldap import ber

_AND, _OR, _NOT, _EQUAL, _PRESENT = 0xA0, 0xA1, 0xA2, 0xA3, 0x87
_ESCAPED = re.compile(rb"\\([0-9a-fA-F]{2})")


def with_name(text: str, username: str) -> bytes:
    """Return the filter *text* with *username* for its `?`; raises ValueError for no filter."""
    safe = re.sub(r"[\\*()\0]", lambda found: f"\\{ord(found[0]):02x}", username)
    compiled, rest = _compile(text.strip().replace("?", safe))
    if rest:
        raise ValueError(f"{text!r} is no search filter")
    return compiled


def _compile(text: str) -> tuple[bytes, str]:
    """Return the filter at the beginning of *text*, and what follows it."""
    if not text.startswith("("):
        raise ValueError(f"{text!r} is no search filter")
    sign, rest = text[1:2], text[2:]
    if sign in ("&", "|", "!"):
        return _joined({"&": _AND, "|": _OR, "!": _NOT}[sign], rest)
    inner, bracket, rest = text[1:].partition(")")
    attribute, equals, value = inner.partition("=")
    if not bracket or not equals:
        raise ValueError(f"{text!r} is no search filter")
    if value == "*":
        return ber.octets(attribute, tag=_PRESENT), rest
    literal = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), value.encode())
    return ber.element(_EQUAL, ber.octets(attribute), ber.octets(literal)), rest


def _joined(tag: int, text: str) -> tuple[bytes, str]:
    parts = []
    while text.startswith("("):
        part, text = _compile(text)
        parts.append(part)
    if not text.startswith(")"):
        raise ValueError(f"{text!r} is no search filter")
    return ber.element(tag, *parts), text[1:]
