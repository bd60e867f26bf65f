"""The prober as it runs in a lab: it enters other containers' networks and sees what they see."""

import json
import re
import secrets
import subprocess

import pytest

from probes.target import Protocol, Target

pytestmark = pytest.mark.engine

NODE_USER = "--user=802:802"  # of the product's images
RIGHTS = (
    "--pid=host",
    "--cap-drop=ALL",
    "--cap-add=SYS_ADMIN",
    "--cap-add=SYS_PTRACE",
    "--security-opt=no-new-privileges",
    "--read-only",
    "--log-driver=none",
)
NO_RIGHTS = ("--cap-drop=ALL", "--security-opt=no-new-privileges", "--read-only")
IDLE = ("sleep", "1000")
LISTEN = """
import socket, time
with socket.create_server(("", 9443)):
    time.sleep(1000)
"""
LISTEN_WHEN_ASKED = """
import pathlib, socket, time
while not pathlib.Path("/tmp/listen").exists():
    time.sleep(0.01)
with socket.create_server(("", 9443)):
    time.sleep(1000)
"""
NAME_SERVER = """
import socket
from dnslib import A, DNSRecord, RCODE, RR
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("", 53))
    while True:
        data, client = sock.recvfrom(4096)
        question = DNSRecord.parse(data)
        answer, name = question.reply(), str(question.q.qname)
        if name == "own.wso2.com." and question.q.qtype == 1:
            answer.add_answer(RR(name, rdata=A("127.0.0.1")))
        elif name != "own.wso2.com.":
            answer.header.rcode = RCODE.NXDOMAIN
        sock.sendto(answer.pack(), client)
"""


@pytest.fixture(scope="module")
def prober(running, prober_image, network):
    with (
        network() as own,
        running(prober_image, options=(*RIGHTS, f"--network={own}")) as container,
    ):
        yield container


@pytest.fixture
def session(prober, converse):
    words = ("docker", "exec", "-i", prober.name, "python3", "-m", "probes.session")
    with converse(*words) as opened:
        yield opened


@pytest.fixture(scope="module")
def two_networks(network):
    with network() as one, network() as other:
        yield one, other


def tcp(host: str, port: int = 9443, **fields: object) -> Target:
    return Target(
        **{"id": f"to {host}", "protocol": Protocol.TCP, "timeout": 5} | fields,
        host=host,
        port=port,
    )


def stand(session, name: str, container) -> None:
    session.say(type="vantage", name=name, trust="", **container.vantage())


def outcomes(session, count: int) -> dict[str, str]:
    messages = [session.hear("result") for _ in range(count)]
    return {message["vantage"]: message["result"]["outcome"] for message in messages}


def test_a_name_of_one_network_is_known_from_there_and_nowhere_else(
    session, running, base_image, two_networks
):
    one, other = two_networks
    alias = f"--network-alias={secrets.token_hex(4)}.wso2.com"
    name = alias.partition("=")[2]
    with (
        running(base_image, "python3", "-c", LISTEN, options=(f"--network={one}", alias)),
        running(base_image, *IDLE, options=(f"--network={one}", NODE_USER)) as inside,
        running(base_image, *IDLE, options=(f"--network={other}", NODE_USER)) as outside,
    ):
        stand(session, "inside", inside)
        stand(session, "outside", outside)
        session.say(type="vantage", name="lab", pid=None, container="", trust="")
        for vantage in ("inside", "outside", "lab"):
            session.ask(tcp(name), vantage)
        seen = outcomes(session, 3)
    assert seen == {"inside": "ok", "outside": "name unknown", "lab": "name unknown"}


def test_an_extra_host_of_a_node_is_known_to_that_node_only(session, running, base_image):
    options = ("--network=none", NODE_USER)
    words = ("python3", "-c", LISTEN)
    extra = (*options, "--add-host=extra.wso2.com:127.0.0.1")
    with (
        running(base_image, *words, options=extra) as with_it,
        running(base_image, *words, options=options) as without_it,
    ):
        stand(session, "with", with_it)
        stand(session, "without", without_it)
        for vantage in ("with", "without"):
            session.ask(tcp("extra.wso2.com"), vantage)
        seen = outcomes(session, 2)
    assert seen["with"] == "ok"
    assert seen["without"] != "ok"


def test_a_node_with_its_own_name_server_asks_that_one(session, running, base_image, prober_image):
    served = ("--entrypoint=python3",)
    with running(prober_image, "-c", NAME_SERVER, options=served) as server:
        own = (NODE_USER, f"--dns={server.address}")
        with running(base_image, "python3", "-c", LISTEN, options=own) as node:
            stand(session, "node", node)
            session.ask(tcp("own.wso2.com"), "node")
            session.ask(tcp("other.wso2.com"), "node")
            results = [session.hear_result() for _ in range(2)]
    seen = {result["id"]: (result["outcome"], result["seen"]) for result in results}
    assert seen == {
        "to own.wso2.com": ("ok", "connected"),
        "to other.wso2.com": (
            "name unknown",
            f"other.wso2.com: NXDOMAIN, says {server.address}",
        ),
    }


