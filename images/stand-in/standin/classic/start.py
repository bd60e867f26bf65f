"""The start of a 2.x node: configuration, keys, then the node itself."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from standin import log
from standin.classic.configuration import API_MANAGER, ClassicConfiguration, read_classic
from standin.classic.node import ClassicNode
from standin.keystore import KeystoreError, read_identity, read_trusted
from standin.serving import serve

_SERVER = "org.wso2.carbon.core.internal.CarbonCoreActivator"
_VERSIONS = {API_MANAGER: "2.1.0"}
_IDENTITY_SERVER = "5.3.0"


def start_classic(home: Path, began: float, delay: float) -> int:
    """Start the node of the product home *home* and serve; 1 when its files can't be used."""
    try:
        configuration = read_classic(home)
        node = _make_node(configuration)
        log.info(_SERVER, f"Starting WSO2 Carbon... (stand-in, role {configuration.role})")
        serve(node, began, delay)
    except (OSError, ValueError) as fault:
        log.error(_SERVER, f"the files in repository/conf or the ports can't be used: {fault}")
        return 1
    except KeystoreError as fault:
        log.error(_SERVER, str(fault))
        return 1
    return 0


def _make_node(configuration: ClassicConfiguration) -> ClassicNode:
    """Open both keystores at once, each by a run of a program."""
    with ThreadPoolExecutor(2) as pool:
        trusted = pool.submit(read_trusted, configuration.truststore)
        identity = pool.submit(read_identity, configuration.keystore)
        usual = _VERSIONS.get(configuration.role, _IDENTITY_SERVER)
        version = os.environ.get("STAND_IN_VERSION", usual)
        return ClassicNode(configuration, identity.result(), trusted.result(), version)
