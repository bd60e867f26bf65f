"""A far engine's socket on this machine, by the user's own `ssh`: its settings, keys and agent."""

import os
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

SCHEME = "ssh://"
_SOCKET = "/var/run/docker.sock"
_READY = "ready"
_ENDS_WITHIN = 2.0  # seconds
_OPTIONS = (
    "BatchMode=yes",  # nobody is there to be asked for a password
    "ConnectTimeout=5",
    "ExitOnForwardFailure=yes",
    "ServerAliveInterval=2",  # a machine that vanishes ends the connection within seconds
    "ServerAliveCountMax=3",
)


class SshTunnel:
    """A socket that leads to an engine on another machine, for as long as this process lives.

    *path* is its place. Raises `OSError` with what `ssh` says when the machine isn't reached.
    """

    def __init__(self, url: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lab-ssh-"))
        self.path = self._folder / "engine.sock"
        # A session of its own: Ctrl-C must not take away the way by which all is tidied up. It ends
        # with its input, so with this process.
        try:
            self._process = subprocess.Popen(
                _words(url, self.path),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError:  # there is no `ssh`
            self._folder.rmdir()
            raise
        assert self._process.stdout is not None  # noqa: S101  # it is a pipe
        assert self._process.stderr is not None  # noqa: S101
        # Forwarding stands before a command is run there.
        if self._process.stdout.readline().strip() != _READY.encode():
            self._process.wait()
            said = self._process.stderr.read().decode(errors="replace").strip().splitlines()
            self.close()
            raise ConnectionError(said[-1] if said else "ssh ended without a word")

    def close(self) -> None:
        """End the connection, and take the socket away."""
        assert self._process.stdin is not None  # noqa: S101
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _words(url: str, here: os.PathLike[str]) -> list[str]:
    """Give the command line; the URL's path, if it has one, is the engine's socket there."""
    place = urlsplit(url)
    user = f"{place.username}@" if place.username else ""
    port = ("-p", str(place.port)) if place.port else ()
    there = place.path.rstrip("/") or _SOCKET
    return [
        *("ssh", "-T"),
        *(word for option in _OPTIONS for word in ("-o", option)),
        *("-L", f"{os.fspath(here)}:{there}"),
        *port,
        *("--", f"{user}{place.hostname}"),
        f"echo {shlex.quote(_READY)} && exec cat >/dev/null",
    ]
