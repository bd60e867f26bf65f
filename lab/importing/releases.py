"""Tells which release a customer's files are for: of the 2.x line they say it themselves."""

from collections.abc import Mapping, Sequence

from lab.errors import LabError, Problem, UsageError
from lab.importing.roles import Told
from lab.products.facts import Line, Release

_VERSION = "carbon.Version"
_USUAL = "4.1.0"


def release_of(
    nodes: Sequence[Told], releases: Mapping[str, Release], wanted: str | None
) -> Release:
    """Give the release that is *wanted*, else the one that the files are for.

    Raises `LabError` for files of another product line, or of a version that nobody knows.
    """
    line = nodes[0].settings.tables.line
    if wanted is not None:
        return _fitting(releases[wanted], line, releases)
    if line is Line.TOML:
        return releases[_USUAL]
    known = [release for release in releases.values() if release.line is line]
    return _written(nodes, known) if any(map(_version, nodes)) else known[-1]


def _fitting(release: Release, line: Line, releases: Mapping[str, Release]) -> Release:
    if release.line is line:
        return release
    what = f"nodes of {release.title} {release.version} are configured by other files"
    fitting = [one.version for one in releases.values() if one.line is line]
    raise UsageError(Problem(what, "--product-version", f"use one of {', '.join(fitting)}"))


def _written(nodes: Sequence[Told], known: Sequence[Release]) -> Release:
    """Give the release whose every role has the version that its file says."""
    for release in known:
        if all(_is_of(release, one) for one in nodes):
            return release
    nearest = known[-1]
    raise LabError(
        *(
            Problem(
                f"{one.settings.name} is version {_version(one)}, which no lab knows",
                str(value.used_at),
                f"--product-version {nearest.version} takes its files for those of that version;"
                " what later versions added is then neither read nor probed",
            )
            for one in nodes
            if not _is_of(nearest, one) and (value := one.settings.value(_VERSION)) is not None
        )
    )


def _is_of(release: Release, one: Told) -> bool:
    """Tell whether a node says nothing, or the version of one of its role's distributions.

    API Manager's own can be a key manager too, by its profile. A role that isn't there is judged
    elsewhere.
    """
    facts = release.roles.get(one.role)
    return facts is None or _version(one) in ("", release.version, facts.version)


def _version(one: Told) -> str:
    """Give the version that a node's carbon.xml says; nothing where it says none."""
    value = one.settings.value(_VERSION)
    return value.text if value is not None and value.is_known and value.text[:1].isdigit() else ""
