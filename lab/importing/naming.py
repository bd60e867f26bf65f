"""Names the nodes of a customer's folder after the folders and files that they lie in."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab.errors import Problem
from lab.topology.names import RESERVED
from lab.wiring.node_files import FILE_NAME, HOME

_LAYOUT = frozenset({"conf", "repository"})
_USUAL = frozenset({HOME, "config", "configs", "confs", "wso2", "wso2am"})
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 32


def named(files: Mapping[str, Path], problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Name each node after its folder or file, given by place; *problems* gets those alike."""
    taken: dict[str, Path] = {}
    for place, name in _apart({place: _words(Path(place)) for place in files}).items():
        first = taken.setdefault(name, files[place])
        if first is files[place]:
            yield name, first
        else:
            what = f"two files of a node {name}: {first} and {files[place]}"
            problems.append(Problem(what, str(files[place]), "keep one file a node"))


def _apart(words: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Give each place its last word; where several have the same, as many as tell them apart."""
    lengths = dict.fromkeys(words, 1)
    while True:
        names = {place: _clean("-".join(words[place][-n:])) for place, n in lengths.items()}
        shared = Counter(names.values())
        longer = [
            place
            for place, name in names.items()
            if shared[name] > 1 and lengths[place] < len(words[place])
        ]
        if not longer:
            return names
        lengths.update({place: lengths[place] + 1 for place in longer})


def _words(path: Path) -> list[str]:
    """Give the words of a node's place: of a folder its names, of a file `NODE.toml` the stem."""
    is_file = path.suffix == ".toml"
    own = () if path.name == FILE_NAME else (path.stem,) if is_file else path.parts[-1:]
    parts = [part for part in (*path.parent.parts, *own) if part.lower() not in _LAYOUT]
    return [part for part in parts if part.lower() not in _USUAL] or parts[-1:] or ["node"]


def _clean(name: str) -> str:
    """Give what a container can be called."""
    clean = _NOT_IN_A_NAME.sub("-", name.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{clean}-node" if clean in RESERVED or not clean else clean
