"""Keeps members on the networks that they were made in: who is off them, and the way back."""

from collections.abc import Iterable, Mapping

from lab.launch.engine import Engine
from lab.launch.seen import SeenContainer
from lab.plan.model import Member, Plan, PlannedMachine


def networks_of(plan: Plan, container: str) -> Mapping[str, str]:
    """Give each network that a container stands in by the plan, with its fixed address or none."""
    fixed = {one.name: one.addresses for one in plan.subnets if container in one.addresses}
    return {plan.network: "", **{name: fixed[name][container] for name in fixed}}


def off_network(plan: Plan, listed: Iterable[SeenContainer]) -> Mapping[str, tuple[str, ...]]:
    """Give the members whose container was taken off a network, with each that they miss."""
    seen = {container.name: container for container in listed}
    off: dict[str, tuple[str, ...]] = {}
    for member in plan.members:
        stands = seen.get(_stand(plan, member).container)
        if stands is not None:
            wanted = networks_of(plan, stands.name)
            off[member.name] = tuple(name for name in wanted if name not in stands.networks)
    return {name: networks for name, networks in off.items() if networks}


def attach(engine: Engine, plan: Plan, name: str) -> bool:
    """Put a member on the networks that it is off, by its names and at its addresses as at first.

    A network that knows it by other names counts as one that it is off. Tell whether there was
    one. A swarm does so by itself.
    """
    if engine.in_swarm:
        return False
    member = next(one for one in plan.members if one.name == name)
    stand = _stand(plan, member)
    seen = engine.inspect(stand.container)
    changed = False
    for network, address in networks_of(plan, stand.container).items():
        aliases = stand.aliases if network == plan.network else ()
        if set(aliases) <= set(seen.networks.get(network, ())) and network in seen.networks:
            continue
        if network in seen.networks:
            engine.leave(network, stand.container)
        engine.join(network, stand.container, address, aliases)
        changed = True
    return changed


def _stand(plan: Plan, member: Member) -> Member | PlannedMachine:
    """Give whose network a member has: its machine's, or its own."""
    machines = (one for one in plan.machines if one.container == member.machine)
    return next(machines, member)
