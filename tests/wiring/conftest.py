"""Gives every wiring test the plan of the default topology and the files of its four nodes."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.topology.read import read_topology
from lab.wiring.finding import Finding
from lab.wiring.read import Wiring, read_links

CHECKOUT = Path(__file__).parents[2]
SAMPLES = CHECKOUT / "tests" / "render" / "samples"


class NodeFolder:
    """A folder of nodes whose files a test may edit, one exact text at a time."""

    def __init__(self, folder: Path, plan: Plan | None) -> None:
        self.folder = folder
        self.plan = plan
        self.release = ""

    def path(self, node: str) -> Path:
        return self.folder / node / "deployment.toml"

    def write(self, node: str, text: str) -> None:
        self.path(node).parent.mkdir(parents=True, exist_ok=True)
        self.path(node).write_text(text, encoding="utf-8", newline="")

    def text(self, node: str) -> str:
        return self.path(node).read_text(encoding="utf-8")

    def edit(self, node: str, old: str, new: str) -> None:
        assert self.text(node).count(old) == 1, f"{old!r} isn't once in {node}'s file"
        self.write(node, self.text(node).replace(old, new))

    def append(self, node: str, text: str) -> None:
        self.write(node, self.text(node) + text)

    def line(self, node: str, text: str) -> int:
        """Give the line that holds *text*, for a test to compare with."""
        lines = self.text(node).split("\n")
        found = [number for number, line in enumerate(lines, 1) if text in line]
        assert len(found) == 1, f"{text!r} is in lines {found} of {node}'s file"
        return found[0]

    def read(self, *, remarks: bool = False) -> Wiring:
        return read_links(self.folder, self.plan, remarks=remarks, release=self.release)

    def findings(self, *, remarks: bool = False) -> tuple[Finding, ...]:
        return self.read(remarks=remarks).findings

    def codes(self, *, remarks: bool = False) -> list[str]:
        return [finding.code for finding in self.findings(remarks=remarks)]


@pytest.fixture(scope="session")
def plan() -> Plan:
    return make_plan(read_topology(CHECKOUT / "topologies" / "km-tm-separated.toml"))


@pytest.fixture
def nodes(tmp_path: Path, plan: Plan) -> NodeFolder:
    """Give the four nodes of the default topology with the document's sample files."""
    folder = NodeFolder(tmp_path / "nodes", plan)
    for sample in SAMPLES.glob("*.toml"):
        folder.write(sample.stem, sample.read_text(encoding="utf-8"))
    return folder


@pytest.fixture
def lone(tmp_path: Path) -> NodeFolder:
    """Give an empty folder without a plan, for files that a test writes itself."""
    return NodeFolder(tmp_path / "lone", None)
