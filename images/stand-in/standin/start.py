"""The start of a node: banner, configuration, keys, then the node itself."""

import os
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from standin import log
from standin.configuration import Configuration, read_configuration
from standin.keystore import KeystoreError, read_identity, read_trusted

if TYPE_CHECKING:
    from standin.node import Node

_SERVER = "org.wso2.carbon.core.internal.CarbonCoreActivator"
_VERSION = "4.1.0"


def start(home: Path) -> int:
    """Start the node of the product home *home* and serve; 1 when its files can't be used."""
    began = time.monotonic()
    log.info(_SERVER, log.BANNER)
    if is_classic(home):
        # Only here: a node of the 4.x line loads none of it.
        from standin.classic.start import start_classic  # noqa: PLC0415

        return start_classic(home, began, _delay(home))
    try:
        configuration = read_configuration(home)
        node = _make_node(configuration)
        log.info(_SERVER, f"Starting WSO2 Carbon... (stand-in, role {configuration.role})")
        from standin.serving import serve  # noqa: PLC0415  # it came with the node

        serve(node, began, _delay(home))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as fault:
        log.error(_SERVER, f"deployment.toml or the node's ports can't be used: {fault}")
        return 1
    except KeystoreError as fault:
        log.error(_SERVER, str(fault))
        return 1
    return 0


def is_classic(home: Path) -> bool:
    """Tell whether *home* is a product of the 2.x line: XML files, and no deployment.toml."""
    conf = home / "repository/conf"
    return not (conf / "deployment.toml").exists() and (conf / "carbon.xml").exists()


def _delay(home: Path) -> float:
    """Give the seconds before the first listener opens: those of one start, or of every start."""
    note = home / "stand-in.delay"
    return float(note.read_text() if note.exists() else os.environ.get("STAND_IN_DELAY", "0"))


def _make_node(configuration: Configuration) -> "Node":
    """Open both keystores, each by a run of a program, and load the node's code meanwhile."""
    with ThreadPoolExecutor(2) as pool:
        trusted = pool.submit(read_trusted, configuration.truststore)
        identity = pool.submit(read_identity, configuration.keystore)
        from standin.node import Node  # noqa: PLC0415  # half of a start is imports

        version = os.environ.get("STAND_IN_VERSION", _VERSION)
        return Node(configuration, identity.result(), trusted.result(), version)
