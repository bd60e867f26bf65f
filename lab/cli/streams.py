"""The program's streams: closed ones have a stand-in, and stdout knows whether it was written."""

import errno
import io
import os
import sys
from typing import cast


class Output(io.TextIOWrapper):
    """A stream that remembers why it can't be written, whoever wrote: click does, too."""

    lost: OSError | None = None

    def write(self, text: str, /) -> int:
        """Write; raises `OSError`."""
        try:
            return super().write(text)
        except OSError as error:
            self.lost = error
            raise

    def flush(self) -> None:
        """Write what is left; raises `OSError`."""
        try:
            super().flush()
        except OSError as error:
            self.lost = error
            raise


def own_streams() -> Output:
    """Put something in place of streams that are closed, or the next file would get their number.

    Gives stdout. Where it is closed it can't be written: data that nobody gets is an error.
    """
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    before = cast("io.TextIOWrapper", sys.stdout)
    sys.stdout = output = Output(
        before.detach(),
        encoding=before.encoding,
        errors=before.errors,
        line_buffering=before.line_buffering,
    )
    return output


def tell_lost(error: OSError) -> None:
    """Say that the output can't be written; of a reader who has gone nobody wants to hear."""
    from lab.errors import Problem  # noqa: PLC0415  # the help needs none

    if error.errno != errno.EPIPE:
        what = f"the output can't be written: {error.strerror}"
        mend = "free space there, or send stdout elsewhere"
        print(Problem(what, "stdout", mend), file=sys.stderr)  # noqa: T201
