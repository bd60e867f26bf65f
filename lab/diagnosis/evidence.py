"""All that is known of a lab at one moment, with the questions that the rules ask of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.plan.model import Member, Plan, PlannedBalancer, PlannedNode
from lab.plan.observed import NodeState, SchemaState, State
from lab.wiring.finding import Finding
from lab.wiring.link import Link, Position

if TYPE_CHECKING:
    from probes.result import Outcome, Result  # the reports of `lab check` have none


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt ended: a host and port, and the link whose line names them."""

    host: str
    port: int
    named_by: Link


@dataclass(frozen=True, slots=True)
class Evidence:
    """Links, results, states and findings; *results* go by the link's id."""

    plan: Plan
    links: tuple[Link, ...]
    results: "Mapping[str, Result]"
    nodes: tuple[NodeState, ...]
    schemas: tuple[SchemaState, ...]
    findings: tuple[Finding, ...]

    def outcome(self, link: Link) -> "Outcome | None":
        """Give how the link's attempt ended; None when there was none."""
        result = self.results.get(link.id)
        return result.outcome if result else None

    def seen(self, link: Link) -> str:
        """Give what the link's attempt saw."""
        result = self.results.get(link.id)
        return result.seen if result else ""

    def expected(self, link: Link) -> str:
        """Give what the link's attempt expected at its end."""
        result = self.results.get(link.id)
        return result.expected if result else ""

    def state(self, name: str | None) -> State | None:
        """Give a member's state; None for a member that nobody knows."""
        return next((node.state for node in self.nodes if node.name == name), None)

    def member(self, name: str | None) -> Member | None:
        """Give the planned member of this name."""
        return next((member for member in self.plan.members if member.name == name), None)

    def container(self, name: str) -> str:
        """Give the container of a member, as a place to look at."""
        member = self.member(name)
        return f"container {member.container}" if member else name

    def served(self, name: str) -> frozenset[int]:
        """Give the ports that a member opens by its role."""
        member = self.member(name)
        if isinstance(member, PlannedNode):
            return frozenset(port.port for port in member.ports)
        if isinstance(member, PlannedBalancer):
            return frozenset(front.port for front in member.fronts)
        return frozenset({member.port}) if member else frozenset()

    def place(self, link: Link) -> Place:
        """Tell where the link's attempt ended; for a publish that is sometimes its login's URL."""
        result = self.results.get(link.id)
        host, _, port = (result.endpoint if result else "").rpartition(":")
        host = host.strip("[]")
        if not host or not port.isdigit() or (host, int(port)) == (link.host, link.port):
            return Place(link.host, link.port, self._login_at(link) or link)
        for other in self.links:
            if other.node == link.node and (other.host, other.port) == (host, int(port)):
                return Place(host, int(port), other)
        return Place(host, int(port), link)

    def _login_at(self, link: Link) -> Link | None:
        """Give the login that a publish begins with, where it is told the publish's own place."""
        same = (link.node, link.host, link.port)
        for other in self.links if link.login_url else ():
            if link.login_url == other.url and (other.node, other.host, other.port) == same:
                return other
        return None

    def mend_of(self, links: Iterable[Link], where: Position | None, otherwise: str) -> str:
        """Give the static check's mend for one of *links* at the line *where* the cause stands."""
        ids = {link.id for link in links}
        for finding in self.findings:
            if finding.link in ids and finding.where == where:
                return finding.mend
        return otherwise


def line_of(link: Link) -> str:
    """Give a link's place in its file, with the key."""
    return f"{link.source} {link.key}"
