"""Puts the secrets that a topology refers to in their places: they lie in a file of their own."""

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab.errors import Problem

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MEND = "`lab import` writes it beside the topology; keep both together"


def with_secrets(
    raw: Mapping[str, Any], where: str, file: Path | None = None
) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
    """Give the topology with each `{ secret = "NAME" }` replaced, the secrets, and what is wrong.

    They come from *file*, else from the file that `[lab] secrets` names, beside the topology.
    """
    names = sorted(set(_names(raw)))
    if not names:
        return dict(raw), {}, []
    lab = raw.get("lab")
    named = lab.get("secrets") if isinstance(lab, Mapping) else None
    path = file or (Path(where).parent / named if isinstance(named, str) else None)
    if path is None:
        mend = 'add secrets = "FILE" to [lab], a TOML file with `NAME = "…"`'
        return (
            _replaced(raw, {}),
            {},
            [Problem("no file of secrets is named", f"{where}: lab.secrets", mend)],
        )
    secrets, problem = _read(path)
    if problem:
        return _replaced(raw, {}), {}, [problem]
    problems = [
        Problem(f"the secret {name!r} isn't there", str(path), f'add {name} = "…", as a text')
        for name in names
        if name not in secrets
    ]
    replaced = _replaced(raw, secrets)
    return dict(replaced), {name: secrets[name] for name in names if name in secrets}, problems


def _names(value: Any) -> Iterator[str]:
    if (name := _reference(value)) is not None:
        yield name
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _reference(value: Any) -> str | None:
    """Give the name in `{ secret = "NAME" }`."""
    if isinstance(value, Mapping) and set(value) == {"secret"}:
        name = value["secret"]
        return name if isinstance(name, str) else None
    return None


def _replaced(value: Any, secrets: Mapping[str, str]) -> Any:
    if (name := _reference(value)) is not None:
        return secrets.get(name, "missing")
    if isinstance(value, Mapping):
        return {key: _replaced(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, secrets) for inner in value]
    return value


def _read(path: Path) -> tuple[dict[str, str], Problem | None]:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return {}, Problem("the file of secrets is no regular file", str(path), _MEND)
        if mode & _OTHERS:
            what = f"the file of secrets is open to others (mode {stat.S_IMODE(mode):04o})"
            return {}, Problem(what, str(path), f"chmod 600 {path}")
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        what = f"the file of secrets can't be read: {error.strerror}"
        return {}, Problem(what, str(path), _MEND)
    except (ValueError, RecursionError):
        # The parser's own words could hold a piece of the line.
        return {}, Problem("the file of secrets is not TOML", str(path), 'write NAME = "…" lines')
    return {name: value for name, value in values.items() if isinstance(value, str)}, None
