"""Gateway and control plane alone: the control plane is key manager and traffic manager too."""

import json
import os
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ROOT, Lab, Program, objects_of

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def two(program: Program) -> Iterator[Lab]:
    """Bring the two up once; nothing of them stays."""
    own = f"two-parts-{os.getpid()}"
    topology = str(ROOT / "tests/topologies/good/gateway-and-control-plane.toml")
    ran = program("up", topology, "--name", own)
    try:
        assert ran.returncode == 0, ran.stdout + ran.stderr
        yield Lab(program, own)
    finally:
        down = program("down", own)
    assert down.returncode == 0
    assert objects_of(own) == []


def test_tokens_and_limits_are_the_control_plane_s(two: Lab) -> None:
    ran = two.program("smoke", two.name, "--format", "json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    came = {step["name"]: step["came"] for step in json.loads(ran.stdout)["steps"]}
    assert came["get a token for calls"] == "from https://cp.wso2.com:9443/oauth2/token"
    assert came["traffic managers have them"] == "cp: 10PerMin is used up"
    assert came["be throttled"].startswith("429 at call ")


def test_a_wrong_password_of_the_decisions_is_named_at_its_line(two: Lab) -> None:
    old = "throttle_decision_endpoints ="
    with two.edited("gw", old, f'jms.password = "wrong"\n{old}') as line:
        told = two.status()
    assert [(cause["code"], cause["where"].split()[0]) for cause in told["causes"]] == [
        ("LAB0220", line)
    ]
