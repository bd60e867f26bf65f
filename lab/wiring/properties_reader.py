"""Reads one of a node's `.properties` files: names, values and the line of each.

What the product's own ones have is read: a line each, without continuations and escapes.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from lab.errors import Problem, TopologyError
from lab.wiring.toml_reader import LARGEST

_LINE = re.compile(r"[ \t]*(?P<name>[^#!=:\s][^=:\s]*)[ \t]*[=:][ \t]*(?P<value>.*?)[ \t\r]*")


def read_properties(path: Path, name: str) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Give the values and the lines (1-based) of a file that reports call *name*.

    Of two lines with one name the last counts, as in Java. Raises `TopologyError` when the file
    can't be read.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        mend = "let the file be readable for the user who runs this"
        what = f"{name} can't be read: {error.strerror}"
        raise TopologyError(Problem(what, name, mend)) from error
    if content is None:
        what = f"{name} is larger than any configuration file of the product"
        raise TopologyError(Problem(what, name, "give the product's own file"))
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(content.decode("iso-8859-1").split("\n"), 1):
        if found := _LINE.fullmatch(line):
            values[found["name"]] = found["value"]
            lines[found["name"]] = number
    return values, lines
