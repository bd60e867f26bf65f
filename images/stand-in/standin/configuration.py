"""Reads the node's deployment.toml, following the product's own fall-backs."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from standin import urls
from standin.placeholders import Placeholders

TRAFFIC_ROLES = ("control-plane", "traffic-manager", "default")
HUB_ROLES = (*TRAFFIC_ROLES, "gateway-worker")
OAUTH_ROLES = (
    "control-plane",
    "api-key-manager-deprecated",
    "api-key-manager-node",
    "api-key-manager",
    "default",
)
GATEWAY_ROLES = ("gateway-worker", "default")

# From 4.5 a node's role is what its distribution holds; `server_role` is `default` in all of them.
_DISTRIBUTION_ROLES = {
    "wso2am-universal-gw": "gateway-worker",
    "wso2am-acp": "control-plane",
    "wso2am-tm": "traffic-manager",
}

_DEFAULTS = {
    "server.server_role": "default",
    "super_admin.username": "admin",
    "super_admin.password": "admin",
    "keystore.tls.file_name": "wso2carbon.jks",
    "keystore.tls.alias": "wso2carbon",
    "keystore.tls.password": "wso2carbon",
    "truststore.file_name": "client-truststore.jks",
    "truststore.password": "wso2carbon",
}
_BARE_AMPERSAND = re.compile(r"&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore file with its alias and password."""

    path: Path
    alias: str
    password: str


