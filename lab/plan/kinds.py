"""Kinds of nodes: what runs as a node, in the words of `--nodes` and of a topology."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.errors import Problem, UsageError
from lab.plan.model import STAND_IN

PLACED: Mapping[str, str] = {"home": "PATH", "zip": "PATH", "image": "REF"}
WORDS = ", ".join((STAND_IN, *(f"{word}:{place}" for word, place in PLACED.items())))


@dataclass(frozen=True, slots=True)
class Kind:
    """*place* is the folder or zip on this machine, or the image's name; a stand-in has none."""

    word: str = STAND_IN
    place: str = ""

    def __str__(self) -> str:
        """Give it as it is written."""
        return f"{self.word}:{self.place}" if self.place else self.word


def parse_kind(text: str, folder: Path, where: str) -> Kind:
    """Read a kind; a path is relative to *folder*. Raises `UsageError`, which names *where*."""
    word, _, place = text.partition(":")
    if word == STAND_IN and not place:
        return Kind()
    if word not in PLACED or not place:
        raise UsageError(Problem(f"unknown kind of nodes {text!r}", where, f"use {WORDS}"))
    if PLACED[word] == "PATH":
        place = str((folder / Path(place).expanduser()).resolve())
    return Kind(word, place)
