"""The front of a closed lab: the one container that this machine's published ports lead to.

A network without a way out can't publish ports. The front stands in it and in one more network, and
passes connections on, byte for byte; it routes nothing and looks no other name up.
"""

from collections.abc import Iterator

from lab.launch.archive import PlacedFile, tar_of
from lab.launch.ports import Ports
from lab.plan.containers import BALANCER_GID, BALANCER_UID, balancer_path, container_name
from lab.plan.model import Plan
from lab.render.haproxy import global_sections

FRONT = "front"

_PAUSE = 100  # milliseconds between two questions for a member's address
_DEFAULTS = """\
defaults
    mode tcp
    timeout connect 300ms
    timeout client 1h
    timeout server 1h
    default-server init-addr none resolvers engine resolve-prefer ipv4
"""


def way_in_name(plan: Plan) -> str:
    """Give the front, and the network that leads from this machine to it."""
    return container_name(plan.lab, FRONT)


def front_files(plan: Plan, ports: Ports) -> bytes:
    """Give the archive with the front's file: each port of this machine is its port, too."""
    text = "\n".join(_lines(plan, ports)) + "\n"
    place = balancer_path("haproxy.cfg")
    return tar_of([PlacedFile(place, text.encode(), BALANCER_UID, BALANCER_GID)])


def front_ports(ports: Ports) -> dict[int, int]:
    """Give what the front publishes."""
    return {host: host for published in ports.values() for host in published.values()}


def _lines(plan: Plan, ports: Ports) -> Iterator[str]:
    yield global_sections(_PAUSE)
    yield _DEFAULTS
    hosts = {member.name: member.hostname for member in plan.members}
    for member, published in ports.items():
        for port, host in published.items():
            yield f"listen {member}-{port}"
            yield f"    bind :{host}"
            yield f"    server {member} {hosts[member]}:{port}"
