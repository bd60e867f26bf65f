"""Reads the XML files of one node of the 2.x line, and its broker's properties."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from lab.products.facts import Role
from lab.products.tables_2x import TABLES_2X
from lab.wiring.properties_reader import read_properties
from lab.wiring.settings import Settings
from lab.wiring.toml_reader import Document
from lab.wiring.xml_files import FILES, conf_of
from lab.wiring.xml_reader import read_xml
from lab.wiring.xml_roles import tell_role

_JNDI = "jndi.properties"


def read_xml_node(nodes_folder: Path, name: str, file: str, role: Role | None) -> Settings:
    """Read all files beside *file*, which is one of them, below *nodes_folder*.

    Without a *role* it is what files and name tell. Raises `NotXmlError` where syntax is wrong,
    `TopologyError` where a file can't be read.
    """
    conf = conf_of(PurePosixPath(file))
    names = {
        PurePosixPath(place).stem: str(conf / place)
        for one in FILES
        for place in (PurePosixPath(one).name, one)
        if (nodes_folder / conf / place).is_file()
    }
    paths = {stem: nodes_folder / place for stem, place in names.items()}
    document = _with_broker(read_xml(paths, names, str(conf)), nodes_folder, conf)
    path = nodes_folder / conf / "carbon.xml"
    told, _ = tell_role(name, document)
    return Settings(name, document, role or told, path, tables=TABLES_2X)


def _with_broker(document: Document, nodes_folder: Path, conf: PurePosixPath) -> Document:
    """Lay the broker's properties beside what the XML files say, where the node has them."""
    place = conf / _JNDI
    if not (nodes_folder / place).is_file():
        return document
    values, lines = read_properties(nodes_folder / place, str(place))
    return replace(
        document,
        values={**document.values, place.stem: values},
        lines={**document.lines, **{(place.stem, name): line for name, line in lines.items()}},
        files={**document.files, place.stem: str(place)},
    )
