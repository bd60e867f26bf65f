from dataclasses import fields, replace
from typing import Any

import pytest

from lab.errors import EngineError
from lab.launch.labels import LAB, MEMBER, PART, SWARM
from lab.launch.seen import Definition
from lab.launch.swarm.stack import (
    ENDED_WITH,
    IMAGE,
    STACK,
    machines_in,
    machines_label,
    node_of,
    service_spec,
    started,
    stopped,
    with_files,
)

NODE = Definition(
    name="lab-x-gw",
    image="apim-lab/stand-in:1",
    command=("worker",),
    labels={LAB: "x", MEMBER: "gw", PART: "node"},
    network="lab-x",
    aliases=("gw.wso2.com",),
    hostname="gw.wso2.com",
    environment={"STAND_IN_VERSION": "4.1.0"},
    memory="256m",
    keeps_entrypoint=True,
)
SERVER = replace(
    NODE,
    name="lab-x-db",
    command=("mysqld", "--no-defaults"),
    labels={LAB: "x", MEMBER: "db", PART: "server"},
    keeps_entrypoint=False,
    user="999:999",
)


def spec_of(wanted: Definition = NODE, node: str = "") -> dict[str, Any]:
    return service_spec(wanted, "sha256:1", "net", node, nodes=("stranger",), machines="n1=m1")


def container(spec: dict[str, Any]) -> dict[str, Any]:
    return spec["TaskTemplate"]["ContainerSpec"]


def test_a_service_begins_with_nothing_running_and_without_a_virtual_address() -> None:
    spec = spec_of()
    assert spec["Mode"] == {"Replicated": {"Replicas": 0}}
    assert spec["EndpointSpec"] == {"Mode": "dnsrr"}


def test_it_has_its_names_on_the_network_its_image_by_id_and_no_right() -> None:
    spec = spec_of()
    assert spec["TaskTemplate"]["Networks"] == [{"Target": "net", "Aliases": ["gw.wso2.com"]}]
    assert container(spec)["Image"] == "sha256:1"
    assert (container(spec)["CapabilityDrop"], container(spec)["CapabilityAdd"]) == (["ALL"], [])
    assert container(spec)["Hostname"] == "gw.wso2.com"
    assert container(spec)["Env"] == ["STAND_IN_VERSION=4.1.0"]


def test_its_labels_are_the_containers_too_and_make_it_part_of_a_stack() -> None:
    spec = spec_of()
    assert spec["Labels"] == container(spec)["Labels"]
    assert (spec["Labels"][STACK], spec["Labels"][IMAGE]) == ("lab-x", "apim-lab/stand-in:1")
    assert machines_in(spec["Labels"][SWARM]) == {"n1": "m1"}


CARRIED: dict[str, Any] = {
    "name": "lab-x-tm",
    "image": "apim-lab/node:2",
    "command": ("other",),
    "labels": {**NODE.labels, MEMBER: "tm"},
    "aliases": ("tm.wso2.com",),
    "hostname": "tm.wso2.com",
    "user": "802:802",
    "environment": {"PROFILE_NAME": "traffic-manager"},
    "memory": "1g",
    "capabilities": ("NET_ADMIN",),
    "read_only": True,
    "keeps_log": False,
    "keeps_entrypoint": False,
    "grace": 60,
    "again_after": 60,
    "name_servers": ("127.0.0.1",),
    "name_options": ("timeout:1",),
}
REFUSED: dict[str, Any] = {
    "network": "container:gw",
    "published": {9443: 9443},
    "host_pid": True,
    "tmpfs": {"/tmp": "size=1m"},  # noqa: S108  # in a container
}


@pytest.mark.parametrize("name", [field.name for field in fields(Definition)])
def test_a_service_carries_each_field_of_a_definition_or_refuses_it(name: str) -> None:
    if name in REFUSED:
        with pytest.raises(EngineError, match="a service of a swarm can't have"):
            spec_of(replace(NODE, **{name: REFUSED[name]}))
    else:
        assert spec_of(replace(NODE, **{name: CARRIED[name]})) != spec_of()


def test_a_jvm_may_end_cleanly_and_its_end_be_read_before_it_starts_again() -> None:
    slow = spec_of(replace(NODE, grace=60, again_after=45))
    assert container(slow)["StopGracePeriod"] == 60 * 10**9
    assert slow["TaskTemplate"]["RestartPolicy"]["Delay"] == 45 * 10**9


def test_it_reserves_what_it_may_take() -> None:
    resources = spec_of()["TaskTemplate"]["Resources"]
    assert resources["Limits"] == resources["Reservations"] == {"MemoryBytes": 256 << 20}


def test_the_entry_point_stays_or_the_command_stands_in_its_place() -> None:
    assert ("Command" in container(spec_of()), container(spec_of())["Args"]) == (False, ["worker"])
    server = container(spec_of(SERVER))
    assert (server["Command"], server["Args"]) == (["mysqld"], ["--no-defaults"])


def test_a_bound_member_has_its_node_and_any_other_keeps_off_unnamed_machines() -> None:
    assert spec_of(node="n1")["TaskTemplate"]["Placement"] == {"Constraints": ["node.id==n1"]}
    assert spec_of()["TaskTemplate"]["Placement"] == {"Constraints": ["node.id!=stranger"]}
    assert (node_of(spec_of(node="n1")), node_of(spec_of())) == ("n1", "")


def test_only_a_database_has_a_volume() -> None:
    assert container(spec_of())["Mounts"] == []
    (mount,) = container(spec_of(SERVER))["Mounts"]
    assert (mount["Source"], mount["Target"]) == ("lab-x-db-data", "/lab/data")
    assert mount["VolumeOptions"]["Labels"][LAB] == "x"


def at(path: str, name: str) -> dict[str, Any]:
    return {"File": {"Name": path}, "SecretName": name, "ConfigName": name}


def test_files_replace_those_of_before_at_their_places_and_change_nothing_else() -> None:
    before = with_files(spec_of(), [at("/a", "old"), at("/b", "kept")], [at("/c", "public")])
    spec = with_files(before, [at("/a", "new")], [])
    assert container(spec)["Secrets"] == [at("/b", "kept"), at("/a", "new")]
    assert container(spec)["Configs"] == [at("/c", "public")]
    assert container(spec)["Args"] == ["worker"]


def test_a_start_forgets_the_stop_and_replaces_what_ended() -> None:
    ended = stopped(spec_of(), 143)
    assert (ended["Labels"][ENDED_WITH], ended["Mode"]["Replicated"]["Replicas"]) == ("143", 0)
    again = started(ended, again=True)
    assert ENDED_WITH not in again["Labels"]
    assert again["Mode"]["Replicated"]["Replicas"] == 1
    assert again["TaskTemplate"]["ForceUpdate"] == 1
    assert started(ended, again=False)["TaskTemplate"]["ForceUpdate"] == 0


def test_machines_are_written_down_and_read_back() -> None:
    names = {"n2": "far", "n1": "near"}
    assert machines_in(machines_label(names)) == names
    assert machines_in("yes") == {}
