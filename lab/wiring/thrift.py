"""Reads the one connection that no URL names: the thrift client of key validation.

It dials the node's own `ThriftServerHost`, which is localhost in the stock file, and only without
that the host of the key manager's URL; without `ThriftClientPort` at 10397 and the node's own
offset (carbon-apimgt 6.1, `ThriftUtils`).
"""

from collections.abc import Iterator

from lab.products.facts import Protocol, Role
from lab.products.is_km_5x import THRIFT_PORT
from lab.products.keys_2x import (
    KEY_VALIDATOR,
    KEY_VALIDATOR_TYPE,
    THRIFT_CLIENT,
    THRIFT_CLIENT_PORT,
    THRIFT_SERVER_HOST,
    VALIDATOR_ACCOUNT,
)
from lab.wiring.accounts import credentials_of, find_account
from lab.wiring.link import Link
from lab.wiring.reading import Dialler, Reading
from lab.wiring.role_names import GATEWAY, profiles_named
from lab.wiring.settings import Settings, Value, steps
from lab.wiring.urls import parse_url


def read_thrift(dialler: Dialler) -> Iterator[Reading]:
    """Give a reading for the thrift client, where it is the one that validates keys."""
    settings = dialler.settings
    if not _validates(settings) or settings.text(KEY_VALIDATOR_TYPE) != THRIFT_CLIENT:
        return
    chosen = settings.value(KEY_VALIDATOR_TYPE)
    host = _host(settings)
    if chosen is None or host is None:
        return
    port = client_port(settings)
    path = steps(KEY_VALIDATOR_TYPE)
    account = find_account(settings, VALIDATOR_ACCOUNT, path)
    link = Link(
        id=f"{settings.name}/{KEY_VALIDATOR_TYPE}",
        node=settings.name,
        to=dialler.cluster.holder_of(host.text, settings.name, port),
        host=host.text,
        port=port,
        protocol=Protocol.THRIFT,
        url=f"thrift://{host.text}:{port}",
        key=KEY_VALIDATOR_TYPE,
        source=chosen.used_at,
        why="asks the key manager whether a token is valid, over thrift",
        credentials=credentials_of(account),
    )
    yield Reading(link, path, chosen, account=account)


def client_port(settings: Settings) -> int:
    """Give the port that the thrift client dials: one that is written takes no offset."""
    written = settings.text(THRIFT_CLIENT_PORT)
    return int(written) if written.isdecimal() else THRIFT_PORT + settings.offset


def _validates(settings: Settings) -> bool:
    """Tell whether a node may ask for the keys of calls: gateways alone do."""
    return settings.role is not Role.KEY_MANAGER and GATEWAY in profiles_named(settings.name)


def _host(settings: Settings) -> Value | None:
    own = settings.value(THRIFT_SERVER_HOST)
    if own is not None and own.text:
        return own
    value = settings.value(KEY_VALIDATOR)
    address = parse_url(value.text) if value else None
    return settings.local(address.host, steps(KEY_VALIDATOR)) if address else None
