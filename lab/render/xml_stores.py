"""Which keystore and truststore a node's carbon.xml names, in the words of a deployment.toml."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from lab.errors import LabError
from lab.render.xml_tree import XmlFile

_SECURITY = "${carbon.home}/repository/resources/security"


def store_values(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give the tables `keystore` and `truststore`; raises `ValueError` for files that are no XML.

    A store outside the folder of all stores keeps its whole path, with which none can be made.
    """
    try:
        parsed = {name: XmlFile(content, name) for name, content in files.items()}
    except LabError as error:
        raise ValueError(str(error)) from error
    carbon = parsed["carbon.xml"]
    return {
        "keystore": {
            "primary": _store(carbon, "Security/KeyStore"),
            "internal": _store(carbon, "Security/RegistryKeyStore"),
        },
        "truststore": _store(carbon, "Security/TrustStore"),
    }


def _store(carbon: XmlFile, path: str) -> dict[str, str]:
    values = {
        "file_name": carbon.text(f"{path}/Location"),
        "password": carbon.text(f"{path}/Password"),
        "alias": carbon.text(f"{path}/KeyAlias"),
    }
    place = PurePosixPath(values["file_name"])
    if str(place.parent) == _SECURITY:
        values["file_name"] = place.name
    return {key: value for key, value in values.items() if value}
