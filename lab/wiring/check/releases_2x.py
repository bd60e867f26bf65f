"""Checks of the 2.x line whether the files are of the version that they are judged by."""

from collections.abc import Iterator

from lab.products.facts import Line
from lab.products.releases import PRODUCTS
from lab.products.tables_2x import SERVER_KEYS
from lab.wiring.check.case import Case, warning
from lab.wiring.finding import Finding
from lab.wiring.settings import Settings, Value

_RELEASES = [one for of in PRODUCTS.values() for one in of.values() if one.line is Line.XML]
_VERSIONS = frozenset(
    version
    for release in _RELEASES
    for version in (release.version, *(facts.version for facts in release.roles.values()))
    if version
)
_JUDGED_BY = _RELEASES[-1].version
_SERVER_KEY = "carbon.ServerKey"
_VERSION = "carbon.Version"


def check_releases(case: Case) -> Iterator[Finding]:
    """LAB0183: a version that has no tables of its own; nothing where somebody chose 2.1's."""
    if case.release in _VERSIONS:
        return
    said: dict[str, list[tuple[Settings, Value]]] = {}
    for settings in case.cluster.nodes.values():
        value = settings.value(_VERSION)
        if value and value.is_known and value.text[:1].isdigit() and _is_ours(settings):
            said.setdefault(value.text, []).append((settings, value))
    for version, nodes in said.items():
        if version not in _VERSIONS:
            yield _unknown(version, nodes)


def _unknown(version: str, nodes: list[tuple[Settings, Value]]) -> Finding:
    names = ", ".join(settings.name for settings, _ in nodes)
    have, are = ("have", "are") if len(nodes) > 1 else ("has", "is")
    what = f"{names} {have} version {version}, and {are} judged by what {_JUDGED_BY} reads"
    mend = (
        "what the versions differ in is not judged, or wrongly;"
        f" --product-version {_JUDGED_BY} takes the files for those of that version"
    )
    return warning("LAB0183", what, nodes[0][1].used_at, mend, key=_VERSION)


def _is_ours(settings: Settings) -> bool:
    key = settings.value(_SERVER_KEY)
    return key is None or key.text in SERVER_KEYS
