"""Checks where each link leads: a usable URL, a host somebody has, a role and port that answer.

The first of these that fails is the link's one finding: the later ones only follow from it.
"""

from collections.abc import Iterable, Iterator

from lab.products.facts import Line, Protocol, Role
from lab.products.keys_4x import (
    BROKER_TLS_PORT,
    HUB_LISTENING,
    HUB_SERVICE,
    KEY_MANAGER_SERVICE,
)
from lab.products.versions_4x import DISTRIBUTIONS_SINCE
from lab.topology.addresses import is_usable
from lab.wiring.check.balancers import judge_front
from lab.wiring.check.case import Case, closest, error, remark, warning
from lab.wiring.check.jdbc_urls import judge_database
from lab.wiring.check.names import find_slips
from lab.wiring.check.placement import find_misplaced
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.fallbacks import PRODUCT_DEFAULT
from lab.wiring.finding import Finding
from lab.wiring.neighbours import asked_nearby
from lab.wiring.reading import Reading
from lab.wiring.toml_reader import pattern

_PROXY_PORTS = {
    "https": "transport.https.properties.proxyPort",
    "http": "transport.http.properties.proxyPort",
}
_TLS_PAIRS = {"http": "https", "ws": "wss", "tcp": "ssl"} | {
    "https": "http",
    "wss": "ws",
    "ssl": "tcp",
}
_OFFSETS = {Line.TOML: "[server] offset of its file", Line.XML: "<Offset> of its carbon.xml"}
# What a load balancer stands in front of; a broker or data receiver is named member by member.
_BALANCED = (Protocol.HTTPS, Protocol.HTTP, Protocol.WSS, Protocol.WS)
_FOLLOWERS = (Role.GATEWAY, Role.TRAFFIC_MANAGER)


def check_addresses(case: Case) -> Iterator[Finding]:
    """Give at most one finding for each link's address."""
    for reading in case.readings:
        if reading.value.troubles:
            continue  # what can't be known can't be judged; check_values says so
        finding = _judge(case, reading)
        if finding is not None:
            yield finding


def _judge(case: Case, reading: Reading) -> Finding | None:
    if reading.link.default_of and _is_slip(case, reading):
        return None  # the key is there, misspelt or misplaced, and that is said
    if reading.link.default_of == PRODUCT_DEFAULT:
        return _left_out(case, reading)
    steps = (_judge_url, _judge_host, _judge_fall_back, _judge_near, _judge_role, _judge_port)
    for step in steps:
        finding = step(case, reading)
        if finding is not None:
            return finding
    return None


def _is_slip(case: Case, reading: Reading) -> bool:
    settings = case.cluster.nodes[reading.link.node]
    slips = find_slips(settings)
    meant = [pattern((*path[:-1], near)).replace("[]", "") for path, near in slips.items()]
    meant += find_misplaced(settings).values()
    return any(f"{reading.link.key}.".startswith(f"{key}.") for key in meant)


def _judge_url(case: Case, reading: Reading) -> Finding | None:
    """LAB0114: a value that no connection can be made from."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None:
        return judge_database(case, reading) if reading.is_database else None
    schemes = " or ".join(f"{scheme}://" for scheme in row.speaks)
    mend = f"write {schemes}HOST:PORT"
    if address is None:
        what = f"{link.key} is {'no URL with a host' if reading.value.raw.strip() else 'empty'}"
        return error("LAB0114", what, link.source, mend, link)
    if address.scheme not in row.speaks:
        what = f"{link.key} begins with {address.scheme}://, and the product expects {schemes}"
        return error("LAB0114", what, link.source, mend, link)
    if not address.port_is_usable:
        return error("LAB0114", f"{link.url} has no usable port", link.source, mend, link)
    return None


def _judge_host(case: Case, reading: Reading) -> Finding | None:
    """LAB0101: a host that no node or database server has."""
    link, row = reading.link, reading.row
    if link.to is not None or (row is None and not reading.is_database):
        return None
    names = _known_hosts(case)
    what = f"no node or database server has the name {link.host}"
    near = _nearest(link.host.lower(), names)
    known = f"use one of {', '.join(sorted(names))}, or add" if names else "add"
    where = "the node that is meant"
    if case.cluster.plan is None:
        where = "a topology, which `lab import` makes of these files"
    mend = f"write {near}" if near else f"{known} the name to {where}"
    if row is not None and (not row.peers or (row.may_be_outside and not near)):
        return remark("LAB0101", what, link.source, "it is outside this topology", link)
    if case.cluster.plan is not None:
        return error("LAB0101", what, link.source, mend, link)
    if row is None:
        return None
    if link.protocol in _BALANCED and _may_be_several(case, row.peers):
        return remark("LAB0101", what, link.source, "it is taken for a load balancer", link)
    return warning("LAB0101", what, link.source, mend, link)


def _nearest(host: str, names: Iterable[str]) -> str:
    """Give the name that may be meant: of one domain the labels before it are compared alone.

    Nothing for an address: one that differs in a digit is as far as any other.
    """
    if is_usable(host):
        return ""
    label, dot, domain = host.partition(".")
    near = {
        name.partition(".")[0]: name for name in names if name.partition(".")[1:] == (dot, domain)
    }
    if near and domain:
        return near.get(closest(label, near, at_least=0.5), "")
    return closest(host, names)


def _may_be_several(case: Case, roles: Iterable[Role]) -> bool:
    """Tell whether some role has a pair, as far as the files tell roles: from 4.5 they don't."""
    if any(len(case.nodes_of(role)) > 1 for role in roles):
        return True
    untold = [node for node in case.cluster.nodes.values() if node.role is None]
    return len(untold) > 1 and case.version is not None and case.version >= DISTRIBUTIONS_SINCE


