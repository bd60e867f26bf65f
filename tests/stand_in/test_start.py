"""How a stand-in starts and ends: banner, stamps, delay, faults of its files, SIGTERM."""

import re
import signal
import socket
import time

import pytest

GATEWAY_PORTS = (5672, 8672, 8280, 8243, 9099, 8099, 9021, 8021, 9443, 9763)


def test_every_log_line_says_stand_in(start):
    node = start("control-plane")
    assert len(node.lines) > 5
    assert all("[stand-in]" in line for line in node.lines)


def test_each_listener_is_stamped_with_the_moment_it_opened(start):
    before = time.time()
    node = start("gateway-worker")
    pattern = re.compile(r"stand-in listener (\d+) open at (\d+\.\d{3})$")
    found = (pattern.search(line) for line in node.lines)
    stamps = {int(match[1]): float(match[2]) for match in found if match}
    expected = {node.port(port) for port in GATEWAY_PORTS}
    assert set(stamps) == expected
    assert all(before < at <= time.time() for at in stamps.values())


def test_ports_stay_closed_for_the_delay(start):
    began = time.monotonic()
    node = start("api-key-manager-deprecated", ready=False, STAND_IN_DELAY="1.0")
    node.wait_for("Starting WSO2 Carbon")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("localhost", node.port(9443)))
    node.wait_for("WSO2 Carbon started in")
    assert time.monotonic() - began > 1.0
    socket.create_connection(("localhost", node.port(9443))).close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_node_at_once(start, number):
    node = start("traffic-manager")
    node.process.send_signal(number)
    assert node.process.wait(5) == 0


def test_the_version_of_the_answer_can_be_set(start):
    node = start("control-plane", STAND_IN_VERSION="4.2.0")
    node.wait_for(r"WSO2 API Manager-4\.2\.0")


@pytest.mark.parametrize(
    "fault",
    [
        ('password = "wso2carbon"\nalias', 'password = "wrong"\nalias', "wrong password"),
        ('file_name = "wso2carbon.jks"', 'file_name = "other.jks"', "no such file"),
        ('alias = "wso2carbon"', 'alias = "other"', "no key with the alias 'other'"),
        ('file_name = "wso2carbon.jks"', 'file_name = "ca.pem"', "not PKCS#12"),
        ('hostname = "localhost"', 'hostname = "localhost', "can't be used"),
        ('node_ip = "127.0.0.1"', 'node_ip = "127.0.0.1"\nnode_ip = "x"', "can't be used"),
    ],
)
def test_files_that_cannot_be_used_end_the_node_with_the_reason(
    broken_start, deployment_text, chosen_offset, fault
):
    old, new, reason = fault
    text = deployment_text("control-plane", chosen_offset())
    assert old in text
    code, output = broken_start(text.replace(old, new, 1))
    assert code == 1
    assert reason in output
    assert "Traceback" not in output


def test_no_password_is_ever_logged(start, hub_table, chosen_offset):
    offset = chosen_offset()
    node = start("control-plane", hub_table(offset, password="s3cret-word"), offset=offset)
    node.wait_for("Cannot borrow client .* wrong userName or password")
    node.wait_for("530: not allowed")
    assert "s3cret-word" not in node.log()


def test_a_taken_port_ends_the_node_with_the_reason(broken_start, deployment_text, chosen_offset):
    offset = chosen_offset()
    with socket.create_server(("", 9443 + offset)):
        code, output = broken_start(deployment_text("control-plane", offset))
    assert code == 1
    assert "Address already in use" in output
