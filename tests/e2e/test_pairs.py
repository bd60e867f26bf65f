"""Every role as a pair behind HAProxy: one member less is degraded, and traffic goes on."""

import json
import os
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, Lab, Program, objects_of

pytestmark = pytest.mark.engine

PAIRS = {"cp": 9443, "gw": 8243, "tm": 9443, "km": 9443}


@pytest.fixture(scope="module")
def pairs(program: Program) -> Iterator[Lab]:
    """Bring all pairs up once; nothing of them stays."""
    own = f"ha-e2e-{os.getpid()}"
    topology = str(ROOT / "topologies/ha-all.toml")
    ran = program("up", topology, "--name", own, "--format", "json")
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        made = Lab(program, own)
        assert json.loads(ran.stdout)["verdict"] == "healthy"
        yield made
    finally:
        down = program("down", own)
    assert down.returncode == 0
    assert objects_of(own) == []
    assert not made.folder.exists()


def addresses(lab: Lab) -> dict[str, str]:
    ran = lab.program("env", lab.name, "--format", "json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def answers(address: str, lab: Lab, host: str) -> int:
    """Ask through a balancer's published port, with the certificate compared with its own name."""
    context = ssl.create_default_context(cafile=str(lab.folder / "ca" / "ca.pem"))
    url, own = f"https://{address}/services/Version", {"sni_hostname": host}
    with httpx.Client(verify=context, timeout=10) as client:
        return client.get(url, headers={"Host": host}, extensions=own).status_code


def settled(lab: Lab, verdict: str) -> dict:
    deadline = time.monotonic() + 30
    while (told := lab.status())["verdict"] != verdict and time.monotonic() < deadline:
        pass
    assert told["verdict"] == verdict, told["causes"]
    return told


def test_every_link_of_the_documents_blocks_is_there_and_healthy(pairs: Lab) -> None:
    told = settled(pairs, "healthy")
    keys = {link["key"] for link in told["links"]}
    assert {
        "apim.event_hub.event_listening_endpoints",
        "apim.event_hub.publish.url_group.urls",
        "apim.event_hub.publish.url_group.auth_urls",
        "apim.event_hub.service_url",
        "apim.key_manager.service_url",
        "apim.gateway.environment.service_url",
        "apim.gateway.environment.https_endpoint",
        "apim.throttling.event_duplicate_url",
        "apim.throttling.throttle_decision_endpoints",
        "apim.throttling.url_group.traffic_manager_urls",
        "apim.throttling.url_group.traffic_manager_auth_urls",
        "event_listener.properties.notification_endpoint",
    } <= keys
    assert {link["to"] for link in told["links"]} >= {f"{role}-lb" for role in PAIRS}
    for role in PAIRS:
        members = {link["to"] for link in told["links"] if link["from"] == f"{role}-lb"}
        assert members == {f"{role}-1", f"{role}-2"}
    assert {one["state"] for one in told["balancers"]} == {"running"}


@pytest.mark.parametrize("role", PAIRS)
@pytest.mark.parametrize("number", [1, 2])
def test_one_member_less_is_degraded_and_traffic_goes_on(
    pairs: Lab, role: str, number: int
) -> None:
    member, host = f"{role}-{number}", f"{role}.wso2.com"
    settled(pairs, "healthy")
    assert pairs.program("stop", member, "--name", pairs.name).returncode == 0
    try:
        told = pairs.status()
        if role != "tm":  # nobody outside uses it
            address = addresses(pairs)[f"LAB_{role.upper()}_LB_443"]
            assert [answers(address, pairs, host) for _ in range(6)] == [200] * 6
    finally:
        assert pairs.program("start", member, "--name", pairs.name).returncode == 0
    assert told["verdict"] == "degraded"
    assert [(cause["code"], cause["where"]) for cause in told["causes"]] == [
        ("LAB0201", f"container lab-{pairs.name}-{member}")
    ]
    healthy = {link["id"] for link in told["links"] if link["verdict"] == "healthy"}
    through = {
        link["id"]
        for link in told["links"]
        if link["to"] == f"{role}-lb" and link["protocol"] != "revocation"
    }
    assert {id_ for id_ in through if not id_.startswith(f"{member}/")} <= healthy
    settled(pairs, "healthy")


def test_degraded_is_fine_for_those_who_say_so(pairs: Lab) -> None:
    settled(pairs, "healthy")
    assert pairs.program("stop", "tm-2", "--name", pairs.name).returncode == 0
    try:
        strict = pairs.program("status", pairs.name)
        lenient = pairs.program("status", pairs.name, "--allow-degraded")
    finally:
        assert pairs.program("start", "tm-2", "--name", pairs.name).returncode == 0
    assert (strict.returncode, lenient.returncode) == (3, 0)
    settled(pairs, "healthy")


def test_a_whole_pair_down_is_unhealthy(pairs: Lab) -> None:
    settled(pairs, "healthy")
    for member in ("gw-1", "gw-2"):
        assert pairs.program("stop", member, "--name", pairs.name).returncode == 0
    try:
        told = pairs.status()
    finally:
        for member in ("gw-1", "gw-2"):
            assert pairs.program("start", member, "--name", pairs.name).returncode == 0
    assert told["verdict"] == "unhealthy"
    assert {cause["where"].rpartition("-gw-")[2] for cause in told["causes"]} == {"1", "2"}
    settled(pairs, "healthy")


def test_a_balancer_down_is_unhealthy_and_named(pairs: Lab) -> None:
    settled(pairs, "healthy")
    began = time.monotonic()
    assert pairs.program("stop", "km-lb", "--name", pairs.name).returncode == 0
    stopped_in = time.monotonic() - began
    try:
        told = pairs.status()
    finally:
        assert pairs.program("start", "km-lb", "--name", pairs.name).returncode == 0
    assert told["verdict"] == "unhealthy"
    assert [cause["where"] for cause in told["causes"]] == [f"container lab-{pairs.name}-km-lb"]
    assert "exit code 137" not in told["cause"]["what"], f"it had to be killed: {stopped_in:.1f} s"
    settled(pairs, "healthy")


@pytest.mark.parametrize(
    "topology",
    [
        "topologies/ha-control-plane.toml",
        "topologies/ha-gateway.toml",
        "topologies/ha-key-manager.toml",
        "topologies/ha-traffic-manager.toml",
        "tests/topologies/good/pairs-with-offsets.toml",
    ],
)
def test_each_ready_topology_comes_up_healthy(program: Program, topology: str) -> None:
    own = f"ha-e2e-{os.getpid()}-{Path(topology).stem[-12:].strip('-')}"
    try:
        ran = program("up", str(ROOT / topology), "--name", own, "--format", "json")
        assert ran.returncode == 0, ran.stdout + ran.stderr
    finally:
        program("down", own)
    assert objects_of(own) == []
