"""The probes against RabbitMQ, nginx and MySQL: servers that somebody else wrote."""

import asyncio
import json
import struct
import time
from collections.abc import Callable, Sequence

import pika
import pytest

from probes.attempt import attempt
from probes.connection import Vantage
from probes.local import stand_here
from probes.result import Outcome, Phase, Result
from probes.target import HttpRequest, Protocol, Target

pytestmark = pytest.mark.engine

PASSWORD = "a-secret&of%the@lab"
_PATIENCE = 90  # seconds, for a server that starts on a busy machine

RABBITMQ_CONF = f"""
default_vhost = carbon
default_user = admin
default_pass = {PASSWORD}
loopback_users = none
log.console = true
log.console.level = info
log.file = false
"""

NGINX_CONF = """
daemon off;
pid /tmp/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  server {
    listen 9443 ssl;
    ssl_certificate /lab/server.pem;
    ssl_certificate_key /lab/server.pem;
    location = /services/Version { return 200 "WSO2 API Manager-4.1.0"; }
    location = /internal/data/v1/notify {
      auth_basic "Carbon";
      auth_basic_user_file /lab/accounts;
      proxy_pass http://127.0.0.1:9099/health;
    }
  }
  server { listen 9099; location = /health { return 200; } }
}
"""

INIT_SQL = """
CREATE DATABASE apim_db CHARACTER SET latin1;
CREATE TABLE apim_db.AM_API (ID INT PRIMARY KEY);
CREATE TABLE apim_db.AM_APPLICATION (ID INT PRIMARY KEY);
CREATE VIEW apim_db.A_VIEW AS SELECT * FROM apim_db.AM_API;
CREATE DATABASE shared_db;
CREATE USER 'apim'@'%' IDENTIFIED BY 'PASSWORD';
GRANT ALL ON apim_db.* TO 'apim'@'%';
CREATE USER 'locked'@'%' IDENTIFIED BY 'PASSWORD' ACCOUNT LOCK;
CREATE USER 'keyless'@'%' IDENTIFIED BY 'PASSWORD';
GRANT ALL ON apim_db.* TO 'keyless'@'%';
"""

MYSQLD = """
set -e
mysqld --no-defaults --initialize-insecure --datadir=/tmp/data --log-error-verbosity=1
exec mysqld --no-defaults --datadir=/tmp/data --socket=/tmp/mysqld.sock --mysqlx=OFF \
  --pid-file=/tmp/mysqld.pid --init-file=/lab/init.sql \
  --ssl-ca=/lab/ca.pem --ssl-cert=/lab/server.pem --ssl-key=/lab/server.pem
"""


def target(protocol: Protocol, host: str, port: int, **fields: object) -> Target:
    return Target(
        **{
            "id": "a link",
            "protocol": protocol,
            "host": host,
            "port": port,
            "username": "admin",
            "password": PASSWORD,
            **fields,
        }
    )


def until_ready(asked: Target, vantage: Vantage) -> None:
    """Wait for a server by the very probe under test, for it says when there is an answer."""
    deadline = time.monotonic() + _PATIENCE
    waiting = (Outcome.REFUSED, Outcome.CLOSED, Outcome.SILENT)
    while (result := asyncio.run(attempt(asked, vantage))).outcome in waiting:
        assert time.monotonic() < deadline, result
        time.sleep(0.2)


@pytest.fixture(scope="module")
def rabbitmq(package_image, running):
    image = package_image("rabbitmq", "rabbitmq-server")
    files = {"/etc/rabbitmq/rabbitmq.conf": RABBITMQ_CONF}
    # One scheduler and a small limit of descriptors, which Erlang sizes its tables by.
    options = ("--env=RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+S 1:1", "--ulimit=nofile=4096:4096")
    with running(image, "rabbitmq-server", options=options, files=files) as container:
        vantage = stand_here("", {"tm.wso2.com": container.address})
        until_ready(target(Protocol.TCP, "tm.wso2.com", 5672), vantage)
        yield vantage, container


def ask_rabbitmq(rabbitmq, **fields: object) -> Result:
    asked = target(Protocol.AMQP, "tm.wso2.com", 5672, timeout=10, **fields)
    return asyncio.run(attempt(asked, rabbitmq[0]))


def test_rabbitmq_takes_the_login_and_has_the_exchange(rabbitmq):
    result = ask_rabbitmq(rabbitmq)
    assert (result.outcome, result.seen) == (Outcome.OK, "logged in, amq.topic is there")
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.AUTH, Phase.APP]


