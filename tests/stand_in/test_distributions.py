"""What a stand-in opens when its distribution, not its profile, says which role it is."""

import pytest

OF_ALL = {9443, 9763}
BROKER = {5672, 8672}
RECEIVER = {9611, 9711}
GATEWAY = {8280, 8243, 9099, 8099, 9021, 8021}


@pytest.mark.parametrize(
    ("environment", "ports"),
    [
        ({"STAND_IN_DISTRIBUTION": "wso2am-universal-gw"}, OF_ALL | BROKER | GATEWAY),
        ({"STAND_IN_DISTRIBUTION": "wso2am-acp"}, OF_ALL | BROKER | RECEIVER),
        ({"STAND_IN_DISTRIBUTION": "wso2am-tm"}, OF_ALL | BROKER | RECEIVER),
        ({"STAND_IN_DISTRIBUTION": "wso2am-acp", "PROFILE_NAME": "key-manager"}, OF_ALL),
        ({}, OF_ALL | BROKER | RECEIVER | GATEWAY),
    ],
)
def test_a_node_of_the_default_role_opens_the_ports_of_its_distribution(
    start, environment: dict[str, str], ports: set[int]
):
    node = start("default", **environment)
    opened = {int(line.split()[-4]) for line in node.lines if "stand-in listener" in line}
    assert opened == {node.port(port) for port in ports}
