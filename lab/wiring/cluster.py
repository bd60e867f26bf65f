"""The nodes as their own files describe them, side by side: who holds a host, who serves a port."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lab.plan.model import Plan
from lab.products.apim_4x import RELEASES
from lab.products.defaults_4x import PORT_KEYS
from lab.products.facts import Role, ServedPort
from lab.wiring.settings import Settings

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "0:0:0:0:0:0:0:1"})  # noqa: S104  # compared with, never bound
_ASSUMED_RELEASE = "4.1.0"  # every 4.x release opens the same ports


@dataclass(frozen=True, slots=True)
class Cluster:
    """All nodes' settings, and the plan when there is one."""

    nodes: Mapping[str, Settings]
    plan: Plan | None = None

    def holder_of(self, host: str, seen_from: str) -> str | None:
        """Name the node or server that *host* leads to from a node; None when nobody has it."""
        if host.lower() in LOCAL_HOSTS:
            return seen_from
        if self.plan is not None:
            return self.plan.holder_of(host)
        for name, settings in self.nodes.items():
            if host.lower() in (name.lower(), settings.hostname.lower()):
                return name
        return None

    def role_of(self, node: str) -> Role | None:
        """Give a node's role; None for a database server and for an all-in-one."""
        settings = self.nodes.get(node)
        return settings.role if settings else None

    def has_role(self, role: Role) -> bool:
        """Tell whether any node has *role*."""
        return any(settings.role is role for settings in self.nodes.values())

    def served_by(self, node: str) -> tuple[ServedPort, ...]:
        """Give the ports that a node opens with its role and its own file's offset and ports."""
        settings = self.nodes.get(node)
        if settings is None or settings.role is None:
            return ()
        facts = RELEASES[_ASSUMED_RELEASE].roles[settings.role]
        return tuple(_moved(served, settings) for served in facts.ports)


def _moved(served: ServedPort, settings: Settings) -> ServedPort:
    key = PORT_KEYS.get(served.port)
    written = settings.text(key) if key else ""
    if written.isascii() and written.isdigit():
        served = replace(served, port=int(written))
    return served.at_offset(settings.offset)
