"""Which values of a configuration file are secrets, so that nothing told of a lab holds one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_NAME = re.compile(
    r"pass(word|phrase|wd)?|secret|token|credential|private|(api|auth|access)_?key", re.IGNORECASE
)
_TABLES = ("encryption", "secrets")
_IN_URL = re.compile(r"://[^/\s:@]+:([^@\s/]+)@")
_SHORTEST = 4  # a shorter one is a part of every second word


def secret_values(path: Path) -> frozenset[str]:
    """Give the secrets in this file; none where it can't be read, as nothing of it is told then."""
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError):
        return frozenset()
    return frozenset(found for found in _secrets((), values) if len(found) >= _SHORTEST)


def _secrets(path: tuple[str, ...], value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets((*path, str(key)), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(path, inner)
    elif isinstance(value, str):
        is_reference = value.startswith(("$", "["))
        if path and not is_reference and (path[0] in _TABLES or _NAME.search(path[-1])):
            yield value
        yield from _IN_URL.findall(value)