def test_rabbitmq_sees_a_client_that_leaves_in_order(rabbitmq):
    assert ask_rabbitmq(rabbitmq).ok
    log = rabbitmq[1].log()
    assert "connection_closed_abruptly" not in log
    assert "client unexpectedly closed TCP connection" not in log


def test_rabbitmq_refuses_a_wrong_password(rabbitmq):
    result = ask_rabbitmq(rabbitmq, password="another")
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen.startswith("403 ACCESS_REFUSED")


def test_rabbitmq_knows_no_such_virtual_host(rabbitmq):
    result = ask_rabbitmq(rabbitmq, virtual_host="nitrogen")
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen.startswith("530 NOT_ALLOWED")


def test_http_to_rabbitmq_is_another_protocol(rabbitmq):
    asked = target(Protocol.HTTP, "tm.wso2.com", 5672, requests=(HttpRequest("GET", "/", (200,)),))
    assert asyncio.run(attempt(asked, rabbitmq[0])).outcome is Outcome.WRONG_PROTOCOL


def as_text(payload: dict[str, str]) -> bytes:
    return json.dumps({"event": {"payloadData": payload}}).encode()


def as_map(payload: dict[str, str]) -> bytes:
    """Write a map as Andes does: each value behind its name, a code and its length."""
    entries = (
        bytes([len(name)]) + name.encode() + b"\x98" + struct.pack(">I", len(text)) + text.encode()
        for name, text in payload.items()
    )
    body = struct.pack(">I", len(payload)) + b"".join(entries)
    return struct.pack(">I", len(body)) + body


Write = Callable[[dict[str, str]], bytes]


def publish(address: str, topic: str, revocation: dict[str, str], writes: Sequence[Write]) -> None:
    """Pass a revocation on as the product does, by a client that somebody else wrote."""
    parameters = pika.ConnectionParameters(
        address, virtual_host="carbon", credentials=pika.PlainCredentials("admin", PASSWORD)
    )
    payload = {"eventId": revocation["eventId"], "revokedToken": revocation["accessToken"]}
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        for write in writes:
            channel.basic_publish("amq.topic", topic, write({"revokedToken": "somebody's"}))
            channel.basic_publish("amq.topic", topic, write(payload))


