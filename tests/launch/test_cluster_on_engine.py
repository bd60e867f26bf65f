import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.launch import labels
from lab.launch.channel import ExecChannel
from lab.launch.cluster import Cluster
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.launch.finding import find_cluster
from lab.launch.garbage import remove_leaked
from lab.launch.lease import NameHeldError
from lab.launch.listing import list_clusters
from lab.launch.ownership import Owner, this_process
from lab.launch.ports import LOOPBACK, read_ports
from lab.launch.removal import objects_of, remove_lab
from lab.plan.model import Plan
from lab.plan.observed import NodeState, State

pytestmark = pytest.mark.engine

NewCluster = Callable[..., Cluster]
NewPlan = Callable[..., Plan]
Rendered = Callable[[Plan], Path]


def docker(*words: str) -> str:
    """Ask the docker client, which shares no code with the lab."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def leftovers(lab: str) -> str:
    wanted = f"label=apim-lab.lab={lab}"
    return "\n".join(
        docker(kind, "ls", *every, "--quiet", "--filter", wanted)
        for kind, every in (("container", ["--all"]), ("network", []), ("volume", []))
    ).strip()


def test_a_created_lab_has_every_container_labelled_and_none_started(
    new_cluster: NewCluster,
) -> None:
    cluster = new_cluster()
    format_ = (
        '{{.Names}} {{.State}} {{.Label "apim-lab.member"}} {{.Label "apim-lab.purpose"}}'
        ' {{.Label "apim-lab.owner"}}'
    )
    listed = docker(
        *("ps", "--all", "--filter", f"label=apim-lab.lab={cluster.plan.lab}"),
        *("--format", format_),
    )
    owner = this_process()
    assert sorted(listed.splitlines()) == sorted(
        f"lab-{cluster.plan.lab}-{member} created {member} test {owner}"
        for member in ("cp", "gw", "tm", "km", "db", "prober")
    )
    assert {state.state for state in cluster.states()} == {State.CREATED}


def test_files_belong_to_the_nodes_user_alone(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.start_node("cp")
    home = "/home/wso2carbon/wso2am/repository"
    code, output = cluster.run(
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


def test_a_hand_edited_file_counts_from_the_next_start(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.start_node("km")
    cluster.stop_node("km")
    path = cluster.folder / "nodes" / "km" / "deployment.toml"
    path.write_text(path.read_text() + "# edited by hand\n")
    cluster.start_node("km")
    place = "/home/wso2carbon/wso2am/repository/conf/deployment.toml"
    assert "# edited by hand" in cluster.run("km", ("cat", place))[1]


def test_containers_have_no_rights_and_no_mounts(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    for member in ("cp", "prober"):
        (seen,) = json.loads(docker("inspect", f"lab-{cluster.plan.lab}-{member}"))
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
    new_cluster: NewCluster,
) -> None:
    cluster = new_cluster()
    (seen,) = json.loads(docker("inspect", f"lab-{cluster.plan.lab}-gw"))
    bindings = seen["HostConfig"]["PortBindings"].values()
    assert {binding["HostIp"] for (binding,) in bindings} == {LOOPBACK}
    kept = {
        (node, port): host
        for node, ports in read_ports(cluster.folder).items()
        for port, host in ports.items()
    }
    assert cluster.published() == kept


def test_a_host_port_taken_meanwhile_is_exchanged(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    taken = cluster.published()["km", 9443]
    with socket.socket() as listener:
        listener.bind((LOOPBACK, taken))
        listener.listen()
        cluster.start_node("km")
    assert cluster.state("km") == NodeState("km", State.RUNNING)
    assert cluster.published()["km", 9443] not in {taken, 0}
    assert read_ports(cluster.folder)["km"][9443] == cluster.published()["km", 9443]


def test_a_node_that_ends_is_told_with_its_exit_code_and_last_lines(
    new_cluster: NewCluster,
) -> None:
    cluster = new_cluster()
    path = cluster.folder / "nodes" / "km" / "deployment.toml"
    path.write_text("this is no TOML [")
    cluster.members.put_files("km")
    seen: list[NodeState] = []
    with cluster.events() as events:
        reader = threading.Thread(target=lambda: seen.extend(events), daemon=True)
        reader.start()
        cluster.start_node("km")
        deadline = time.monotonic() + 20
        while not any(state.is_down for state in seen) and time.monotonic() < deadline:
            time.sleep(0.02)
    reader.join(timeout=5)
    assert not reader.is_alive()
    assert seen[0] == NodeState("km", State.RUNNING) or seen[0].is_down
    ended = seen[-1]
    assert ended.state is State.EXITED
    assert ended.exit_code not in {0, None}
    assert ended.last_lines
    assert cluster.state("km") == ended


def test_logs_of_a_running_node_can_be_followed_until_it_stops(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.start_node("tm")
    lines: list[str] = []
    spoke = threading.Event()

    def follow() -> None:
        for line in cluster.logs("tm", follow=True):
            lines.append(line)
            spoke.set()

    follower = threading.Thread(target=follow)
    follower.start()
    # A node that is stopped before it has said a word ends without one.
    assert spoke.wait(20)
    assert "stand-in" in lines[0]
    assert follower.is_alive()
    cluster.stop_node("tm")
    follower.join(timeout=20)
    assert not follower.is_alive()
    assert list(cluster.logs("tm")) == lines


def test_a_missing_container_is_a_state_and_no_error(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    docker("rm", "--force", cluster.plan.node("tm").container)
    assert cluster.state("tm") == NodeState("tm", State.MISSING)
    assert NodeState("tm", State.MISSING) in cluster.states()


def test_a_lab_is_found_again_with_all_it_can_do(engine: Engine, new_cluster: NewCluster) -> None:
    made = new_cluster()
    assert not made.is_complete
    made.complete()
    found = find_cluster(engine, made.plan.lab)
    assert found is not None
    assert found.is_complete
    assert str(found.plan.nodes) == str(made.plan.nodes)
    found.start_node("cp")
    pid, container = found.process("cp")
    assert re.fullmatch("[0-9a-f]{64}", container)
    assert f"{container}" in Path(f"/proc/{pid}/cgroup").read_text() or pid > 0
    summary = next(each for each in list_clusters(engine) if each.name == made.plan.lab)
    assert (summary.nodes, summary.running, summary.is_complete) == (4, 1, True)


def test_no_lab_of_a_name_is_found_where_none_is(engine: Engine) -> None:
    assert find_cluster(engine, "launch-test-none") is None


def test_removing_leaves_nothing_twice_and_beside_another_lab(
    engine: Engine, new_cluster: NewCluster
) -> None:
    one, other = new_cluster(), new_cluster()
    one.start_node("cp")
    one.complete()
    assert leftovers(one.plan.lab)
    assert remove_lab(engine, one.plan.lab)
    assert leftovers(one.plan.lab) == ""
    assert not one.folder.exists()
    assert not remove_lab(engine, one.plan.lab)
    assert len(objects_of(engine, other.plan.lab).containers) == 6
    assert other.folder.exists()


def test_a_folder_that_is_no_longer_the_labs_is_left_alone(
    engine: Engine, new_cluster: NewCluster
) -> None:
    cluster = new_cluster()
    (cluster.folder / "options.json").write_text('{"name": "another"}')
    remove_lab(engine, cluster.plan.lab)
    assert cluster.folder.exists()


def test_a_second_lab_of_the_same_name_is_told_who_has_it(
    engine: Engine, new_cluster: NewCluster, tmp_path: Path
) -> None:
    first = new_cluster()
    with pytest.raises(NameHeldError, match=f"half made, by process {this_process().pid}"):
        create_cluster(engine, first.plan, first.folder, purpose="test", progress=print)
    first.complete()
    with pytest.raises(NameHeldError, match="exists, 0 of 4 nodes running"):
        create_cluster(engine, first.plan, first.folder, purpose="test", progress=print)
    assert len(objects_of(engine, first.plan.lab).containers) == 6


def test_of_several_that_make_the_same_lab_at_once_one_wins_and_the_others_leave_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    barrier = threading.Barrier(4)

    def make(_: int) -> Cluster | LabError:
        barrier.wait()
        try:
            return create_cluster(engine, plan, folder, purpose="test", progress=print)
        except LabError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(make, range(4)))
    assert sum(isinstance(each, Cluster) for each in outcomes) == 1
    assert sum(isinstance(each, NameHeldError) for each in outcomes) == 3
    objects = objects_of(engine, plan.lab)
    assert len(objects.containers) == 6
    assert len(objects.networks) == 1


def test_labs_made_in_the_same_second_never_share_a_subnet(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All start at the same subnet, so that all but one must take another.
    monkeypatch.setattr("lab.launch.subnets.zlib.crc32", lambda _: 1000)
    plans = [new_plan() for _ in range(6)]
    folders = [rendered(plan) for plan in plans]
    barrier = threading.Barrier(len(plans))

    def make(plan: Plan, folder: Path) -> Cluster:
        barrier.wait()
        return create_cluster(engine, plan, folder, purpose="test", progress=print)

    with ThreadPoolExecutor(len(plans)) as pool:
        list(pool.map(make, plans, folders))
    subnets = {
        subnet
        for plan in plans
        for network in objects_of(engine, plan.lab).networks
        for subnet in network.subnets
    }
    assert len(subnets) == len(plans)
    assert {subnet.prefixlen for subnet in subnets} == {27}


MAKE_AND_DIE = """
import os, sys
from pathlib import Path
from lab.launch.create_cluster import create_cluster
from lab.launch.engine import Engine
from lab.plan.make import read_plan
folder = Path(sys.argv[1])
create_cluster(Engine.connect(), read_plan(folder), folder, purpose=sys.argv[2], progress=print)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("purpose", ["test", "person"])
def test_what_a_killed_process_left_half_made_is_removed_and_the_lab_made(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, purpose: str
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE_AND_DIE, str(folder), purpose], check=False
    )
    assert killed.returncode == -9
    left = {container.id for container in objects_of(engine, plan.lab).containers}
    assert left
    create_cluster(engine, plan, folder, purpose="test", progress=print)
    made = {container.id for container in objects_of(engine, plan.lab).containers}
    assert len(made) == 6
    assert not made & left


