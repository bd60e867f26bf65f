"""The document's high-availability form of each connection, and the certificates of pairs."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from lab.plan.make import make_plan
from lab.render.deployment import deployment_values
from lab.render.pairs import lab_pairs
from lab.render.write import render
from lab.topology.read import parse_topology, read_topology

CHECKOUT = Path(__file__).parents[2]
TEXT = (CHECKOUT / "topologies/ha-all.toml").read_text(encoding="utf-8")
SHIFTED = CHECKOUT / "tests/topologies/good/pairs-with-offsets.toml"


def values(node: str, text: str = TEXT) -> dict:
    plan = make_plan(parse_topology(text))
    return deployment_values(plan, plan.node(node))


def groups(role: str, names: tuple[str, str]) -> list[dict]:
    return [
        {
            names[0]: [f"tcp://{role}-{number}.wso2.com:9611"],
            names[1]: [f"ssl://{role}-{number}.wso2.com:9711"],
        }
        for number in (1, 2)
    ]


HUB_GROUPS = groups("cp", ("urls", "auth_urls"))
THROTTLING_GROUPS = groups("tm", ("traffic_manager_urls", "traffic_manager_auth_urls"))
HUBS = ["tcp://cp-1.wso2.com:5672", "tcp://cp-2.wso2.com:5672"]
NOTIFY = "https://cp.wso2.com/internal/data/v1/notify"


@pytest.mark.parametrize("node", ["gw-1", "gw-2", "tm-1", "km-2"])
def test_followers_name_the_hub_s_balancer_and_every_hub(node: str) -> None:
    hub = values(node)["apim"]["event_hub"]
    assert hub["service_url"] == "https://cp.wso2.com/services/"
    assert hub["event_listening_endpoints"] == HUBS
    assert hub["publish"]["url_group"] == HUB_GROUPS


@pytest.mark.parametrize(("node", "other"), [("cp-1", "cp-2"), ("cp-2", "cp-1")])
def test_a_control_plane_listens_to_itself_and_publishes_to_both(node: str, other: str) -> None:
    apim = values(node)["apim"]
    assert apim["event_hub"]["service_url"] == (
        "https://localhost:${mgt.transport.https.port}/services/"
    )
    assert apim["event_hub"]["event_listening_endpoints"] == ["tcp://localhost:5672"]
    assert apim["event_hub"]["publish"]["url_group"] == HUB_GROUPS
    assert apim["throttling"]["event_duplicate_url"] == [f"tcp://{other}.wso2.com:5672"]
    assert apim["throttling"]["service_url"] == "https://tm.wso2.com/services/"
    assert apim["throttling"]["url_group"] == THROTTLING_GROUPS
    assert apim["key_manager"]["service_url"] == "https://km.wso2.com/services/"


@pytest.mark.parametrize("version", ["4.0.0", "4.2.0", "4.3.0", "4.6.0"])
def test_the_copies_of_a_control_plane_stand_where_the_version_reads_them(version: str) -> None:
    apim = values("cp-1", TEXT.replace("4.1.0", version))["apim"]
    has = {table for table in apim if "event_duplicate_url" in apim[table]}
    assert has == ({"throttling"} if version < "4.3" else {"event_hub"})


@pytest.mark.parametrize(("node", "other"), [("tm-1", "tm-2"), ("tm-2", "tm-1")])
def test_a_traffic_manager_publishes_to_itself_and_copies_to_the_other(
    node: str, other: str
) -> None:
    throttling = values(node)["apim"]["throttling"]
    assert throttling == {
        "service_url": "https://tm.wso2.com/services/",
        "throttle_decision_endpoints": ["tcp://localhost:5672"],
        "event_duplicate_url": [f"tcp://{other}.wso2.com:5672"],
        "url_group": THROTTLING_GROUPS,
    }


def test_a_gateway_hears_every_traffic_manager() -> None:
    throttling = values("gw-1")["apim"]["throttling"]
    assert throttling["throttle_decision_endpoints"] == [
        "tcp://tm-1.wso2.com:5672",
        "tcp://tm-2.wso2.com:5672",
    ]
    assert throttling["url_group"] == THROTTLING_GROUPS
    assert "event_duplicate_url" not in throttling


def test_the_gateways_bear_the_cluster_s_name_and_the_proxy_s_ports() -> None:
    for node in ("gw-1", "gw-2"):
        written = values(node)
        assert written["server"]["hostname"] == "gw.wso2.com"
        assert written["transport"] == {
            "http": {"properties": {"port": 9763, "proxyPort": 80}},
            "https": {"properties": {"port": 9443, "proxyPort": 443}},
        }
    assert values("cp-1")["server"]["hostname"] == "cp-1.wso2.com"


def test_the_environment_names_the_gateways_balancer() -> None:
    (environment,) = values("cp-2")["apim"]["gateway"]["environment"]
    assert {key: value for key, value in environment.items() if "wso2.com" in str(value)} == {
        "service_url": "https://gw.wso2.com/services/",
        "ws_endpoint": "ws://gw.wso2.com:9099",
        "wss_endpoint": "wss://gw.wso2.com:8099",
        "http_endpoint": "http://gw.wso2.com",
        "https_endpoint": "https://gw.wso2.com",
    }


@pytest.mark.parametrize("node", ["cp-1", "gw-2", "km-1", "km-2"])
def test_revocations_go_through_the_balancer(node: str) -> None:
    (listener,) = values(node)["event_listener"]
    assert listener["properties"]["notification_endpoint"] == NOTIFY


def test_a_role_of_one_node_without_a_balancer_keeps_the_plain_form() -> None:
    text = (CHECKOUT / "topologies/ha-gateway.toml").read_text(encoding="utf-8")
    cp = values("cp", text)
    assert cp["apim"]["event_hub"]["event_listening_endpoints"] == ["tcp://cp.wso2.com:5672"]
    assert "transport" not in cp
    assert "throttling" not in values("tm", text)["apim"]
    assert "event_duplicate_url" not in cp["apim"]["throttling"]


def keystore(folder: Path, node: str) -> x509.Certificate:
    content = (folder / "nodes" / node / "wso2carbon.jks").read_bytes()
    return pkcs12.load_pkcs12(content, b"wso2carbon").cert.certificate


def names(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(found.get_values_for_type(x509.DNSName))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pairs") / "lab"
    render(make_plan(read_topology(SHIFTED)), made)
    return made


def test_members_share_a_certificate_that_carries_the_balancer_s_names(folder: Path) -> None:
    first, second = (keystore(folder, node) for node in ("km-1", "km-2"))
    assert first == second
    assert names(first) == {"km-1.wso2.com", "km-2.wso2.com", "km.wso2.com", "localhost"}


def test_only_a_balancer_that_opens_the_tls_has_a_key(folder: Path) -> None:
    certificate = x509.load_pem_x509_certificate(
        (folder / "balancers/gw-lb/balancer.pem").read_bytes()
    )
    assert names(certificate) == {"gw.wso2.com", "gw-lb.wso2.com", "localhost"}
    assert sorted(path.name for path in (folder / "balancers/tm-lb").iterdir()) == [
        "ca.pem",
        "haproxy.cfg",
    ]


def test_a_second_render_keeps_every_key_and_drops_a_balancer_that_is_gone(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    render(make_plan(read_topology(SHIFTED)), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    render(make_plan(read_topology(CHECKOUT / "topologies/ha-gateway.toml")), folder)
    assert [path.name for path in (folder / "balancers").iterdir()] == ["gw-lb"]


def test_members_behind_several_balancers_share_a_certificate_with_all_their_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "gw.toml").write_text('[server]\nhostname = "gw.acme.example"\n')
    text = '[lab]\nversion = "4.4.0"\n'
    for number in (1, 2):
        text += f'[nodes.gw-{number}]\nrole = "gateway"\nhostname = "gw-{number}.acme.example"\n'
        text += 'file = "gw.toml"\n'
        text += f'[balancers.lb-{number}]\nrole = "gateway"\nhostname = "api-{number}.example"\n'
    (tmp_path / "acme.toml").write_text(text)
    plan = make_plan(read_topology(tmp_path / "acme.toml"))
    pairs = lab_pairs(plan, {}, tmp_path / "nowhere").members
    assert pairs["gw-1"] == pairs["gw-2"]
    names = pairs["gw-1"].certificate.extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {"api-1.example", "api-2.example", "gw-2.acme.example"} <= set(
        names.value.get_values_for_type(x509.DNSName)
    )
