"""Faults that are put into a lab on purpose: the matrix shows exactly theirs, and then none."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from lab.diagnosis.verdict import JudgedLink, LinkVerdict, Verdict
from lab.launch.cluster import Cluster
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.plan.fault import Fault, FaultKind
from lab.report.report import Report
from lab.verbs.look import look
from lab.wiring.link import Link
from tests.e2e.conftest import PATIENCE, Lab

pytestmark = pytest.mark.engine

REFUSED = ("refused", "LAB0242")
LOST = ("timed out", "LAB0242")
RESOLVE = "import socket, sys; [socket.gethostbyname(name) for name in sys.argv[1:]]"


@dataclass(frozen=True)
class Expected:
    """A fault, the links that it must break, and how each of them must end."""

    fault: Fault
    hits: Callable[[Link], bool]
    outcome: str
    code: str


@pytest.fixture(scope="module")
def cluster(lab: Lab) -> Iterator[Cluster]:
    with Engine.connect() as engine:
        found = find_cluster(engine, lab.name)
        assert found is not None
        yield found


@pytest.fixture(autouse=True)
def _healed(cluster: Cluster) -> Iterator[None]:
    """Hold every test to a lab that is as it was, soon: a node that was started needs a second."""
    yield
    assert cluster.faults.active() == ()
    deadline = time.monotonic() + 20
    while (report := look(cluster)).diagnosis.verdict is not Verdict.HEALTHY:
        assert time.monotonic() < deadline, report.diagnosis.causes
    resolve(cluster, *(node.name for node in cluster.plan.nodes))


def resolve(cluster: Cluster, *nodes: str) -> None:
    """Look every other member's name up as the node's own programs do."""
    for node in nodes:
        names = [member.aliases[0] for member in cluster.plan.members]
        code, said = cluster.run(node, ("python3", "-c", RESOLVE, *names))
        assert code == 0, f"{node}: {said}"


def broken(report: Report) -> dict[str, JudgedLink]:
    links = report.diagnosis.links
    return {it.link.id: it for it in links if it.verdict is not LinkVerdict.HEALTHY}


def expect(cluster: Cluster, *expected: Expected, resolving: tuple[str, ...]) -> Report:
    """Make all these faults at once, and hold the matrix to the links of each and no other."""
    with ExitStack() as faults:
        for each in expected:
            faults.enter_context(cluster.faults.during(each.fault))
        report = look(cluster)
        assert [one.fault for one in report.faults] == [each.fault for each in expected]
        resolve(cluster, *resolving)
    links = {it.link.id: it.link for it in report.diagnosis.links}
    wanted = {
        link.id: (each.outcome, each.code)
        for each in expected
        for link in links.values()
        if each.hits(link)
    }
    assert wanted
    seen = {id_: (str(it.result.outcome), str(it.cause)) for id_, it in broken(report).items()}
    assert seen == wanted
    return report


def to(node: str, peer: str, *ports: int) -> Callable[[Link], bool]:
    return lambda link: (link.node, link.to) == (node, peer) and link.port in ports


def between(one: str, other: str) -> Callable[[Link], bool]:
    return lambda link: {link.node, link.to} == {one, other}


def test_refused_connections_and_a_strangers_certificate_and_small_delays(
    cluster: Cluster,
) -> None:
    delay = 200
    report = expect(
        cluster,
        Expected(Fault(FaultKind.REFUSE, "gw", "cp", 9611), to("gw", "cp", 9611), *REFUSED),
        Expected(Fault(FaultKind.REFUSE, "tm", "cp"), between("tm", "cp"), *REFUSED),
        Expected(
            Fault(FaultKind.CERTIFICATE, "km"),
            lambda link: link.to == "km",
            "certificate not valid",
            "LAB0250",
        ),
        Expected(Fault(FaultKind.SLOW, "km", "cp", 5672, delay), lambda _: False, "", ""),
        resolving=("gw", "tm", "km"),
    )
    spent = {
        it.link.node: sum(it.result.phases.values())
        for it in report.diagnosis.links
        if (it.link.to, it.link.port) == ("cp", 5672) and it.verdict is LinkVerdict.HEALTHY
    }
    assert spent["km"] > 3 * delay  # a login takes several answers


def test_lost_packets_and_answers_that_come_too_late(cluster: Cluster) -> None:
    expect(
        cluster,
        Expected(Fault(FaultKind.CUT, "gw", "cp", 5672), to("gw", "cp", 5672), *LOST),
        Expected(Fault(FaultKind.CUT, "gw", "tm"), between("gw", "tm"), *LOST),
        Expected(
            Fault(FaultKind.SLOW, "cp", "km", 9443, 60_000),
            to("cp", "km", 9443),
            *("silent", "LAB0263"),
        ),
        resolving=("gw", "cp"),
    )


def test_each_isolated_member_is_one_cause_with_all_that_waits_for_it(cluster: Cluster) -> None:
    with ExitStack() as faults:
        for member in ("gw", "db"):
            faults.enter_context(cluster.faults.during(Fault(FaultKind.ISOLATE, member)))
        report = look(cluster)
        resolve(cluster, "gw", "cp", "km")  # the engine's DNS is inside
    told = {cause.where.rpartition("-")[2]: cause for cause in report.diagnosis.causes}
    assert {(str(cause.code), where) for where, cause in told.items()} == {
        *(("LAB0242", "gw"), ("LAB0242", "db")),
    }
    links = [it.link for it in report.diagnosis.links]
    lost = {it.id for it in links if "gw" in (it.node, it.to) and it.node != it.to}
    assert set(told["gw"].explains) == lost
    assert {it.id for it in links if it.to == "db"} < set(told["db"].explains)
    # What waits for the database hangs; what needs none goes on.
    assert not any(it.link.to == "tm" for it in broken(report).values() if it.link.node != "gw")


def test_a_paused_and_a_killed_node_and_a_stopped_database(cluster: Cluster) -> None:
    with ExitStack() as faults:
        for kind, member in (
            *((FaultKind.PAUSE, "tm"), (FaultKind.KILL, "gw")),
            *((FaultKind.STOP, "db"),),
        ):
            faults.enter_context(cluster.faults.during(Fault(kind, member)))
        report = look(cluster)
        code, said = cluster.run("cp", ("python3", "-c", RESOLVE, "km.wso2.com"))
        assert (code, len(report.faults)) == (0, 3), said
    causes = {
        (str(cause.code), cause.where.rpartition("-")[2]) for cause in report.diagnosis.causes
    }
    assert causes == {("LAB0204", "tm"), ("LAB0201", "gw"), ("LAB0201", "db")}
    down = {
        it.link.id
        for it in report.diagnosis.links
        if {it.link.node, it.link.to} & {"tm", "gw", "db"}
    }
    assert down <= set(broken(report))


@pytest.mark.parametrize("member", ["db", "km"])
def test_a_member_that_refuses_every_login_is_to_blame_and_no_line(
    cluster: Cluster, member: str
) -> None:
    with cluster.faults.during(Fault(FaultKind.PASSWORD, member)):
        deadline = time.monotonic() + 10
        # It starts again with the other password: until it serves, more is wrong.
        while len(causes := look(cluster).diagnosis.causes) != 1 or causes[0].code != "LAB0221":
            assert time.monotonic() < deadline, causes
        resolve(cluster, "cp", "km")
    (cause,) = causes
    assert cause.what.startswith(f"{member} refuses the login of ")


def test_a_fault_lasts_as_long_as_the_command_whose_exit_code_comes_back(lab: Lab) -> None:
    inner = (sys.executable, "-m", "lab", "status", lab.name, "--format", "json")
    ran = lab.program("fault", "refuse", "gw", "tm:5672", "--name", lab.name, "--", *inner)
    told = json.loads(ran.stdout)
    assert ran.returncode == 3
    assert [fault["what"] for fault in told["faults"]] == [
        "connections from gw to tm:5672 are refused"
    ]
    assert "healed" in ran.stderr


def test_a_fault_of_a_killed_program_is_healed_by_the_next_one(lab: Lab) -> None:
    words = ("fault", "cut", "gw", "cp", "--name", lab.name, "--", "sleep", str(PATIENCE))
    running = lab.program.begin(*words)
    with contextlib.closing(running.stderr), contextlib.closing(running.stdout):
        next(line for line in running.stderr if line.startswith("fault "))
        children = subprocess.check_output(["pgrep", "-P", str(running.pid)], text=True).split()
        running.kill()
        running.wait()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    ran = lab.program("status", lab.name)
    assert "fault 1 (cut): packets between gw and cp vanish: healed" in ran.stderr
    assert ran.returncode == 0, ran.stdout


def test_a_killed_prober_ends_its_sessions_and_is_started_by_who_needs_it(
    lab: Lab, cluster: Cluster
) -> None:
    prober = f"lab-{lab.name}-prober"
    channel = cluster.open_session()
    assert json.loads(channel.receive()) == {"type": "ready"}
    subprocess.run(["docker", "kill", prober], check=True, capture_output=True)
    with pytest.raises(ConnectionError, match="its container has ended"):
        channel.receive()
    channel.close()
    ran = lab.program("status", lab.name)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_standing_fault_is_listed_until_it_is_healed(lab: Lab) -> None:
    named = ("--name", lab.name)
    assert lab.program("fault", "refuse", "gw", "cp:9711", *named).returncode == 0
    told = "fault 1 (refuse): connections from gw to cp:9711 are refused\n"
    assert lab.program("fault", "list", *named).stdout == told
    assert lab.program("fault", "heal", *named).returncode == 0
    assert lab.program("fault", "list", *named).stdout == ""
