"""Finds how a traffic manager is asked whether it throttles: as a gateway's files lead there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lab.gate.targets import make_target
from lab.plan.model import Plan
from lab.products.facts import Protocol, Role
from lab.wiring.link import Link
from probes.target import Protocol as Probed
from probes.target import Target

_THROTTLING = "apim.throttling."


@dataclass(frozen=True, slots=True)
class Asked:
    """One traffic manager, the gateway that tells it of requests, and the probe from there."""

    member: str
    gateway: str
    target: Target


def ask_for_policies(
    plan: Plan, links: Iterable[Link], tier: str, quota: int, *, within: float
) -> Iterator[Asked]:
    """Give a probe for each traffic manager that one gateway both tells and hears.

    *tier* is an application policy of *quota* requests; *within* is the time of one probe, in
    seconds.
    """
    gateways = {node.name for node in plan.nodes_of(Role.GATEWAY)}
    own = [one for one in links if one.node in gateways and one.key.startswith(_THROTTLING)]
    heard = {(one.node, one.to): one for one in own if one.protocol is Protocol.AMQP}
    asked: set[str] = set()
    for told in own:
        decisions = heard.get((told.node, told.to))
        if told.protocol is not Protocol.BINARY or decisions is None or not told.login_url:
            continue
        if told.to is None or told.to in asked:
            continue
        asked.add(told.to)
        target = make_target(
            replace(
                told,
                hub=(decisions.host, decisions.port),
                hub_credentials=decisions.credentials,
            ),
            {},
            attempt=within,
        )
        asking = replace(target, protocol=Probed.THROTTLING, tier=tier, quota=quota)
        yield Asked(told.to, told.node, asking)
