"""Tells where the XML files of a node of the 2.x line lie."""

from collections.abc import Container
from pathlib import Path, PurePosixPath

# Below repository/conf; in a lab's folder they lie side by side.
FILES = (
    "carbon.xml",
    "api-manager.xml",
    "user-mgt.xml",
    "registry.xml",
    "datasources/master-datasources.xml",
    "identity/embedded-ldap.xml",
)
_CONF = "repository/conf"


def find_xml(folder: Path) -> str | None:
    """Give the first of a node's files, below its folder; None when it has none."""
    places = [f"{place}{file}" for place in ("", f"{_CONF}/") for file in FILES]
    return next((place for place in places if (folder / place).is_file()), None)


def conf_of(file: PurePosixPath, files: Container[Path] = ()) -> PurePosixPath:
    """Give the folder that all of a node's files lie in, or below, from the place of one.

    A folder `identity` or `datasources` that has a carbon.xml among *files* is a node's name.
    """
    is_deeper = any(
        str(file).endswith(f"/{one}") or str(file) == one for one in FILES if "/" in one
    )
    is_node = Path(file.parent / FILES[0]) in files
    return file.parents[1] if is_deeper and not is_node else file.parent
