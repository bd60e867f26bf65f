"""What a member of a pair sends a second time, to the other's broker, as its version does."""

import json
import time

import httpx
import pika
import pytest

ADMIN = ("admin", "admin")
EVENT = {
    "accessToken": "token-of-a-pair",
    "expiryTime": 1700000000000,
    "consumerKey": "abc",
    "eventId": "an-event",
    "type": "token_revocation",
    "tenantId": -1234,
    "tenantDomain": "carbon.super",
}
REGISTERS_NOWHERE = "[apim.key_manager]\nenable_registration = false\n"


def control_plane(start, offset, hub_table, other=None, **environment):
    copies = f'[apim.throttling]\nevent_duplicate_url = ["tcp://localhost:{other}"]\n'
    tables = REGISTERS_NOWHERE + hub_table(offset) + (copies if other else "")
    return start("control-plane", tables, offset=offset, **environment)


def subscribe(node):
    parameters = pika.ConnectionParameters(
        "localhost",
        node.port(5672),
        "/carbon",
        pika.PlainCredentials(*ADMIN),
    )
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "amq.topic", "tokenRevocation")
    return connection, channel, queue


def next_message(channel, queue):
    for _ in range(500):
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if method is not None:
            return properties.content_type, body
        time.sleep(0.01)
    pytest.fail("no message arrived")


@pytest.mark.parametrize("as_told", [("4.1.0", "amqp/map"), ("4.3.0", "text/plain")])
def test_a_revocation_is_copied_to_the_other_member(
    start, chosen_offset, hub_table, security, as_told
):
    version, content_type = as_told
    second = control_plane(start, chosen_offset(), hub_table)
    first = control_plane(
        start, chosen_offset(), hub_table, second.port(5672), STAND_IN_VERSION=version
    )
    connection, channel, queue = subscribe(second)
    answer = httpx.post(
        f"https://localhost:{first.port(9443)}/internal/data/v1/notify",
        json=EVENT,
        auth=ADMIN,
        headers={"X-WSO2-KEY-MANAGER": "default"},
        verify=security.client(),
    )
    assert answer.status_code == 200
    kind, body = next_message(channel, queue)
    connection.close()
    assert kind == content_type
    if kind == "text/plain":
        assert json.loads(body)["event"]["payloadData"]["revokedToken"] == "token-of-a-pair"
    else:
        assert b"token-of-a-pair" in body


def test_a_listener_drops_a_copy_that_it_can_t_read(start, chosen_offset, hub_table, security):
    second = control_plane(start, chosen_offset(), hub_table)
    first = control_plane(start, chosen_offset(), hub_table, second.port(5672))
    gateway = start("gateway-worker", hub_table(second.offset))
    gateway.wait_for("Siddhi-JMS-Consumer#tokenRevocation was successful!")
    httpx.post(
        f"https://localhost:{first.port(9443)}/internal/data/v1/notify",
        json=EVENT,
        auth=ADMIN,
        headers={"X-WSO2-KEY-MANAGER": "default"},
        verify=security.client(),
    )
    gateway.wait_for("Event dropped due to unsupported message on topic tokenrevocation")
