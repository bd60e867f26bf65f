"""What rows of the engine's API, as the engine gives them, are read as."""

from datetime import datetime, timedelta, timezone
from ipaddress import IPv4Network

import pytest

from lab.launch.engine.rows import (
    engine_facts,
    inspected_container,
    listed_container,
    seen_event,
    seen_image,
    seen_network,
)
from lab.launch.seen import Membership, SeenContainer, SeenEvent, SeenImage

INFO = {
    "ServerVersion": "20.10.24",
    "Driver": "overlay2",
    "Architecture": "x86_64",
    "MemTotal": 8 << 30,
    "NCPU": 2,
    "DockerRootDir": "/var/lib/docker",
    "SecurityOptions": ["name=seccomp,profile=default"],
}


def test_an_engine_outside_any_swarm_that_tells_no_clock_is_of_this_time() -> None:
    facts = engine_facts(INFO, is_here=True)
    assert (facts.cores, facts.memory, facts.root) == (2, 8 << 30, "/var/lib/docker")
    assert facts.security == ("name=seccomp,profile=default",)
    assert facts.is_here
    assert facts.ahead == 0
    assert facts.swarm == Membership("inactive", "", "", is_manager=False)


def test_a_clock_that_is_ahead_is_told_in_seconds() -> None:
    ahead = datetime.now(timezone(timedelta(hours=2))) + timedelta(seconds=90)
    facts = engine_facts({**INFO, "SystemTime": ahead.isoformat()}, is_here=False)
    assert facts.ahead == pytest.approx(90, abs=1)


def test_a_manager_of_a_swarm_is_known_as_one() -> None:
    swarm = {
        "LocalNodeState": "active",
        "NodeID": "n1",
        "NodeAddr": "10.0.0.5",
        "ControlAvailable": True,
    }
    facts = engine_facts({**INFO, "Swarm": swarm}, is_here=False)
    assert facts.swarm == Membership("active", "n1", "10.0.0.5", is_manager=True)


def test_a_network_is_read_with_its_ipv4_subnets_alone() -> None:
    pools = [{"Subnet": "10.1.2.0/27", "Gateway": "10.1.2.1"}, {"Subnet": "fd00::/64"}, {}]
    row = {"Id": "a1", "Name": "net", "Created": "now", "Labels": None, "IPAM": {"Config": pools}}
    seen = seen_network(row)
    assert seen.subnets == (IPv4Network("10.1.2.0/27"),)
    assert seen.labels == {}
    assert seen_network({**row, "IPAM": {"Config": None}}).subnets == ()


def test_a_listed_container_that_loses_its_name_is_read_all_the_same() -> None:
    row = {"Id": "c1", "Names": ["/lab-x-cp"], "Labels": None, "State": "created", "Image": "i"}
    assert listed_container(row) == SeenContainer("c1", "lab-x-cp", {}, "created", "i")
    assert listed_container({**row, "Names": None}).name == ""
    networks = {"Networks": {"lab-x": {"Aliases": None}}}
    assert listed_container({**row, "NetworkSettings": networks}).networks == {"lab-x": ()}


def test_an_inspected_container_tells_its_ports_addresses_and_end() -> None:
    seen = inspected_container(
        {
            "Id": "c1",
            "Name": "/lab-x-cp",
            "Config": {"Labels": {"a": "b"}, "Image": "i"},
            "State": {
                "Status": "exited",
                "Pid": 0,
                "StartedAt": "2026-01-01T00:00:00Z",
                "ExitCode": 137,
                "OOMKilled": True,
            },
            "HostConfig": {
                "PortBindings": {"9443/tcp": [{"HostIp": "", "HostPort": "40001"}], "1/tcp": []}
            },
            "NetworkSettings": {
                "Networks": {"n": {"IPAddress": "10.1.2.3", "Aliases": ["a"]}, "m": {}}
            },
        }
    )
    assert (seen.name, seen.status, seen.exit_code, seen.oom_killed) == (
        "lab-x-cp",
        "exited",
        137,
        True,
    )
    assert seen.published == {9443: 40001}
    assert seen.addresses == ("10.1.2.3",)
    assert seen.networks == {"n": ("a",), "m": ()}
    assert seen.error == ""


def test_an_images_labels_are_found_in_a_listing_and_in_an_inspection() -> None:
    listed = seen_image({"Id": "i", "RepoTags": None, "Labels": {"a": "b"}, "Size": 7})
    inspected = seen_image({"Id": "i", "RepoTags": [], "Config": {"Labels": {"a": "b"}}, "Size": 7})
    assert listed == inspected == SeenImage("i", (), {"a": "b"}, 7)


def test_an_event_names_what_it_happened_to() -> None:
    row = {"Action": "die", "Actor": {"ID": "c1", "Attributes": {"exitCode": "0"}}}
    assert seen_event(row) == SeenEvent("die", "c1", {"exitCode": "0"})
