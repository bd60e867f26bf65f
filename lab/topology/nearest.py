"""Says that a name is unknown, and which known one it may have been meant to be."""

from collections.abc import Sequence
from difflib import get_close_matches

from lab.errors import Problem


def unknown(kind: str, value: str, known: Sequence[str], at: str) -> Problem:
    """Give the problem of a *kind* of name that isn't one of *known*."""
    near = get_close_matches(value, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return Problem(f"unknown {kind} {value!r}", at, f"{hint}known are {', '.join(known)}")
