"""What every rule of the check is given, and how it says what it found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from lab.products.facts import Role
from lab.products.versions_4x import Version, parse_version
from lab.wiring.cluster import Cluster
from lab.wiring.finding import Finding, Severity
from lab.wiring.link import Link, Position
from lab.wiring.reading import Reading
from lab.wiring.settings import Settings


@dataclass(frozen=True, slots=True)
class Case:
    """All nodes' files and everything that was read from them."""

    cluster: Cluster
    readings: Sequence[Reading]
    release: str = ""  # the product's version; empty where nobody told it
    stores: bool = False  # whether keystores beside the files are opened

    @property
    def version(self) -> Version | None:
        """Give the product's version, to be compared with others; None when it isn't known."""
        return parse_version(self.release)

    def nodes_of(self, role: Role) -> list[Settings]:
        """Give the nodes that do the work of this role, in the order they were read."""
        return [self.cluster.nodes[name] for name in self.cluster.players(role)]

    def a_node_of(self, *roles: Role) -> str:
        """Write of roles as a sentence does: `a gateway node`, `an all-in-one or … node`."""
        named = " or ".join(sorted(role.value for role in roles))
        return f"a{'n' if named[:1] in 'aeio' else ''} {named} node"


def _say(
    code: str,
    what: str,
    where: Position,
    mend: str,
    link: Link | None = None,
    *,
    severity: Severity,
    key: str = "",
) -> Finding:
    return Finding(code, severity, what, where, mend, *_about(link, key))


# Something that will not work, something that may not, and something that is worth knowing.
error = partial(_say, severity=Severity.ERROR)
warning = partial(_say, severity=Severity.WARNING)
remark = partial(_say, severity=Severity.INFO)


def _about(link: Link | None, key: str) -> tuple[str, str]:
    """Give the link's id, and the key: the link's own unless another is told."""
    id_ = link.id if link else ""
    return id_, key or id_.partition("/")[2]


def closest(word: str, words: Iterable[str], *, at_least: float = 0.75) -> str:
    """Give the nearest of *words*, or nothing when none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # costs, and right files never need it

    return next(iter(get_close_matches(word, sorted(words), 1, at_least)), "")
