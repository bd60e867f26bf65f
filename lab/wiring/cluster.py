"""The nodes as their own files describe them, side by side: who holds a host, who serves a port."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lab.plan.model import Plan
from lab.products.connection_key import ConnectionKey
from lab.products.facts import Line, Role, players
from lab.wiring.haproxy_reader import BalancerFile
from lab.wiring.services import are_one, service_name
from lab.wiring.settings import Settings

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "0:0:0:0:0:0:0:1"})  # noqa: S104  # compared with, never bound


@dataclass(frozen=True, slots=True)
class Cluster:
    """All nodes' settings, the balancers' files, and the plan when there is one.

    *machines* tells of nodes that share one, without a plan, the first node there.
    """

    nodes: Mapping[str, Settings]
    plan: Plan | None = None
    balancers: Mapping[str, BalancerFile] = field(default_factory=dict)
    machines: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> Line:
        """Give the product line of the nodes, which all share one."""
        first = next(iter(self.nodes.values()), None)
        return first.tables.line if first else Line.TOML

    def holder_of(self, host: str, seen_from: str, port: int = 0) -> str | None:
        """Name the node or server that *host* leads to from a node; None when nobody has it.

        *port* tells which one of those that share a machine.
        """
        if host.lower() in LOCAL_HOSTS:
            plan = self.plan
            return plan.neighbour_of(seen_from, port) if plan else self._near(seen_from, port)
        if self.plan is not None:
            return self.plan.holder_of(host, port)
        held = [name for name in self.nodes if self._is_called(name, host.lower())]
        if held:
            return next((name for name in held if self.opens(name, port)), held[0])
        return self._called_alike(host.lower())

    def _is_called(self, node: str, host: str) -> bool:
        settings = self.nodes[node]
        own = (node, settings.hostname, settings.text("server.node_ip"))
        return any(are_one(host, one) for one in own)

    def _near(self, node: str, port: int) -> str:
        """Name who answers *port* of `localhost` as seen from a node: mostly itself."""
        if self.opens(node, port):
            return node
        return next((one for one in self.beside(node) if self.opens(one, port)), node)

    def beside(self, node: str) -> tuple[str, ...]:
        """Give the other nodes on a node's machine."""
        planned = self.plan.members if self.plan else ()
        machines = {one.name: one.machine for one in planned if one.machine} or self.machines
        own = machines.get(node)
        return tuple(one for one in self.nodes if one != node and machines.get(one, "") == own)

    def answering(self, row: ConnectionKey, among: Iterable[str]) -> tuple[str, ...]:
        """Give the nodes whose role answers what a key asks; else those that no file tells one."""
        roles = {name: self.nodes[name].role for name in among}
        told = [name for name, role in roles.items() if role and row.is_answered_by(role)]
        return tuple(told or [name for name, role in roles.items() if role is None])

    def opens(self, node: str, port: int) -> bool:
        """Tell whether a node opens *port* for what others may ask of its role."""
        return any(
            self.port_of(node, served) == port
            for row in self.nodes[node].tables.connection_keys.values()
            if self.answering(row, [node])
            for served in row.listens.values()
        )

    def machine_of(self, holder: str) -> str:
        """Give one name for all that share a machine: what no node opens there is common.

        Without a plan, nodes that have no host name may all be on one.
        """
        if holder in self.machines:
            return self.machines[holder]
        is_nameless = self.plan is None and holder in self.nodes and self._is_local(holder)
        return "localhost" if is_nameless else service_name(holder)

    def _is_local(self, node: str) -> bool:
        return self.nodes[node].hostname.lower() in ("", *LOCAL_HOSTS)

    def _called_alike(self, host: str) -> str | None:
        """Name the node `am-1` that `am-1.acme.com` must be, as its file tells no name of its own.

        Nodes behind a balancer often have the balancer's.
        """
        settings = self.nodes.get(host.partition(".")[0])
        if settings is None:
            return None
        own = settings.hostname.lower()
        others = [one.hostname.lower() for one in self.nodes.values() if one is not settings]
        return settings.name if own in ("", *LOCAL_HOSTS, *others) else None

    def host_of(self, node: str) -> str:
        """Give what the others can call a node: the topology's name, its own, or the node's."""
        if self.plan is not None:
            return self.plan.node(node).hostname
        return node if self._is_local(node) else self.nodes[node].hostname

    def role_of(self, node: str) -> Role | None:
        """Give a node's role, or a balancer's members'; None where no file tells it."""
        balancer = self.plan.balancer(node) if self.plan else None
        if balancer is not None:
            return balancer.role
        settings = self.nodes.get(node)
        return settings.role if settings else None

    def players(self, role: Role) -> tuple[str, ...]:
        """Give the nodes that do the work of *role* for the others, in the order they were read."""
        told = {name: settings.role for name, settings in self.nodes.items() if settings.role}
        return players(role, told)

    def has_role(self, role: Role) -> bool:
        """Tell whether any node does the work of *role*."""
        return bool(self.players(role))

    def port_of(self, node: str, port: int) -> int:
        """Give where a node opens what others open at *port*: its own ports and offset count."""
        settings = self.nodes[node]
        key = settings.tables.port_keys.get(port)
        return settings.own_port(key, port) if key else port + settings.offset
