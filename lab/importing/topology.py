"""Puts what was found into a topology's values, its secrets apart from it."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from lab.importing.customer import Customer
from lab.importing.guesses import Guesses
from lab.importing.machines import Machines
from lab.importing.services import Services
from lab.importing.stores import Server, Stores
from lab.products.facts import Release
from lab.topology.addresses import is_usable
from lab.topology.names import is_host_name

SECRETS = "secrets.toml"

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """All that a customer's files were found to say."""

    customers: Sequence[Customer]
    machines: Machines
    guesses: Guesses
    stores: Stores
    services: Services


@dataclass(slots=True)
class Drawn:
    """A topology's values; *secrets* by the names that they have in it."""

    values: Values
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    reasons: list[str] = field(default_factory=list)


def draw(found: Found, release: Release, files: str, name: str) -> Drawn:
    """Give the topology; *files* is the folder of the nodes' files, as the topology names it.

    *name* is the lab's, empty where the topology's file says it.
    """
    lab: Values = {"product": release.product, "version": release.version}
    lab |= {"name": name} if name else {}
    drawn = Drawn({"lab": {**lab, "secrets": f"{files}/{SECRETS}"}})
    if name:
        drawn.reasons.append(f"the lab is called {name}: no lab can be called as its file")
    stores = found.stores
    drawn.values["nodes"] = {one.name: _node(one, found, drawn, files) for one in found.customers}
    balancers = dict(_balancers(found, drawn))
    if balancers:
        drawn.values["balancers"] = balancers
    if stores.servers:
        drawn.values["databases"] = {one.name: _server(one, found, drawn) for one in stores.servers}
    return drawn


def _node(one: Customer, found: Found, drawn: Drawn, files: str) -> Values:
    first = found.machines.first[one.name]
    values: Values = {"role": one.role.value, "file": f"{files}/{one.kept_as}"}
    if first != one.name:
        values["beside"] = first
    else:
        values |= _called(found, found.machines.hosts_of(one.name), one.name, drawn)
    if one.settings.offset:
        values["offset"] = one.settings.offset
    offset = one.settings.offset
    moved = {str(port): own - offset for port, own in one.ports.items() if own - offset != port}
    if moved:
        values["ports"] = moved
    if places := found.stores.places[one.name]:
        values["databases"] = places
    username, password = one.settings.tables.account
    values["super_admin"] = _account(
        f"{one.name}.super_admin",
        one.settings.text(username, "admin"),
        one.settings.text(password, "admin"),
        drawn,
    )
    return values


def _called(
    found: Found, known: Sequence[str], otherwise: str, drawn: Drawn, *, of_server: bool = False
) -> Values:
    """Give the names and addresses of a machine; one without a name has its member's."""
    hosts = found.services.names_of(known)
    names = [host for host in hosts if is_host_name(host, of_server=of_server)]
    addresses = [host for host in hosts if is_usable(host)]
    drawn.reasons += [
        f"{host} can't be a name or address in a lab, and leads nowhere"
        for host in hosts
        if host not in names and host not in addresses
    ]
    values: Values = {"hostname": names[0] if names else otherwise}
    if names[1:]:
        values["aliases"] = names[1:]
    if addresses:
        values["addresses"] = addresses
    return values


def _account(name: str, username: str, password: str, drawn: Drawn) -> Values:
    drawn.secrets[name] = password
    return {"username": username, "password": {"secret": name}}


def _balancers(found: Found, drawn: Drawn) -> Iterator[tuple[str, Values]]:
    taken = {one.name for one in found.customers}
    for balancer in found.guesses.balancers:
        name = _free_name(f"{balancer.role.value}-lb", taken)
        taken.add(name)
        called = _called(found, balancer.hosts, name, drawn)
        values: Values = {"role": balancer.role.value, **called}
        if balancer.ports:
            values["ports"] = {str(port): target for port, target in balancer.ports.items()}
        yield name, values


def _free_name(name: str, taken: Container[str]) -> str:
    numbered = (f"{name}-{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _server(one: Server, found: Found, drawn: Drawn) -> Values:
    values: Values = {"port": one.port}
    if one.beside:
        values["beside"] = one.beside
    else:
        values |= _called(found, [one.host], one.name, drawn, of_server=True)
    accounts = [
        _account(f"{one.name}.{username}", username, password, drawn)
        for username, password in one.accounts
    ] or [_account(f"{one.name}.root", "root", "root", drawn)]
    values |= accounts[0]
    if accounts[1:]:
        values["accounts"] = accounts[1:]
    first: dict[str, str] = {}
    for schema, database in one.schemas.items():
        first.setdefault(database, schema)
    values["schemas"] = first
    also = {name: of for name, of in one.schemas.items() if first[of] != name}
    if also:
        values["also"] = also
    return values
