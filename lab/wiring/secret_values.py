"""Which values of a configuration file are secrets, so that nothing told of a lab holds one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.wiring.urls import secrets_in

_NAME = re.compile(
    r"pass(word|phrase|wd)?|secret|token|credential|private|(api|auth|access)_?key", re.IGNORECASE
)
# An element, or a `<Property name="…">`; others speak of tokens and passwords without holding one.
_ELEMENT = re.compile(r"(password|passphrase|secret)$", re.IGNORECASE)
_TABLES = ("encryption", "secrets")
_SHORTEST = 4  # a shorter one is a part of every second word


def secret_values(path: Path) -> frozenset[str]:
    """Give the secrets in this file; none where it can't be read, as nothing of it is told then."""
    is_xml = path.suffix == ".xml"
    try:
        values = _of_xml(path) if is_xml else tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, LabError):
        return frozenset()
    name = _ELEMENT if is_xml else _NAME
    return frozenset(found for found in _secrets((), values, name) if len(found) >= _SHORTEST)


def _of_xml(path: Path) -> Mapping[str, Any]:
    from lab.wiring.xml_reader import read_xml  # noqa: PLC0415  # the 4.x line needs no XML parser

    return read_xml({path.stem: path}, {path.stem: path.name}, "").values


def _secrets(path: tuple[str, ...], value: Any, name: re.Pattern[str]) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets((*path, str(key)), inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(path, inner, name)
    elif isinstance(value, str):
        is_reference = value.startswith(("$", "["))
        if path and not is_reference and (path[0] in _TABLES or name.search(path[-1])):
            yield value
        yield from secrets_in(value)