def notify(address: str, topic: str, heard: list[dict[str, object]], writes: Sequence[Write]):
    """A notify endpoint that passes revocations on to the broker."""

    async def handler(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"POST /internal/data/v1/notify" in head
        assert b"X-WSO2-KEY-MANAGER: default" in head
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        heard.append(json.loads(await reader.readexactly(length)))
        if topic:
            await asyncio.to_thread(publish, address, topic, heard[-1], writes)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await reader.read(-1)

    return handler


async def revoke(
    rabbitmq, serve, authority, *, topic: str, patience: float = 10, heard=None, writes=(as_text,)
):
    here, container = rabbitmq
    addresses = {**here.resolver.addresses, "cp.wso2.com": "127.0.0.1"}
    vantage = stand_here(authority.pem, addresses)
    handler = notify(container.address, topic, [] if heard is None else heard, writes)
    async with serve(handler, authority.server("cp.wso2.com")) as port:
        asked = target(
            Protocol.REVOCATION,
            "cp.wso2.com",
            port,
            timeout=patience,
            hub_host="tm.wso2.com",
            hub_port=5672,
            hub_username="admin",
            hub_password=PASSWORD,
        )
        return await attempt(asked, vantage)


async def test_a_revocation_arrives_through_rabbitmq(rabbitmq, serve, authority):
    heard: list[dict[str, object]] = []
    result = await revoke(rabbitmq, serve, authority, topic="tokenRevocation", heard=heard)
    assert result.outcome is Outcome.OK, result
    assert result.endpoint == "tm.wso2.com:5672"
    (event,) = heard
    assert event["type"] == "token_revocation"
    assert str(event["accessToken"]).startswith("lab-probe-")
    assert event["expiryTime"] < time.time() * 1000
    assert event["tenantDomain"] == "carbon.super"


async def test_a_revocation_that_gets_lost_is_silence_of_the_hub(rabbitmq, serve, authority):
    result = await revoke(rabbitmq, serve, authority, topic="", patience=2)
    assert result.outcome is Outcome.SILENT
    assert result.endpoint == "tm.wso2.com:5672"
    assert result.expected == "the revocation as a message of tokenRevocation"


async def test_a_revocation_that_comes_as_a_map_is_dropped_as_gateways_drop_it(
    rabbitmq, serve, authority
):
    result = await revoke(
        rabbitmq, serve, authority, topic="tokenRevocation", writes=(as_map,), patience=5
    )
    assert (result.outcome, result.seen) == (
        Outcome.WRONG_ANSWER,
        "its copy is a map, which gateways drop",
    )


async def test_a_revocation_that_comes_in_both_forms_has_arrived(rabbitmq, serve, authority):
    both = (as_map, as_text)
    result = await revoke(rabbitmq, serve, authority, topic="tokenRevocation", writes=both)
    assert result.outcome is Outcome.OK, result


async def test_a_revocation_of_another_topic_is_not_ours(rabbitmq, serve, authority):
    result = await revoke(rabbitmq, serve, authority, topic="cacheInvalidation", patience=2)
    assert result.outcome is Outcome.SILENT


@pytest.fixture(scope="module")
def nginx(package_image, running, authority, tmp_path_factory):
    image = package_image("nginx", "nginx")
    authority.server("cp.wso2.com")
    files = {
        "/etc/nginx/nginx.conf": NGINX_CONF,
        "/lab/server.pem": authority.file("cp.wso2.com").read_text(),
        "/lab/accounts": f"admin:{{PLAIN}}{PASSWORD}\n",
    }
    with running(image, "nginx", files=files) as container:
        names = dict.fromkeys(("cp.wso2.com", "gw.wso2.com"), container.address)
        vantage = stand_here(authority.pem, names)
        until_ready(target(Protocol.TCP, "cp.wso2.com", 9443), vantage)
        yield vantage


VERSION = HttpRequest("GET", "/services/Version", (200,), contains="4.1.0")
NOTIFY = HttpRequest("POST", "/internal/data/v1/notify", (200,), authenticated=True, body="{}")


def ask_nginx(vantage: Vantage, *requests: HttpRequest, **fields: object) -> Result:
    fields = {"host": "cp.wso2.com", "port": 9443, "protocol": Protocol.HTTPS, **fields}
    return asyncio.run(attempt(target(requests=requests, **fields), vantage))


def test_nginx_answers_several_requests_with_every_phase(nginx):
    result = ask_nginx(nginx, VERSION, NOTIFY)
    assert result.outcome is Outcome.OK, result
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.TLS, Phase.AUTH, Phase.APP]


def test_nginx_refuses_a_wrong_password(nginx):
    result = ask_nginx(nginx, NOTIFY, password="another")
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert list(result.phases)[-1] is Phase.AUTH


def test_nginx_knows_no_such_path(nginx):
    result = ask_nginx(nginx, HttpRequest("GET", "/services/Nothing", (200,)))
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen.startswith("404")


def test_the_certificate_of_nginx_is_not_valid_for_another_alias(nginx):
    result = ask_nginx(nginx, VERSION, host="gw.wso2.com")
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert result.seen == "not valid for the name gw.wso2.com, only for cp.wso2.com"


def test_the_certificate_of_nginx_is_told_by_the_probe_of_tls(nginx):
    result = asyncio.run(attempt(target(Protocol.TLS, "cp.wso2.com", 9443), nginx))
    assert result.outcome is Outcome.OK
    assert result.seen.startswith("TLSv1.2, certificate for cp.wso2.com, issued by lab CA")


def test_plain_http_to_a_tls_port_is_a_wrong_answer(nginx):
    result = ask_nginx(nginx, VERSION, protocol=Protocol.HTTP)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen.startswith("400")


def test_tls_to_a_plain_port_is_another_protocol(nginx):
    result = ask_nginx(nginx, VERSION, port=9099)
    assert result.outcome is Outcome.WRONG_PROTOCOL
    assert list(result.phases)[-1] is Phase.TLS


def test_nginx_answers_for_health_as_the_gateways_websocket_port_does(nginx):
    assert ask_nginx(nginx, protocol=Protocol.WS, port=9099).ok


