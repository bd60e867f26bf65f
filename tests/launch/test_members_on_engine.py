"""A lab's containers as they are made; each test uses a node of its own in one lab."""

import json
import socket

import pytest

from lab.launch.cluster import Cluster
from lab.launch.ownership import this_process
from lab.launch.ports import LOOPBACK, read_ports
from lab.plan.observed import NodeState, State
from tests.launch.conftest import docker

pytestmark = pytest.mark.engine


def test_a_created_lab_has_every_container_labelled_and_none_started(
    standing: Cluster,
) -> None:
    format_ = (
        '{{.Names}} {{.State}} {{.Label "apim-lab.member"}} {{.Label "apim-lab.purpose"}}'
        ' {{.Label "apim-lab.owner"}}'
    )
    listed = docker(
        *("ps", "--all", "--filter", f"label=apim-lab.lab={standing.plan.lab}"),
        *("--format", format_),
    )
    owner = this_process()
    assert sorted(listed.splitlines()) == sorted(
        f"lab-{standing.plan.lab}-{member} created {member} test {owner}"
        for member in ("cp", "gw", "tm", "km", "db", "prober")
    )
    assert {state.state for state in standing.states()} == {State.CREATED}


def test_containers_have_no_rights_and_no_mounts(standing: Cluster) -> None:
    for member in ("cp", "prober"):
        (seen,) = json.loads(docker("inspect", f"lab-{standing.plan.lab}-{member}"))
        host = seen["HostConfig"]
        assert host["CapDrop"] == ["ALL"]
        assert "no-new-privileges" in host["SecurityOpt"]
        assert host["RestartPolicy"]["Name"] in {"", "no"}
        assert not seen["Mounts"]
        assert not host["Privileged"]
    assert set(host["CapAdd"]) == {"SYS_ADMIN", "SYS_PTRACE"}
    assert host["PidMode"] == "host"
    assert host["ReadonlyRootfs"]
    assert host["LogConfig"]["Type"] == "none"
    assert not host["PortBindings"]


def test_ports_are_published_on_loopback_only_and_kept_in_the_folder(
    standing: Cluster,
) -> None:
    (seen,) = json.loads(docker("inspect", f"lab-{standing.plan.lab}-gw"))
    bindings = seen["HostConfig"]["PortBindings"].values()
    assert {binding["HostIp"] for (binding,) in bindings} == {LOOPBACK}
    kept = {
        (node, port): host
        for node, ports in read_ports(standing.folder).items()
        for port, host in ports.items()
    }
    assert standing.published() == kept


def test_files_belong_to_the_nodes_user_alone(standing: Cluster) -> None:
    standing.start_node("cp")
    home = "/home/wso2carbon/wso2am/repository"
    code, output = standing.run(
        "cp",
        (
            *("stat", "-c", "%u:%g %a %n", f"{home}/conf/deployment.toml"),
            f"{home}/resources/security/wso2carbon.jks",
        ),
    )
    assert code == 0
    assert output.splitlines() == [
        f"802:802 600 {home}/conf/deployment.toml",
        f"802:802 600 {home}/resources/security/wso2carbon.jks",
    ]


def test_a_hand_edited_file_counts_from_the_next_start(standing: Cluster) -> None:
    standing.start_node("tm")
    standing.stop_node("tm")
    path = standing.folder / "nodes" / "tm" / "deployment.toml"
    path.write_text(path.read_text() + "# edited by hand\n")
    standing.start_node("tm")
    place = "/home/wso2carbon/wso2am/repository/conf/deployment.toml"
    assert "# edited by hand" in standing.run("tm", ("cat", place))[1]


def test_a_host_port_taken_meanwhile_is_exchanged(standing: Cluster) -> None:
    taken = standing.published()["km", 9443]
    with socket.socket() as listener:
        listener.bind((LOOPBACK, taken))
        listener.listen()
        standing.start_node("km")
    assert standing.state("km") == NodeState("km", State.RUNNING)
    assert standing.published()["km", 9443] not in {taken, 0}
    assert read_ports(standing.folder)["km"][9443] == standing.published()["km", 9443]
