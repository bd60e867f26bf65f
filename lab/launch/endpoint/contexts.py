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
from lab.launch.endpoint.connection import DEFAULT_SOCKET, Endpoint, url_fault

_DEFAULT = "default"  # the context that docker has without one
_TABLES = ("proxies", "auths", "credHelpers")  # what the SDK reads of the client's settings


def endpoint_of(environ: Mapping[str, str]) -> Endpoint:
    """Choose as the docker client does: DOCKER_HOST, then the current context, then the default.

    Raises `EngineError` for a context that isn't there, a URL that can't be one, and a file of the
    client that is damaged.
    """
    endpoint = _chosen(environ)
    if fault := url_fault(endpoint.url):
        what = f"`{endpoint.url}` is no engine's URL: {fault}"
        mend = "write it as unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST"
        raise EngineError(Problem(what, endpoint.said_by, mend))
    return endpoint


def _chosen(environ: Mapping[str, str]) -> Endpoint:
    folder = _docker_folder(environ)
    path = folder / "config.json"
    config = _values(path)
    for key in _TABLES:
        _table(config, key, path)
    if environ.get("DOCKER_HOST"):
        return Endpoint(environ["DOCKER_HOST"], "DOCKER_HOST", _certificates_said(environ))
    said = environ.get("DOCKER_CONTEXT", "")
    name = said or str(config.get("currentContext") or _DEFAULT)
    if name == _DEFAULT:
        return Endpoint(DEFAULT_SOCKET)
    return _of_context(folder, name, "DOCKER_CONTEXT" if said else "currentContext in config.json")


def _of_context(folder: Path, name: str, said_by: str) -> Endpoint:
    import hashlib  # noqa: PLC0415  # few name a context

    own = hashlib.sha256(name.encode()).hexdigest()
    path = folder / "contexts" / "meta" / own / "meta.json"
    docker = _table(_table(_values(path), "Endpoints", path), "docker", path)
    if not docker:
        what = f"there is no docker context `{name}`"
        raise EngineError(Problem(what, f"{said_by}: {folder}", "`docker context ls` lists them"))
    host = docker.get("Host") or DEFAULT_SOCKET
    if not isinstance(host, str):
        raise _damaged(path, "`Host` is no text")
    material = folder / "contexts" / "tls" / own / "docker"
    skips = bool(docker.get("SkipTLSVerify"))
    certificates = Certificates(material, verifies=not skips) if material.is_dir() else None
    return Endpoint(host, f"docker context `{name}`", certificates)


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
    """Read a file of the docker client; an empty one and one that can't be read say nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8").strip() or "{}")
    except OSError:
        return {}
    except ValueError as error:
        raise _damaged(path, f"it is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise _damaged(path, "it holds no JSON object")
    return found


def _table(values: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    found = values.get(key, {})
    if not isinstance(found, dict):
        raise _damaged(path, f"`{key}` is no JSON object")
    return found


def _damaged(path: Path, why: str) -> EngineError:
    what = f"the docker client's file is damaged: {why}"
    return EngineError(Problem(what, str(path), "mend it, or take it away"))
