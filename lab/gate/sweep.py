"""Every link once, side by side, each from its own node: what `lab status` shows."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from lab.gate.attempt import attempt
from lab.gate.session import ProberSession
from lab.wiring.link import Link
from probes.result import Outcome, Result
from probes.target import Target


def _ignore(result: Result) -> None:
    """Take no notice."""


async def sweep(
    session: ProberSession,
    links: Iterable[Link],
    targets: Mapping[str, Target],
    *,
    vantages: Collection[str],
    seen: Callable[[Result], None] = _ignore,
) -> Mapping[str, Result]:
    """Give one result a link, by its id.

    A link whose node is not among *vantages* can't be dialled and gets `NO_VANTAGE` at once.
    Raises `LabError` when the prober's session ends.
    """

    async def ask(link: Link) -> Result:
        if link.node in vantages:
            result = await attempt(session, link.node, targets[link.id])
        else:
            result = Result(link.id, Outcome.NO_VANTAGE, seen="not running", at=time.time())
        seen(result)
        return result

    results = await asyncio.gather(*(ask(link) for link in links))
    return {result.id: result for result in results}
