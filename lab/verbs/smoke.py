"""`lab smoke`: an API is made, called through the gateway, throttled, and removed again."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from lab.diagnosis.verdict import Verdict
from lab.errors import NotHealthyError, Problem
from lab.gate.attempt import attempt
from lab.gate.patience import Patience
from lab.interrupts import uninterrupted
from lab.launch.cluster import Cluster
from lab.launch.forwarding import forwarded
from lab.launch.ports import read_ports, ways
from lab.plan.model import Plan
from lab.report.smoke import SmokeReport, smoke_json, smoke_table, step_line
from lab.smoke.asking import Asker, Ways
from lab.smoke.policies import Asked, ask_for_policies
from lab.smoke.run import Smoke
from lab.smoke.site import site_of
from lab.smoke.told import Step, Suspect, Told
from lab.verbs.found import found
from lab.verbs.look import look, wiring_of
from lab.verbs.sessions import open_session, vantage_of
from lab.verbs.shell import ListFormat, Shell
from lab.wiring.link import Link
from probes.result import Result

# A deployment, a subscription or a decision is there within seconds; the pauses are between calls.
_STAND_IN = Patience(within=15.0, attempt=10.0, first_pause=0.02, longest_pause=0.1)
_REAL = Patience(within=90.0, attempt=30.0, first_pause=0.1, longest_pause=0.3)


def smoke(name: str | None, shell: Shell, *, wanted: ListFormat) -> int:
    """Take the steps on a healthy lab and report; give the exit code.

    Raises `NotHealthyError` for a lab that isn't wired right, `UsageError` for one of the 2.x line.
    """
    with found(name, shell) as cluster:
        report = smoke_lab(cluster, lambda step: shell.tell(step_line(step)))
    shell.say(smoke_json(report) if wanted is ListFormat.JSON else smoke_table(report))
    return 0 if report.told.is_good else NotHealthyError.exit_code


def smoke_lab(cluster: Cluster, told: Callable[[Step], None]) -> SmokeReport:
    """Take the steps; *told* hears each as it ends. Raises as `smoke` does."""
    with _ways_into(cluster) as ways_in:
        return _smoke(cluster, told, ways_in)


@contextmanager
def _ways_into(cluster: Cluster) -> Iterator[Callable[[], Ways]]:
    """Give what tells the ways into the lab; one on a swarm publishes no ports."""
    plan = cluster.plan
    if cluster.is_on_swarm:
        with forwarded(plan, cluster.open_tunnel) as ports:
            yield lambda: ways(plan, ports)
    else:
        yield lambda: ways(plan, read_ports(cluster.folder))


def _smoke(
    cluster: Cluster, told: Callable[[Step], None], ways_in: Callable[[], Ways]
) -> SmokeReport:
    plan = cluster.plan
    site = site_of(plan, ways_in())
    _expect_healthy(cluster)
    patience = _REAL if plan.real_nodes else _STAND_IN
    asker = Asker(
        ways_in,
        (cluster.folder / "ca" / "ca.pem").read_text(encoding="ascii"),
        within=patience.attempt,
    )
    links = wiring_of(cluster).links

    async def ask_policies(tier: str, quota: int) -> Sequence[tuple[str, Result]]:
        asked = ask_for_policies(plan, links, tier, quota, within=patience.attempt)
        return await _ask_all(cluster, tuple(asked))

    ended = run_smoke(Smoke(site, asker, patience, ask_policies, told))
    step = ended.failed
    suspects = step.blame.suspects if step is not None and step.blame is not None else ()
    return SmokeReport(plan, ended, tuple(suspected(plan, links, suspects)))


async def _ask_all(cluster: Cluster, asked: Sequence[Asked]) -> Sequence[tuple[str, Result]]:
    """Have each traffic manager asked by the prober, from the gateway that tells it of requests."""
    if not asked:
        return ()
    async with open_session(cluster) as session:
        for gateway in {one.gateway for one in asked}:
            session.define(vantage_of(cluster, gateway))
        return [(one.member, await attempt(session, one.gateway, one.target)) for one in asked]


def run_smoke(smoke: Smoke) -> Told:
    """Take the steps; whatever ends them, what was made is removed."""
    with asyncio.Runner() as runner:
        try:
            runner.run(smoke.run())
        finally:
            with uninterrupted():
                ended = runner.run(smoke.clean_up())
    return ended


def _expect_healthy(cluster: Cluster) -> None:
    report = look(cluster)
    if report.verdict is not Verdict.HEALTHY:
        cause = next(iter(report.diagnosis.causes), None)
        why = f": {cause.what}" if cause else ""
        raise NotHealthyError(
            Problem(
                f"the lab is {report.verdict}{why}",
                f"lab {cluster.plan.lab}",
                f"mend what `lab status {cluster.plan.lab}` tells, then `lab smoke` again",
            )
        )


def suspected(plan: Plan, links: Iterable[Link], suspects: Iterable[Suspect]) -> Iterable[Link]:
    """Give the links that the suspects name, in their order."""
    known = list(links)
    for suspect in suspects:
        nodes = {node.name for node in plan.nodes_of(suspect.role)}
        for link in known:
            if link.node in nodes and link.key.startswith(suspect.key):
                yield link
