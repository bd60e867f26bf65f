"""One attempt on one link, under a time of its own, whatever the prober does."""

import asyncio
import time

from lab.gate.session import ProberSession
from probes.result import Outcome, Result
from probes.target import Target

_GRACE = 1.0  # seconds: the prober ends an attempt itself; this one only guards against its silence


async def attempt(session: ProberSession, vantage: str, target: Target) -> Result:
    """Ask once, when it is its turn; a prober that doesn't answer gives `NO_VANTAGE`."""
    allowed = target.timeout + _GRACE
    try:
        async with session.turns, asyncio.timeout(allowed):
            return await session.ask(vantage, target)
    except TimeoutError:
        seen = f"the prober gave no answer in {allowed:g} s"
        return Result(target.id, Outcome.NO_VANTAGE, seen=seen, at=time.time())
