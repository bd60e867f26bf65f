import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.launch.engine import Engine
from lab.launch.sources import Sources
from lab.plan.containers import BALANCER_FILES, haproxy_arguments
from lab.plan.make import make_plan
from lab.render.haproxy import haproxy_cfg
from lab.render.write import render
from lab.topology.read import read_topology

CHECKOUT = Path(__file__).parents[2]
ALL = make_plan(read_topology(CHECKOUT / "topologies/ha-all.toml"))
WHOLE = make_plan(read_topology(CHECKOUT / "topologies/ha-all-in-one.toml"))
SHIFTED = make_plan(read_topology(CHECKOUT / "tests/topologies/good/pairs-with-offsets.toml"))


def text(name: str, plan=ALL) -> str:
    return haproxy_cfg(plan, plan.balancer(name))


def servers(name: str, plan=ALL) -> list[str]:
    lines = (line.strip() for line in text(name, plan).splitlines())
    return [line for line in lines if line.startswith("server ")]


@pytest.mark.parametrize("name", ["cp-lb", "gw-lb", "tm-lb", "km-lb"])
def test_no_check_goes_to_a_port_that_it_would_hurt(name: str) -> None:
    checked = [line for line in servers(name) if " check " in line]
    assert len(checked) == 2
    assert all(re.match(r"server \S+ \S+:9443 check check-ssl verify required", c) for c in checked)
    assert not re.search(r":(5672|8672|9611|9711)\b", text(name))


def test_every_other_port_takes_its_members_health_from_the_servlet_s() -> None:
    tracking = [line for line in servers("gw-lb") if " check " not in line]
    assert len(tracking) == 8
    assert all(" track to-9443/" in line for line in tracking)


def test_tls_passes_through_unless_it_is_opened_there() -> None:
    assert "mode http" not in text("gw-lb")
    assert " ssl" not in text("gw-lb").replace("check-ssl", "")
    opened = text("gw-lb", SHIFTED)
    assert "bind :443 ssl crt /lab/balancer/balancer.pem" in opened
    assert "bind :8099 ssl crt" in opened
    assert "bind :80\n" in opened
    assert "mode tcp" not in opened.partition("frontend")[2]


def test_one_client_of_the_portals_stays_with_one_member() -> None:
    assert "stick on src" in text("cp-lb")
    assert "stick on src" not in text("gw-lb")
    assert "cookie LAB_MEMBER insert" in text("cp-lb", SHIFTED)
    assert "cookie cp-2" in text("cp-lb", SHIFTED)
    assert "cookie" not in text("gw-lb", SHIFTED)


def test_before_all_in_ones_the_portals_stay_and_calls_are_spread() -> None:
    backends = text("am-lb", WHOLE).split("\nbackend ")
    sticky = {backend.split()[0] for backend in backends if "stick on src" in backend}
    assert sticky == {"to-9443", "to-9763"}
    assert {backend.split()[0] for backend in backends[1:]} - sticky == {
        "to-8099",
        "to-8243",
        "to-8280",
        "to-9099",
    }


def test_members_are_dialled_at_their_own_offsets() -> None:
    lines = servers("km-lb", SHIFTED)
    assert lines[0].startswith("server km-1 km-1.wso2.com:9443 ")
    assert lines[1].startswith("server km-2 km-2.wso2.com:9447 ")


def test_a_member_that_is_not_there_stops_nothing() -> None:
    assert "init-addr none resolvers engine" in text("tm-lb")


@pytest.mark.engine
@pytest.mark.parametrize("plan", [ALL, SHIFTED], ids=["passthrough", "terminate"])
def test_haproxy_itself_takes_every_file(plan, tmp_path: Path) -> None:
    render(plan, tmp_path / "lab")
    with Engine.connect({}) as engine:
        image = Sources(engine, lambda _: None).ensure("haproxy")
    for balancer in plan.balancers:
        folder = tmp_path / "lab" / "balancers" / balancer.name
        readable = shutil.copytree(folder, tmp_path / balancer.name)
        mount = f"{readable}:{BALANCER_FILES}:ro"
        argv = ["docker", "run", "--rm", "--network=none", "--entrypoint=haproxy", "-v", mount]
        done = subprocess.run(
            [*argv, image, "-c", *haproxy_arguments()],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert "WARNING" not in said