@dataclass(frozen=True, slots=True)
class Datasource:
    """One `[database.*]` table; *fault* tells why the product could not even read it."""

    key: str
    kind: str
    host: str
    port: int
    schema: str
    username: str
    password: str
    options: Mapping[str, str]
    fault: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A user name and its password."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class EventHub:
    """`[apim.event_hub]` after its fall-backs to `[apim.throttling]` and to the node itself."""

    enabled: bool
    account: Account
    service_url: str
    listening: tuple[urls.Endpoint, ...]
    groups: tuple[urls.Group, ...]
    copies: tuple[urls.Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Throttling:
    """`[apim.throttling]`: where request events go and where decisions come from."""

    receiver: Account
    jms: Account
    decisions: tuple[urls.Endpoint, ...]
    groups: tuple[urls.Group, ...]
    publishes: bool
    copies: tuple[urls.Endpoint, ...]


@dataclass(frozen=True, slots=True)
class KeyManager:
    """`[apim.key_manager]`: the key manager that a control plane registers with, if it does."""

    service_url: str
    account: Account
    registers: bool


@dataclass(frozen=True, slots=True)
class EventListener:
    """The token revocation listener: where the node that revokes sends its events."""

    notification_endpoint: str
    account: Account
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Configuration:
    """One node's configuration, resolved."""

    home: Path
    role: str
    hostname: str
    offset: int
    https_port: int
    http_port: int
    receiver_ports: tuple[int, int]
    session_minutes: float
    traffic_management: bool
    super_admin: Account
    keystore: Keystore
    truststore: Keystore
    datasources: Mapping[str, Datasource]
    event_hub: EventHub
    throttling: Throttling
    key_manager: KeyManager
    event_listener: EventListener | None
    gateway_labels: tuple[str, ...]
    counts_requests: bool  # it does a traffic manager's work
    environments: tuple[Mapping[str, Any], ...]  # the `[[apim.gateway.environment]]` tables


def read_configuration(home: Path) -> Configuration:
    """Read `repository/conf/deployment.toml` under *home*.

    Raises OSError when it can't be read, tomllib.TOMLDecodeError when it is no TOML, and
    ValueError when a URL in it names no host.
    """
    document = tomllib.loads(
        (home / "repository/conf/deployment.toml").read_bytes().decode("utf-8-sig")
    )
    values = _values(document)
    offset = int(values.get("server.offset") or 0)
    return Configuration(
        home=home,
        role=_role(values),
        hostname=values.get("server.hostname") or "localhost",
        offset=offset,
        https_port=_port(values, "transport.https.properties.port", 9443) + offset,
        http_port=_port(values, "transport.http.properties.port", 9763) + offset,
        receiver_ports=(
            _port(values, "transport.receiver.tcp_port", 9611) + offset,
            _port(values, "transport.receiver.ssl_port", 9711) + offset,
        ),
        session_minutes=_number(values, "transport.receiver.session_timeout", 30),
        traffic_management=values.get("server.enable_traffic_management") is not False,
        super_admin=_account(values, "super_admin"),
        keystore=_keystore(values, home, "keystore.tls", "keystore.primary"),
        truststore=_keystore(values, home, "truststore"),
        datasources=_datasources(values),
        event_hub=_event_hub(values),
        throttling=_throttling(values),
        key_manager=_key_manager(values),
        event_listener=_event_listener(values),
        gateway_labels=tuple(
            values.get("apim.sync_runtime_artifacts.gateway.gateway_labels") or ["Default"]
        ),
        counts_requests=_counts_requests(values),
        environments=tuple(values.get("apim.gateway.environment") or ()),
    )


def _values(document: Mapping[str, Any]) -> Placeholders:
    """Return the look-up of *document*, with the system properties that its node would have."""
    plain = Placeholders(document, {}, _DEFAULTS)
    offset = int(plain.get("server.offset") or 0)
    https = _port(plain, "transport.https.properties.port", 9443) + offset
    http = _port(plain, "transport.http.properties.port", 9763) + offset
    properties = {
        "admin.username": str(plain.get("super_admin.username")),
        "admin.password": str(plain.get("super_admin.password")),
        "carbon.local.ip": str(plain.get("server.node_ip") or "127.0.0.1"),
        "carbon.host": str(plain.get("server.hostname") or "localhost"),
        "carbon.protocol": "https",
        "carbon.context": "/",
        "carbon.management.port": str(https),
        "mgt.transport.https.port": str(https),
        "mgt.transport.http.port": str(http),
        "http.nio.port": str(8280 + offset),
        "https.nio.port": str(8243 + offset),
        "receiver.url.port": str(9611 + offset),
        "auth.url.port": str(9711 + offset),
        "jms.port": str(5672 + offset),
    }
    return Placeholders(document, properties, _DEFAULTS)


def _port(values: Placeholders, key: str, default: int) -> int:
    return int(values.get(key) or default)


def _number(values: Placeholders, key: str, default: float) -> float:
    value = values.get(key)
    return default if value is None else float(value)


def _account(values: Placeholders, key: str, *fallbacks: str) -> Account:
    keys = (key, *fallbacks)
    username, *usernames = (f"{each}.username" for each in keys)
    password, *passwords = (f"{each}.password" for each in keys)
    return Account(str(values.get(username, *usernames)), str(values.get(password, *passwords)))


def _keystore(values: Placeholders, home: Path, *keys: str) -> Keystore:
    def value(name: str) -> str:
        first, *others = (f"{key}.{name}" for key in keys)
        return str(values.get(first, *others) or "")

    path = home / "repository/resources/security" / value("file_name")
    return Keystore(path, value("alias"), value("password"))


def _datasources(values: Placeholders) -> dict[str, Datasource]:
    tables = values.get("database") or {}
    return {
        name: _datasource(name, table)
        for name, table in tables.items()
        if isinstance(table, Mapping) and "type" in table
    }


def _datasource(name: str, table: Mapping[str, Any]) -> Datasource:
    kind = str(table["type"])
    written = str(table.get("url", ""))
    url = written.replace("&amp;", "&")
    if kind == "mysql" and not url:
        url = f"jdbc:mysql://{table.get('hostname')}:{table.get('port', 3306)}/{table.get('name')}"
    address, _, query = url.removeprefix("jdbc:").partition("?")
    options = dict(part.partition("=")[::2] for part in query.split("&") if part)
    host, port = ("", 0)
    if kind == "mysql":
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 3306
    raw = (written, str(table.get("username", "")), str(table.get("password", "")))
    fault = None
    if any(_BARE_AMPERSAND.search(text) or "<" in text for text in raw):
        # Values go into master-datasources.xml unescaped, so the whole file is unreadable.
        fault = "the XML made from it is malformed: a bare & or < in a value"
    return Datasource(
        key=f"database.{name}",
        kind=kind,
        host=host,
        port=port,
        schema=address.rpartition("/")[2],
        username=str(table.get("username", "")),
        password=str(table.get("password", "")).replace("&amp;", "&"),
        options=options,
        fault=fault,
    )


def _event_hub(values: Placeholders) -> EventHub:
    groups = urls.groups(values.get("apim.event_hub.publish.url_group"), "urls", "auth_urls")
    listening = values.get(
        "apim.event_hub.event_listening_endpoints", "apim.throttling.throttle_decision_endpoints"
    )
    service_url = values.get("apim.event_hub.service_url", "apim.throttling.service_url")
    return EventHub(
        enabled=values.get("apim.event_hub.enable") is not False,
        account=_account(values, "apim.event_hub", "apim.throttling", "super_admin"),
        service_url=str(
            service_url or values.resolve("https://localhost:${mgt.transport.https.port}/services/")
        ),
        listening=urls.endpoints(listening) or _local(values, "tcp", "jms.port"),
        groups=groups or _throttling_groups(values),
        copies=urls.endpoints(
            values.get("apim.event_hub.event_duplicate_url", "apim.throttling.event_duplicate_url")
        ),
    )


def _local(values: Placeholders, scheme: str, port: str) -> tuple[urls.Endpoint, ...]:
    return urls.endpoints([values.resolve(f"{scheme}://${{carbon.local.ip}}:${{{port}}}")])


def _role(values: Placeholders) -> str:
    distribution = os.environ.get("STAND_IN_DISTRIBUTION", "")
    if distribution == "wso2am-acp" and os.environ.get("PROFILE_NAME") == "key-manager":
        return "api-key-manager-deprecated"
    told = _DISTRIBUTION_ROLES.get(distribution) or os.environ.get("STAND_IN_PROFILE")
    return told or str(values.get("server.server_role"))


def _counts_requests(values: Placeholders) -> bool:
    """Tell whether a node limits requests: a control plane does whose decisions are its own."""
    role = _role(values)
    if role != "control-plane":
        return role in ("traffic-manager", "default")
    (own,) = _local(values, "tcp", "jms.port")
    names = {own.host, "localhost", "127.0.0.1", str(values.get("server.hostname")).lower()}
    decisions = urls.endpoints(values.get("apim.throttling.throttle_decision_endpoints")) or (own,)
    return any(at.host in names and at.port == own.port for at in decisions)


def _throttling_groups(values: Placeholders) -> tuple[urls.Group, ...]:
    found = urls.groups(
        values.get("apim.throttling.url_group"), "traffic_manager_urls", "traffic_manager_auth_urls"
    )
    local = urls.Group(
        _local(values, "tcp", "receiver.url.port"), _local(values, "ssl", "auth.url.port")
    )
    return found or (local,)


def _throttling(values: Placeholders) -> Throttling:
    role = _role(values)
    publishes = values.get("apim.throttling.enable_data_publishing")
    return Throttling(
        receiver=Account(
            str(
                values.get(
                    "apim.throttling.receiver_username",
                    "apim.throttling.username",
                    "super_admin.username",
                )
            ),
            str(
                values.get(
                    "apim.throttling.receiver_password",
                    "apim.throttling.password",
                    "super_admin.password",
                )
            ),
        ),
        jms=_account(values, "apim.throttling.jms", "apim.throttling", "super_admin"),
        decisions=urls.endpoints(values.get("apim.throttling.throttle_decision_endpoints"))
        or _local(values, "tcp", "jms.port"),
        groups=_throttling_groups(values),
        # The role sets it unless the file does (infer.json).
        publishes=role in GATEWAY_ROLES if publishes is None else bool(publishes),
        copies=urls.endpoints(values.get("apim.throttling.event_duplicate_url")),
    )


def _key_manager(values: Placeholders) -> KeyManager:
    registers = values.get("apim.key_manager.enable_registration")
    service_url = values.get("apim.key_manager.service_url")
    return KeyManager(
        service_url=str(
            service_url or values.resolve("https://localhost:${mgt.transport.https.port}/services/")
        ),
        account=_account(values, "apim.key_manager", "super_admin"),
        registers=_role(values) in {"control-plane", "default"}
        if registers is None
        else bool(registers),
    )


def _event_listener(values: Placeholders) -> EventListener | None:
    for table in values.get("event_listener") or ():
        properties = table.get("properties", {})
        if table.get("enable") is False or "notification_endpoint" not in properties:
            continue
        return EventListener(
            notification_endpoint=properties["notification_endpoint"],
            account=Account(
                str(properties.get("username", "")), str(properties.get("password", ""))
            ),
            headers={
                name.removeprefix("header."): str(value)
                for name, value in properties.items()
                if name.startswith("header.")
            },
        )
    return None
