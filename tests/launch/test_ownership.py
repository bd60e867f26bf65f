import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.launch.ownership import (
    Life,
    Owner,
    life_of,
    parse_owner,
    start_time_of,
    this_process,
)

HERE = Owner("boot-a", 4026531836, 100, 5000)


def judged(owner: Owner | None, start_times: dict[int, int]) -> Life:
    return life_of(owner, seen_from=HERE, start_time=start_times.get)


def test_an_owner_survives_the_trip_through_its_label() -> None:
    assert parse_owner(str(HERE)) == HERE


@pytest.mark.parametrize("text", ["", "boot", "boot:1:2", "boot:1:2:x", "boot:1:2:3:4", "b:1:-2:3"])
def test_a_label_that_is_none_of_ours_names_no_owner(text: str) -> None:
    assert parse_owner(text) is None


def test_a_process_with_the_same_start_time_is_alive() -> None:
    assert judged(Owner("boot-a", 4026531836, 7, 900), {7: 900}) is Life.ALIVE


def test_a_process_that_is_not_there_is_dead() -> None:
    assert judged(Owner("boot-a", 4026531836, 7, 900), {}) is Life.DEAD


def test_a_reused_pid_does_not_keep_an_owner_alive() -> None:
    assert judged(Owner("boot-a", 4026531836, 7, 900), {7: 901}) is Life.DEAD


@pytest.mark.parametrize(
    "owner",
    [
        Owner("boot-b", 4026531836, 7, 900),
        Owner("boot-a", 4026532999, 7, 900),
        Owner("unknown", 0, 7, 0),
        None,
    ],
)
def test_nothing_is_proven_from_another_boot_or_pid_namespace(owner: Owner | None) -> None:
    assert judged(owner, {}) is Life.UNKNOWN


def test_this_process_is_alive_in_its_own_eyes() -> None:
    here = this_process()
    assert here.pid == os.getpid()
    assert life_of(here, seen_from=here) is Life.ALIVE


def test_a_child_that_ended_is_dead_also_while_nobody_has_collected_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = start_time_of(child.pid)
    assert started is not None
    owner = Owner(this_process().boot_id, this_process().pid_namespace, child.pid, started)
    assert life_of(owner, seen_from=this_process()) is Life.ALIVE
    assert child.stdin is not None
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert life_of(owner, seen_from=this_process()) is Life.DEAD
    child.wait()
    assert life_of(owner, seen_from=this_process()) is Life.DEAD


def test_a_name_with_spaces_and_parentheses_does_not_move_the_start_time(tmp_path: Path) -> None:
    fields = ["S", *(str(number) for number in range(4, 53))]
    (tmp_path / "9").mkdir()
    (tmp_path / "9" / "stat").write_text(f"9 (a) b (c)) {' '.join(fields)}\n")
    assert start_time_of(9, tmp_path) == 22


def test_without_proc_an_owner_can_never_be_proven_dead(tmp_path: Path) -> None:
    owner = this_process(tmp_path)
    assert life_of(owner, seen_from=owner, start_time=lambda _pid: None) is Life.UNKNOWN
