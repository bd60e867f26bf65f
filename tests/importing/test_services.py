"""Kubernetes sets name a node by its service, in short and with the namespace."""

import shutil
from pathlib import Path

import pytest

from lab.importing.write import Imported, import_folder
from lab.plan.make import make_plan
from lab.plan.model import Plan
from lab.products.releases import PRODUCTS
from lab.topology.read import read_topology

AM = Path(__file__).parent / "customers" / "classic" / "wso2am-2.1.0" / "repository" / "conf"
VALIDATOR = """
    <APIKeyValidator>
        <ServerURL>https://{validator}:9443/services/</ServerURL>
        <Username>admin</Username>
        <Password>admin</Password>
        <KeyValidatorClientType>WSClient</KeyValidatorClientType>
        <EnableThriftServer>false</EnableThriftServer>
    </APIKeyValidator>
    <ThrottlingConfigurations>
        <DataPublisher>
            <Enabled>true</Enabled>
            <Type>Binary</Type>
            <ReceiverUrlGroup>tcp://{receiver}:9611</ReceiverUrlGroup>
            <AuthUrlGroup>ssl://{receiver}:9711</AuthUrlGroup>
            <Username>admin</Username>
            <Password>admin</Password>
        </DataPublisher>
    </ThrottlingConfigurations>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "given"


def node(folder: Path, name: str, validator: str, receiver: str) -> None:
    """Write a node that calls itself as all others do, and asks two hosts."""
    shutil.copytree(AM, folder / name)
    for path in (folder / name).rglob("*.xml"):
        text = path.read_bytes().decode().replace("localhost:3306", "mysql.apim.svc:3306")
        path.write_bytes(text.encode())
    carbon = folder / name / "carbon.xml"
    text = carbon.read_text()
    before, _, rest = text.partition("<HostName>")
    carbon.write_text(f"{before}<HostName>wso2apim{rest[rest.index('</HostName>') :]}")
    asked = VALIDATOR.format(validator=validator, receiver=receiver)
    (folder / name / "api-manager.xml").write_text(f"<APIManager>{asked}</APIManager>")


def imported(folder: Path) -> tuple[Imported, Plan]:
    made = import_folder(folder, folder.parent / "acme.toml", PRODUCTS["apim"], "2.1.0", {})
    return made, make_plan(read_topology(made.topology))


def test_short_and_long_name_of_a_service_lead_to_one_node(folder: Path) -> None:
    node(folder, "apim-manager-worker", "wso2apim-manager-worker.apim.svc", "wso2apim-worker")
    node(folder, "apim-worker", "wso2apim-worker.apim.svc", "wso2apim-manager-worker")
    made, plan = imported(folder)
    assert "no other is left" not in " ".join(made.reasons)
    for name in ("manager-worker", "worker"):
        for host in (f"wso2apim-{name}", f"wso2apim-{name}.apim.svc"):
            assert plan.holder_of(host, 9443) == f"apim-{name}"
    assert made.unknown == ()


def test_a_host_is_the_node_s_that_shares_its_words_before_any_other_s(folder: Path) -> None:
    node(folder, "apim-gateway", "wso2apim-service", "wso2apim-pubstore-tm-1")
    node(folder, "apim-pubstore-tm-1", "wso2apim-gateway-service", "wso2apim-pubstore-tm-2")
    node(folder, "apim-pubstore-tm-2", "wso2apim-service", "wso2apim-pubstore-tm-1")
    made, plan = imported(folder)
    assert plan.holder_of("wso2apim-gateway-service", 9443) == "apim-gateway"
    assert plan.holder_of("wso2apim-pubstore-tm-2", 9611) == "apim-pubstore-tm-2"
    assert [one.hostname for one in plan.balancers] == ["wso2apim-service"]
    assert made.unknown == ()


def test_a_node_that_is_reached_gets_no_further_name_by_its_words(folder: Path) -> None:
    node(folder, "apim-gateway", "wso2apim-service", "apim-store")
    node(folder, "apim-store", "apim-gateway", "apim-gateway.template.example")
    _, plan = imported(folder)
    assert plan.holder_of("apim-gateway", 9443) == "apim-gateway"
    assert plan.holder_of("apim-gateway.template.example", 9611) != "apim-gateway"


def test_a_key_manager_may_have_several_services(folder: Path) -> None:
    node(folder, "apim-km", "wso2apim-service", "wso2apim")
    node(folder, "apim-store", "wso2apim-km.apim.svc", "wso2apim")
    node(folder, "apim-gateway", "wso2apim-key-manager.apim.svc", "wso2apim")
    _, plan = imported(folder)
    for host in ("wso2apim-km.apim.svc", "wso2apim-key-manager.apim.svc"):
        assert plan.holder_of(host, 9443) == "apim-km"


def test_services_of_two_namespaces_are_two(folder: Path) -> None:
    node(folder, "east", "wso2apim-km.a.svc", "wso2apim-east")
    node(folder, "west", "wso2apim-km.b.svc", "wso2apim-west")
    made, _ = imported(folder)
    assert not [text for text in made.reasons if "one service" in text]
