import os
import shutil
import signal
import subprocess
from pathlib import Path

from lab.plan.containers import (
    FRESH,
    KEEP,
    SERVER_DATA,
    SERVER_FILE_NAMES,
    completion_name,
    container_name,
    mysqld_arguments,
    mysqld_initialise_arguments,
    network_name,
    node_configuration,
    node_environment,
    node_path,
    prober_memory,
    server_path,
    serving,
)
from lab.plan.make import make_plan
from lab.plan.model import PlannedNode
from lab.topology.read import read_topology

TOPOLOGIES = Path(__file__).parents[2] / "topologies"


def test_every_object_of_a_lab_has_a_name_of_its_own():
    names = {container_name("x", m) for m in ("gw", "db", "prober")}
    names |= {network_name("x"), completion_name("x")}
    assert names == {"lab-x-gw", "lab-x-db", "lab-x-prober", "lab-x", "lab-x-complete"}


def test_a_prober_has_memory_for_each_place_that_it_dials_from():
    limits = {
        name: prober_memory(make_plan(read_topology(TOPOLOGIES / f"{name}.toml")))
        for name in ("km-tm-separated", "ha-all")
    }
    assert limits == {"km-tm-separated": "256m", "ha-all": "384m"}


def planned(topology: str, node: str) -> PlannedNode:
    return make_plan(read_topology(TOPOLOGIES / f"{topology}.toml")).node(node)


def test_a_node_s_files_lie_in_the_product_s_layout():
    node = planned("km-tm-separated", "gw")
    home = "/home/wso2carbon/wso2am/repository"
    assert node_configuration(node) == ("deployment.toml",)
    assert str(node_path(node, "deployment.toml")) == f"{home}/conf/deployment.toml"
    assert str(node_path(node, "wso2carbon.jks")) == f"{home}/resources/security/wso2carbon.jks"


def test_the_files_of_the_2x_line_lie_in_each_product_s_own_layout():
    conf = {
        name: [str(node_path(node, file)) for file in node_configuration(node)]
        for name in ("am", "km")
        if (node := planned("is-key-manager", name))
    }
    assert "/home/wso2carbon/wso2am/repository/conf/carbon.xml" in conf["am"]
    place = "/home/wso2carbon/wso2am/repository/conf/datasources/master-datasources.xml"
    assert place in conf["am"]
    assert not [path for path in conf["am"] if path.endswith("embedded-ldap.xml")]
    place = "/home/wso2carbon/wso2is-km/repository/conf/identity/embedded-ldap.xml"
    assert place in conf["km"]
    key = node_path(planned("is-key-manager", "km"), "wso2carbon.jks")
    assert str(key) == "/home/wso2carbon/wso2is-km/repository/resources/security/wso2carbon.jks"


def test_a_stand_in_of_the_2x_line_is_told_its_role_home_and_version():
    assert node_environment(planned("is-key-manager", "km")) == {
        "STAND_IN_VERSION": "5.3.0",
        "STAND_IN_ROLE": "key-manager",
        "WSO2_SERVER_HOME": "/home/wso2carbon/wso2is-km",
    }


def test_the_server_is_told_every_file_that_lies_there():
    arguments = " ".join(mysqld_arguments())
    assert all(str(server_path(name)) in arguments for name in SERVER_FILE_NAMES)


def test_no_defaults_comes_first_or_mysqld_refuses_it():
    assert mysqld_arguments()[0] == mysqld_initialise_arguments()[0] == "--no-defaults"


def test_the_data_directory_is_made_where_the_server_looks_for_it():
    assert f"--datadir={SERVER_DATA}" in mysqld_arguments()
    assert f"--datadir={SERVER_DATA}" in mysqld_initialise_arguments()


def served(tmp_path: Path, mysqld: str) -> subprocess.Popen[str]:
    """Run a server's command with a program in mysqld's place, on folders of the test."""
    (tmp_path / "mysqld").write_text(f"#!/bin/sh\n{mysqld}")
    (tmp_path / "mysqld").chmod(0o755)
    for name in ("data", "template"):
        (tmp_path / name).mkdir()
    (tmp_path / "template" / "row").write_text("fresh")
    (tmp_path / "data" / "row").write_text("used")
    argv = [word.replace("/lab/", f"{tmp_path}/") for word in serving(("--port=1",))]
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATA": str(tmp_path / "data")}
    return subprocess.Popen(argv, env=environ, stdout=subprocess.PIPE, text=True)


FAITHFUL = """
trap 'exit 0' TERM
echo "$1 $(cat $DATA/row)"
while :; do sleep 0.01; done
"""


def line_of(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline().strip()


def test_a_server_begins_anew_on_its_template_or_on_what_was_kept(tmp_path: Path) -> None:
    row = tmp_path / "data" / "row"
    with served(tmp_path, FAITHFUL) as server:
        assert line_of(server) == "--port=1 used"
        server.send_signal(signal.Signals[FRESH])
        assert line_of(server) == "--port=1 fresh"
        row.write_text("seeded")
        server.send_signal(signal.Signals[KEEP])
        assert line_of(server) == "--port=1 seeded"
        row.write_text("used again")
        (tmp_path / "data" / "more").touch()
        server.send_signal(signal.Signals[FRESH])
        assert line_of(server) == "--port=1 seeded"
        assert not (tmp_path / "data" / "more").exists()
        server.terminate()
        assert server.wait() == 0


def test_a_server_ends_as_mysqld_ends(tmp_path: Path) -> None:
    with served(tmp_path, "exit 7") as server:
        assert server.wait() == 7


def test_a_server_that_cannot_copy_its_template_ends(tmp_path: Path) -> None:
    with served(tmp_path, FAITHFUL) as server:
        line_of(server)
        shutil.rmtree(tmp_path / "template")
        server.send_signal(signal.Signals[FRESH])
        assert server.wait() == 1


def test_port_and_user_are_the_caller_s():
    arguments = mysqld_arguments(port=3307, user="root")
    assert "--port=3307" in arguments
    assert "--user=root" in arguments
