"""The host as one more place to dial from: it reaches nodes on their published ports."""

import dataclasses
import time
from collections.abc import Callable, Mapping

from lab.plan.model import Plan
from probes.result import Outcome, Result
from probes.target import Target

_LOOPBACK = "127.0.0.1"

Ports = Mapping[str, Mapping[int, int]]  # node → its port → the host's


class HostVantage:
    """Dials the host's own links in this process, as a browser on this machine would.

    The certificate must carry the node's name, although 127.0.0.1 is what is dialled. *read_ports*
    is asked each time: a node that is started may have to take another port.
    """

    def __init__(self, plan: Plan, read_ports: Callable[[], Ports], trust: str) -> None:
        # All protocols come with it: a caller that waits for something else meanwhile wins time.
        from probes.local import stand_here  # noqa: PLC0415

        self._plan = plan
        self._read_ports = read_ports
        names = [node.hostname for node in plan.nodes]
        names += [balancer.hostname for balancer in plan.balancers]
        self._here = stand_here(trust, dict.fromkeys(names, _LOOPBACK))

    async def ask(self, target: Target) -> Result:
        """Make one attempt at the port that *target*'s node and port are published on."""
        from probes.attempt import attempt  # noqa: PLC0415

        node = self._plan.holder_of(target.host, target.port) or ""
        port = self._read_ports().get(node, {}).get(target.port)
        if port is None:  # another program may listen at the node's own port here
            seen = f"no port of this machine is known for {node or target.host}:{target.port}"
            return Result(target.id, Outcome.NO_VANTAGE, seen=seen, at=time.time())
        result = await attempt(dataclasses.replace(target, port=port), self._here)
        # Where it ended is the link's own place; the published port is only the way there.
        return dataclasses.replace(result, endpoint="")
