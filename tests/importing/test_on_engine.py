"""The customers' sets on a real engine: healthy, one fault found at its line, no way out."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.e2e.conftest import Lab, Program, objects_of

pytestmark = pytest.mark.engine

CUSTOMERS = Path(__file__).parent / "customers"
SETS = ("addresses", "balanced", "one-machine", "data-centres", "active-active", "classic")
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


@pytest.fixture(scope="module")
def labs(program: Program) -> Iterator[Mapping[str, Lab]]:
    """Bring the customers' sets up, two at a time: a start waits more than it works."""
    made = {name: Lab(program, f"importing-{name}-{os.getpid()}") for name in SETS}
    with ThreadPoolExecutor(2) as pool:
        ran = list(pool.map(brought_up, made.values(), made))
    try:
        assert [(one.returncode, one.stderr) for one in ran if one.returncode] == []
        yield made
    finally:
        program("down", *(lab.name for lab in made.values()))
    assert [lab.name for lab in made.values() if objects_of(lab.name)] == []


def brought_up(lab: Lab, customer: str) -> subprocess.CompletedProcess[str]:
    file = f"{lab.name}.toml"
    made = lab.program("import", str(CUSTOMERS / customer), "-o", file)
    return made if made.returncode else lab.program("up", file, "--format", "json")


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
    quickly = ("env", "RES_OPTIONS=timeout:1 attempts:1", "timeout", "6")
    ran = lab.program("exec", node, "--name", lab.name, "--", *quickly, "python3", "-c", code)
    return ran.stdout


def test_a_set_with_addresses_is_reproduced_and_has_no_way_out(labs: Mapping[str, Lab]) -> None:
    key = "throttle_decision_endpoints = "
    hub = "https://10.20.30.11:9443/services/"
    lab = labs["addresses"]
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


def test_a_set_with_load_balancers_is_reproduced(labs: Mapping[str, Lab]) -> None:
    lab = labs["balanced"]
    old = "https://apim.acme.example:9443"
    with lab.edited("gw2", old, old.replace("9443", "9444")) as line:
        told = lab.status()
    assert causes(told) == [("LAB0240", line)]


def test_a_set_on_one_machine_is_reproduced(labs: Mapping[str, Lab]) -> None:
    lab = labs["one-machine"]
    with lab.edited("wso2am-gw", "tcp://localhost:5674", "tcp://localhost:5679") as line:
        told = lab.status()
    assert causes(told) == [("LAB0240", line)]
    archive = lab.program("dump", lab.name)
    packed = subprocess.check_output(["tar", "-xzOf", archive.stdout.strip()], text=True)
    assert "One-Sup3r-77" not in packed
    assert "One-Db-3" not in packed
    assert "test.acme.example" in packed
    assert "One-Sup3r-77" not in lab.program("env", lab.name).stdout


def test_a_set_of_containers_names_is_reproduced(labs: Mapping[str, Lab]) -> None:
    lab = labs["data-centres"]
    with lab.edited("gw-east", "acme_mysql", "acme-mysql") as line:
        told = lab.status()
    assert causes(told) == [("LAB0230", line)]
    assert told["causes"][0]["mend"] == "write acme_mysql"


def test_a_pair_of_all_in_ones_is_reproduced(labs: Mapping[str, Lab]) -> None:
    lab = labs["active-active"]
    old = "tcp://172.21.9.12:9611"
    with lab.edited("site-1", old, old.replace(".12", ".21")) as line:
        told = lab.status()
    assert causes(told) == [("LAB0230", line)]
    assert lab.program("smoke", lab.name).returncode == 0


def test_a_set_of_xml_files_on_one_machine_is_reproduced(labs: Mapping[str, Lab]) -> None:
    lab = labs["classic"]
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
