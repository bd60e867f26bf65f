"""What is known of those that are dialled: what they answered, and which ports they have opened."""

import asyncio
from dataclasses import replace

from lab.gate.pace import Pace
from lab.gate.patience import Patience
from lab.gate.readiness import management_port
from lab.gate.settle import Peer, Streak, is_final, lengthen
from lab.plan.model import Plan, PlannedNode
from lab.wiring.link import Link
from probes.result import Outcome, Result


class Peers:
    """The members of a lab as peers of its links, while it starts. Used on the loop's thread."""

    def __init__(self, plan: Plan, patience: Patience) -> None:
        self._patience = patience
        # A database server says at once what a node of the product says after a while.
        usual = Patience()
        self._with_servers = replace(
            patience,
            settle=min(patience.settle, usual.settle),
            reluctance=min(patience.reluctance, usual.reluctance),
        )
        self._servers = {server.name for server in plan.servers}
        self._peers = {
            **{node.name: Peer(_served(node)) for node in plan.nodes},
            **{s.name: Peer(frozenset({s.port})) for s in plan.servers},
            **{b.name: Peer(frozenset(f.port for f in b.fronts)) for b in plan.balancers},
        }
        self._behind = {one.name: one.members for one in plan.balancers}
        self._streaks: dict[tuple[str, str], Streak] = {}
        self._began: dict[str, float] = {}
        self._paces: dict[tuple[str | None, int], list[Pace]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._peers

    def pace(self, link: Link) -> Pace:
        """Give the rhythm of a link's attempts, which its peer's opening port cuts short."""
        peer = self._peers.get(link.to or "")
        pace = Pace(self._patience, lambda: peer is not None and peer.is_shut(link.port))
        self._paces.setdefault((link.to, link.port), []).append(pace)
        return pace

    def note_start(self, name: str) -> None:
        """Note that a member has just been started."""
        self._peers[name].changed = self._began[name] = _now()

    def note_ports(self, name: str, ports: frozenset[int]) -> None:
        """Note which ports a member listens on."""
        peer = self._peers[name]
        opened = ports - (peer.ports or frozenset())
        peer.ports = ports
        if opened:
            peer.changed = _now()
            peer.took = peer.changed - self._began.get(name, peer.changed)
        for port in opened:
            for pace in self._paces.get((name, port), ()):
                pace.ring()

    def count(self, link: Link, vantage: str, result: Result) -> None:
        """Note an answer on a link as *vantage* got it."""
        key = (vantage, link.id)
        self._streaks[key] = lengthen(self._streaks.get(key), result, _now())
        if result.ok or result.outcome is Outcome.CREDENTIALS_REFUSED:
            self.of(link).has_answered = True

    def is_final(self, link: Link, vantage: str) -> bool:
        """Tell whether waiting will not change what *vantage* gets on a link."""
        streak = self._streaks.get((vantage, link.id))
        if streak is None:
            return False
        patience = self._with_servers if link.to in self._servers else self._patience
        return is_final(link, streak, self._answering(link), _now(), patience)

    def of(self, link: Link) -> Peer:
        """Give the link's peer; of a host outside the topology nothing is known."""
        return self._peers.get(link.to or "", Peer(frozenset(), has_answered=True))

    def _answering(self, link: Link) -> Peer:
        """Give who has to answer: through a balancer, the members behind it."""
        members = [self._peers[name] for name in self._behind.get(link.to or "", ())]
        if not members:
            return self.of(link)
        own = self.of(link)
        # Its own open ports say nothing: it opens them before anybody is behind them.
        return Peer(
            own.served,
            ports=None,
            has_answered=any(member.is_up for member in members),
            changed=max(peer.changed for peer in (own, *members)),
            took=max(peer.took for peer in (own, *members)),
        )


def _served(node: PlannedNode) -> frozenset[int]:
    """Give the ports that show a node at work; the product opens JMX long before it serves."""
    if node.is_real:
        return frozenset({management_port(node)})
    return frozenset(port.port for port in node.ports)


def _now() -> float:
    return asyncio.get_running_loop().time()
