"""Folders of files, each with one mistake that its name tells, or with none that looks like one.

A case holds a file a node, or a folder with XML files; the line with the mistake ends with
`# fault`, or with a comment that says so. A file `release` holds the product's version where the
mistake hangs on it.
"""

from pathlib import Path

import pytest

from lab.wiring.finding import Finding, NotReadableError
from lab.wiring.read import read_links

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").iterdir())
GOOD = sorted((HERE / "good").iterdir())
MARKS = ("# fault", "<!-- fault -->")


def findings(case: Path, *, remarks: bool = False) -> tuple[Finding, ...]:
    release = case / "release"
    version = release.read_text().strip() if release.is_file() else ""
    try:
        wiring = read_links(case, None, remarks=remarks, release=version, stores=True)
    except NotReadableError as error:
        return error.findings
    return wiring.findings


def faults(case: Path) -> list[str]:
    return [
        f"{path.relative_to(case)}:{number}"
        for path in sorted([*case.rglob("*.toml"), *case.rglob("*.xml")])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.endswith(MARKS)
    ]


@pytest.mark.parametrize("case", BAD, ids=lambda path: path.name)
def test_each_mistake_is_the_one_finding_at_its_line(case: Path) -> None:
    found = findings(case) or findings(case, remarks=True)
    assert [(one.code, str(one.where)) for one in found] == [(case.name[:7], *faults(case))]
    assert found[0].mend


@pytest.mark.parametrize("case", GOOD, ids=lambda path: path.name)
def test_what_only_looks_like_a_mistake_is_not_found(case: Path) -> None:
    assert findings(case) == ()
