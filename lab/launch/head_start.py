"""A removal's head start: containers are killed while the modules load that remove them.

Loading the SDK takes a fifth of a removal's time, and what follows a container's end most of the
rest. So no HTTP library is loaded here either, and only an engine at a socket of this machine gets
a head start. Nothing relies on it: whatever fails here meets the removal, which tells.
"""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from lab.errors import EngineError
from lab.launch.endpoint.contexts import endpoint_of
from lab.launch.labels import LAB, PART, SWARM, Part

_PATIENCE = 2.0  # seconds for one answer; a silent engine is the removal's to tell
_REFUSED = 400  # the least status of a refusal


@contextmanager
def killed_ahead(lab: str, environ: Mapping[str, str]) -> Iterator[bool]:
    """Have the engine kill the containers of a lab, and wait for none; tell if it has any.

    One lab: an engine that took the ends of fifty containers apart at once has hung, and has
    miscounted who is left in a network (20.10).
    A lab that doesn't exist, an engine that isn't there or is elsewhere: nothing happens.
    """
    found = False
    with ExitStack() as asked:
        # A context that isn't there, nobody at its socket, somebody who is no engine.
        with suppress(EngineError, OSError, ValueError, LookupError, TypeError):
            path = endpoint_of(environ).socket_path
            if path:
                found = _kill(path, lab, asked)
        yield found


def _kill(path: str, lab: str, asked: ExitStack) -> bool:
    """Ask for the end of a lab's containers; *asked* keeps the questions open."""
    filters = urlencode({"filters": json.dumps({"label": [f"{LAB}={lab}"]})})
    with _asked(path, "GET", f"/containers/json?{filters}") as listing:
        # As in every removal: from here on the lab counts as half-made, whatever comes.
        volumes = _own(_answer(path, "GET", f"/volumes?{filters}")["Volumes"])
        for volume in volumes:
            _answer(path, "DELETE", f"/volumes/{volume['Name']}")
        containers = _own(_read(listing))
    for container in containers:
        if container["Labels"].get(PART) == Part.PROBER:
            continue  # as in every removal its end comes last
        # The engine answers when it has ended: in a thread each would wait for the interpreter.
        asked.enter_context(_asked(path, "POST", f"/containers/{container['Id']}/kill"))
    return bool(volumes or containers)


def _own(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Leave out what a lab on a swarm has here."""
    return [row for row in rows or () if SWARM not in (row["Labels"] or {})]


def _answer(path: str, method: str, url: str) -> Any:
    """Ask the engine; give what it tells, or None where it tells nothing."""
    with _asked(path, method, url) as asking:
        return _read(asking)


def _read(asking: socket.socket) -> Any:
    """Give what the engine tells, or None where it tells nothing; raises `ValueError`."""
    with asking.makefile("rb") as answer:
        head, _, said = answer.read().partition(b"\r\n\r\n")
    if int(head.split(maxsplit=2)[1]) >= _REFUSED:
        raise ValueError(head.decode(errors="replace"))
    return json.loads(said) if said else None


def _asked(path: str, method: str, url: str) -> socket.socket:
    """Ask something at the engine's socket; in HTTP/1.0 the answer ends with the connection."""
    asking = socket.socket(socket.AF_UNIX)
    try:
        asking.settimeout(_PATIENCE)
        asking.connect(path)
        asking.sendall(f"{method} {url} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    except BaseException:
        asking.close()
        raise
    return asking
