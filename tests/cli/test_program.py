"""The program's end: quick, and nothing of what it said or still does is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import sys, threading, time
from lab.cli import program

def main():
    {body}

program.main = main
program.run()
"""


def ended(body: str, **streams: int) -> "subprocess.CompletedProcess[str]":
    """Run the program with something else to carry out."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    code = _PROGRAM.format(body=body)
    return subprocess.run([sys.executable, "-c", code], text=True, check=False, **streams)


@pytest.mark.parametrize("code", [0, 3])
def test_its_exit_code_and_all_that_it_printed_arrive(code: int) -> None:
    done = ended(f"print('x' * 100_000); print('y', file=sys.stderr); sys.exit({code})")
    assert (done.returncode, len(done.stdout), done.stderr) == (code, 100_001, "y\n")


def test_nothing_is_cleared_away_at_its_end() -> None:
    done = ended("import atexit; atexit.register(print, 'late'); sys.exit(0)")
    assert done.stdout == ""


def test_a_thread_that_still_works_is_waited_for() -> None:
    work = "threading.Thread(target=lambda: (time.sleep(0.3), print('done'))).start()"
    assert ended(f"{work}; sys.exit(4)").stdout == "done\n"


def test_a_full_disk_below_its_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = ended("print('x'); sys.exit(0)", stdout=full.fileno())
    assert done.returncode != 0
    assert "No space left" in done.stderr


def test_an_exit_that_is_words_is_told_as_python_tells_it() -> None:
    done = ended("sys.exit('words')")
    assert (done.returncode, done.stderr) == (1, "words\n")
