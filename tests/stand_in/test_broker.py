"""The event hub's broker, driven by pika as a real client drives the real one."""

import socket
import time

import pika
import pytest
from pika import exceptions


@pytest.fixture(scope="module")
def node(start):
    return start("control-plane")


@pytest.fixture
def connect(node):
    opened = []

    def connect(*, host="carbon", username="admin", password="admin", port=None, **options):
        connection = pika.BlockingConnection(
            pika.ConnectionParameters(
                "localhost",
                port or node.port(5672),
                host,
                pika.PlainCredentials(username, password),
                heartbeat=0,
                blocked_connection_timeout=5,
                **options,
            )
        )
        opened.append(connection)
        return connection

    yield connect
    for connection in opened:
        if connection.is_open:
            connection.close()


@pytest.fixture
def channel(connect):
    return connect().channel()


def subscribed(channel, *keys, exchange="amq.topic"):
    """A queue of this channel bound to keys."""
    queue = channel.queue_declare("", exclusive=True, auto_delete=True).method.queue
    for key in keys:
        channel.queue_bind(queue, exchange, key)
    return queue


def arrived(channel, queue, *, seconds=3):
    """Take one message, waiting for it a moment."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        method, properties, body = channel.basic_get(queue, auto_ack=False)
        if method is not None:
            channel.basic_ack(method.delivery_tag)
            return method, properties, body
        time.sleep(0.01)
    return None


def deliver(channel, taken, *, until, seconds=3):
    """Let a consumer take `until` messages, then a moment more for one too many."""
    deadline = time.monotonic() + seconds
    while len(taken) < until and time.monotonic() < deadline:
        channel.connection.process_data_events(0.05)
    channel.connection.process_data_events(0.2)


@pytest.mark.parametrize("host", ["carbon", "/", "", "/carbon"])
def test_every_spelling_of_the_one_virtual_host_is_let_in(connect, host):
    connection = connect(host=host)
    assert connection.is_open
    assert connection._impl.server_properties == {}
    assert connection._impl.params.frame_max == 65535
    assert connection._impl.params.heartbeat == 0


@pytest.mark.parametrize("role", ["traffic-manager", "gateway-worker"])
def test_the_roles_with_a_broker_of_their_own_let_clients_in(start, connect, role):
    channel = connect(port=start(role).port(5672)).channel()
    channel.exchange_declare("amq.topic", "topic", passive=True)


def test_the_key_manager_has_no_broker(start):
    node = start("api-key-manager-deprecated")
    for port in (5672, 8672):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("localhost", node.port(port)))


def test_no_traffic_management_means_no_broker_and_no_receiver(start):
    node = start("control-plane", server="enable_traffic_management = false")
    for port in (5672, 9611, 9711):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("localhost", node.port(port)))


@pytest.mark.parametrize(("username", "password"), [("admin", "wrong"), ("x", "admin"), ("", "")])
def test_wrong_credentials_are_closed_with_530(node, connect, username, password):
    with pytest.raises(exceptions.ProbableAuthenticationError) as refused:
        connect(username=username, password=password)
    assert "530" in str(refused.value)
    node.wait_for(f"authentication of user {username} failed")


def test_an_unknown_virtual_host_is_closed_with_404(connect):
    with pytest.raises(exceptions.ProbableAccessDeniedError) as refused:
        connect(host="elsewhere")
    assert "404" in str(refused.value)
    assert "Unknown virtual host: 'elsewhere'" in str(refused.value)


@pytest.mark.parametrize(
    "header",
    [
        b"AMQP\x01\x01\x00\x0a",
        b"AMQP\x00\x01\x00\x00",
        b"GET / HT",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
)
def test_another_protocol_gets_the_brokers_header_and_the_end(node, header):
    with socket.create_connection(("localhost", node.port(5672))) as connection:
        connection.settimeout(5)
        connection.sendall(header)
        assert connection.makefile("rb").read() == b"AMQP\x00\x00\x09\x01"


def test_the_topic_exchange_is_there_for_passive_and_equal_declares(channel):
    channel.exchange_declare("amq.topic", "topic", passive=True)
    channel.exchange_declare("amq.topic", "topic", durable=True)


def test_an_unknown_exchange_closes_the_channel_with_404(channel):
    with pytest.raises(exceptions.ChannelClosedByBroker) as closed:
        channel.exchange_declare("nothing", "topic", passive=True)
    assert closed.value.reply_code == 404


def test_another_type_for_an_exchange_closes_the_connection_with_530(channel):
    with pytest.raises(exceptions.ConnectionClosedByBroker) as closed:
        channel.exchange_declare("amq.topic", "direct")
    assert closed.value.reply_code == 530


def test_names_and_keys_are_lower_cased_as_andes_does(channel):
    # pika waits for ever for an answer that names a queue otherwise than it asked.
    channel.queue_declare("lab-queue", auto_delete=True)
    channel.queue_bind("LAB-QUEUE", "amq.topic", "tokenRevocation")
    channel.basic_publish("amq.topic", "TOKENREVOCATION", b"x")
    method, _, body = arrived(channel, "lab-queue")
    assert (method.exchange, method.routing_key, body) == ("amq.topic", "tokenrevocation", b"x")
    channel.queue_delete("lab-queue")


def test_a_consumer_with_acknowledgement_gets_what_is_published(connect):
    consuming, publishing = connect().channel(), connect().channel()
    queue = subscribed(consuming, "throttleData")
    got = []

    def take(channel, method, properties, body):
        channel.basic_ack(method.delivery_tag)
        got.append((method.routing_key, properties.content_type, properties.headers, body))
        channel.stop_consuming()

    consuming.basic_consume(queue, take)
    properties = pika.BasicProperties(content_type="text/plain", headers={"JMS_QPID_DESTTYPE": 2})
    publishing.basic_publish("amq.topic", "throttleData", b'{"event":{}}', properties)
    consuming.connection.call_later(5, consuming.stop_consuming)
    consuming.start_consuming()
    assert got == [("throttledata", "text/plain", {"JMS_QPID_DESTTYPE": 2}, b'{"event":{}}')]


def test_consuming_without_acknowledgement_drops_the_connection(node, connect):
    connection = connect()
    channel = connection.channel()
    queue = subscribed(channel, "keyManager")
    with pytest.raises((exceptions.StreamLostError, exceptions.ConnectionClosed)):
        channel.basic_consume(queue, print, auto_ack=True)
    assert connection.is_closed
    node.wait_for("ClassCastException")


@pytest.mark.parametrize(
    ("binding", "key", "matches"),
    [
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("#", "anything.at.all", True),
        ("*.b", "a.b", True),
        ("a.#.z", "a.b.c.z", True),
        ("a.#.z", "a.b.c", False),
        ("A.B", "a.b", True),
        ("a", "b", False),
    ],
)
def test_topic_wildcards(channel, binding, key, matches):
    queue = subscribed(channel, binding)
    channel.basic_publish("amq.topic", key, b"x")
    assert (arrived(channel, queue, seconds=0.2) is not None) is matches


def test_a_queue_is_bound_to_the_default_exchange_by_its_name(channel):
    queue = subscribed(channel)
    channel.basic_publish("", queue, b"straight")
    assert arrived(channel, queue)[2] == b"straight"


def test_a_body_over_several_frames_arrives_whole(channel):
    body = bytes(range(256)) * 1500
    queue = subscribed(channel, "big")
    channel.basic_publish("amq.topic", "big", body)
    assert arrived(channel, queue)[2] == body


def test_an_empty_body_arrives(channel):
    queue = subscribed(channel, "nothing")
    channel.basic_publish("amq.topic", "nothing", b"")
    assert arrived(channel, queue)[2] == b""


def test_what_is_not_acknowledged_comes_back_redelivered(connect):
    first = connect()
    holding, later = first.channel(), connect().channel()
    later.queue_declare("kept")
    later.queue_bind("kept", "amq.topic", "kept")
    later.basic_publish("amq.topic", "kept", b"once")
    while holding.basic_get("kept")[0] is None:
        time.sleep(0.01)
    first.close()
    method, _, body = arrived(later, "kept")
    assert (method.redelivered, body) == (True, b"once")
    later.queue_delete("kept")


def test_a_rejected_message_returns_only_when_asked(channel):
    queue = subscribed(channel, "rejected")
    channel.basic_publish("amq.topic", "rejected", b"x")
    for requeue in (True, False):
        method = None
        while method is None:
            method, _, _ = channel.basic_get(queue)
        channel.basic_reject(method.delivery_tag, requeue=requeue)
    assert arrived(channel, queue, seconds=0.2) is None


def test_the_prefetch_window_holds_messages_back(connect):
    channel = connect().channel()
    channel.basic_qos(prefetch_count=2)
    queue = subscribed(channel, "window")
    for number in range(5):
        channel.basic_publish("amq.topic", "window", str(number))
    taken = []
    channel.basic_consume(queue, lambda _c, method, _p, body: taken.append((method, body)))
    deliver(channel, taken, until=2)
    assert [body for _, body in taken] == [b"0", b"1"]
    channel.basic_ack(taken[-1][0].delivery_tag, multiple=True)
    deliver(channel, taken, until=4)
    assert [body for _, body in taken] == [b"0", b"1", b"2", b"3"]


def test_purge_and_delete_tell_how_many_messages_went(channel):
    queue = subscribed(channel, "counted")
    for _ in range(3):
        channel.basic_publish("amq.topic", "counted", b"x")
    assert channel.queue_declare(queue, passive=True).method.message_count == 3
    assert channel.queue_purge(queue).method.message_count == 3
    channel.basic_publish("amq.topic", "counted", b"x")
    assert channel.queue_delete(queue).method.message_count == 1


def test_an_unbound_queue_gets_nothing_more(channel):
    queue = subscribed(channel, "unbound")
    channel.queue_unbind(queue, "amq.topic", "unbound")
    channel.basic_publish("amq.topic", "unbound", b"x")
    assert arrived(channel, queue, seconds=0.2) is None


def test_an_unknown_queue_closes_the_channel_with_404(channel):
    with pytest.raises(exceptions.ChannelClosedByBroker) as closed:
        channel.queue_declare("nothing-here", passive=True)
    assert closed.value.reply_code == 404
    assert channel.connection.channel().is_open


def test_other_flags_for_a_queue_close_the_channel_as_already_there(connect):
    channel = connect().channel()
    channel.queue_declare("flags", auto_delete=True)
    with pytest.raises(exceptions.ChannelClosedByBroker) as closed:
        channel.queue_declare("flags", durable=True)
    assert closed.value.reply_code == 405
    channel.connection.channel().queue_delete("flags")


def test_an_exclusive_queue_of_another_connection_closes_with_530(connect):
    owner, other = connect().channel(), connect()
    owner.queue_declare("mine", exclusive=True)
    with pytest.raises(exceptions.ConnectionClosedByBroker) as closed:
        other.channel().queue_declare("mine", passive=True)
    assert closed.value.reply_code == 530


def test_exclusive_queues_go_with_their_connection(connect):
    owner = connect()
    owner.channel().queue_declare("gone", exclusive=True)
    owner.close()
    channel = connect().channel()
    with pytest.raises(exceptions.ChannelClosedByBroker) as closed:
        channel.queue_declare("gone", passive=True)
    assert closed.value.reply_code == 404


def test_an_auto_delete_queue_goes_with_its_last_consumer(connect):
    channel = connect().channel()
    channel.queue_declare("fleeting", auto_delete=True)
    tag = channel.basic_consume("fleeting", print)
    channel.basic_cancel(tag)
    with pytest.raises(exceptions.ChannelClosedByBroker):
        channel.queue_declare("fleeting", passive=True)


def test_an_unroutable_mandatory_message_is_returned(connect):
    channel = connect().channel()
    returned = []
    channel.add_on_return_callback(lambda _c, method, _p, body: returned.append((method, body)))
    channel.basic_publish("amq.topic", "nobody-listens", b"x", mandatory=True)
    channel.connection.process_data_events(0.5)
    ((method, body),) = returned
    assert (method.reply_code, body) == (312, b"x")


def test_publishing_to_an_unknown_exchange_closes_the_channel(channel):
    channel.basic_publish("nothing", "x", b"x")
    with pytest.raises(exceptions.ChannelClosedByBroker) as closed:
        channel.queue_declare("")
    assert closed.value.reply_code == 404


def test_publisher_confirms_are_not_offered(channel):
    with pytest.raises(exceptions.MethodNotImplemented):
        channel.confirm_delivery()


def test_the_tls_port_opens_and_says_nothing(node):
    with socket.create_connection(("localhost", node.port(8672))) as connection:
        connection.settimeout(0.5)
        connection.sendall(b"\x16\x03\x01\x00\x05hello")
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_frame_larger_than_agreed_closes_with_501(node):
    with socket.create_connection(("localhost", node.port(5672))) as connection:
        connection.settimeout(5)
        connection.sendall(b"AMQP\x00\x00\x09\x01" + b"\x01\x00\x00\x7f\xff\xff\xff")
        connection.shutdown(socket.SHUT_WR)
        assert b"\x01\xf5" in connection.makefile("rb").read()
