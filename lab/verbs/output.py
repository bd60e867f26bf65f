"""The file that a verb's option names: written whole, or told why not."""

import errno
import os
import stat
from pathlib import Path

from lab.errors import LabError, Problem

_MEND = "name a file, in a folder that is there and that you may write to"


def check_place(path: Path) -> None:
    """Raise `LabError` where no file can be written, before long work is done for it."""
    if path.exists() and not path.is_file() and not path.is_dir():
        return  # a device or a pipe, whose reader waits for what comes
    is_there = path.exists()
    try:
        with path.open("ab"):
            pass
        if not is_there:
            path.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def write_output(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write the file, with this *mode* where it is one; raises `LabError`, and leaves none then."""
    is_there = path.exists()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            if is_there and not mode & 0o077 and stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fchmod(descriptor, mode)
            file.write(content)
    except OSError as error:
        if not is_there:
            path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> LabError:
    mend = "free space there, or name another file" if error.errno == errno.ENOSPC else _MEND
    return LabError(Problem(f"{path} can't be written: {error.strerror}", str(path), mend))
