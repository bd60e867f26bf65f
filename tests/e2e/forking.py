"""Starts the program as a fork of a process that has its modules loaded.

A start of its own takes half a second each time, and these tests make hundreds of them.
What runs is the program's own `main`, in a process, folder and environment of its own.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[2]
_ASKED = 1 << 20  # bytes at most that words and environment take
_OWN = "lab.fixture"  # pytest's


class Forks:
    """A process that waits for words to run the program with."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lab-forks-")
        self._place = f"{self._folder.name}/socket"
        self._process = subprocess.Popen(
            [sys.executable, __file__, self._place],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def run(
        self, words: tuple[str, ...], folder: Path, environ: Mapping[str, str], within: float
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end; raises `TimeoutError`."""
        asked = json.dumps({"words": words, "folder": str(folder), "environ": dict(environ)})
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as talk,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            talk.settimeout(within)
            talk.connect(self._place)
            socket.send_fds(talk, [asked.encode()], [out.fileno(), err.fileno()])
            code = talk.recv(16)
            assert talk.recv(1) == b""  # its end
            out.seek(0)
            err.seek(0)
            told = out.read().decode(), err.read().decode()
        return subprocess.CompletedProcess(words, int(code or -1), *told)

    def close(self) -> None:
        """End the process; what it runs goes on."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


@functools.cache
def forks() -> Forks:
    """Give the one process of this run of the tests."""
    made = Forks()
    atexit.register(made.close)
    return made


def serve(place: str) -> NoReturn:
    """Fork for each caller; in the fork, run the program."""
    import lab  # noqa: PLC0415  # the tests' own process needs less

    for module in pkgutil.walk_packages(lab.__path__, "lab."):
        if not module.name.startswith((_OWN, "lab.__main__")):
            importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(place)
        listener.listen()
        # Nobody asks how a fork ended but its caller: one that is over is gone at once.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        gc.freeze()  # what is loaded stays: no fork has to look at it
        os.write(1, b"ready\n")
        while True:
            talk, _ = listener.accept()
            if not os.fork():
                break
            talk.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _answer(talk)


def _answer(talk: socket.socket) -> NoReturn:
    from lab.cli import main  # noqa: PLC0415

    said, (out, err), _, _ = socket.recv_fds(talk, _ASKED, 2)
    asked = json.loads(said)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    sys.argv[:] = ["lab", *asked["words"]]
    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    talk.send(str(code).encode())
    os._exit(code)  # nothing is left to do but to free memory


if __name__ == "__main__":
    serve(sys.argv[1])
