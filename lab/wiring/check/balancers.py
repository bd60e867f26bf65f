"""Checks a URL that leads to a load balancer: the port must lead to what the key asks for."""

from lab.plan.model import Plan, PlannedBalancer
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading


def judge_front(case: Case, reading: Reading) -> Finding | None:
    """LAB0102: a port that the balancer doesn't open, or that leads to something else.

    What isn't a balancer has no finding here.
    """
    link, row, address, plan = reading.link, reading.row, reading.address, case.cluster.plan
    balancer = plan.balancer(link.to) if plan else None
    if plan is None or balancer is None or row is None or address is None:
        return None
    if address.scheme not in row.listens:
        return None
    wanted = row.listens[address.scheme]
    servers = case.cluster.balancers[balancer.name].behind(address.port)
    right = _right(case, plan, balancer, wanted)
    if servers and all((server.host, server.port) in right for server in servers):
        return None
    if servers:
        what = f"port {address.port} of {link.to} leads to port {servers[0].port} of its members"
    else:
        what = f"{link.to} opens no port {address.port} for {link.key}"
    fronts = [front.port for front in balancer.fronts if front.leads_to(wanted)]
    if fronts:
        mend = f"write {address.scheme}://{address.host}:{fronts[0]}"
    else:
        hosts = ", ".join(plan.node(name).hostname for name in balancer.members)
        mend = f"no balancer stands there: name the members themselves, {hosts}"
    return error("LAB0102", what, link.source, mend, link)


def _right(case: Case, plan: Plan, balancer: PlannedBalancer, wanted: int) -> set[tuple[str, int]]:
    """Give the host and port of each member that answers what is asked of port *wanted*."""
    targets = {wanted, *(front.target for front in balancer.fronts if front.leads_to(wanted))}
    return {
        (alias, case.cluster.port_of(name, target))
        for name in balancer.members
        for alias in plan.node(name).aliases
        for target in targets
    }
