"""Every role as a pair behind HAProxy: one member less is degraded, and traffic goes on."""

import contextlib
import json
import os
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import ROOT, Lab, Program, objects_of

pytestmark = pytest.mark.engine

Ran = subprocess.CompletedProcess[str]
PAIRS = ("cp", "gw", "tm", "km")
OTHERS = tuple(f"{role}-2" for role in PAIRS)


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


def told_all(lab: Lab, verb: str, members: Sequence[str]) -> None:
    with ThreadPoolExecutor() as pool:
        ran = pool.map(lambda member: lab.program(verb, member, "--name", lab.name), members)
        assert [one.returncode for one in ran] == [0] * len(members)


@contextlib.contextmanager
def stopped(lab: Lab, *members: str) -> Iterator[None]:
    """Stop members for a while; the lab is healthy again before the next test."""
    try:
        told_all(lab, "stop", members)
        yield
    finally:
        told_all(lab, "start", members)
    lab.healthy_again()


def test_every_link_of_the_documents_blocks_is_there_and_healthy(pairs: Lab) -> None:
    told = pairs.status()
    assert told["verdict"] == "healthy", told["causes"]
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


# One of each pair alone, then all the others at once: every member goes down once.
@pytest.mark.parametrize("members", [*((f"{role}-1",) for role in PAIRS), OTHERS], ids=" ".join)
def test_a_member_less_is_degraded_and_traffic_goes_on(
    pairs: Lab, members: tuple[str, ...]
) -> None:
    with stopped(pairs, *members):
        told = pairs.status()
        published = addresses(pairs)
        for role in (member[:-2] for member in members):
            if role != "tm":  # nobody outside uses it
                address = published[f"LAB_{role.upper()}_LB_443"]
                assert [answers(address, pairs, f"{role}.wso2.com") for _ in range(6)] == [200] * 6
    assert told["verdict"] == "degraded"
    assert {(cause["code"], cause["where"]) for cause in told["causes"]} == {
        ("LAB0201", f"container lab-{pairs.name}-{member}") for member in members
    }
    assert len(told["causes"]) == len(members)
    healthy = {link["id"] for link in told["links"] if link["verdict"] == "healthy"}
    through = {
        link["id"]
        for link in told["links"]
        if link["to"] in {f"{member[:-2]}-lb" for member in members}
        and link["protocol"] != "revocation"
    }
    assert {id_ for id_ in through if id_.split("/")[0] not in members} <= healthy


def test_degraded_is_fine_for_those_who_say_so(pairs: Lab) -> None:
    with stopped(pairs, "tm-2"):
        strict = pairs.program("status", pairs.name)
        lenient = pairs.program("status", pairs.name, "--allow-degraded")
    assert (strict.returncode, lenient.returncode) == (3, 0)


def test_a_whole_pair_down_is_unhealthy(pairs: Lab) -> None:
    with stopped(pairs, "gw-1", "gw-2"):
        told = pairs.status()
    assert told["verdict"] == "unhealthy"
    assert {cause["where"].rpartition("-gw-")[2] for cause in told["causes"]} == {"1", "2"}


def test_a_balancer_down_is_unhealthy_and_named(pairs: Lab) -> None:
    with stopped(pairs, "km-lb"):
        told = pairs.status()
    assert told["verdict"] == "unhealthy"
    assert [cause["where"] for cause in told["causes"]] == [f"container lab-{pairs.name}-km-lb"]
    assert "exit code 137" not in told["cause"]["what"], "it had to be killed"


READY = (
    "topologies/ha-control-plane.toml",
    "topologies/ha-gateway.toml",
    "topologies/ha-key-manager.toml",
    "topologies/ha-traffic-manager.toml",
    "tests/topologies/good/pairs-with-offsets.toml",
)


@pytest.fixture(scope="module")
def tried(program: Program) -> Iterator[Mapping[str, Future[Ran]]]:
    """Bring each ready topology up and down, two at a time: a start waits more than it works."""

    def up_and_down(topology: str) -> Ran:
        own = f"ha-e2e-{os.getpid()}-{Path(topology).stem[-12:].strip('-')}"
        try:
            return program("up", str(ROOT / topology), "--name", own, "--format", "json")
        finally:
            program("down", own)
            assert objects_of(own) == []

    with ThreadPoolExecutor(2) as pool:
        yield {topology: pool.submit(up_and_down, topology) for topology in READY}


@pytest.mark.parametrize("topology", READY)
def test_each_ready_topology_comes_up_healthy(
    tried: Mapping[str, Future[Ran]], topology: str
) -> None:
    ran = tried[topology].result()
    assert ran.returncode == 0, ran.stdout + ran.stderr
