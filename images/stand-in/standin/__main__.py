"""Starts the stand-in: `python3 -m standin [HOME]`, or HOME from `WSO2_SERVER_HOME`."""

import gc
import os
import signal
import sys
from pathlib import Path
from types import FrameType

_HOME = "/home/wso2carbon/wso2am"


def _end(_number: int, _frame: FrameType | None) -> None:
    # At once: everything a stand-in holds dies with it, and nobody waits for a grace period.
    os._exit(0)


def main() -> int:
    """Run the node until it is told to end; 1 when its files can't be used."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    # What is loaded next stays: looking for garbage in it is a tenth of the time that it takes.
    gc.disable()
    # After the handlers: the signal of an early `docker stop` must not wait for the imports.
    from standin.start import start  # noqa: PLC0415

    home = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("WSO2_SERVER_HOME", _HOME)
    return start(Path(home))


if __name__ == "__main__":
    sys.exit(main())
