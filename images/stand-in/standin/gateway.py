"""The gateway's own ports: 8280/8243, 9099/8099, 9021/8021, and its startup health check."""

from collections.abc import Awaitable, Callable

from standin.accounts import Accounts
from standin.http_server import Handler, Request, Response, json_response
from standin.internal_data import UNAUTHENTICATED
from standin.servlet import is_version, version_response

HEALTHCHECK_CONTEXT = "/api/am/gateway/v2"
_NOT_FOUND = {
    "code": "404",
    "type": "Status report",
    "message": "Not Found",
    "description": "The requested resource is not available.",
}


def passthrough(version: str, call_api: Callable[[Request], Awaitable[Response | None]]) -> Handler:
    """Return the handler of 8280 and 8243; *call_api* answers what leads to a deployed API."""

    async def handle(request: Request) -> Response:
        if request.path == "/":
            return Response(200, b"Welcome to APIM (stand-in)", "text/html")
        if is_version(request.path):
            return version_response(version)
        return await call_api(request) or json_response(_NOT_FOUND, 404)

    return handle


async def websocket_port(request: Request) -> Response:
    """Answer 9099 and 8099, which serve `/health` and WebSocket APIs, of which there are none."""
    return Response(200 if request.path == "/health" else 404)


async def websub_port(_request: Request) -> Response:
    """Answer 9021 and 8021, which receive the events of topics, of which there are none.

    That the product answers so is inferred; that it opens both was measured.
    """
    return json_response(_NOT_FOUND, 404)


def startup_healthcheck(accounts: Accounts, deployed: Callable[[], bool]) -> Handler:
    """Return the gateway web app's handler; *deployed* tells whether the artifacts were read."""

    async def handle(request: Request) -> Response:
        if not accounts.accepts_basic(request.headers.get("authorization", "")):
            return json_response(UNAUTHENTICATED, 401)
        if request.path != f"{HEALTHCHECK_CONTEXT}/server-startup-healthcheck":
            return json_response(_NOT_FOUND, 404)
        return Response(200 if deployed() else 500)

    return handle
