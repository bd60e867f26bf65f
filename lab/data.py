"""Finds the folders of data that ship with the lab: in the wheel, or beside the package."""

from pathlib import Path

from lab.errors import LabError, Problem

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """Give the folder `compose`, `images` or `topologies`; raises `LabError` when it is missing."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise LabError(
        Problem(
            f"the lab's own folder {name!r} is missing",
            str(_PACKAGE),
            "install the lab again; its files are incomplete",
        )
    )
