"""Checks a URL that leads to a load balancer: the port must lead to what the key asks for."""

from lab.plan.model import PlannedBalancer
from lab.wiring.check.case import Case, error
from lab.wiring.finding import Finding
from lab.wiring.reading import Reading


def judge_front(case: Case, reading: Reading) -> Finding | None:
    """LAB0102: a port that the balancer doesn't open, or that leads to something else."""
    link, row, address = reading.link, reading.row, reading.address
    balancer = case.cluster.plan.balancer(link.to) if case.cluster.plan else None
    if row is None or address is None or balancer is None or link.to not in case.cluster.balancers:
        return None
    if address.scheme not in row.listens:
        return None
    wanted = row.listens[address.scheme]
    servers = case.cluster.balancers[balancer.name].behind(address.port)
    right = _right(case, balancer, wanted)
    fitting = [server for server in servers if (server.host, server.port) in right]
    if servers and len(fitting) == len(servers):
        return None
    if not servers:
        what = f"{link.to} opens no port {address.port} for {link.key}"
    else:
        what = f"port {address.port} of {link.to} leads to port {servers[0].port} of its members"
    fronts = [front.port for front in balancer.fronts if front.leads_to(wanted)]
    if fronts:
        mend = f"write {address.scheme}://{address.host}:{fronts[0]}"
    else:
        hosts = (
            (case.cluster.plan.node(name).hostname for name in balancer.members)
            if (case.cluster.plan)
            else ()
        )
        mend = f"no balancer stands there: name the members themselves, {', '.join(hosts)}"
    return error("LAB0102", what, link.source, mend, link)


def _right(case: Case, balancer: PlannedBalancer, wanted: int) -> set[tuple[str, int]]:
    """Give the host and port of each member that answers what is asked of port *wanted*."""
    targets = {wanted, *(front.target for front in balancer.fronts if front.leads_to(wanted))}
    plan = case.cluster.plan
    return {
        (alias, case.cluster.port_of(name, target))
        for name in (balancer.members if plan else ())
        for alias in (plan.node(name).aliases if plan else ())
        for target in targets
    }
