"""Which topology, which lab: the one that was named, else the one here, else the default."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.data import data_folder
from lab.errors import Problem, UsageError
from lab.topology.names import lab_name_problem

LABS_FOLDER = ".lab"
DEFAULT_TOPOLOGY = "km-tm-separated"


def choose_topology(word: str | None, folder: Path, *, nor: str = "") -> Path:
    """Give the topology's file: a path, the bare name of a ready-made one, or what lies here.

    A path of something else than a file is given, too: its reader says what it is. Raises
    `UsageError` when there is none of that name, *nor* what else it may have meant, or more than
    one here.
    """
    if word is not None:
        return _named_topology(word, folder, nor)
    here = _topologies_in(folder)
    if len(here) > 1:
        names = ", ".join(path.name for path in here)
        raise UsageError(
            Problem("more than one topology lies here", str(folder), f"name one: {names}")
        )
    return here[0] if here else _ready_made()[DEFAULT_TOPOLOGY]


def choose_lab(name: str | None, folder: Path) -> str:
    """Give the lab's name: the named one, the one whose folder lies here, or that of a topology.

    Raises `UsageError` when more than one lies here, or no lab can have the name: a lab's folder
    is called by it, and a name such as `..` would lead to somebody else's.
    """
    if name is not None:
        return _possible([name], "NAME")[0]
    here = sorted(path.parent.name for path in folder.glob(f"{LABS_FOLDER}/*/options.json"))
    if len(here) == 1:
        return here[0]
    if here:
        raise UsageError(
            Problem("more than one lab lies here", str(folder), f"name one: {', '.join(here)}")
        )
    topology = choose_topology(None, folder)
    return _possible([_name_in(topology)], str(topology))[0]


def choose_labs(names: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Give the labs of these names, each once, or the one that `choose_lab` gives without a name.

    Raises `UsageError` with every name that no lab can have.
    """
    if not names:
        return (choose_lab(None, folder),)
    return _possible(tuple(dict.fromkeys(names)), "NAME")


def _possible(names: Sequence[str], where: str) -> tuple[str, ...]:
    problems = [problem for name in names if (problem := lab_name_problem(name, where))]
    if problems:
        raise UsageError(*problems)
    return tuple(names)


def _named_topology(word: str, folder: Path, nor: str) -> Path:
    path = folder / word
    ready = _ready_made()
    if word in ready and not path.is_file():
        return ready[word]
    if word and (path.exists() or path.is_symlink()):
        # As typed: it stands in every message about the file.
        return Path(word)
    raise UsageError(
        Problem(
            f"no topology `{word}`{nor}",
            str(path),
            f"give a file, or a ready-made one: {', '.join(sorted(ready))}",
        )
    )


def _ready_made() -> dict[str, Path]:
    return {path.stem: path for path in data_folder("topologies").glob("*.toml")}


def _topologies_in(folder: Path) -> Sequence[Path]:
    return [Path(path.name) for path in sorted(folder.glob("*.toml")) if _is_topology(path)]


def _is_topology(path: Path) -> bool:
    try:
        tables = _tables(path)
    except (OSError, ValueError):
        return False
    return isinstance(tables.get("lab"), dict) and isinstance(tables.get("nodes"), dict)


def _name_in(path: Path) -> str:
    return str(_tables(path)["lab"].get("name", path.stem))


def _tables(path: Path) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415  # who names a lab, or stands beside one, needs no topology

    return tomllib.loads(path.read_text(encoding="utf-8"))
