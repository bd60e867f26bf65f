"""Reads a customer's node of the 2.x line, which has all its XML files or can't be started."""

from pathlib import Path

from lab.errors import LabError, Problem
from lab.plan.containers import NEEDED_XML_FILES
from lab.wiring.settings import Settings
from lab.wiring.xml_node import read_xml_node


def read_whole(folder: Path, name: str, path: Path) -> Settings:
    """Read all files beside *path*, which is one of them.

    Raises `LabError` for a file that is no XML, can't be read, or isn't there.
    """
    settings = read_xml_node(folder, name, str(path), None)
    there = {Path(place).name for place in settings.document.files.values()}
    missing = [file for file in NEEDED_XML_FILES if file not in there]
    if missing:
        what = f"{name} has no {', '.join(missing)}, without which it can't be started"
        mend = "add them from its repository/conf: those of the product where nothing is changed"
        raise LabError(Problem(what, settings.document.file, mend))
    return settings