def test_nothing_beyond_the_gateway_of_a_nodes_network_is_dialled(session, running, base_image):
    with running(base_image, "python3", "-c", LISTEN, options=(NODE_USER,)) as node:
        stand(session, "node", node)
        session.ask(tcp(node.address), "node")
        session.ask(tcp("203.0.113.7"), "node")  # nobody's: it is for documents
        results = [session.hear_result() for _ in range(2)]
    seen = {result["id"]: (result["outcome"], result["seen"]) for result in results}
    assert seen[f"to {node.address}"] == ("ok", "connected")
    assert seen["to 203.0.113.7"] == (
        "name unknown",
        "203.0.113.7 leads out of the lab, to 203.0.113.7, and is not dialled",
    )


def test_a_process_of_another_container_is_not_entered(session, running, base_image):
    options = ("--network=none",)
    with (
        running(base_image, *IDLE, options=options) as one,
        running(base_image, *IDLE, options=options) as other,
    ):
        session.say(type="vantage", name="gw", pid=one.pid, container=other.id, trust="")
        assert "is not in container" in session.hear("gone")["why"]
        session.ask(tcp("localhost"), "gw")
        assert session.hear_result()["outcome"] == "no vantage"


def test_a_process_of_the_host_is_not_entered(session):
    session.say(type="vantage", name="gw", pid=1, container="a" * 64, trust="")
    assert "is not in container" in session.hear("gone")["why"]


def test_a_port_that_opens_in_a_node_is_told_of_that_node(session, running, base_image):
    words = ("python3", "-c", LISTEN_WHEN_ASKED)
    with running(base_image, *words, options=("--network=none", NODE_USER)) as node:
        stand(session, "node", node)
        assert session.hear("listening") == {"type": "listening", "vantage": "node", "ports": []}
        subprocess.run(["docker", "exec", node.name, "touch", "/tmp/listen"], check=True)  # noqa: S108 - in the container
        assert session.hear("listening")["ports"] == [9443]


def test_a_node_that_ends_is_gone_and_its_attempts_are_answered(
    session, running, base_image, two_networks
):
    one, _ = two_networks
    options = (f"--network={one}",)
    with (
        running(base_image, "python3", "-c", LISTEN, options=options) as server,
        running(base_image, *IDLE, options=options) as node,
    ):
        stand(session, "node", node)
        session.hear("listening")
        session.ask(tcp(server.name, protocol=Protocol.TLS, timeout=60), "node")
        subprocess.run(["docker", "kill", node.name], check=True, capture_output=True)
        assert session.hear("gone")["vantage"] == "node"
        assert session.hear_result()["outcome"] == "no vantage"
        session.ask(tcp("localhost"), "node")
        assert session.hear_result()["outcome"] == "no vantage"


def test_a_node_that_starts_again_is_entered_again(session, running, base_image):
    with running(base_image, "python3", "-c", LISTEN, options=("--network=none",)) as node:
        stand(session, "node", node)
        subprocess.run(["docker", "restart", "-t0", node.name], check=True, capture_output=True)
        session.hear("gone")
        (seen,) = json.loads(subprocess.check_output(["docker", "inspect", node.name]))
        pid = seen["State"]["Pid"]
        session.say(type="vantage", name="node", pid=pid, container=node.id, trust="")
        while 9443 not in session.hear("listening")["ports"]:
            pass
        session.ask(tcp("localhost"), "node")
        assert session.hear_result()["outcome"] == "ok"


def test_several_controllers_have_their_own_sessions_and_leave_nothing(
    prober, converse, processes_in
):
    words = ("docker", "exec", "-i", prober.name, "python3", "-m", "probes.session")
    with converse(*words) as one, converse(*words) as other:
        for opened in (one, other):
            opened.stand_here("lab")
            opened.ask(tcp("localhost", 1), "lab")
        assert one.hear_result()["outcome"] == other.hear_result()["outcome"] == "refused"
        assert [line for line in processes_in(prober.name) if "probes.session" in line]
    assert [line for line in processes_in(prober.name) if "probes.session" in line] == []


def test_a_sidecar_without_rights_sees_what_its_node_sees(
    running, base_image, prober_image, converse, two_networks
):
    one, _ = two_networks
    options = (f"--network={one}", "--add-host=extra.wso2.com:127.0.0.1", NODE_USER)
    with running(base_image, "python3", "-c", LISTEN, options=options) as node:
        beside = (*NO_RIGHTS, f"--network=container:{node.name}")
        with running(prober_image, options=beside) as sidecar:
            words = ("docker", "exec", "-i", sidecar.name, "python3", "-m", "probes.session")
            with converse(*words) as session:
                session.stand_here("gw")
                assert 9443 in session.hear("listening")["ports"]
                session.ask(tcp("extra.wso2.com"), "gw")
                assert session.hear_result()["outcome"] == "ok"
                stand(session, "cp", sidecar)
                assert session.hear("gone")["why"]


@pytest.mark.parametrize("options", [RIGHTS, NO_RIGHTS])
def test_the_prober_ends_on_sigterm_at_once(running, prober_image, options):
    with running(prober_image, options=options) as container:
        subprocess.run(["docker", "stop", "-t60", container.name], check=True, capture_output=True)
        (seen,) = json.loads(subprocess.check_output(["docker", "inspect", container.name]))
    assert seen["State"]["ExitCode"] == 0


def test_the_prober_brings_its_modules_compiled(prober):
    script = "import probes.session, sys; print(sorted(m for m in sys.modules if 'probes' in m))"
    words = ("docker", "exec", prober.name, "python3", "-v", "-c", script)
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert "probes.session" in done.stdout
    assert not re.search(r"code object from '/opt/[^']*\.py'", done.stderr)