@pytest.fixture(scope="module")
def mysql(mysql_image, running, authority):
    authority.server("db.wso2.com")
    files = {
        "/lab/init.sql": INIT_SQL.replace("PASSWORD", PASSWORD),
        "/lab/ca.pem": authority.pem,
        "/lab/server.pem": authority.file("db.wso2.com").read_text(),
    }
    options = ("--entrypoint=sh", "--user=999:999", "--memory=1g")
    with running(mysql_image, "-c", MYSQLD, options=options, files=files) as container:
        names = dict.fromkeys(("db.wso2.com", "other.wso2.com"), container.address)
        vantage = stand_here(authority.pem, names)
        until_ready(target(Protocol.TCP, "db.wso2.com", 3306), vantage)
        yield vantage


def ask_mysql(vantage: Vantage, **fields: object) -> Result:
    fields = {
        "host": "db.wso2.com",
        "port": 3306,
        "username": "apim",
        "database": "apim_db",
        "tables": 2,
        "validation_query": "SELECT 1",
        **fields,
    }
    return asyncio.run(attempt(target(Protocol.MYSQL, **fields), vantage))


def test_mysql_takes_the_login_and_counts_tables_without_views(mysql):
    result = ask_mysql(mysql)
    assert result.outcome is Outcome.OK, result
    assert result.seen == "logged in, SELECT 1 answered, 2 tables in apim_db"
    assert list(result.phases) == [Phase.DNS, Phase.TCP, Phase.TLS, Phase.AUTH, Phase.APP]


def test_mysql_takes_a_login_without_tls_as_with_public_key_retrieval(mysql):
    result = ask_mysql(mysql, use_tls=False)
    assert result.outcome is Outcome.OK, result
    assert Phase.TLS not in result.phases


def test_mysql_needs_a_key_for_a_login_without_tls_until_it_remembers_the_user(mysql):
    keyless = {"username": "keyless", "use_tls": False, "may_retrieve_key": False}
    result = ask_mysql(mysql, **keyless)
    assert (result.outcome, result.seen) == (
        Outcome.NO_LOGIN_KEY,
        "Public Key Retrieval is not allowed",
    )
    assert list(result.phases)[-1] is Phase.AUTH
    assert ask_mysql(mysql, username="keyless").ok
    assert ask_mysql(mysql, **keyless).ok


@pytest.mark.parametrize("use_tls", [True, False])
def test_mysql_refuses_a_wrong_password(mysql, use_tls):
    result = ask_mysql(mysql, password="another", use_tls=use_tls)
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen.startswith("1045 Access denied for user 'apim'")
    assert list(result.phases)[-1] is Phase.AUTH


def test_mysql_refuses_a_locked_account(mysql):
    result = ask_mysql(mysql, username="locked")
    assert result.outcome is Outcome.CREDENTIALS_REFUSED
    assert result.seen.startswith("3118")


def test_a_missing_table_is_a_wrong_answer_with_both_counts(mysql):
    result = ask_mysql(mysql, tables=184)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert (result.expected, result.seen) == ("184 tables in apim_db", "2 tables in apim_db")


def test_a_login_that_names_no_schema_is_a_wrong_answer(mysql):
    result = ask_mysql(mysql, database="", tables=None)
    assert (result.outcome, result.expected) == (Outcome.WRONG_ANSWER, "a schema")


@pytest.mark.parametrize("database", ["no_such_db", "shared_db"])
def test_a_schema_that_isnt_there_or_isnt_granted_is_a_wrong_answer(mysql, database):
    result = ask_mysql(mysql, database=database)
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.expected == f"schema {database}"


def test_a_validation_query_that_fails_is_a_wrong_answer(mysql):
    result = ask_mysql(mysql, validation_query="SELECT 1 FROM DUAL_NOT_THERE")
    assert result.outcome is Outcome.WRONG_ANSWER
    assert result.seen.startswith("1146")


def test_the_certificate_of_mysql_is_not_valid_for_another_alias(mysql):
    result = ask_mysql(mysql, host="other.wso2.com")
    assert result.outcome is Outcome.CERTIFICATE_INVALID
    assert result.seen == "not valid for the name other.wso2.com, only for db.wso2.com"


def test_a_certificate_that_the_node_does_not_trust_ends_the_login(mysql, stranger):
    result = ask_mysql(stand_here(stranger.pem, mysql.resolver.addresses))
    assert result.outcome is Outcome.CERTIFICATE_INVALID


def test_amqp_to_mysql_is_another_protocol(mysql):
    asked = target(Protocol.AMQP, "db.wso2.com", 3306)
    assert asyncio.run(attempt(asked, mysql)).outcome is Outcome.WRONG_PROTOCOL
