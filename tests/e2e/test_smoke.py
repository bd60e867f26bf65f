"""An API's whole way through the default lab, and nothing of it left."""

import json

import pytest

from tests.e2e.conftest import Lab

pytestmark = pytest.mark.engine


def test_an_api_is_made_called_throttled_and_removed(lab: Lab) -> None:
    ran = lab.program("smoke", lab.name, "--format", "json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout)
    assert (told["verdict"], told["stand_in"], told["left"]) == ("healthy", True, [])
    assert {step["verdict"] for step in told["steps"]} == {"ok"}
    came = {step["name"]: step["came"] for step in told["steps"]}
    # At call 10, or some more when a minute ends meanwhile.
    assert came["be throttled"].startswith("429 at call ")
    assert came["be throttled"].endswith(", by 10PerMin")
    assert came["traffic managers have them"] == "tm: 10PerMin is used up"
    # A second one finds nothing of the first: the same number of calls is free again.
    again = json.loads(lab.program("smoke", lab.name, "--format", "json").stdout)
    assert [step["name"] for step in again["steps"] if step["verdict"] != "ok"] == []
