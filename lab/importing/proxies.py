"""Host names that a node's file says for itself, and that the proxy before it has."""

from collections.abc import Iterator

from lab.importing.asked import USUAL, Asked, is_direct
from lab.importing.customer import Customer, Mention
from lab.importing.role_meant import role_meant

_PROXY_PORTS = ("transport.https.properties.proxyPort", "transport.http.properties.proxyPort")


def leave_to_proxies(among: Asked) -> Iterator[str]:
    """Take from nodes the names that are asked at a proxy's port; tell each in words.

    A name stays where a node has a machine with others, where a broker or receiver is dialled by
    it, or where something else than the node's role is asked there.
    """
    for host, name in list(among.machines.holders.items()):
        node = next(one for one in among.customers if one.name == name)
        asked = [mention for mention in among.mentions if mention.host == host and mention.row]
        port = _proxied_port(node, asked)
        is_alone = not any(
            one is not node and among.machines.same(one.name, name) for one in among.customers
        )
        is_its = host in node.hosts and not any(map(is_direct, asked))
        if port and is_alone and is_its and role_meant(among, asked) is node.role:
            del among.machines.holders[host]
            yield f"{host}, which {name} has for its own, is asked at its proxyPort {port}"


def _proxied_port(node: Customer, asked: list[Mention]) -> int:
    """Give a port at which others ask, and that a node's file says a proxy has; else 0."""
    said = {node.settings.text(key) for key in _PROXY_PORTS}
    ports = (mention.port for mention in asked if mention.node != node.name)
    return next((port for port in ports if port in USUAL and str(port) in said), 0)
