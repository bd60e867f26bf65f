import re
from pathlib import Path

import pytest

from lab.products.releases import PRODUCTS
from lab.topology.model import (
    BalancerSection,
    CheckSection,
    DatabaseSection,
    LabSection,
    NodeSection,
    SuperAdminSection,
)
from lab.topology.read import parse_topology

DOCUMENT = (Path(__file__).parents[2] / "docs" / "topology.md").read_text(encoding="utf-8")


def test_the_document_s_example_is_a_topology():
    (example,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, flags=re.DOTALL)
    assert set(parse_topology(example).nodes) == {"cp", "gw", "tm", "km"}


@pytest.mark.parametrize(
    "section",
    [
        LabSection,
        NodeSection,
        BalancerSection,
        DatabaseSection,
        SuperAdminSection,
        CheckSection,
    ],
)
def test_every_key_is_documented(section: type):
    assert all(f"`{key}`" in DOCUMENT for key in section.model_fields)


def test_the_releases_named_are_those_there_are():
    versions = tuple(PRODUCTS["apim"])
    assert f"{versions[0]} to {versions[-1]}" in DOCUMENT