def _known_hosts(case: Case) -> set[str]:
    plan = case.cluster.plan
    if plan is None:
        hosts = {settings.hostname for settings in case.cluster.nodes.values()}
        return hosts - {"localhost"}
    return {name for one in plan.members for name in (*one.aliases, *one.addresses)}


def _judge_fall_back(case: Case, reading: Reading) -> Finding | None:
    """LAB0118: a key left out, so that the product takes an address meant for something else."""
    link = reading.link
    if not link.default_of or reading.row is None:
        return None
    peer, role = case.cluster.role_of(link.to or ""), case.cluster.role_of(link.node)
    is_followed = reading.row.key in (HUB_SERVICE, HUB_LISTENING + "[]") and role in _FOLLOWERS
    if not is_followed and role is not Role.CONTROL_PLANE:
        return None
    if peer in (None, Role.CONTROL_PLANE) or not case.cluster.has_role(Role.CONTROL_PLANE):
        return None
    what = (
        f"{link.key} is left out, so {link.default_of} makes {link.to} the event hub of {link.node}"
    )
    mend = f"set {link.key} to the control plane's address"
    return error("LAB0118", what, link.source, mend, link)


def _left_out(case: Case, reading: Reading) -> Finding | None:
    """LAB0117: a key left out, so that the node talks to itself, where nothing of the kind is."""
    link, row = reading.link, reading.row
    if row is None or link.key.endswith("auth_urls"):
        return None  # its receiver URL says it already
    role = case.cluster.role_of(link.node)
    if role is Role.TRAFFIC_MANAGER and _is_hub(case, link.node):
        return None
    what = (
        f"{link.node} names no {_wanted(row.key)}: {link.key} is left out and falls back to itself"
    )
    mend = f"set {link.key} to the address of {case.a_node_of(*row.peers)}"
    if row.key == KEY_MANAGER_SERVICE and role is Role.GATEWAY:
        return warning("LAB0117", what, link.source, mend, link)
    return error("LAB0117", what, link.source, mend, link)


def _is_hub(case: Case, node: str) -> bool:
    """Tell whether others have this node for their event hub, as without control plane."""
    return not case.cluster.has_role(Role.CONTROL_PLANE) and any(
        reading.row is not None
        and reading.row.key == HUB_SERVICE
        and reading.link.to == node != reading.link.node
        for reading in case.readings
    )


def _wanted(key: str) -> str:
    if key == KEY_MANAGER_SERVICE:
        return "key manager"
    return "event hub" if key.startswith("apim.event_hub") else "traffic manager"


