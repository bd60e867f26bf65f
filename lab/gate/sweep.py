"""Every link once, side by side, each from its own node: what `lab status` shows."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from lab.gate.attempt import attempt
from lab.gate.readiness import doors
from lab.gate.session import ProberSession
from lab.plan.model import Plan
from lab.wiring.link import Link
from probes.result import Outcome, Result
from probes.target import Target

_NOT_YET = "its management port doesn't listen, and nothing else of it is dialled before"


async def _is_open(session: ProberSession, door: Mapping[str, int] | None) -> bool:
    """Tell whether one of the ports that have to listen does; without any there is no door."""
    if door is None:
        return True
    for member, port in door.items():
        if port in await session.ports_of(member):
            return True
    return False


def _ignore(result: Result) -> None:
    """Take no notice."""


async def sweep(
    session: ProberSession,
    plan: Plan,
    links: Iterable[Link],
    targets: Mapping[str, Target],
    *,
    vantages: Collection[str],
    seen: Callable[[Result], None] = _ignore,
) -> Mapping[str, Result]:
    """Give one result a link, by its id.

    A link whose node is not among *vantages* can't be dialled and gets `NO_VANTAGE` at once; one to
    a node of the product that still starts isn't dialled either, and counts as refused.
    Raises `LabError` when the prober's session ends.
    """
    closed = doors(plan)

    async def ask(link: Link) -> Result:
        if link.node not in vantages:
            result = Result(link.id, Outcome.NO_VANTAGE, seen="not running", at=time.time())
        elif await _is_open(session, closed.get(link.to or "")):
            result = await attempt(session, link.node, targets[link.id])
        else:
            result = Result(link.id, Outcome.REFUSED, seen=_NOT_YET, at=time.time())
        seen(result)
        return result

    results = await asyncio.gather(*(ask(link) for link in links))
    return {result.id: result for result in results}
