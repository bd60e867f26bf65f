"""The lab's own folder while the lab is made: nobody else writes there at the same time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lab.errors import LabError, Problem
from lab.launch.lease import NameHeldError
from lab.launch.removal import ENVIRONMENT
from lab.render.tree import check_folder


@contextmanager
def held_folder(folder: Path, lab: str) -> Iterator[None]:
    """Hold the folder, made if need be, until the end; a folder that was made goes when that fails.

    The engine's lock is the lab's name, but files are written before the first object exists.
    Raises `NameHeldError` when another process holds it (a dead one holds nothing), `LabError` when
    it can't be made.
    """
    is_ours = not folder.exists()
    handle = _opened(folder)
    try:
        _lock(handle, folder, lab)
        yield
    except NameHeldError:
        raise
    except BaseException:
        if is_ours:
            _remove(folder)
        raise
    finally:
        os.close(handle)


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        mend = "call it in a folder that is there and that you may write to"
        what = f"the lab's folder can't be made: {error.strerror}"
        raise LabError(Problem(what, str(folder), mend)) from error


def _lock(handle: int, folder: Path, lab: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise NameHeldError(
            Problem(
                f"the lab `{lab}` is being made by another process",
                str(folder),
                f"wait for it, then `lab status {lab}`",
            )
        ) from error


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # other labs' folders may be in it
        folder.parent.rmdir()


def remove_unfinished(folder: Path) -> bool:
    """Remove the folder of a start that died before the engine knew of it; tell whether it was one.

    A folder with an `.env` belonged to a lab that had its containers: what was edited there stays.
    So does whatever no start has written.
    """
    if not folder.is_dir() or (folder / ENVIRONMENT).exists() or not _is_of_a_start(folder):
        return False
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # somebody writes it at this moment
        return False
    else:
        _remove(folder)
        return True
    finally:
        os.close(handle)


def _is_of_a_start(folder: Path) -> bool:
    """Tell whether it is as a start may leave its folder: empty, staged, or with a lab's mark."""
    try:
        check_folder(folder)
    except LabError:
        return False
    return True
