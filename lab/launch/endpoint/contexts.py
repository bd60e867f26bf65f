"""Which engine the docker client would reach, with which certificates: read where it keeps them.

The SDK's own reader knows no environment but its process's, and finds no context where the client
has no `config.json`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.errors import EngineError, Problem
from lab.launch.endpoint.certificates import Certificates
from lab.launch.endpoint.connection import DEFAULT_SOCKET, Endpoint

_DEFAULT = "default"  # the context that docker has without one


def endpoint_of(environ: Mapping[str, str]) -> Endpoint:
    """Choose as the docker client does: DOCKER_HOST, then the current context, then the default.

    Raises `EngineError` for a context that isn't there.
    """
    if environ.get("DOCKER_HOST"):
        return Endpoint(environ["DOCKER_HOST"], "DOCKER_HOST", _certificates_said(environ))
    folder = _docker_folder(environ)
    said = environ.get("DOCKER_CONTEXT", "")
    name = said or str(_values(folder / "config.json").get("currentContext") or _DEFAULT)
    if name == _DEFAULT:
        return Endpoint(DEFAULT_SOCKET)
    return _of_context(folder, name, "DOCKER_CONTEXT" if said else "currentContext in config.json")


def _of_context(folder: Path, name: str, said_by: str) -> Endpoint:
    import hashlib  # noqa: PLC0415  # few name a context

    own = hashlib.sha256(name.encode()).hexdigest()
    found = _values(folder / "contexts" / "meta" / own / "meta.json").get("Endpoints", {})
    docker: Mapping[str, Any] = found.get("docker", {})
    if not docker:
        what = f"there is no docker context `{name}`"
        raise EngineError(Problem(what, f"{said_by}: {folder}", "`docker context ls` lists them"))
    material = folder / "contexts" / "tls" / own / "docker"
    skips = bool(docker.get("SkipTLSVerify"))
    certificates = Certificates(material, verifies=not skips) if material.is_dir() else None
    return Endpoint(docker.get("Host") or DEFAULT_SOCKET, f"docker context `{name}`", certificates)


def _certificates_said(environ: Mapping[str, str]) -> Certificates | None:
    verifies = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verifies and not environ.get("DOCKER_TLS"):
        return None
    said = environ.get("DOCKER_CERT_PATH")
    return Certificates(Path(said) if said else _docker_folder(environ), verifies=verifies)


def _docker_folder(environ: Mapping[str, str]) -> Path:
    said = environ.get("DOCKER_CONFIG")
    return Path(said) if said else Path(environ.get("HOME") or Path.home(), ".docker")


def _values(path: Path) -> Mapping[str, Any]:
    """Read a file of the docker client; one that isn't there or in order says nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
