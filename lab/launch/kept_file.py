"""What a start keeps beside the rendered files: its owner's alone, as they are."""

import os
from contextlib import suppress
from pathlib import Path

from lab.errors import LabError, Problem


def write_kept(path: Path, text: str) -> None:
    """Write a file of the lab's folder whole; whoever reads meanwhile finds the one of before.

    Raises `LabError` when that can't be, and leaves the one of before.
    """
    written = path.with_name(f"{path.name}.new")
    try:
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        written.replace(path)
    except OSError as error:
        with suppress(OSError):
            written.unlink()
        what = f"{path} can't be written: {error.strerror}"
        mend = "free space there, or call it in a folder that you may write to"
        raise LabError(Problem(what, str(path), mend)) from error
