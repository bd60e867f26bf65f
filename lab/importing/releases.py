"""Tells which release a customer's files are for, where they or the homes around them say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lab.distributions.version import TITLE, home_of, version_around
from lab.errors import LabError, Problem, UsageError
from lab.importing.roles import Told
from lab.products.facts import Line, Release

_VERSION = "carbon.Version"
_USUAL = "4.1.0"


@dataclass(frozen=True, slots=True)
class _Said:
    """The version that one node says, and where."""

    node: Told
    version: str
    where: str

    def is_of(self, release: Release) -> bool:
        """Tell whether it is the version of one of its role's distributions.

        API Manager's own can be a key manager too, by its profile. A role that isn't there is
        judged elsewhere.
        """
        facts = release.roles.get(self.node.role)
        return facts is None or self.version in (release.version, facts.version)


def release_of(
    nodes: Sequence[Told], releases: Mapping[str, Release], wanted: str | None
) -> Release:
    """Give the release that is *wanted*, else the one that the nodes say they are.

    Raises `LabError` for files of another product line, for a version that nobody knows, and for
    nodes of several.
    """
    line = nodes[0].settings.tables.line
    if wanted is not None:
        return _fitting(releases[wanted], line, releases)
    known = [release for release in releases.values() if release.line is line]
    said = [one for one in map(_said, nodes) if one is not None]
    if said:
        return _common(said, known)
    return releases[_USUAL] if line is Line.TOML else known[-1]


def _fitting(release: Release, line: Line, releases: Mapping[str, Release]) -> Release:
    if release.line is line:
        return release
    what = f"nodes of {release.title} {release.version} are configured by other files"
    fitting = [one.version for one in releases.values() if one.line is line]
    raise UsageError(Problem(what, "--product-version", f"use one of {', '.join(fitting)}"))


def _common(said: Sequence[_Said], known: Sequence[Release]) -> Release:
    """Give the release that every node says."""
    for release in known:
        if all(one.is_of(release) for one in said):
            return release
    unknown = [one for one in said if not any(map(one.is_of, known))]
    if unknown:
        raise LabError(*(_nobody_knows(one, known[-1].version) for one in unknown))
    versions = ", ".join(f"{one.node.settings.name} {one.version}" for one in said)
    what = f"nodes of several versions, which make no cluster: {versions}"
    mend = "--product-version takes all files for those of one"
    raise LabError(Problem(what, said[0].where, mend))


def _nobody_knows(one: _Said, nearest: str) -> Problem:
    return Problem(
        f"{one.node.settings.name} is version {one.version}, which no lab knows",
        one.where,
        f"--product-version {nearest} takes its files for those of that version;"
        " what later versions added is then neither read nor probed",
    )


def _said(node: Told) -> _Said | None:
    """Give the version that a node's carbon.xml says, or the home that its file lies in."""
    if node.settings.tables.line is Line.TOML:
        return _said_by_home(node)
    value = node.settings.value(_VERSION)
    if value is None or not value.is_known or not value.text[:1].isdigit():
        return None
    return _Said(node, value.text, str(value.used_at))


def _said_by_home(node: Told) -> _Said | None:
    path = node.settings.path
    version = version_around(path) if path else None
    home = home_of(PurePosixPath(node.settings.document.file))
    return _Said(node, version, str(home / TITLE)) if version and home else None
