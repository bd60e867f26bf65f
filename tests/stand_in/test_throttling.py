"""A traffic manager's policies, proven by the probe that `lab smoke` sends."""

import pytest

from probes.attempt import attempt
from probes.local import stand_here
from probes.result import Outcome
from probes.target import Protocol, Target

KEY_MANAGER_OFF = "[apim.key_manager]\nenable_registration = false\n"


@pytest.fixture(scope="module")
def hub(start, chosen_offset, hub_table):
    offset = chosen_offset()
    return start("control-plane", KEY_MANAGER_OFF + hub_table(offset), offset=offset)


async def asked(traffic, security, *, tier="10PerMin", quota=10, patience=10):
    target = Target(
        "gw/tm",
        Protocol.THROTTLING,
        "localhost",
        traffic.port(9611),
        timeout=patience,
        username="admin",
        password="admin",
        login_host="localhost",
        login_port=traffic.port(9711),
        hub_host="localhost",
        hub_port=traffic.port(5672),
        hub_username="admin",
        hub_password="admin",
        tier=tier,
        quota=quota,
    )
    vantage = stand_here(security.ca.read_text(), {"localhost": "127.0.0.1"})
    return await attempt(target, vantage)


async def test_a_traffic_manager_with_its_policies_decides(start, hub, hub_table, security):
    traffic = start("traffic-manager", hub_table(hub.offset))
    traffic.wait_for("policies retrieved and deployed")
    result = await asked(traffic, security)
    assert (result.outcome, result.seen) == (
        Outcome.OK,
        "told of 10 requests of 10PerMin, heard that it is used up",
    )
    again = await asked(traffic, security)
    assert again.outcome is Outcome.OK


async def test_fewer_requests_than_the_quota_come_to_no_decision(start, hub, hub_table, security):
    traffic = start("traffic-manager", hub_table(hub.offset))
    traffic.wait_for("policies retrieved and deployed")
    result = await asked(traffic, security, quota=9, patience=2)
    assert result.outcome is Outcome.SILENT


async def test_one_without_its_policies_never_throttles(start, hub, hub_table, security):
    traffic = start("traffic-manager", hub_table(hub.offset, password="wrong"))
    traffic.wait_for("Error in retrieving throttle policies")
    result = await asked(traffic, security, patience=2)
    assert result.outcome is Outcome.SILENT
    assert result.expected == "a decision on throttleData that 10PerMin is used up"
    assert result.endpoint == f"localhost:{traffic.port(5672)}"
