"""Runs the lab's program and sends it a signal at its n-th request that changes something.

`dying.py NUMBER WHEN SIGNAL -- WORDS…`: WHEN is `before` the request leaves, or `during` it: the
engine has it then and the program doesn't learn what came of it. The last line on stderr before
the signal tells the request. Number 0 sends no signal and tells at the end how many there are.
"""

import itertools
import os
import re
import signal
import socket
import sys
import threading
from typing import Any

_CHANGING = re.compile(rb"(POST|PUT|DELETE) (?:/v[\d.]+)?(\S+)")
_ID = re.compile(r"[0-9a-f]{64}")
_IN_FLIGHT = 0.002  # seconds: the engine has read the request, and seldom answered


def main() -> None:
    """Arm the trap, then be the program."""
    number, when, name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    sys.argv[1:] = sys.argv[5:]
    numbers = itertools.count(1)
    lock = threading.Lock()
    send = socket.socket.sendall  # the SDK's requests pass here, and those before it is loaded
    last = 0

    def end(request: str) -> None:
        os.write(2, f"point {number}: {request}\n".encode())
        os.kill(os.getpid(), signal.Signals[name])

    def note(request: str) -> None:
        nonlocal last
        with lock:
            this = last = next(numbers)
        if this != number:
            return
        if when == "before":
            end(request)
        else:
            threading.Timer(_IN_FLIGHT, end, (request,)).start()

    def counted(self: socket.socket, data: Any, *more: Any) -> None:
        if changing := _CHANGING.match(data):
            note(_ID.sub("ID", b" ".join(changing.groups()).decode()))
        send(self, data, *more)

    socket.socket.sendall = counted  # type: ignore[assignment, method-assign]
    from lab.cli import main as program  # noqa: PLC0415  # after the trap is there

    try:
        program()
    finally:
        if not number:
            os.write(2, f"points: {last}\n".encode())


if __name__ == "__main__":
    main()
