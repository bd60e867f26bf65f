import pytest

from lab.launch.swarm.tasks import (
    UNREACHABLE,
    History,
    SeenTask,
    history_of,
    reserved_in,
    seen_task,
)

ROW = {
    "ID": "t1",
    "ServiceID": "s1",
    "NodeID": "n1",
    "CreatedAt": "2026-01-01T00:00:00Z",
    "Status": {"State": "failed", "Err": "non-zero exit (3)", "ContainerStatus": {"ExitCode": 3}},
}


def holding(lab: str, node: str, size: int) -> dict:
    spec = {
        "ContainerSpec": {"Labels": {"apim-lab.lab": lab} if lab else None},
        "Resources": {"Reservations": {"MemoryBytes": size}} if size else {},
    }
    return {"NodeID": node, "Spec": spec}


def test_what_services_reserve_is_summed_by_node_without_one_lab() -> None:
    rows = [
        holding("a", "n1", 5),
        holding("a", "n2", 3),
        holding("b", "n1", 7),
        holding("", "n1", 2),
        holding("", "n2", 0),
        holding("b", "", 9),  # that no machine has room for
    ]
    assert dict(reserved_in(rows, "a")) == {"n1": 9, "n2": 0}


def task(state: str, node: str = "n1", exit_code: int | None = None) -> SeenTask:
    return SeenTask(f"{state}-{node}", "s1", node, state, "", "container", exit_code)


def judged(*tasks: SeenTask, lost: tuple[str, ...] = ()) -> History:
    return history_of(tasks, replicas=1, lost=lost, ended_with=None)


RUNNING, FAILED = task("running"), task("failed", exit_code=3)


def test_a_row_of_the_swarm_is_a_task() -> None:
    seen = seen_task(ROW)
    assert (seen.state, seen.node, seen.exit_code) == ("failed", "n1", 3)
    assert (seen.error, seen.container) == ("non-zero exit (3)", "")


def test_a_task_that_runs_is_a_running_container() -> None:
    assert judged(RUNNING) == History("running", RUNNING)


def test_every_end_before_it_is_a_restart_with_its_exit_code() -> None:
    again = task("complete", exit_code=0)
    assert judged(FAILED, again, RUNNING) == History("running", RUNNING, 0, 2)
    assert judged(again, FAILED, RUNNING) == History("running", RUNNING, 3, 2)


def test_what_the_swarm_itself_ended_is_no_restart() -> None:
    assert judged(task("shutdown", exit_code=143), RUNNING) == History("running", RUNNING)


def test_between_two_tries_a_member_has_exited() -> None:
    assert judged(FAILED, task("ready")) == History("exited", FAILED, 3, 0)


def test_a_member_that_the_swarm_gave_up_has_exited_with_all_its_restarts() -> None:
    last = task("failed", "n2", exit_code=7)
    assert judged(FAILED, last) == History("exited", last, 7, 1)


@pytest.mark.parametrize("state", ["new", "pending", "assigned", "preparing", "starting"])
def test_a_first_try_on_its_way_starts(state: str) -> None:
    assert judged(task(state)).status == "restarting"


def test_a_member_on_a_lost_machine_is_unreachable_until_the_swarm_has_moved_it() -> None:
    assert judged(RUNNING, lost=("n1",)) == History(UNREACHABLE, RUNNING)
    moved = task("running", "n2")
    assert judged(RUNNING, moved, lost=("n1",)) == History("running", moved)


def test_a_bound_member_stays_unreachable_while_the_swarm_finds_no_machine_for_it() -> None:
    assert judged(RUNNING, task("pending", ""), lost=("n1",)) == History(UNREACHABLE, RUNNING)
    assert judged(RUNNING, task("pending", "")).status == "restarting"


def test_a_service_that_is_to_run_nothing_is_created_or_was_stopped() -> None:
    assert history_of((), replicas=0, lost=(), ended_with=None) == History("created")
    stopped = history_of((RUNNING,), replicas=0, lost=(), ended_with=143)
    assert stopped == History("exited", None, 143)
