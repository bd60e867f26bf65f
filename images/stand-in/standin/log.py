"""The log every part of the stand-in writes: the product's line format, marked `stand-in`."""

import os
import time

BANNER = "stand-in: a small server of the lab, not the product"


def _write(level: str, component: str, message: str) -> None:
    seconds = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
    milliseconds = int(seconds % 1 * 1000)
    line = (
        f"TID: [-1234] [stand-in] [{stamp},{milliseconds:03d}] "
        f"{level:>5} {{{component}}} - {message}\n"
    )
    # One write a line: several threads log, and a container's log driver splits at writes.
    os.write(1, line.encode())


def info(component: str, message: str) -> None:
    """Write an INFO line of *component*, a class name as the product logs it."""
    _write("INFO", component, message)


def warn(component: str, message: str) -> None:
    """Write a WARN line of *component*."""
    _write("WARN", component, message)


def error(component: str, message: str) -> None:
    """Write an ERROR line of *component*."""
    _write("ERROR", component, message)
