"""Which ports of 127.0.0.1 a lab's nodes are published on: free ones, kept in the lab's folder."""

import json
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from lab.launch.kept_file import write_kept
from lab.plan.model import Plan, PlannedBalancer, PlannedNode

FILE = "ports.json"
LOOPBACK = "127.0.0.1"

Ports = Mapping[str, Mapping[int, int]]  # member → container port → host port


def choose_ports(plan: Plan, folder: Path) -> Ports:
    """Give each published port a free host port: the one of before as long as it is free."""
    before = read_ports(folder)
    with ExitStack() as held:
        chosen = {
            member.name: {
                port: _free(held, before.get(member.name, {}).get(port, 0))
                for port in published_ports(member)
            }
            for member in publishing(plan)
        }
    return {name: ports for name, ports in chosen.items() if ports}


def published_ports(member: PlannedNode | PlannedBalancer) -> tuple[int, ...]:
    """Give the container ports of a member that people use from the host."""
    served = member.ports if isinstance(member, PlannedNode) else member.fronts
    return tuple(one.port for one in served if one.published)


def publishing(plan: Plan) -> tuple[PlannedNode | PlannedBalancer, ...]:
    """Give the members that can be reached from the host at all."""
    return (*plan.nodes, *plan.balancers)


def ways(plan: Plan, ports: Ports) -> Mapping[tuple[str, int], int]:
    """Give the port of 127.0.0.1 for each name of the lab's network with each published port."""
    return {
        (alias.lower(), port): host
        for member in publishing(plan)
        for alias in member.aliases
        for port, host in ports.get(member.name, {}).items()
    }


def other_ports(container_ports: Iterable[int]) -> Mapping[int, int]:
    """Give new free host ports for a node whose chosen ones were taken meanwhile."""
    with ExitStack() as held:
        return {port: _free(held, 0) for port in container_ports}


def read_ports(folder: Path) -> Ports:
    """Give the ports chosen before; none where nothing readable was kept."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {
            member: {int(port): int(host) for port, host in ports.items()}
            for member, ports in kept.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def write_ports(folder: Path, ports: Ports) -> None:
    """Keep the chosen ports; whoever reads meanwhile finds those of before.

    Raises `LabError` when they can't be written.
    """
    text = json.dumps(ports, indent=2, sort_keys=True)
    write_kept(folder / FILE, text + "\n")


def _free(held: ExitStack, wanted: int) -> int:
    """Give *wanted* if it is free, else another; it stays bound until all have been chosen."""
    for port in (wanted, 0):
        listener = held.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            continue
        return int(listener.getsockname()[1])
    raise OSError(f"no free port on {LOOPBACK}")
