"""No value, of whatever type at whatever key, breaks the reading: it is a link or a finding."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

HERE = Path(__file__).parent
FILES = [*(HERE.parent / "render" / "samples").glob("*.toml"), HERE / "samples" / "every_key.toml"]
ODD: list[Any] = [
    1,
    True,
    1.5,
    "",
    [],
    {},
    [[]],
    [{}],
    [1],
    "x",
    "$ref{apim}",
    "${x}",
    "$ref{",
    "{|},{",
    "https://a:b@c:d/e",
    "jdbc:mysql://:/",
    "https://[::1]:9443/",
    "tcp://a b:1",
    "amqp://",
    "é://ü:1",
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        items = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def put(values: Any, path: tuple[Any, ...], odd: Any) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = odd


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("start", range(3))
def test_an_odd_value_at_any_key_is_read_without_a_crash(lone, file, start):
    text = file.read_text(encoding="utf-8")
    for number, path in enumerate(places(tomllib.loads(text))):
        if number % 3 != start:
            continue
        values = tomllib.loads(text)
        put(values, path, ODD[number % len(ODD)])
        lone.write("n", tomlkit.dumps(values))
        wiring = lone.read(remarks=True)
        ids = [link.id for link in wiring.links]
        assert len(ids) == len(set(ids))
        assert all(finding.mend for finding in wiring.findings)