def test_the_collection_takes_what_killed_processes_left_and_nothing_of_the_living(
    engine: Engine, new_plan: NewPlan, rendered: Rendered, new_cluster: NewCluster
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MAKE_AND_DIE, str(folder), "test"], check=False
    )
    living = new_cluster()
    # Only these: other labs on this engine are not this test's to remove.
    gone = remove_leaked(engine, (plan.lab, living.plan.lab)).labs
    assert plan.lab in gone
    assert living.plan.lab not in gone
    assert leftovers(plan.lab) == ""
    assert len(objects_of(engine, living.plan.lab).containers) == 6


def test_an_owner_in_another_pid_namespace_is_never_taken_for_dead(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    here = this_process()
    elsewhere = Owner(here.boot_id, here.pid_namespace + 1, 1, 1)
    engine.create_volume(
        f"launch-test-{plan.lab}",
        labels.Ownership(plan.lab, labels.Purpose.PERSON, elsewhere, Path("/nowhere")).labels(
            labels.Part.NETWORK
        ),
    )
    with pytest.raises(NameHeldError, match="half made"):
        create_cluster(engine, plan, rendered(plan), purpose="test", progress=print)
    assert plan.lab not in remove_leaked(engine, (plan.lab,)).labs


def test_a_failure_in_the_middle_leaves_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()
    folder = rendered(plan)
    docker(
        *("create", "--name", plan.node("tm").container, "--label", "launch-test=1"),
        *("--entrypoint", "true", docker("images", "--quiet", "apim-lab/base").split()[0]),
    )
    try:
        with pytest.raises(LabError):
            create_cluster(engine, plan, folder, purpose="test", progress=print)
        assert leftovers(plan.lab) == ""
    finally:
        docker("rm", "--force", plan.node("tm").container)


def test_an_interruption_in_the_middle_leaves_nothing(
    engine: Engine, new_plan: NewPlan, rendered: Rendered
) -> None:
    plan = new_plan()

    def interrupt(line: str) -> None:
        if line.startswith("creating"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        create_cluster(engine, plan, rendered(plan), purpose="test", progress=interrupt)
    assert leftovers(plan.lab) == ""


@pytest.mark.parametrize("prober", ["prober", "sidecars"])
def test_a_session_sees_each_nodes_own_ports(new_cluster: NewCluster, prober: str) -> None:
    cluster = new_cluster(prober=prober)
    cluster.start_prober()
    cluster.start_node("km")
    assert cluster.prober_kind == prober
    channel = cluster.open_session()
    try:
        assert json.loads(channel.receive()) == {"type": "ready"}
        pid, container = cluster.process("km")
        vantage = {"type": "vantage", "name": "km", "trust": ""}
        channel.send(json.dumps({**vantage, "pid": pid, "container": container}).encode() + b"\n")
        seen = _ports(channel)
    finally:
        channel.close()
    assert channel.receive() == b""
    _, listed = cluster.run("km", ("python3", "-c", LISTENING))
    assert set(json.loads(listed)) == seen


# The kernel's own table, read by the node itself.
LISTENING = """
import json
rows = [l.split() for f in ("tcp", "tcp6") for l in open("/proc/net/" + f).readlines()[1:]]
print(json.dumps([int(r[1].rpartition(":")[2], 16) for r in rows if r[3] == "0A"]))
"""


def _ports(channel: object) -> set[int]:
    while True:
        message = json.loads(channel.receive())
        if message["type"] == "listening" and 9443 in message["ports"]:
            time.sleep(0.1)
            return set(message["ports"])


def test_a_session_that_fails_says_why(new_cluster: NewCluster, engine: Engine) -> None:
    cluster = new_cluster()
    cluster.start_node("km")  # has Python and no probes
    channel = ExecChannel(engine, cluster.plan.node("km").container)
    with pytest.raises(ConnectionError, match=r"exit code 1: .*No module named"):
        channel.receive()
    channel.close()


def test_an_ended_session_leaves_no_process(
    new_cluster: NewCluster, processes_in: Callable[[str], list[str]]
) -> None:
    cluster = new_cluster()
    cluster.start_prober()
    channel = cluster.open_session()
    channel.receive()
    assert [line for line in processes_in(cluster.plan.prober) if "probes.session" in line]
    channel.close()
    deadline = time.monotonic() + 10
    while [line for line in processes_in(cluster.plan.prober) if "probes.session" in line]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
