"""Gives nodes that nobody reaches the hosts that can only be a node's."""

from collections.abc import Iterator, Mapping, Sequence

from lab.importing.asked import Asked, are_near, at_usual_port, is_direct, is_member_of
from lab.importing.customer import Customer, Mention
from lab.importing.matching import MATCHES, each_by_name, most_alike, most_named
from lab.importing.role_meant import means_alone
from lab.products.facts import Role
from lab.topology.addresses import is_usable
from lab.wiring.role_names import role_named
from lab.wiring.services import namespace_of, service_name

Hosts = Mapping[str, list[Mention]]


def name_nodes(among: Asked, role: Role, hosts: Hosts) -> Iterator[str]:
    """Let the machines of a role's nodes have the hosts that are theirs; tell each in words."""
    yield from _name_by_words(among, role, hosts)
    hosts = unnamed(among, hosts)
    free = [one for one in among.nodes(role) if not among.is_reached(one)]
    wanted = _wanted(among, role, hosts, free)
    for match, why in MATCHES:
        for host, node in match(hosts, wanted, free).items():
            yield _take(among, host, node, why)
            wanted.remove(host)
            free.remove(node)
    yield from _name_services(among, role, unnamed(among, hosts))


def unnamed(among: Asked, hosts: Hosts) -> dict[str, list[Mention]]:
    """Give the hosts that no machine has."""
    return {host: hosts[host] for host in hosts if host not in among.machines.holders}


def _wanted(among: Asked, role: Role, hosts: Hosts, free: Sequence[Customer]) -> list[str]:
    """Give the hosts that must be those of nodes which nobody reaches."""
    nodes = among.nodes(role)
    called = each_by_name(hosts, free)
    wanted = [
        host
        for host, asked in hosts.items()
        if host in called
        or (
            _is_node_s(asked, single=len(nodes) == 1)
            and not _is_other(among, host, free)
            and most_alike(host, nodes) in (None, *free)
        )
    ]
    # Where numbered names stand beside one without a number, that is their balancer's.
    members = [host for host in wanted if not any(is_member_of(name, host) for name in wanted)]
    return most_named(hosts, members, len(free))


def _name_by_words(among: Asked, role: Role, hosts: Hosts) -> Iterator[str]:
    """Give hosts to the nodes that their words single out, unless they may be slips.

    A node that is reached has no other name, unless Kubernetes calls it by several services.
    """
    for host, asked in hosts.items():
        node = most_alike(host, among.nodes(role)) or _only_one(among, role, host)
        if node is None or at_usual_port(asked):
            continue
        is_free = bool(namespace_of(host)) or not among.is_reached(node)
        if is_free and not _is_other(among, host, [node]):
            yield _take(among, host, node, "by its name")


def _only_one(among: Asked, role: Role, host: str) -> Customer | None:
    """Give the one node of a role that a service of Kubernetes is called after."""
    nodes = among.nodes(role)
    is_called_so = namespace_of(host) and role_named(service_name(host)) is role
    return nodes[0] if is_called_so and len(nodes) == 1 else None


def _name_services(among: Asked, role: Role, hosts: Hosts) -> Iterator[str]:
    """Give names without a domain to the one node of a role whose own names are all public.

    Kubernetes calls such a node by a service, and its file says the host name of an ingress.
    """
    nodes = among.nodes(role)
    if len(nodes) != 1 or not nodes[0].hosts or not all(map(_is_public, nodes[0].hosts)):
        return
    for host, asked in hosts.items():
        is_slip = any(are_near(host, known) for known in among.machines.holders)
        is_inside = not is_usable(host) and not _is_public(host) and not is_slip
        if is_inside and not at_usual_port(asked) and means_alone(among, role, asked):
            yield _take(among, host, nodes[0], f"no other {role} can be meant")


def _is_public(host: str) -> bool:
    return "." in service_name(host)


def _take(among: Asked, host: str, node: Customer, why: str) -> str:
    among.machines.holders[host] = node.name
    return f"{host} is taken for {node.name}: {why}"


def _is_other(among: Asked, host: str, free: Sequence[Customer]) -> bool:
    """Tell whether the nodes have addresses of their own, or names that are much like it."""
    return bool(free) and all(
        any(
            is_usable(own) == is_usable(host) and (is_usable(host) or are_near(own, host))
            for own in among.machines.hosts_of(node.name)
        )
        for node in free
    )


def _is_node_s(asked: Sequence[Mention], *, single: bool) -> bool:
    return any(map(is_direct, asked)) or (single and not at_usual_port(asked))
