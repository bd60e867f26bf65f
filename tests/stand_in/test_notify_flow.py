"""A revocation from the notify endpoint to the subscribers of the hub, and a gateway's log."""

import json
import socket
import struct
import time
import uuid

import httpx
import pika
import pytest

ADMIN = ("admin", "admin")


def event(**changes):
    return {
        "accessToken": f"token-{uuid.uuid4()}",
        "expiryTime": 1700000000000,
        "user": "admin",
        "consumerKey": "abc",
        "tokenType": "Default",
        "eventId": str(uuid.uuid4()),
        "timeStamp": 1700000000000,
        "type": "token_revocation",
        "tenantId": -1234,
        "tenantDomain": "carbon.super",
        "properties": {},
    } | changes


@pytest.fixture(scope="module")
def hub(start, chosen_offset, hub_table):
    offset = chosen_offset()
    more = "[apim.key_manager]\nenable_registration = false\n" + hub_table(offset)
    return start("control-plane", more, offset=offset)


@pytest.fixture
def post(hub, security):
    def post(body):
        return httpx.post(
            f"https://localhost:{hub.port(9443)}/internal/data/v1/notify",
            json=body,
            headers={"X-WSO2-KEY-MANAGER": "default"},
            auth=ADMIN,
            verify=security.client(),
        )

    return post


@pytest.fixture
def subscriber(hub):
    parameters = pika.ConnectionParameters("localhost", hub.port(5672), "carbon", heartbeat=0)
    parameters.credentials = pika.PlainCredentials(*ADMIN)
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "amq.topic", "tokenRevocation")
        yield channel, queue


def next_message(subscriber):
    channel, queue = subscriber
    for _ in range(500):
        method, properties, body = channel.basic_get(queue, auto_ack=False)
        if method is not None:
            return method, properties, body
        time.sleep(0.01)
    pytest.fail("no message arrived")


def test_a_revocation_arrives_as_the_product_publishes_it(post, subscriber):
    sent = event()
    answer = post(sent)
    assert (answer.status_code, answer.content) == (200, b"")
    method, properties, body = next_message(subscriber)
    assert method.routing_key == "tokenrevocation"
    assert properties.content_type == "text/plain"
    assert properties.headers == {"JMS_QPID_DESTTYPE": 2}
    assert json.loads(body) == {
        "event": {
            "payloadData": {
                "eventId": sent["eventId"],
                "revokedToken": sent["accessToken"],
                "ttl": "5000",
                "expiryTime": 1700000000000,
                "type": "Default",
                "tenantId": -1234,
            }
        }
    }


def test_a_missing_token_type_becomes_default(post, subscriber):
    sent = event()
    del sent["tokenType"]
    assert post(sent).status_code == 200
    _, _, body = next_message(subscriber)
    assert json.loads(body)["event"]["payloadData"]["type"] == "Default"


def test_a_gateway_logs_the_revocation_it_hears(start, hub, hub_table, post):
    gateway = start("gateway-worker", hub_table(hub.offset))
    gateway.wait_for(r"Siddhi-JMS-Consumer#tokenRevocation was successful!")
    sent = event()
    assert post(sent).status_code == 200
    gateway.wait_for(f"stand-in received revocation of token {sent['accessToken']}")


def test_an_event_of_another_publisher_is_forwarded_to_its_topic(hub, subscriber):
    def text(value):
        return struct.pack(">i", len(value)) + value

    stream = b"org.wso2.apimgt.token.revocation.stream:1.0.0"
    payload = text(b"e1") + text(b"t1") + text(b"5000") + struct.pack(">q", 17) + text(b"JWT")
    octets = struct.pack(">q", 1) + text(stream) + payload + struct.pack(">i", -1234)
    with socket.create_connection(("localhost", hub.port(9611))) as connection:
        connection.sendall(bytes.fromhex("0000000012000000050000000561646d696e61646d696e"))
        session = connection.makefile("rb").read(41)[5:]
        body = text(session) + struct.pack(">i", 1) + text(octets)
        connection.sendall(struct.pack(">bi", 2, len(body)) + body)
        assert connection.recv(1) == b"\x00"
    _, _, message = next_message(subscriber)
    assert json.loads(message)["event"]["payloadData"]["revokedToken"] == "t1"


def test_a_hub_that_publishes_elsewhere_answers_200_and_the_event_is_lost(
    start, chosen_offset, hub_table, security
):
    offset = chosen_offset()
    more = hub_table(offset).replace(f":{9711 + offset}", ":1")
    node = start("control-plane", more, offset=offset)
    answer = httpx.post(
        f"https://localhost:{node.port(9443)}/internal/data/v1/notify",
        json=event(),
        auth=ADMIN,
        verify=security.client(),
    )
    assert answer.status_code == 200
    node.wait_for("Cannot borrow client for ssl://localhost:1: DataEndpointAuthenticationException")
