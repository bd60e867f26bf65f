"""The customers' sets on a real engine: healthy, one fault found at its line, no way out."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.e2e.conftest import Lab, Program, objects_of

pytestmark = pytest.mark.engine

CUSTOMERS = Path(__file__).parent / "customers"
# Tells every packet that comes out of a lab's bridges for somebody who isn't in the lab.
WATCHER = """
import ipaddress, select, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
own = [ipaddress.ip_network(word) for word in sys.argv[2::2]]
seen = [socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0) for _ in own]
for each, bridge in zip(seen, sys.argv[1::2]):
    each.bind((bridge, 0x0800))
print("watching", flush=True)
while True:
    for each in select.select(seen, [], [])[0]:
        packet, place = each.recvfrom(65535)
        there = ipaddress.ip_address(packet[16:20])
        if place[2] != socket.PACKET_OUTGOING and not there.is_multicast:
            print("own" if any(there in one for one in own) else f"out {there}", flush=True)
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("importing"))


@contextmanager
def brought_up(program: Program, customer: str) -> Iterator[Lab]:
    name = f"importing-{customer}-{os.getpid()}"
    made = program("import", str(CUSTOMERS / customer), "-o", f"{name}.toml")
    assert made.returncode == 0, made.stderr
    ran = program("up", f"{name}.toml", "--format", "json")
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        yield Lab(program, name)
    finally:
        program("down", name)
    assert objects_of(name) == []


def causes(told: dict) -> list[tuple[str, str]]:
    return [(cause["code"], cause["where"].split()[0]) for cause in told["causes"]]


def subnet_of(network: str) -> tuple[str, str]:
    """Give a network's bridge and its subnet."""
    (seen,) = json.loads(subprocess.check_output(["docker", "network", "inspect", network]))
    return f"br-{seen['Id'][:12]}", seen["IPAM"]["Config"][0]["Subnet"]


@contextmanager
def watched(lab: Lab) -> Iterator[list[str]]:
    """Watch the bridges of a lab; give what was seen there, once it is over."""
    format_ = ["docker", "inspect", "--format", "{{.Config.Image}}", f"lab-{lab.name}-prober"]
    image = subprocess.check_output(format_, text=True).strip()
    words = ["docker", "run", "--rm", "--network", "host", "--cap-add", "NET_RAW", "--user", "0:0"]
    words += ["--entrypoint", "python3", "--label", "importing-test=1", image, "-c", WATCHER]
    told: list[str] = []
    with subprocess.Popen(
        [*words, *subnet_of(f"lab-{lab.name}"), *subnet_of(f"lab-{lab.name}-1")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "watching\n"
        try:
            yield told
        finally:
            watcher.terminate()
            told += watcher.stdout.read().splitlines()


def knock(lab: Lab, node: str, *places: tuple[str, int]) -> str:
    """Dial from inside a node, names as the node resolves them."""
    code = (
        "import socket, sys\n"
        f"for place in {places!r}:\n"
        "    try: socket.create_connection(place, 0.3); print(place, 'open')\n"
        "    except OSError as error: print(place, error)"
    )
    ran = lab.program("exec", node, "--name", lab.name, "--", "timeout", "6", "python3", "-c", code)
    return ran.stdout


def test_a_set_with_addresses_is_reproduced_and_has_no_way_out(program: Program) -> None:
    key = "throttle_decision_endpoints = "
    hub = "https://10.20.30.11:9443/services/"
    with brought_up(program, "addresses") as lab:
        engine_s_end = str(next(ip_network(subnet_of(f"lab-{lab.name}")[1]).hosts()))
        with (
            watched(lab) as seen,
            lab.edited("gateway", f'{key}["tcp://10.20.30.13', f'{key}["tcp://10.20.30.31') as one,
            lab.edited("key-manager", hub, hub.replace("10.20.30.11:9443", "www.wso2.com")) as two,
        ):
            told = lab.status()
            knock(lab, "gateway", ("198.51.100.7", 443), ("www.wso2.com", 443))
            # What the watcher would have seen.
            knock(lab, "gateway", (engine_s_end, 9))
        # A member that is made again has its address again, and no port of its own.
        reset = lab.program("reset", lab.name)
        assert reset.returncode == 0, reset.stderr
        assert sorted(causes(told)) == [("LAB0230", one), ("LAB0230", two)]
        assert "own" in seen
        assert [line for line in seen if line.startswith("out")] == []


def test_a_set_with_load_balancers_is_reproduced(program: Program) -> None:
    with brought_up(program, "balanced") as lab:
        old = "https://apim.acme.example:9443"
        with lab.edited("gw2", old, old.replace("9443", "9444")) as line:
            told = lab.status()
        assert causes(told) == [("LAB0240", line)]


def test_a_set_on_one_machine_is_reproduced(program: Program) -> None:
    with brought_up(program, "one-machine") as lab:
        with lab.edited("wso2am-gw", "tcp://localhost:5674", "tcp://localhost:5679") as line:
            told = lab.status()
        assert causes(told) == [("LAB0240", line)]
        archive = lab.program("dump", lab.name)
        packed = subprocess.check_output(["tar", "-xzOf", archive.stdout.strip()], text=True)
        assert "One-Sup3r-77" not in packed
        assert "One-Db-3" not in packed
        assert "test.acme.example" in packed
        assert "One-Sup3r-77" not in lab.program("env", lab.name).stdout


def test_a_set_of_xml_files_on_one_machine_is_reproduced(program: Program) -> None:
    with brought_up(program, "classic") as lab:
        file = lab.folder / "nodes" / "wso2am-2-1-0" / "user-mgt.xml"
        text = file.read_text()
        file.write_text(text.replace("localhost:10390", "localhost:10389"))
        told = lab.status()
        archive = lab.program("dump", lab.name)
        packed = subprocess.check_output(["tar", "-xzOf", archive.stdout.strip()], text=True)
    line = text[: text.index("localhost:10390")].count("\n") + 1
    assert causes(told) == [("LAB0240", f"wso2am-2-1-0/user-mgt.xml:{line}")]
    assert [one for one in ("Cla-Sup3r-21", "Cla-Db-6", "Cla-Key-8") if one in packed] == []
    assert "localhost:10389" in packed
