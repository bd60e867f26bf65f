"""Leaves out the findings that somebody knows and accepts."""

from collections.abc import Iterable, Sequence

from lab.wiring.finding import Finding


def not_ignored(findings: Iterable[Finding], ignored: Sequence[str]) -> tuple[Finding, ...]:
    """Give the findings without those of *ignored*: `LAB0116`, or `LAB0116:gw` for one node."""
    return tuple(
        finding
        for finding in findings
        if finding.code not in ignored and f"{finding.code}:{_node(finding)}" not in ignored
    )


def _node(finding: Finding) -> str:
    """Name the node in whose file it is: the folder's name, or the file's own."""
    first, slash, _ = finding.where.file.partition("/")
    return first if slash else first.removesuffix(".toml")
