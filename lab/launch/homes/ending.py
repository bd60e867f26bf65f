"""Ends the JVM of a running node of the product in the product's own way."""

from contextlib import suppress

from lab.errors import EngineError
from lab.launch.engine import Engine

# What the start script's `stop` does; as a first process that script ignores SIGTERM itself.
# Not quoted: the product pads its number with blanks.
_END = 'kill -TERM $(cat "$WSO2_SERVER_HOME/wso2carbon.pid")'


def ask_to_end(engine: Engine, container: str) -> None:
    """Send SIGTERM to the JVM; without one, or in a container that has ended, nothing happens."""
    with suppress(EngineError):
        engine.run(container, ("sh", "-c", _END))
