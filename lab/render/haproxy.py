"""The haproxy.cfg of a load balancer: its ports, the members behind each, and their health check.

By default TLS passes through, so a member shows its own certificate, which carries the balancer's
names. Health is asked on the servlet port alone: bytes of HTTP or TLS sent to a data receiver's
port make a real node allocate a gigabyte (wso2's BinaryDataReceiver).
"""

from collections.abc import Iterator

from lab.plan.containers import BALANCER_CERTIFICATE, balancer_path
from lab.plan.model import Plan, PlannedBalancer, PlannedNode
from lab.products.apim_4x import MANAGEMENT_PORT, SERVLET_HTTP_PORT
from lab.products.facts import Front, Protocol

_TLS = (Protocol.HTTPS, Protocol.WSS)
_SERVLET_PORTS = (MANAGEMENT_PORT, SERVLET_HTTP_PORT)
_AUTHORITY = balancer_path("ca.pem")
_PAUSE = 500  # milliseconds between two questions for a member's address

_GLOBAL = """\
global
    log stdout format raw local0 notice
    maxconn 1000
    nbthread 1
    # At the end of a lab nobody waits for open connections.
    hard-stop-after 1s

# Docker's name server. A member that isn't started has no address, and that stops nothing.
resolvers engine
    nameserver engine 127.0.0.11:53
    resolve_retries 2
    timeout resolve {pause}ms
    timeout retry {pause}ms
    hold valid {pause}ms
"""
_DEFAULTS = """\
defaults
    log global
    option redispatch 1
    retries 3
    timeout connect 1s
    timeout client 1h
    timeout server 1h
    timeout check 3s
    default-server init-addr none resolvers engine resolve-prefer ipv4
    default-server inter 1s fastinter 250ms downinter 250ms rise 1 fall 3
"""


def global_sections(pause: int) -> str:
    """Give what every haproxy of a lab begins with; a name is asked for every *pause* ms."""
    return _GLOBAL.format(pause=pause)


def haproxy_cfg(plan: Plan, balancer: PlannedBalancer) -> str:
    """Give the text of a balancer's file, one backend a port of its members."""
    return "\n".join(_lines(plan, balancer)) + "\n"


def _lines(plan: Plan, balancer: PlannedBalancer) -> Iterator[str]:
    members = [plan.node(name) for name in balancer.members]
    yield f"# {balancer.name}: before {', '.join(balancer.members)} ({balancer.role})."
    yield global_sections(_PAUSE)
    yield _DEFAULTS.rstrip()
    for front in balancer.fronts:
        yield ""
        yield from _frontend(front, balancer)
    for front in _targets(balancer):
        yield ""
        yield from _backend(front, balancer, members)


def _targets(balancer: PlannedBalancer) -> list[Front]:
    """Give one front for each port of the members: the health check needs the management port."""
    own = Front(MANAGEMENT_PORT, MANAGEMENT_PORT, Protocol.HTTPS)
    by_target = {front.target: front for front in (*balancer.fronts, own)}
    return [by_target[target] for target in sorted(by_target)]


def _frontend(front: Front, balancer: PlannedBalancer) -> Iterator[str]:
    yield f"frontend port-{front.port}"
    yield f"    mode {_mode(balancer)}"
    opens = front.protocol in _TLS and balancer.terminates
    certificate = f" ssl crt {balancer_path(BALANCER_CERTIFICATE)}" if opens else ""
    yield f"    bind :{front.port}{certificate}"
    yield f"    default_backend to-{front.target}"


def _backend(front: Front, balancer: PlannedBalancer, members: list[PlannedNode]) -> Iterator[str]:
    yield f"backend to-{front.target}"
    yield f"    mode {_mode(balancer)}"
    yield "    balance roundrobin"
    is_sticky = _is_sticky(front, balancer)
    if is_sticky and not balancer.terminates:
        # Not `balance source`: a retry would choose the member that has just failed again.
        yield "    stick-table type ip size 10k expire 1h"
        yield "    stick on src"
    if is_sticky and balancer.terminates:
        yield "    cookie LAB_MEMBER insert indirect nocache"
    if front.target == MANAGEMENT_PORT:
        yield "    option httpchk"
        alive, host = members[0].start.alive.path, f"ver HTTP/1.1 hdr Host {balancer.hostname}"
        yield f"    http-check send meth GET uri {alive} {host}"
        yield "    http-check expect status 200"
    for member in members:
        yield f"    server {' '.join(_server(front, balancer, member))}"


def _server(front: Front, balancer: PlannedBalancer, member: PlannedNode) -> Iterator[str]:
    yield member.name
    yield f"{member.hostname}:{front.target + member.offset}"
    verified = f"verify required ca-file {_AUTHORITY} verifyhost {member.hostname}"
    if front.target == MANAGEMENT_PORT:
        yield f"check check-ssl {verified}"
    else:
        yield f"track to-{MANAGEMENT_PORT}/{member.name}"
    if balancer.terminates and front.protocol in _TLS:
        yield "ssl" if front.target == MANAGEMENT_PORT else f"ssl {verified}"
    if balancer.terminates and _is_sticky(front, balancer):
        yield f"cookie {member.name}"


def _is_sticky(front: Front, balancer: PlannedBalancer) -> bool:
    """Tell whether a client stays with one member: sessions are on the servlet ports alone."""
    return balancer.is_sticky and front.target in _SERVLET_PORTS


def _mode(balancer: PlannedBalancer) -> str:
    return "http" if balancer.terminates else "tcp"
