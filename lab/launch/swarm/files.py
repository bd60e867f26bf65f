"""A member's files as the swarm keeps them: configs, and secrets for all that isn't public."""

import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from lab.errors import EngineError, Problem

_LARGEST = 500 * 1024  # bytes of a secret; of a config some engines take more
# Certificates are public, and what HAProxy is told holds no password.
_PUBLIC = ("ca.pem", "server-cert.pem", "balancer.pem", "haproxy.cfg")


@dataclass(frozen=True, slots=True)
class SwarmFile:
    """One file: its place in the container, owner and mode; *name* is the swarm's for it."""

    name: str
    path: PurePosixPath
    content: bytes
    uid: int
    gid: int
    mode: int

    @property
    def is_secret(self) -> bool:
        """Tell whether the swarm may not show it to anybody but the member's container."""
        return self.path.name not in _PUBLIC

    def reference(self, kept: str) -> dict[str, Any]:
        """Give a service's reference to it; *kept* is its id in the swarm."""
        place = {
            "Name": str(self.path),
            "UID": str(self.uid),
            "GID": str(self.gid),
            "Mode": self.mode,
        }
        kind = "Secret" if self.is_secret else "Config"
        return {f"{kind}ID": kept, f"{kind}Name": self.name, "File": place}


def files_in(archive: bytes, container: str) -> tuple[SwarmFile, ...]:
    """Read the files of an archive that is to be unpacked at *container*'s root.

    The same content at the same place has the same name, any other another: a service is replaced
    when it is to have another file, and stays when not. Raises `EngineError` for all that are too
    large for a swarm.
    """
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        entries = [entry for entry in opened if entry.isfile()]
        problems = [_too_large(one, container) for one in entries if one.size > _LARGEST]
        if problems:
            raise EngineError(*problems)
        return tuple(_file(entry, opened.extractfile(entry), container) for entry in entries)


def _too_large(entry: tarfile.TarInfo, container: str) -> Problem:
    return Problem(
        f"the file has {entry.size // 1024} KiB, and a swarm keeps {_LARGEST // 1024} at most",
        f"{container}: /{entry.name}",
        "make it smaller (a store with fewer certificates); or `--on docker`",
    )


def _file(entry: tarfile.TarInfo, opened: Any, container: str) -> SwarmFile:
    content = opened.read()
    path = PurePosixPath("/", entry.name)
    seed = "\0".join((container, str(path), f"{entry.uid}:{entry.gid}:{entry.mode}"))
    digest = hashlib.sha256(seed.encode() + b"\0" + content).hexdigest()
    name = f"lab-{digest[:40]}"
    return SwarmFile(name, path, content, entry.uid, entry.gid, entry.mode)


def references(files: Sequence[SwarmFile], ids: dict[str, str], *, secret: bool) -> list[Any]:
    """Give the references to all secrets, or to all configs, in the order of their places."""
    chosen = sorted((one for one in files if one.is_secret is secret), key=lambda one: one.path)
    return [one.reference(ids[one.name]) for one in chosen]


def is_held(spec: Mapping[str, Any], file: SwarmFile) -> bool:
    """Tell whether a service has this very file."""
    return file.name in held_names(spec)


def held_names(spec: Mapping[str, Any]) -> set[str]:
    """Give the swarm's names of a service's files."""
    container = spec["TaskTemplate"]["ContainerSpec"]
    names = {one["SecretName"] for one in container.get("Secrets") or ()}
    return names | {one["ConfigName"] for one in container.get("Configs") or ()}
