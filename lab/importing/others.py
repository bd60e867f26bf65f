"""Nodes of other products that share a customer's folder, as WSO2 Analytics does."""

from collections.abc import Container, Mapping
from pathlib import Path, PurePosixPath

from lab.errors import LabError, Problem
from lab.products.tables_2x import SERVER_KEYS
from lab.wiring.xml_files import conf_of

_KEY = ("carbon", "ServerKey")


def set_aside(folder: Path, files: Mapping[str, Path], roles: Container[str]) -> Mapping[str, str]:
    """Give the nodes that are no API Manager's nor key manager's, each with the reason in words.

    They have another product's `<ServerKey>`, no api-manager.xml, and none of the *roles* that
    somebody told. Raises `LabError` where no other node is left.
    """
    found = {}
    for name, path in files.items():
        conf = conf_of(PurePosixPath(path))
        if name in roles or path.suffix != ".xml":
            continue
        if not (folder / conf / "api-manager.xml").is_file():
            at, key = _server_key(folder, conf)
            if key and key not in SERVER_KEYS:
                found[name] = f"{name} is no API Manager, and left aside: <ServerKey>{key} at {at}"
    if found and len(found) == len(files):
        mend = "give a folder with nodes of API Manager too"
        raise LabError(Problem(" and ".join(found.values()), str(folder), mend))
    return found


def _server_key(folder: Path, conf: PurePosixPath) -> tuple[str, str]:
    """Give the place and text of `<ServerKey>`; a file that can't be read has none."""
    from lab.wiring.xml_reader import read_xml  # noqa: PLC0415  # the 4.x line needs no lxml

    place = str(conf / "carbon.xml")
    if not (folder / place).is_file():
        return "", ""
    try:
        document = read_xml({"carbon": folder / place}, {"carbon": place}, str(conf))
    except LabError:
        return "", ""  # its own reader says why
    key = document.value(_KEY)
    return str(document.position(_KEY)), key if isinstance(key, str) else ""
