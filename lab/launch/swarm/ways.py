"""Whether the machines reach each other on a lab's network: tried before anything dials there."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from lab.errors import EngineError, Problem
from lab.launch.refusals import GoneError
from lab.launch.swarm.member import MemberEngine
from lab.launch.swarm.requirements import PORTS

_ARRIVES_WITHIN = 15  # seconds; the machines tell each other of a new container by and by
_SHUT = 9  # a port that nobody opens in a prober: a refusal has gone both ways
_TRIAL = f"""
import socket, sys, time
until = time.monotonic() + {_ARRIVES_WITHIN}
while time.monotonic() < until:
    try:
        socket.create_connection((sys.argv[1], {_SHUT}), 1).close()
        sys.exit(0)
    except ConnectionRefusedError:
        sys.exit(0)
    except OSError:
        time.sleep(0.1)
sys.exit(1)
"""


def require_ways(members: Mapping[str, MemberEngine], manager: str, prober: str) -> None:
    """Dial every machine's prober from the manager's; raises `EngineError` with who isn't reached.

    An overlay's packets need UDP 4789, and what its machines tell each other 7946: no engine says
    whether these are open.
    """
    others = [name for name in members if name != manager]
    if not others:
        return
    with ThreadPoolExecutor(len(others)) as pool:
        reached = list(
            pool.map(lambda name: _reaches(members[manager], members[name], prober), others)
        )
    away = [name for name, is_reached in zip(others, reached, strict=True) if not is_reached]
    if away:
        raise EngineError(*(_no_way(manager, name) for name in away))


def _reaches(one: MemberEngine, other: MemberEngine, prober: str) -> bool:
    with suppress(GoneError):  # a machine that was named after the lab was made has none
        for address in other.inspect(prober).addresses:
            return one.run(prober, ("python3", "-c", _TRIAL, address)).exit_code == 0
    return True


def _no_way(manager: str, name: str) -> Problem:
    return Problem(
        f"nothing gets from {manager} to {name} on the lab's network",
        f"machines {manager} and {name}",
        f"open {PORTS}",
    )


def without_vxlan(machine: str, error: EngineError) -> EngineError:
    """Name the machine whose kernel lacks what an overlay is made of; any other error stays."""
    said = error.problems[0].what
    if "vxlan" not in said.lower():
        return error
    return EngineError(
        Problem(
            f"the machine {machine} can't have an overlay network: {said}",
            f"machine {machine}",
            "its kernel needs the module `vxlan`: `modprobe vxlan` there, or another machine",
        )
    )