def _judge_near(case: Case, reading: Reading) -> Finding | None:
    """LAB0102: a port of `localhost` that no node opens, unless a start command moves its ports."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None or address is None or not row.peers:
        return None
    if not _is_own(reading) or _is_proxied(case, reading):
        return None
    ports = _ports(case, reading, link.node)
    if address.scheme not in ports or address.port in ports.values():
        return None
    what = f"no node here opens port {address.port} of {link.host}, as {link.key} has it"
    beside = _urls_beside(case, reading)
    if beside:
        return error("LAB0102", what, link.source, f"write {beside}", link)
    near = asked_nearby(case.cluster, reading)
    if not near:
        return None
    right = f"name the host and port of {case.a_node_of(*row.peers)}"
    mend = (
        f"if the start command gives {' or '.join(near)} another offset, write it as"
        f" {_OFFSETS[case.cluster.line]}; else {right}"
    )
    return warning("LAB0102", what, link.source, mend, link)


def _is_own(reading: Reading) -> bool:
    """Tell whether a node asks `localhost`, where nobody beside it opens the port either."""
    return reading.link.to == reading.link.node and reading.link.host.lower() in LOCAL_HOSTS


def _urls_beside(case: Case, reading: Reading) -> str:
    """Write the URLs of nodes on the same machine that answer what a node asks itself."""
    row, address = reading.row, reading.address
    if row is None or address is None or not _is_own(reading):
        return ""
    beside = case.cluster.answering(row, case.cluster.beside(reading.link.node))
    ports = [_ports(case, reading, one).get(address.scheme) for one in beside]
    return " or ".join(f"{address.scheme}://{address.host}:{port}" for port in ports if port)


def _judge_role(case: Case, reading: Reading) -> Finding | None:
    """LAB0109: a node that is there, and whose role doesn't answer this."""
    link, row = reading.link, reading.row
    role = case.cluster.role_of(link.to or "")
    if row is None or role is None or not row.peers or link.default_of:
        return None
    # Without a control plane it is the event hub.
    is_hub = role is Role.TRAFFIC_MANAGER and not case.cluster.has_role(Role.CONTROL_PLANE)
    if is_hub or row.is_answered_by(role):
        return None
    what = f"{link.to} is {case.a_node_of(role)} and doesn't answer what {link.key} asks"
    beside = _urls_beside(case, reading)
    mend = f"write {beside}" if beside else f"name {case.a_node_of(*row.peers)}"
    return error("LAB0109", what, link.source, mend, link)


def _judge_port(case: Case, reading: Reading) -> Finding | None:
    """LAB0102, LAB0103, LAB0108: the named node is right, its port is not."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None or address is None or link.to is None or link.to not in case.cluster.nodes:
        return judge_front(case, reading)
    scheme = address.scheme
    ports = _ports(case, reading, link.to)
    if scheme not in ports or address.port == ports[scheme] or _is_proxied(case, reading):
        return None
    other = _TLS_PAIRS.get(scheme, "")
    right = f"{scheme}://{address.host}:{ports[scheme]}"
    own, peer = case.cluster.nodes[link.node].offset, case.cluster.nodes[link.to].offset
    if ports.get(other) == address.port:
        kinds = ("TLS", "plain") if scheme in ("http", "ws", "tcp") else ("plain", "TLS")
        what = f"{link.to} serves port {address.port} {kinds[0]}, and the URL asks for {kinds[1]}"
        mend = f"write {other}:// for port {address.port}, or {right}"
        return error("LAB0103", what, link.source, mend, link)
    if "${" in reading.value.raw and "port}" in reading.value.raw and own != peer:
        what = (
            f"the port of {link.key} follows the offset of {link.node} ({own}),"
            f" and {link.to} has offset {peer}"
        )
        return error("LAB0108", what, link.source, f"write the port: {right}", link)
    what = f"{link.to} doesn't serve {link.key} at port {address.port}" + (
        f" (its offset is {peer})" if peer else ""
    )
    return error("LAB0102", what, link.source, f"write {right}", link)


def _ports(case: Case, reading: Reading, node: str) -> dict[str, int]:
    row = reading.row
    if row is None:
        return {}
    has_tls = bool(row.tls_switch) and (
        case.cluster.nodes[reading.link.node].text(row.tls_switch, "false").lower() == "true"
    )
    listens = {"tcp": BROKER_TLS_PORT} if has_tls else row.listens
    return {scheme: case.cluster.port_of(node, port) for scheme, port in listens.items()}


def _is_proxied(case: Case, reading: Reading) -> bool:
    """Tell whether the named node says that a proxy stands in front of it at this port."""
    if reading.address is None or reading.link.to is None:
        return False
    key = _PROXY_PORTS.get(reading.address.scheme)
    settings = case.cluster.nodes[reading.link.to]
    return key is not None and settings.text(key) == str(reading.address.port)
