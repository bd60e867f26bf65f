"""What the check says of all-in-one nodes, alone, in pairs and beside others."""

from pathlib import Path

import pytest

from lab.plan.make import make_plan
from lab.render.configuration import write_configuration
from lab.topology.read import parse_topology
from lab.wiring.start import plan_start
from tests.wiring.conftest import CHECKOUT, NodeFolder

TOPOLOGIES = CHECKOUT / "topologies"
PAIR = (TOPOLOGIES / "ha-all-in-one.toml").read_text(encoding="utf-8")
BESIDE_OTHERS = (
    (TOPOLOGIES / "all-in-one.toml").read_text(encoding="utf-8")
    + '[nodes.gw]\nrole = "gateway"\nhostname = "gw.wso2.com"\n'
    + '[nodes.km]\nrole = "key-manager"\nhostname = "km.wso2.com"\n'
)


def rendered(folder: Path, text: str) -> NodeFolder:
    plan = make_plan(parse_topology(text))
    write_configuration(plan, folder)
    return NodeFolder(folder / "nodes", plan)


@pytest.fixture
def pair(tmp_path: Path) -> NodeFolder:
    return rendered(tmp_path, PAIR)


def test_what_the_lab_writes_beside_others_has_no_finding(tmp_path: Path) -> None:
    assert rendered(tmp_path, BESIDE_OTHERS).findings() == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('event_duplicate_url = ["tcp://am-2.wso2.com:5672"]\n', "", "LAB0129"),
        (
            'throttle_decision_endpoints = ["tcp://localhost:5672"]',
            'throttle_decision_endpoints = ["tcp://am-2.wso2.com:5672"]',
            "LAB0126",
        ),
        (
            'event_listening_endpoints = ["tcp://localhost:5672"]',
            'event_listening_endpoints = ["tcp://am-2.wso2.com:5672"]',
            "LAB0126",
        ),
        (
            'event_duplicate_url = ["tcp://am-2',
            'event_duplicate_url = ["tcp://am-1',
            "LAB0127",
        ),
        ('name = "apim_db"', 'name = "shared_db"', "LAB0132"),
        ('server_role = "default"', 'server_role = "gateway-worker"', "LAB0155"),
        ('gateway_labels = ["Default"]', 'gateway_labels = ["Internal"]', "LAB0142"),
        (
            'traffic_manager_urls = ["tcp://am-2.wso2.com:9611"]',
            'traffic_manager_urls = ["tcp://am-2.wso2.com:9612"]',
            "LAB0102",
        ),
        (
            'https_endpoint = "https://am.wso2.com:8243"',
            'https_endpoint = "https://am.wso2.com:8244"',
            "LAB0102",
        ),
    ],
)
def test_a_slip_in_one_member_is_the_one_finding(
    pair: NodeFolder, old: str, new: str, code: str
) -> None:
    pair.edit("am-1", old, new)
    assert [finding.code for finding in pair.findings()] == [code]


def test_a_gateway_is_no_key_manager_for_it(tmp_path: Path) -> None:
    nodes = rendered(tmp_path, BESIDE_OTHERS)
    nodes.edit("am", "https://km.wso2.com:9443/services/", "https://gw.wso2.com:9443/services/")
    # And the gateway can't answer before it has been answered itself.
    assert [finding.code for finding in nodes.findings()] == ["LAB0109", "LAB0120"]


def test_the_second_of_a_pair_starts_when_the_first_answers(pair: NodeFolder) -> None:
    needs = plan_start(pair.read().links, pair.plan).needs
    assert needs["am-1"] == ("am-1/database.apim_db", "am-1/database.shared_db")
    assert needs["am-2"][:2] == ("am-2/database.apim_db", "am-2/database.shared_db")
    [first] = needs["am-2"][2:]
    link = pair.read().link(first)
    assert (link.node, link.to, link.port) == ("am-lb", "am-1", 9443)


def test_it_needs_a_key_manager_beside_it_at_its_start(tmp_path: Path) -> None:
    nodes = rendered(tmp_path, BESIDE_OTHERS)
    needs = plan_start(nodes.read().links, nodes.plan).needs
    assert "am/apim.key_manager.service_url" in needs["am"]
    assert needs["gw"] == (
        "gw/apim.event_hub.service_url",
        "gw/apim.event_hub.event_listening_endpoints[0]",
    )


def test_without_a_topology_the_members_are_known_by_their_folders_names(lone: NodeFolder) -> None:
    for name, other in (("am-1", "am-2"), ("am-2", "am-1")):
        lone.write(
            name,
            '[server]\nhostname = "am.acme.example"\nserver_role = "default"\n'
            f'[apim.throttling]\nevent_duplicate_url = ["tcp://{other}.acme.example:5672"]\n',
        )
    [link] = [link for link in lone.read().links if link.node == "am-1"]
    assert link.to == "am-2"


def test_without_a_topology_a_node_is_known_by_its_own_address_too(lone: NodeFolder) -> None:
    lone.write("one", '[server]\nhostname = "am.acme.example"\nnode_ip = "10.1.1.1"\n')
    lone.write(
        "two",
        '[server]\nhostname = "am.acme.example"\nnode_ip = "10.1.1.2"\n'
        '[apim.throttling]\nevent_duplicate_url = ["tcp://10.1.1.1:5672", "tcp://10.1.1.3:5672"]\n',
    )
    found = lone.read()
    assert [link.to for link in found.links] == ["one", None]
    [finding] = [one for one in found.findings if one.code == "LAB0101"]
    assert "10.1.1.2" not in finding.mend


@pytest.mark.parametrize(
    ("host", "mend"),
    [
        ("gw.acme.example", ""),
        ("apj.acme.example", "api.acme.example"),
        ("api.acme.exampel", "api.acme.example"),
    ],
)
def test_a_name_is_near_by_what_stands_before_its_domain(
    lone: NodeFolder, host: str, mend: str
) -> None:
    lone.write(
        "one",
        '[server]\nhostname = "api.acme.example"\n'
        f'[[apim.gateway.environment]]\nhttps_endpoint = "https://{host}:8243"\n',
    )
    [finding] = [one for one in lone.findings() if one.code == "LAB0101"]
    assert finding.mend.startswith(f"write {mend}" if mend else "use one of ")


def test_a_member_with_a_name_of_its_own_has_no_other(lone: NodeFolder) -> None:
    lone.write("am-1", '[server]\nhostname = "am-1.acme.example"\n')
    lone.write(
        "am-2",
        '[server]\nhostname = "am-2.acme.example"\n'
        '[apim.throttling]\nevent_duplicate_url = ["tcp://am-1.wrong.example:5672"]\n',
    )
    [link] = lone.read().links
    assert link.to is None
