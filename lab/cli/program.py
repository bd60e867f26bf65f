"""The program `lab`: a process that does nothing but carry out one call."""

import os
import sys
import threading
from contextlib import suppress

from lab.cli import main
from lab.cli.streams import Output, own_streams, tell_lost


def run() -> None:
    """Run the command line, and end the process.

    Python would free a verb's thousands of objects one by one first, which takes as long as its own
    start.
    """
    output = own_streams()
    code = _code_of_main(output)
    with suppress(OSError):
        output.flush()
    if output.lost is not None:
        tell_lost(output.lost)
        code = code or 1
    with suppress(OSError):
        sys.stderr.flush()
    if _others_work():
        sys.exit(code)  # Python waits for them
    os._exit(code)


def _code_of_main(output: Output) -> int:
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            return end.code
        raise  # words, which Python tells
    except OSError:
        if output.lost is None:
            raise
    return 0


def _others_work() -> bool:
    working = (thread for thread in threading.enumerate() if not thread.daemon)
    return any(thread is not threading.main_thread() for thread in working)
