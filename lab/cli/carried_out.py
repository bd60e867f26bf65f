"""Between a verb's words and its work: the caller's side, errors as three lines, the exit code."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from click.exceptions import Exit

from lab.verbs.shell import Shell

_INTERRUPTED = 130  # as a shell tells it: 128 and SIGINT's number


class Debugging:
    """Whether an error shows its traceback; set once, before any verb."""

    wanted = False


@contextmanager
def carried_out() -> Iterator[Shell]:
    """Give the caller's side to a verb, and tell its errors in three lines each."""
    from lab.errors import LabError  # noqa: PLC0415
    from lab.verbs.interrupts import ending_like_ctrl_c  # noqa: PLC0415

    try:
        with ending_like_ctrl_c():
            yield Shell(Path.cwd(), os.environ, sys.stdout, sys.stderr)
    except LabError as error:
        if Debugging.wanted:
            raise
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201  # the one place that tells errors
        raise Exit(error.exit_code) from error
    except KeyboardInterrupt:
        raise Exit(_INTERRUPTED) from None


def end(code: int) -> NoReturn:
    """End the program with *code*."""
    raise Exit(code)
