"""The program `lab`: a process that does nothing but carry out one call."""

import os
import sys
import threading

from lab.cli import main


def run() -> None:
    """Run the command line, and end the process.

    Python would free a verb's thousands of objects one by one first, which takes as long as its own
    start.
    """
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int) and not _others_work() and _all_is_said():
            os._exit(end.code)
        raise  # Python waits for threads, and says what can't be written


def _others_work() -> bool:
    working = (thread for thread in threading.enumerate() if not thread.daemon)
    return any(thread is not threading.main_thread() for thread in working)


def _all_is_said() -> bool:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return False
    return True
