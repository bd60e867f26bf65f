"""The program's end: quick, and nothing of what it said or still does is lost."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

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


def called(line: str) -> "subprocess.CompletedProcess[str]":
    """Call the program from a shell."""
    words = f"{sys.executable} -m lab {line}"
    return subprocess.run(
        ["sh", "-c", words], capture_output=True, text=True, check=False, cwd=ROOT
    )


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
    assert done.returncode == 1
    assert done.stderr == (
        "error: the output can't be written: No space left on device\n"
        "   at: stdout\n hint: free space there, or send stdout elsewhere\n"
    )


@pytest.mark.parametrize(
    ("words", "full"),
    [("plan all-blocks", ">/dev/full"), ("--help", ">/dev/full"), ("plan all-blocks", ">&-")],
)
def test_an_output_that_cannot_be_written_is_one_error(words: str, full: str) -> None:
    done = called(f"{words} {full}")
    assert done.returncode == 1
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: ", "   at: ", " hint: "]


def test_a_stdout_that_is_closed_is_no_matter_to_who_says_nothing(tmp_path: Path) -> None:
    done = called(f"render all-in-one -o {tmp_path}/out >&-")
    assert (done.returncode, (tmp_path / "out/options.json").is_file()) == (0, True), done.stderr


def test_without_a_stderr_progress_is_not_mixed_into_the_data(tmp_path: Path) -> None:
    done = called(f"render all-in-one -o {tmp_path}/out 2>&- <&-")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_reader_who_has_gone_is_no_news() -> None:
    assert called("plan all-blocks | true").stderr == ""


def test_an_exit_that_is_words_is_told_as_python_tells_it() -> None:
    done = ended("sys.exit('words')")
    assert (done.returncode, done.stderr) == (1, "words\n")
