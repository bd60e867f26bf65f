"""Plans the machines that several members share: `beside` in a topology."""

from collections.abc import Mapping

from lab.plan.containers import container_name
from lab.plan.model import PlannedMachine
from lab.topology.model import Topology

_SUFFIX = "machine"


def machine_of(lab: str, name: str, topology: Topology) -> str:
    """Give the container whose network a member shares; empty when it shares none."""
    first = _first_of(name, topology)
    return container_name(lab, f"{first}-{_SUFFIX}") if first in _shared(topology) else ""


def planned_machines(lab: str, topology: Topology) -> tuple[PlannedMachine, ...]:
    """Give every machine with the names of its first node."""
    machines = []
    for first, members in _shared(topology).items():
        section = topology.nodes[first]
        machines.append(
            PlannedMachine(
                container=container_name(lab, f"{first}-{_SUFFIX}"),
                hostname=section.hostname,
                aliases=(section.hostname, *section.aliases),
                addresses=tuple(section.addresses),
                members=members,
            )
        )
    return tuple(machines)


def _first_of(name: str, topology: Topology) -> str:
    section = topology.nodes.get(name) or topology.servers[name]
    return section.beside or name


def _shared(topology: Topology) -> Mapping[str, tuple[str, ...]]:
    """Give the members of each machine that has more than one, by its first node."""
    machines: dict[str, tuple[str, ...]] = {}
    for name in (*topology.nodes, *topology.servers):
        first = _first_of(name, topology)
        machines[first] = (*machines.get(first, ()), name)
    return {first: members for first, members in machines.items() if len(members) > 1}
