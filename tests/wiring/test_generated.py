"""What the lab itself writes: its links are the document's, and the check finds nothing at all."""

from lab.render.write import render
from lab.wiring.read import read_links


def test_the_generated_files_give_the_documents_links_and_no_finding(nodes, plan, tmp_path):
    render(plan, tmp_path / "lab")
    generated = read_links(tmp_path / "lab" / "nodes", plan)
    assert generated.findings == ()
    document = {link.id: (link.host, link.port, link.url) for link in nodes.read().links}
    assert {link.id: (link.host, link.port, link.url) for link in generated.links} == document
