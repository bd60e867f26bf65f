"""The one door to the docker SDK: the connection, and the SDK's failures as errors of the lab."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from typing import Any, Self

import docker
import requests
import urllib3
from docker.utils import version_gte

from lab.errors import EngineError, Problem
from lab.launch.endpoint.connection import Endpoint, knock, root_cause
from lab.launch.endpoint.contexts import endpoint_of
from lab.launch.endpoint.distrust import needs_certificates
from lab.launch.endpoint.silence import podman, silence
from lab.launch.endpoint.ssh import SCHEME, SshTunnel
from lab.launch.engine.rows import engine_facts
from lab.launch.labels import SWARM
from lab.launch.refusals import refusal
from lab.launch.seen import EngineFacts

_QUICK, _LONG = 5, 600  # seconds: a question about being there; a commit or an import
_OLDEST = "1.24"  # of the API; a ping has no version
_POOL = 64  # connections kept: a lab's containers are created and removed side by side


@contextmanager
def asked(where: str) -> Iterator[None]:
    """Turn every failure of the SDK into an error of the lab about *where*."""
    try:
        yield
    except docker.errors.APIError as error:
        said = str(error.explanation or error)
        raise refusal(error.status_code, said, where) from error
    # An answer that is read as a stream breaks with an error of the layer below.
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        cause = root_cause(error)
        raise EngineError(
            Problem(f"the engine stopped answering: {cause}", where, "is it still running?")
        ) from error


class Door:
    """The connection to an engine that answers. One client serves all threads."""

    in_swarm = False  # what labs on a swarm have here is none of this engine's own

    def __init__(self, api: Any, quick: Any, *, is_here: bool) -> None:
        self._api = api  # the SDK's stubs leave half of its client untyped
        self._quick = quick
        self._is_here = is_here
        self._ways = ExitStack()  # what leads to the engine, and ends with the connection

    @cached_property
    def facts(self) -> EngineFacts:
        """Tell what the engine is; asked once, and not at all by verbs that needn't know."""
        with asked("info"):
            return engine_facts(self._quick.info(), is_here=self._is_here)

    @classmethod
    def connect(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Reach the engine that the docker client would reach.

        Raises `EngineError` with the cause's own mend when it doesn't answer or is none.
        """
        endpoint = endpoint_of(environ)
        with ExitStack() as ways:
            try:
                options: dict[str, Any] = {"base_url": _way_to(endpoint, ways)}
                options["version"] = _spoken(options, endpoint)
                quick = docker.APIClient(**options, timeout=_QUICK)
                api = docker.APIClient(**options, timeout=_LONG, max_pool_size=_POOL)
            except (OSError, ValueError, docker.errors.DockerException) as error:
                cause = root_cause(error)
                raise EngineError(silence(endpoint, cause)) from error
            self = cls(api, quick, is_here=bool(endpoint.socket_path))
            self._ways = ways.pop_all()
        return self

    def watch_requests(self, told: Callable[[str, float], None]) -> None:
        """Tell each request once it is answered, with the seconds until its answer began."""

        def tell(response: requests.Response, *_: object, **__: object) -> None:
            request = response.request
            told(f"{request.method} {request.path_url}", response.elapsed.total_seconds())

        self._api.hooks["response"].append(tell)

    def close(self) -> None:
        """Give the connections up."""
        self._quick.close()
        self._api.close()
        self._ways.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _speaks(self, version: str) -> bool:
        """Tell whether the engine speaks this version of its API, or a later one."""
        return bool(version_gte(self._api.api_version, version))

    def _is_own(self, labels: Mapping[str, str] | None) -> bool:
        return (SWARM in (labels or {})) == self.in_swarm


def _way_to(endpoint: Endpoint, ways: ExitStack) -> str:
    """Give the URL by which the SDK reaches an engine; *ways* ends what leads there."""
    if endpoint.url.startswith(SCHEME):
        return f"unix://{ways.enter_context(closing(SshTunnel(endpoint.url))).path}"
    if endpoint.certificates is not None and endpoint.speaks_tls:
        from lab.launch.endpoint.tls import TlsTunnel  # noqa: PLC0415  # few engines are behind it

        context = endpoint.certificates.context()
        return f"unix://{ways.enter_context(closing(TlsTunnel(endpoint.url, context))).path}"
    knock(endpoint)
    return endpoint.url


def _spoken(options: Mapping[str, Any], endpoint: Endpoint) -> str:
    """Give the version of the API that the engine speaks.

    The ping tells it at no cost; for `GET /version`, which the SDK would ask, an engine starts
    two programs to learn their versions.
    """
    with closing(docker.APIClient(**options, version=_OLDEST, timeout=_QUICK)) as visitor:
        answer = visitor.get(f"{visitor.base_url}/_ping", timeout=_QUICK)
    if "HTTPS server" in answer.text:
        raise EngineError(needs_certificates(endpoint.url))
    answer.raise_for_status()
    if "Libpod-Api-Version" in answer.headers:
        raise EngineError(podman(endpoint.url))
    if "Api-Version" not in answer.headers:
        raise ConnectionError("what answers there is no Docker Engine")
    return str(answer.headers["Api-Version"])
