"""`lab reset`: a used lab begins anew, on the network, files and ports that it has."""

import json
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from lab.diagnosis.down import machine_place
from lab.errors import DeadlineError, LabError, Problem
from lab.gate.patience import Patience, patience_for
from lab.interrupts import interrupted_afterwards, uninterrupted
from lab.launch.cluster import Cluster
from lab.report.live import Progress
from lab.report.report import Report
from lab.report.timings import TimedProgress, Timings, process_began
from lab.verbs.folder import held_folder
from lab.verbs.found import found
from lab.verbs.look import wiring_of
from lab.verbs.printing import exit_code_of, print_report
from lab.verbs.proving import prove
from lab.verbs.shell import Format, Shell
from lab.verbs.up import progress_to

_AT_ONCE = 16


def reset(
    name: str | None, shell: Shell, *, wanted: Format, timeout: float | None, timed: bool
) -> int:
    """Reset the lab, wait until it is healthy, and report; give the exit code."""
    timings = Timings(process_began())
    with found(name, shell) as cluster:
        patience = patience_for(cluster.plan, timeout)
        report, late = reset_lab(cluster, patience, progress_to(shell), timings)
    print_report(report, wanted, shell)
    if timed:
        shell.tell(timings.table())
    return DeadlineError.exit_code if late else exit_code_of(report, allow_degraded=False)


def reset_only_databases(name: str | None, shell: Shell, *, wanted: Format, timed: bool) -> int:
    """Reset the lab's databases and say so; a probe of theirs would leave rows in them again."""
    timings = Timings(process_began())
    with found(name, shell) as cluster, timings.stage("databases reset"):
        reset_databases(cluster)
    shell.tell(f"{cluster.plan.lab}: its databases begin anew")
    if wanted is Format.JSON:
        there = [schema.name for server in cluster.plan.servers for schema in server.schemas]
        values = {"schema": 1, "lab": cluster.plan.lab, "databases": there}
        shell.say(json.dumps(values, indent=2))
    if timed:
        shell.tell(timings.table())
    return 0


def reset_lab(
    cluster: Cluster, patience: Patience, progress: Progress, timings: Timings
) -> tuple[Report, bool]:
    """Replace every member by a fresh one and prove the lab; tell too whether the time was up.

    Raises `LabError`; what is half replaced is reset again by a second call. A lab that lacks a
    container, or has a file that can't be read, stays as it is.
    """
    began = time.monotonic()
    plan = cluster.plan
    _require_machines(cluster, [one.name for one in plan.members])
    # Each tells what would end the reset when its members are gone already.
    cluster.presence.require()
    wiring_of(cluster)
    cluster.members.require_files()
    with held_folder(cluster.folder, plan.lab), TimedProgress(progress, timings) as timed:
        timed.step(f"replacing {len(plan.members)} containers")
        # A member between its removal and its creation would be lost to whoever comes next.
        with interrupted_afterwards(), timings.stage("containers replaced"):
            cluster.faults.heal_all()
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                servers = [pool.submit(_restart, cluster, one.name) for one in plan.servers]
                rest = [one.name for one in plan.nodes] + [one.name for one in plan.balancers]
                for done in [
                    *servers,
                    *(pool.submit(cluster.members.renew, name) for name in rest),
                ]:
                    done.result()
        with timings.stage("every link proven", waited_for="the containers"):
            return prove(cluster, patience=patience, progress=timed, began=began)


def reset_databases(cluster: Cluster) -> None:
    """Give a running lab's servers the databases and accounts of their templates again, in place.

    Faults at the servers are healed first. Raises `LabError`.
    """
    servers = [server.name for server in cluster.plan.servers]
    _require_machines(cluster, servers)
    _require_first_rows(cluster)
    with held_folder(cluster.folder, cluster.plan.lab), uninterrupted():
        for active in cluster.faults.active():
            if active.fault.member in servers:
                cluster.faults.heal(active.number)
        cluster.databases.reset()


def keep_databases(cluster: Cluster) -> None:
    """Let `reset_databases` return to what the servers hold at this moment. Raises `LabError`."""
    _require_machines(cluster, [server.name for server in cluster.plan.servers])
    with held_folder(cluster.folder, cluster.plan.lab), uninterrupted():
        cluster.databases.keep()


def _require_first_rows(cluster: Cluster) -> None:
    """Refuse to take from nodes of the product what they write at their first start alone."""
    keeping = [node.name for node in cluster.plan.real_nodes if any(node.databases.values())]
    if keeping and not cluster.databases.are_kept():
        raise LabError(
            Problem(
                f"{', '.join(keeping)} would miss users and more that a first start writes",
                f"lab {cluster.plan.lab}",
                "`lab reset` begins anew with the nodes, too; tests call `lab.keep_databases()`"
                " once the lab is up",
            )
        )


def _require_machines(cluster: Cluster, members: Collection[str]) -> None:
    """Refuse before anything is changed: what was on a lost machine could not be made again."""
    away = [one for one in cluster.away() if one.name in members]
    machines = dict.fromkeys(one.machine for one in away)
    there = {each: [one.name for one in away if one.machine == each] for each in machines}
    if away:
        raise LabError(
            *(
                Problem(
                    f"the machine {machine} does not answer; on it: {', '.join(names)}",
                    machine_place(machine),
                    "start it, then reset; `lab machines list` looks at it",
                )
                for machine, names in there.items()
            )
        )


def _restart(cluster: Cluster, server: str) -> None:
    """Replace a database server and start it: what it needs until it is ready is the longest."""
    cluster.members.renew(server)
    cluster.start_server(server)
