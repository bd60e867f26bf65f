"""The session as its controller sees it: a process with lines on stdin and stdout."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from probes.target import Protocol, Target

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 20  # seconds, for a machine that is busy


@pytest.fixture
def prober(tmp_path, converse):
    words = (sys.executable, "-m", "probes.session")
    with (
        (tmp_path / "stderr").open("wb") as log,
        converse(*words, stderr=log, cwd=CHECKOUT) as session,
    ):
        yield session


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def tcp(port: int, **fields: object) -> Target:
    return Target(
        **{"id": f"to {port}", "protocol": Protocol.TCP, "host": "localhost"} | fields, port=port
    )


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, f"{pids} are still there"
        time.sleep(0.01)


def wait_until_it_stands(prober, name: str = "here") -> None:
    """Have an attempt made: its answer comes from the process of the vantage."""
    prober.ask(tcp(1, id=f"{name} stands"), vantage=name)
    assert prober.hear_result()["id"] == f"{name} stands"


def test_a_target_is_tried_from_the_vantage_that_was_named(prober, listener):
    port = listener.getsockname()[1]
    prober.stand_here()
    prober.ask(tcp(port))
    message = prober.hear("result")
    assert message["vantage"] == "here"
    assert (message["result"]["id"], message["result"]["outcome"]) == (f"to {port}", "ok")
    assert list(message["result"]["phases"]) == ["dns", "tcp"]


def test_attempts_run_at_the_same_time(prober, listener):
    port = listener.getsockname()[1]
    prober.stand_here()
    slow = tcp(port, id="slow", protocol=Protocol.TLS, timeout=PATIENCE)
    prober.ask(slow)
    prober.ask(tcp(port, id="quick"))
    assert prober.hear_result()["id"] == "quick"


def test_the_ports_that_listen_are_told_at_once_and_at_every_change(prober):
    prober.stand_here()
    first = prober.hear("listening")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        while port not in (message := prober.hear("listening"))["ports"]:
            pass  # another process of this machine opened one
        assert message["vantage"] == "here"
    while port in prober.hear("listening")["ports"]:
        pass
    assert port not in first["ports"]


def test_a_vantage_that_was_never_named_can_dial_nowhere(prober):
    prober.ask(tcp(1), vantage="nowhere")
    result = prober.hear_result()
    assert (result["outcome"], result["seen"]) == ("no vantage", "no vantage nowhere was named")


def test_a_process_of_another_container_is_refused(prober):
    pid = os.getpid()
    prober.say(type="vantage", name="gw", pid=pid, container="a" * 64, trust="")
    gone = prober.hear("gone")
    assert gone == {
        "type": "gone",
        "vantage": "gw",
        "why": f"process {pid} is not in container aaaaaaaaaaaa",
    }
    prober.ask(tcp(1), vantage="gw")
    assert prober.hear_result()["outcome"] == "no vantage"
    assert children(prober.process.pid) == []


@pytest.mark.parametrize("container", ["", "0", "a" * 63, "docker"])
def test_an_id_that_would_fit_any_process_is_refused(prober, container):
    prober.say(type="vantage", name="gw", pid=os.getpid(), container=container, trust="")
    assert "is no container's id" in prober.hear("gone")["why"]


def test_a_process_that_is_not_there_is_gone(prober):
    ended = subprocess.Popen(["true"])
    ended.wait()
    prober.say(type="vantage", name="gw", pid=ended.pid, container="a" * 64, trust="")
    assert prober.hear("gone")["why"] == f"there is no process {ended.pid}"


def test_a_vantage_named_again_replaces_the_old_one_and_answers_for_it(prober, listener):
    port = listener.getsockname()[1]
    prober.stand_here()
    prober.ask(tcp(port, id="before", protocol=Protocol.TLS, timeout=PATIENCE))
    prober.hear("listening")
    (old,) = children(prober.process.pid)
    prober.stand_here()
    result = prober.hear_result()
    assert (result["id"], result["outcome"]) == ("before", "no vantage")
    prober.ask(tcp(port, id="after"))
    assert prober.hear_result()["id"] == "after"
    wait_until_gone([old])


@pytest.mark.parametrize(
    "line",
    [
        b"no json\n",
        b"[]\n",
        b'{"type": "dance"}\n',
        b'{"type": "vantage", "name": "x"}\n',
        b'{"type": "probe", "vantage": "here", "target": {"id": "x", "password": "a-secret"}}\n',
        b'{"type": "probe", "vantage": "here", "target": []}\n',
        b'{"type": "probe", "vantage": "here"}\n',
    ],
)
def test_a_message_that_is_none_is_an_error_and_the_session_goes_on(prober, listener, line):
    prober.stand_here()
    prober.send(line)
    assert "no " in prober.hear("error")["what"]
    prober.ask(tcp(listener.getsockname()[1]))
    assert prober.hear_result()["outcome"] == "ok"


def test_a_bug_of_one_probe_is_its_result_and_spares_the_others(prober, listener):
    prober.stand_here()
    prober.ask(tcp(1, timeout="soon", id="odd"))  # as a bug would have it: no number
    prober.ask(tcp(listener.getsockname()[1], id="good"))
    results = {one["id"]: one for one in (prober.hear_result(), prober.hear_result())}
    assert results["good"]["outcome"] == "ok"
    assert results["odd"]["outcome"] == "not tried"
    assert results["odd"]["seen"].startswith("a bug in the probes: TypeError in ")


def test_a_message_may_come_in_pieces_and_several_in_one(prober, listener):
    prober.stand_here()
    port = listener.getsockname()[1]
    lines = b"".join(
        json.dumps(
            {"type": "probe", "vantage": "here", "target": tcp(port, id=name).to_json()}
        ).encode()
        + b"\n"
        for name in ("one", "two")
    )
    prober.send(lines[:100])
    time.sleep(0.05)
    prober.send(lines[100:])
    assert {prober.hear_result()["id"], prober.hear_result()["id"]} == {"one", "two"}


def test_a_truststore_larger_than_a_line_gets_through(prober, authority):
    prober.stand_here(trust=authority.pem * 20)
    prober.ask(tcp(1))
    assert prober.hear_result()["outcome"] == "refused"


def test_a_truststore_that_is_none_leaves_no_vantage(prober):
    prober.stand_here(trust="no PEM at all")
    assert prober.hear("gone")["vantage"] == "here"
    prober.ask(tcp(1))
    assert prober.hear_result()["outcome"] == "no vantage"


def test_the_session_and_its_vantages_end_with_its_stdin(prober, listener):
    prober.stand_here("one")
    prober.stand_here("two")
    prober.ask(
        tcp(listener.getsockname()[1], protocol=Protocol.TLS, timeout=PATIENCE), vantage="one"
    )
    wait_until_it_stands(prober, "one")
    wait_until_it_stands(prober, "two")
    vantages = children(prober.process.pid)
    assert len(vantages) == 2
    prober.process.stdin.close()
    assert prober.process.wait(PATIENCE) == 0
    wait_until_gone(vantages)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_vantages_die_with_the_session(prober, number):
    prober.stand_here()
    wait_until_it_stands(prober)
    vantages = children(prober.process.pid)
    prober.process.send_signal(number)
    assert prober.process.wait(PATIENCE) == -number
    wait_until_gone(vantages)


def test_a_vantage_whose_process_broke_is_told_loudly(prober):
    prober.stand_here()
    wait_until_it_stands(prober)
    (child,) = children(prober.process.pid)
    os.kill(child, signal.SIGKILL)
    assert prober.hear("error")["what"] == "the process of vantage here ended with -9"
    assert prober.hear("gone")["vantage"] == "here"
    prober.ask(tcp(1))
    assert prober.hear_result()["outcome"] == "no vantage"


def test_a_vantage_has_no_capability_left(prober):
    prober.stand_here()
    wait_until_it_stands(prober)
    (child,) = children(prober.process.pid)
    status = Path(f"/proc/{child}/status").read_text()
    held = [line.split()[1] for line in status.splitlines() if line.startswith(("CapE", "CapP"))]
    assert {int(capabilities, 16) for capabilities in held} == {0}


def test_a_vantage_keeps_no_descriptor_of_the_session_or_of_another(prober):
    for name in ("one", "two"):
        prober.stand_here(name)
        wait_until_it_stands(prober, name)
    first, second = children(prober.process.pid)

    def pipes(pid: int) -> set[str]:
        links = (link.readlink() for link in Path(f"/proc/{pid}/fd").iterdir())
        return {str(link) for link in links if str(link).startswith("pipe:")}

    stdout = str(Path(f"/proc/{prober.process.pid}/fd/1").readlink())
    assert pipes(first) & pipes(second) == {stdout}
    assert len(pipes(second)) == 2


def test_no_password_is_in_any_line_log_or_argument(prober, listener, tmp_path):
    secret = "a-secret-of-the-lab"
    listener.settimeout(PATIENCE)
    prober.stand_here()
    port = listener.getsockname()[1]
    for protocol in sorted(Protocol):
        prober.ask(
            tcp(
                port,
                id=protocol,
                protocol=protocol,
                timeout=0.5,
                username="admin",
                password=secret,
                hub_host="localhost",
                hub_port=port,
                hub_password=secret,
            )
        )
    arguments = Path(f"/proc/{prober.process.pid}/cmdline").read_bytes()
    for _ in Protocol:
        prober.hear_result()
    prober.end()
    log = (tmp_path / "stderr").read_bytes()
    assert secret.encode() not in b"".join(prober.written) + log + arguments
    assert log == b""


def test_every_line_is_short_enough_to_be_written_whole(prober, serve_long_words):
    prober.stand_here()
    prober.ask(tcp(serve_long_words, protocol=Protocol.MYSQL, timeout=5))
    prober.hear_result()
    assert max(map(len, prober.written)) <= 4096


@pytest.fixture
def serve_long_words(listener):
    """A MySQL server that turns clients away at great length."""

    def talk() -> None:
        with listener.accept()[0] as sock:
            words = b"\xff\x10\x04" + "¡é\x01\U0001f600".encode() * 5000
            sock.sendall(len(words).to_bytes(3, "little") + b"\0" + words)
            sock.recv(1)

    thread = threading.Thread(target=talk)
    thread.start()
    yield listener.getsockname()[1]
    thread.join()
