"""What the lab itself writes: its links are the document's, and the check finds nothing at all."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.products import apim_4x
from lab.render.configuration import write_configuration
from lab.render.write import render
from lab.topology.read import parse_topology, read_topology
from lab.wiring.read import read_links

READY = sorted((Path(__file__).parents[2] / "topologies").glob("*.toml"))
OF_4X = [path for path in READY if path.stem != "is-key-manager"]


def test_the_generated_files_give_the_documents_links_and_no_finding(nodes, plan, tmp_path):
    render(plan, tmp_path / "lab")
    generated = read_links(tmp_path / "lab" / "nodes", plan)
    assert generated.findings == ()
    document = {link.id: (link.host, link.port, link.url) for link in nodes.read().links}
    assert {link.id: (link.host, link.port, link.url) for link in generated.links} == document


@pytest.mark.parametrize("topology", READY, ids=lambda path: path.stem)
def test_what_the_lab_writes_has_no_finding_with_and_without_its_topology(topology, tmp_path):
    made = make_plan(read_topology(topology))
    render(made, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("nodes/*/*.jks"))
    assert read_links(tmp_path / "nodes", made, stores=True).findings == ()
    assert _without_topology(tmp_path / "nodes", made.version) == ()


def _without_topology(folder, release):
    return read_links(folder, None, release=release, stores=True).findings


@pytest.mark.parametrize("version", apim_4x.RELEASES)
@pytest.mark.parametrize("topology", OF_4X, ids=lambda path: path.stem)
def test_the_files_of_every_version_have_no_finding(topology, version, tmp_path):
    text = topology.read_text(encoding="utf-8").replace('"4.1.0"', f'"{version}"')
    made = make_plan(parse_topology(text))
    assert made.version == version
    write_configuration(made, tmp_path)
    assert read_links(tmp_path / "nodes", made).findings == ()
    assert read_links(tmp_path / "nodes", None, release=version).findings == ()
