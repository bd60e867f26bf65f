"""The default topology, brought up on a real engine and proven."""

import re
import subprocess
import sys

import pytest

from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine

# What a script of a person's would do: the gateway's name on the host's port, the lab's authority.
ASK_THE_GATEWAY = """
import os, ssl
import httpx
trust = ssl.create_default_context(cafile=os.environ["LAB_CA"])
sni = {"sni_hostname": "gw.wso2.com"}
with httpx.Client(verify=trust) as client:
    print(client.get(f"https://{os.environ['LAB_GW_8243']}/", extensions=sni).text)
"""

# The second source document's table: who dials whom, by which protocol.
DOCUMENTED = {
    ("gw", "km", "https", 9443),
    ("gw", "cp", "https", 9443),
    ("gw", "cp", "amqp", 5672),
    ("gw", "cp", "binary", 9611),
    ("gw", "cp", "binary+tls", 9711),
    ("gw", "tm", "https", 9443),
    ("gw", "tm", "amqp", 5672),
    ("gw", "tm", "binary", 9611),
    ("gw", "tm", "binary+tls", 9711),
    ("cp", "km", "https", 9443),
    ("cp", "gw", "https", 9443),
    ("cp", "tm", "https", 9443),
    ("cp", "tm", "binary", 9611),
    ("cp", "tm", "binary+tls", 9711),
    ("cp", "cp", "https", 9443),
    ("cp", "cp", "amqp", 5672),
    ("cp", "cp", "binary", 9611),
    ("cp", "cp", "binary+tls", 9711),
    ("tm", "cp", "https", 9443),
    ("tm", "cp", "amqp", 5672),
    ("tm", "cp", "binary", 9611),
    ("tm", "cp", "binary+tls", 9711),
    ("km", "cp", "https", 9443),
    ("km", "cp", "amqp", 5672),
    ("km", "cp", "binary", 9611),
    ("km", "cp", "binary+tls", 9711),
    ("km", "cp", "revocation", 9443),
    ("cp", "db", "mysql", 3306),
    ("km", "db", "mysql", 3306),
}


@pytest.fixture(scope="module")
def told(lab: Lab) -> dict:
    return lab.status()


def test_the_cluster_is_healthy_with_every_link_of_the_document(told: dict) -> None:
    assert (told["verdict"], told["cause"], told["findings"]) == ("healthy", None, [])
    links = {(it["from"], it["to"], it["protocol"], it["port"]) for it in told["links"]}
    assert links >= DOCUMENTED
    assert {it["verdict"] for it in told["links"]} == {"healthy"}


def test_every_link_has_its_line_and_a_time_for_each_of_its_phases(told: dict) -> None:
    for link in told["links"]:
        file = "ports.json" if link["from"] == "host" else f"{link['from']}/deployment.toml"
        assert re.fullmatch(rf"{re.escape(file)}:\d+", link["source"])
        assert {"dns", "tcp"} <= set(link["phases"]), link["id"]
        assert all(spent >= 0 for spent in link["phases"].values())


def test_published_ports_are_proven_from_the_host(told: dict) -> None:
    links = {(it["to"], it["port"]) for it in told["links"] if it["from"] == "host"}
    gateway = {("gw", port) for port in (9443, 8280, 8243, 9099, 8099)}
    assert links == {*gateway, ("cp", 9443), ("km", 9443)}


def test_the_four_nodes_run_as_stand_ins(told: dict) -> None:
    nodes = {it["name"]: (it["role"], it["kind"], it["state"]) for it in told["nodes"]}
    assert nodes == {
        "cp": ("control-plane", "stand-in", "running"),
        "gw": ("gateway", "stand-in", "running"),
        "tm": ("traffic-manager", "stand-in", "running"),
        "km": ("key-manager", "stand-in", "running"),
    }


def test_both_databases_hold_the_tables_that_their_scripts_create(told: dict) -> None:
    databases = {it["name"]: it for it in told["databases"]}
    assert set(databases) == {"apim_db", "shared_db"}
    for database in databases.values():
        assert database["verdict"] == "complete"
        assert database["tables"] == database["expected_tables"] > 0


def test_a_second_up_says_that_it_runs_and_reports_it(lab: Lab) -> None:
    ran = lab.program("up", "--name", lab.name)
    assert ran.returncode == 0
    assert f"the lab {lab.name} runs already" in ran.stderr
    assert ran.stdout.startswith(f"lab {lab.name} is healthy")


def test_the_lab_is_listed_with_its_verdict(lab: Lab) -> None:
    rows = [line.split() for line in lab.program("list").stdout.splitlines()]
    assert [row[1] for row in rows if row[0] == lab.name] == ["healthy"]


def test_without_a_name_it_is_the_lab_of_this_folder(lab: Lab) -> None:
    assert lab.program("status").stdout.startswith(f"lab {lab.name} is healthy")


def test_an_unknown_lab_is_told_with_those_that_are_there(lab: Lab) -> None:
    ran = lab.program("status", "nobody")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("error: no lab `nobody`")
    assert lab.name in ran.stderr


def test_the_environment_leads_from_the_host_into_the_lab(lab: Lab) -> None:
    (lab.program.folder / "env").write_text(lab.program("env", lab.name).stdout)
    ran = subprocess.run(
        ["sh", "-c", '. ./env; exec "$0" -c "$1"', sys.executable, ASK_THE_GATEWAY],
        capture_output=True,
        text=True,
        check=False,
        cwd=lab.program.folder,
    )
    assert ran.stderr == ""
    assert "Welcome" in ran.stdout


def test_a_node_prints_its_log_as_a_stand_in(lab: Lab) -> None:
    ran = lab.program("logs", "gw", "--name", lab.name)
    assert ran.returncode == 0
    assert "stand-in" in ran.stdout


def test_a_command_runs_in_a_node_and_its_exit_code_comes_back(lab: Lab) -> None:
    ran = lab.program("exec", "gw", "--name", lab.name, "--", "sh", "-c", "hostname; exit 7")
    assert (ran.returncode, ran.stdout.strip()) == (7, "gw.wso2.com")


def test_an_unknown_node_is_told_with_those_of_the_lab(lab: Lab) -> None:
    ran = lab.program("stop", "gwx", "--name", lab.name)
    assert ran.returncode == 1
    assert "cp, gw, tm, km, db" in ran.stderr


def test_a_dump_holds_the_report_files_and_logs(lab: Lab) -> None:
    ran = lab.program("dump", lab.name, "-o", "dump.tar.gz")
    assert ran.returncode == 0
    listed = subprocess.run(
        ["tar", "tzf", "dump.tar.gz"],
        capture_output=True,
        text=True,
        check=True,
        cwd=lab.program.folder,
    ).stdout.split()
    inside = {name.split("/", 1)[1] for name in listed}
    assert {"report.json", "topology.toml", "nodes/gw/deployment.toml", "logs/gw.txt"} <= inside
    assert not any("key" in name and name.endswith(".pem") for name in inside)
