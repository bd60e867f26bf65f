"""What every rule of the check is given, and how it says what it found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lab.products.facts import Role
from lab.wiring.cluster import Cluster
from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Link, Position
from lab.wiring.reading import Reading


@dataclass(frozen=True, slots=True)
class Case:
    """All nodes' files and everything that was read from them."""

    cluster: Cluster
    readings: Sequence[Reading]

    def role_names(self, roles: Iterable[Role]) -> str:
        """Write roles as a sentence does."""
        return " or ".join(sorted(role.value for role in roles))


def error(code: str, what: str, where: Position, mend: str, link: Link | None = None) -> Finding:
    """Say that something will not work."""
    return Finding(code, Severity.ERROR, what, where, mend, link.id if link else "")


def warning(code: str, what: str, where: Position, mend: str, link: Link | None = None) -> Finding:
    """Say that something may not work."""
    return Finding(code, Severity.WARNING, what, where, mend, link.id if link else "")


def remark(code: str, what: str, where: Position, mend: str, link: Link | None = None) -> Finding:
    """Say something that is worth knowing."""
    return Finding(code, Severity.INFO, what, where, mend, link.id if link else "")


def closest(word: str, words: Iterable[str], *, at_least: float = 0.75) -> str:
    """Give the nearest of *words*, or nothing when none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # costs, and right files never need it

    return next(iter(get_close_matches(word, sorted(words), 1, at_least)), "")
