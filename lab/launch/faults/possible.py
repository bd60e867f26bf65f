"""Which faults a lab can have: names and kinds are judged before anything is touched."""

import difflib

from lab.errors import LabError, Problem
from lab.plan.fault import Fault, FaultKind
from lab.plan.model import Plan, PlannedBalancer, PlannedNode
from lab.products.facts import Protocol
from lab.wiring.link import Link
from lab.wiring.published import HOST

TOWARDS = (FaultKind.CUT, FaultKind.REFUSE, FaultKind.SLOW)  # they need a peer
_TLS = (Protocol.HTTPS, Protocol.WSS, Protocol.BINARY_TLS, Protocol.TLS)


def fault_on(link: Link, kind: FaultKind = FaultKind.CUT, *, delay: int = 0) -> Fault:
    """Give the fault that hits one link; raises `LabError` when the link can't have it."""
    if link.node == HOST:
        raise _problem(
            f"{link.id} is dialled by this machine itself",
            link.id,
            "faults lie between members: isolate the member, or cut a link of it",
        )
    if link.to is None:
        raise _problem(f"nobody is called {link.host}", str(link.source), "mend the link first")
    return Fault(kind, link.node, link.to, link.port, delay)


def require_possible(plan: Plan, fault: Fault) -> None:
    """Raise `LabError` when the plan's lab can't have this fault."""
    for name in (fault.member, *((fault.peer,) if fault.kind in TOWARDS else ())):
        _require_member(plan, name)
    if are_together(plan, fault) and not fault.port:
        what = f"{fault.member} can't be cut from itself"
        if fault.member != fault.peer:
            what = f"{fault.member} can't be cut from {fault.peer}, with which it shares a machine"
        raise _problem(what, fault.member, "name one port: `NODE:PORT`")
    if fault.kind is FaultKind.SLOW and fault.delay <= 0:
        raise _problem("answers can't come early", "--by", "give milliseconds above 0")
    if fault.kind is FaultKind.CERTIFICATE:
        tls_ports(plan, fault)
    if fault.kind is FaultKind.PASSWORD:
        _require_logins(plan, fault.member)


def are_together(plan: Plan, fault: Fault) -> bool:
    """Tell whether both sides of a fault are in one network namespace: one member, or one machine.

    They reach each other at its loopback address, too.
    """
    machines = {member.name: member.machine or member.container for member in plan.members}
    return bool(fault.peer) and machines.get(fault.member) == machines.get(fault.peer)


def tls_ports(plan: Plan, fault: Fault) -> tuple[int, ...]:
    """Give the ports at which a member shows its certificate; raises `LabError` for none."""
    member = next(one for one in plan.members if one.name == fault.member)
    served: tuple[int, ...] = ()
    if isinstance(member, PlannedNode):
        served = tuple(one.port for one in member.ports if one.protocol in _TLS)
    elif isinstance(member, PlannedBalancer):
        served = tuple(one.port for one in member.fronts if one.protocol in _TLS)
    chosen = tuple(dict.fromkeys(port for port in served if fault.port in (0, port)))
    if not chosen:
        at = f":{fault.port}" if fault.port else ""
        raise _problem(
            f"{fault.member}{at} begins no connection with TLS",
            fault.member,
            f"ports with a certificate: {', '.join(map(str, served)) or 'none'}",
        )
    return chosen


def _require_member(plan: Plan, name: str) -> None:
    names = [member.name for member in plan.members]
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    mend = f"is it {near[0]}? It" if near else "it"
    raise _problem(f"no node `{name}`", f"lab {plan.lab}", f"{mend} has {', '.join(names)}")


def _require_logins(plan: Plan, name: str) -> None:
    if any(server.name == name for server in plan.servers):
        return
    if any(node.name == name and not node.is_real for node in plan.nodes):
        return
    what = "keeps no login of its own"
    if any(node.name == name for node in plan.nodes):
        what = "keeps its super admin in the database, not in its file"
    raise _problem(
        f"{name} {what}", f"lab {plan.lab}", "database servers and stand-ins can refuse logins"
    )


def _problem(what: str, where: str, mend: str) -> LabError:
    return LabError(Problem(what, where, mend))
