"""Every optional block at once: two database servers, two gateways, every character that may be."""

import os
import subprocess
import tomllib
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ROOT, Lab, Program, objects_of

pytestmark = pytest.mark.engine

TOPOLOGY = ROOT / "topologies/all-blocks.toml"


@pytest.fixture(scope="module")
def blocks(program: Program) -> Iterator[Lab]:
    """Bring all blocks up once; nothing of them stays."""
    own = f"blocks-e2e-{os.getpid()}"
    ran = program("up", str(TOPOLOGY), "--name", own, "--format", "json")
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        made = Lab(program, own)
        yield made
    finally:
        down = program("down", own)
    assert down.returncode == 0
    assert objects_of(own) == []
    assert not made.folder.exists()


@pytest.fixture(scope="module")
def told(blocks: Lab) -> dict:
    return blocks.status()


def image_of(lab: Lab, member: str) -> str:
    return subprocess.run(
        ["docker", "inspect", "--format", "{{.Config.Image}}", f"lab-{lab.name}-{member}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_it_is_healthy_and_the_check_finds_nothing(told: dict) -> None:
    assert (told["verdict"], told["causes"], told["findings"]) == ("healthy", [], [])


def test_the_password_of_all_characters_is_proven_on_every_kind_of_port(told: dict) -> None:
    proven = {(it["to"], it["protocol"]) for it in told["links"] if "auth" in it["phases"]}
    assert proven >= {
        ("cp", "https"),
        ("cp", "amqp"),
        ("cp", "binary"),
        ("cp", "binary+tls"),
        ("cp", "revocation"),
        ("tm", "amqp"),
        ("tm", "binary"),
        ("tm", "binary+tls"),
        ("km", "https"),
        ("keys", "mysql"),
        ("users", "mysql"),
    }


def test_each_environment_leads_to_its_gateway_s_own_ports(told: dict) -> None:
    ports = {
        (it["to"], it["port"])
        for it in told["links"]
        if it["key"] == "apim.gateway.environment.https_endpoint"
    }
    assert ports == {("gw", 8243), ("gw-internal", 8245)}


def test_each_server_keeps_its_own_databases_on_its_own_template(blocks: Lab, told: dict) -> None:
    kept = {(it["server"], it["name"], it["verdict"]) for it in told["databases"]}
    assert kept == {("keys", "WSO2AM_DB", "complete"), ("users", "shared_db", "complete")}
    images = [image_of(blocks, server) for server in ("keys", "users")]
    assert all(image.startswith("apim-lab/mysql-data:") for image in images)
    assert images[0] != images[1]


def test_all_nodes_have_one_key_and_nothing_shows_it(blocks: Lab) -> None:
    files = blocks.folder.glob("nodes/*/deployment.toml")
    (key,) = {tomllib.loads(path.read_text())["encryption"]["key"] for path in files}
    shown = [blocks.program(verb, blocks.name).stdout for verb in ("status", "env")]
    shown += [blocks.program("logs", "cp", "--name", blocks.name).stdout]
    assert all(shown)
    assert key not in "".join(shown)


def test_one_stopped_server_is_the_one_cause_and_the_other_goes_on(blocks: Lab) -> None:
    assert blocks.program("stop", "users", "--name", blocks.name).returncode == 0
    try:
        told = blocks.settled()
        assert told["cause"]["where"] == f"container lab-{blocks.name}-users"
        states = {it["server"]: it["verdict"] for it in told["databases"]}
        assert states == {"keys": "complete", "users": "unreachable"}
        keys = [it for it in told["links"] if it["to"] == "keys"]
        assert {it["verdict"] for it in keys} == {"healthy"}
    finally:
        started = blocks.program("start", "users", "--name", blocks.name)
    assert started.returncode == 0, started.stderr
