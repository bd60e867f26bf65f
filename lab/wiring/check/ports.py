"""Checks whether the node that a link leads to opens its port, and for what."""

from lab.products.facts import Line
from lab.products.keys_4x import BROKER_TLS_PORT, DEFAULT_PORTS, ENVIRONMENT
from lab.wiring.check.balancers import judge_front
from lab.wiring.check.case import Case, error, warning
from lab.wiring.cluster import LOCAL_HOSTS
from lab.wiring.finding import Finding
from lab.wiring.neighbours import asked_nearby
from lab.wiring.reading import Reading

_PROXY_PORTS = {
    "https": "transport.https.properties.proxyPort",
    "http": "transport.http.properties.proxyPort",
}
_MANAGED = f"{ENVIRONMENT}.service_url"  # the one address of an environment that no client calls
_TLS_PAIRS = {"http": "https", "ws": "wss", "tcp": "ssl"} | {
    "https": "http",
    "wss": "ws",
    "ssl": "tcp",
}
_OFFSETS = {Line.TOML: "[server] offset of its file", Line.XML: "<Offset> of its carbon.xml"}


def judge_near(case: Case, reading: Reading) -> Finding | None:
    """LAB0102: a port of `localhost` that no node opens, unless a start command moves its ports."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None or address is None or not row.peers:
        return None
    if not _is_own(reading) or _is_proxied(case, reading):
        return None
    ports = _ports(case, reading, link.node)
    is_open = address.port in ports.values() or case.cluster.opens(link.node, address.port)
    if address.scheme not in ports or is_open:
        return None
    what = f"no node here opens port {address.port} of {link.host}, as {link.key} has it"
    beside = urls_beside(case, reading)
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


def urls_beside(case: Case, reading: Reading) -> str:
    """Write the URLs of nodes on the same machine that answer what a node asks itself."""
    row, address = reading.row, reading.address
    if row is None or address is None or not _is_own(reading):
        return ""
    beside = case.cluster.answering(row, case.cluster.beside(reading.link.node))
    ports = [_ports(case, reading, one).get(address.scheme) for one in beside]
    host, path = f"{address.scheme}://{address.host}", row.path or address.path
    return " or ".join(f"{host}:{port}{path}" for port in ports if port)


def judge_port(case: Case, reading: Reading) -> Finding | None:
    """LAB0102, LAB0103, LAB0108: the named node is right, its port is not."""
    link, row, address = reading.link, reading.row, reading.address
    if row is None or address is None or link.to is None or link.to not in case.cluster.nodes:
        return judge_front(case, reading)
    scheme = address.scheme
    ports = _ports(case, reading, link.to)
    if scheme not in ports or address.port == ports[scheme] or _is_proxied(case, reading):
        return None
    other = _TLS_PAIRS.get(scheme, "")
    right = f"{scheme}://{address.host}:{ports[scheme]}{row.path or address.path}"
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
    if row is None or not case.cluster.nodes[node].offset_is_known:
        return {}
    has_tls = bool(row.tls_switch) and (
        case.cluster.nodes[reading.link.node].text(row.tls_switch, "false").lower() == "true"
    )
    listens = {"tcp": BROKER_TLS_PORT} if has_tls else row.listens
    return {scheme: case.cluster.port_of(node, port) for scheme, port in listens.items()}


def _is_proxied(case: Case, reading: Reading) -> bool:
    """Tell whether the named node says that a proxy stands in front of it at this port."""
    address = reading.address
    if address is None or reading.link.to is None:
        return False
    settings = case.cluster.nodes[reading.link.to]
    fronts = {scheme: settings.text(key) for scheme, key in _PROXY_PORTS.items()}
    if fronts.get(address.scheme) == str(address.port):
        return True
    # Clients call by the proxy what it has no key for, too: each scheme at its usual port.
    is_usual = address.port == DEFAULT_PORTS.get(address.scheme)
    return is_usual and _is_for_clients(reading) and any(fronts.values())


def _is_for_clients(reading: Reading) -> bool:
    key = reading.row.key if reading.row else ""
    return key.startswith(ENVIRONMENT) and key != _MANAGED
