"""What a start writes beside the rendered files: its owner's alone, as they are."""

import os
from pathlib import Path

from lab.errors import LabError, Problem


def write_beside(path: Path, text: str) -> None:
    """Write a file of the lab's folder; raises `LabError` when that can't be."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        mend = "free space there, or call it in a folder that you may write to"
        raise LabError(Problem(what, str(path), mend)) from error
