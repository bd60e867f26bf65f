"""Which machine is asked for what managers alone know: one whose swarm has a leader."""

import time
from collections.abc import Mapping

from lab.errors import Problem
from lab.launch.refusals import LEADERLESS, RESTORE
from lab.launch.swarm.member import MemberEngine

_ELECTED_WITHIN = 5.0  # seconds; who asked them has given them longer to notice that it is lost
_AGAIN = 0.2


def leading(members: Mapping[str, MemberEngine]) -> str:
    """Give the first machine that manages; empty when none does."""
    return next((name for name, one in members.items() if one.facts.swarm.manages), "")


def leaderless(members: Mapping[str, MemberEngine]) -> list[str]:
    """Give the managers whose swarm had no leader when they were asked."""
    swarms = {name: one.facts.swarm for name, one in members.items()}
    return [name for name, one in swarms.items() if one.is_manager and not one.manages]


def elected(members: Mapping[str, MemberEngine]) -> str:
    """Wait for managers without a leader to elect one, and give one of them; empty: they don't."""
    left = leaderless(members)
    deadline = time.monotonic() + _ELECTED_WITHIN
    while left and time.monotonic() < deadline:
        for name in left:
            if members[name].has_leader():
                return name
        time.sleep(_AGAIN)
    return ""


def unmanaged(members: Mapping[str, MemberEngine], lost: Mapping[str, str]) -> Problem:
    """Say why nothing can be changed, with the machines that don't answer."""
    told = "; ".join(f"{name} does not answer: {why}" for name, why in lost.items())
    after = f": {told}" if told else ""
    if any(one.facts.swarm.is_manager for one in members.values()):
        return Problem(f"{LEADERLESS}{after}", "the swarm", RESTORE)
    return Problem(
        f"no manager of the swarm answers{after}",
        "the swarm",
        "`lab machines list` tells what each machine lacks",
    )
