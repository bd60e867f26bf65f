"""Tells where the XML files of a node of the 2.x line lie."""

from pathlib import Path

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
