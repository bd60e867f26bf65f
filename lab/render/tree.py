"""Writes a lab's folder: every file is made and staged before the first one takes its place.

So a render that fails leaves the folder of the one before.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from lab.errors import LabError, Problem

MARK = "options.json"  # a folder without it is not the lab's
_STAGE = ".rendering-"
_MEMBERS = ("nodes", "servers", "balancers")
_MENDS = {
    errno.ENOSPC: "free space there, or name a folder elsewhere",
    errno.EDQUOT: "free some of your quota there, or name a folder elsewhere",
    errno.EROFS: "mount it for writing, or name a folder elsewhere",
}


def check_folder(folder: Path) -> None:
    """Raise `LabError` when *folder* holds something that isn't a lab's."""
    if folder.exists() and not folder.is_dir():
        raise _refusal("is no folder", folder)
    try:
        found = [path.name for path in folder.iterdir()] if folder.exists() else []
    except OSError as error:
        raise _refusal(f"can't be read: {error.strerror}", folder) from error
    # What a killed render leaves is staged only.
    if MARK not in found and any(not name.startswith(_STAGE) for name in found):
        raise _refusal("is not empty and holds no lab", folder)
    links = sorted(path for path in folder.glob("**/*") if path.is_symlink())
    if links:
        raise _refusal(f"leads elsewhere: {links[0].name} is a symbolic link", folder)


def read_kept(folder: Path, name: str) -> bytes | None:
    """Give a file of the earlier render, or nothing when there is none."""
    try:
        return (folder / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _refusal(
            f"has a file that can't be read, {name}: {error.strerror}", folder
        ) from error


def write_tree(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put these files, by their path in the folder, the mark first; each is its owner's alone.

    Raises `LabError`; a folder that was made for it goes then.
    """
    absent = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        _write(folder, files)
    except OSError as error:
        if folder in absent:
            shutil.rmtree(folder, ignore_errors=True)
        for above in absent[1:]:
            with suppress(OSError):  # somebody else's is in it
                above.rmdir()
        raise _unwritable(folder, error) from error


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_STAGE}*"):
        shutil.rmtree(left)
    stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
    try:
        _stage(stage, files)
        folder.chmod(0o700)
        _place(stage, folder, files)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def remove_strangers(folder: Path, files: Mapping[str, bytes]) -> None:
    """Remove the folders of members that an earlier topology had and *files* doesn't."""
    members = {PurePosixPath(name).parent.as_posix() for name in files}
    for room in _MEMBERS:
        for member in sorted((folder / room).glob("*")):
            if member.is_dir() and f"{room}/{member.name}" not in members:
                shutil.rmtree(member)


def _stage(stage: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = stage / name
        _make_folders(stage, path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


def _place(stage: Path, folder: Path, files: Mapping[str, bytes]) -> None:
    for name in files:
        target = folder / name
        _make_folders(folder, target.parent)
        (stage / name).replace(target)


def _make_folders(top: Path, folder: Path) -> None:
    if folder != top:
        _make_folders(top, folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _unwritable(folder: Path, error: OSError) -> LabError:
    mend = _MENDS.get(error.errno or 0, "name a folder where you may write")
    return LabError(Problem(f"{folder} can't be written: {error.strerror}", str(folder), mend))


def _refusal(what: str, folder: Path) -> LabError:
    mend = "name an empty folder, or one made by `lab render`"
    return LabError(Problem(f"{folder} {what}", str(folder), mend))
