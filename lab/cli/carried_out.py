"""Between a verb's words and its work: the caller's side, errors as three lines, the exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from click.exceptions import Exit

from lab.verbs.shell import Shell

if TYPE_CHECKING:
    from lab.errors import LabError

_INTERRUPTED = 130  # as a shell tells it: 128 and SIGINT's number


class Debugging:
    """Whether an error shows its traceback; set once, before any verb."""

    wanted = False


@contextmanager
def carried_out() -> Iterator[Shell]:
    """Give the caller's side to a verb, and tell its errors in three lines each."""
    from lab.errors import LabError, Problem  # noqa: PLC0415
    from lab.interrupts import ending_like_ctrl_c  # noqa: PLC0415

    try:
        with ending_like_ctrl_c():
            yield Shell(_here(), os.environ, sys.stdout, sys.stderr)
    except LabError as error:
        _tell(error)
    except FileNotFoundError as error:
        if _here().is_absolute():  # it is about something else
            raise
        mend = "`cd` into a folder that is there, then the same command again"
        gone = LabError(Problem("the folder that this is called in was deleted", ".", mend))
        gone.__cause__ = error
        _tell(gone)
    except KeyboardInterrupt:
        raise Exit(_INTERRUPTED) from None


def _here() -> Path:
    """Give the working folder; what is looked for in one that was deleted is nowhere."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path()


def _tell(error: "LabError") -> NoReturn:
    if Debugging.wanted:
        raise error
    for problem in error.problems:
        print(problem, file=sys.stderr)  # noqa: T201  # the one place that tells errors
    raise Exit(error.exit_code) from error


def end(code: int) -> NoReturn:
    """End the program with *code*."""
    raise Exit(code)
