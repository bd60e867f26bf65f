import re
from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.products import apim_4x
from lab.render.configuration import write_configuration
from lab.topology.model import (
    BalancerSection,
    CheckSection,
    DatabaseSection,
    EncryptionSection,
    LabSection,
    NodeSection,
    RoleSection,
    SuperAdminSection,
    TopologyFile,
)
from lab.topology.read import parse_topology
from lab.wiring.read import read_links

CHECKOUT = Path(__file__).parents[2]
DOCUMENT = (CHECKOUT / "docs/topology.md").read_text(encoding="utf-8")
BLOCKS = (CHECKOUT / "docs/blocks.md").read_text(encoding="utf-8")
DEFAULT = (CHECKOUT / "topologies/km-tm-separated.toml").read_text(encoding="utf-8")


def examples(document: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", document, flags=re.DOTALL)


def test_the_document_s_example_is_a_topology():
    (example,) = examples(DOCUMENT)
    assert set(parse_topology(example).nodes) == {"cp", "gw", "tm", "km"}


@pytest.mark.parametrize("block", examples(BLOCKS), ids=lambda block: block.splitlines()[0])
def test_each_block_s_example_can_be_added_and_leaves_nothing_to_find(block: str, tmp_path):
    plan = make_plan(parse_topology(f"{DEFAULT}\n{block}"))
    write_configuration(plan, tmp_path)
    assert read_links(tmp_path / "nodes", plan).findings == ()


@pytest.mark.parametrize(
    "section",
    [
        LabSection,
        NodeSection,
        BalancerSection,
        DatabaseSection,
        RoleSection,
        EncryptionSection,
        TopologyFile,
        SuperAdminSection,
        CheckSection,
    ],
)
def test_every_key_is_documented(section: type):
    for key in section.model_fields:
        assert f"`{key}`" in DOCUMENT or f"`[{key}" in DOCUMENT


def test_the_releases_named_are_those_there_are():
    versions = tuple(apim_4x.RELEASES)
    assert f"{versions[0]} to {versions[-1]}" in DOCUMENT
