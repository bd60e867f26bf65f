"""Runs the lab's program and sends it a signal at its n-th request that changes something.

`dying.py NUMBER WHEN SIGNAL -- WORDS…`: WHEN is `before` the request leaves, or `during` it: the
engine has it then and the program doesn't learn what came of it. The last line on stderr before
the signal tells the request. Number 0 sends no signal and tells at the end how many there are.
"""

import itertools
import os
import re
import signal
import sys
import threading
from typing import Any

import requests

CHANGING = {"POST", "PUT", "DELETE"}
_ID = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"^/v[\d.]+")
_IN_FLIGHT = 0.002  # seconds: the engine has read the request, and seldom answered


def main() -> None:
    """Arm the trap, then be the program."""
    number, when, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    sys.argv[1:] = sys.argv[5:]
    numbers = itertools.count(1)
    lock = threading.Lock()
    send = requests.Session.send
    last = 0

    def end(request: requests.PreparedRequest) -> None:
        path = _VERSION.sub("", _ID.sub("ID", str(request.path_url)))
        os.write(2, f"point {number}: {request.method} {path}\n".encode())
        os.kill(os.getpid(), signal.Signals[name])

    def counted(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> Any:
        nonlocal last
        if request.method not in CHANGING:
            return send(self, request, **more)
        with lock:
            this = last = next(numbers)
        if this == number:
            if when == "before":
                end(request)
            else:
                threading.Timer(_IN_FLIGHT, end, (request,)).start()
        return send(self, request, **more)

    requests.Session.send = counted  # type: ignore[method-assign]
    from lab.cli import main as program  # noqa: PLC0415  # after the trap is there

    try:
        program()
    finally:
        if not number:
            os.write(2, f"points: {last}\n".encode())


if __name__ == "__main__":
    main()
