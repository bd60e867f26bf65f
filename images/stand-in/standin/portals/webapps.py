"""Routes requests to the REST services, and lets in who has a token with the scope."""

import re
from collections.abc import Sequence

from standin import log
from standin.database import Database, DatabaseError
from standin.http_server import Handler, Request, Response, json_response
from standin.internal_data import INTERNAL_ERROR, UNAUTHENTICATED
from standin.oauth.tokens import expired, find_token
from standin.portals.services import Call, RestError, Route

CONTEXT = "/api/am"
_MAPPER = "org.wso2.carbon.apimgt.rest.api.util.exception.GlobalThrowableMapper"
# The paths' versions: publisher-api.yaml and devportal-api.yaml at each release's tag.
_PUBLISHER = {(4, 0): "v2", (4, 1): "v3"}
_PUBLISHER_SINCE_4_2 = "v4"
_DEVPORTAL = {(4, 0): "v2", (4, 1): "v2"}
_DEVPORTAL_SINCE_4_2 = "v3"


def portals(
    version: str, apim_db: Database, publisher: Sequence[Route], devportal: Sequence[Route]
) -> Handler:
    """Return the handler of `/api/am`, with the paths of the product's *version*."""
    major, minor = version.split(".")[:2]
    number = (int(major), int(minor))
    bases = {
        f"{CONTEXT}/publisher/{_PUBLISHER.get(number, _PUBLISHER_SINCE_4_2)}": publisher,
        f"{CONTEXT}/devportal/{_DEVPORTAL.get(number, _DEVPORTAL_SINCE_4_2)}": devportal,
    }

    async def handle(request: Request) -> Response:
        for base, routes in bases.items():
            if request.path.startswith(base + "/"):
                return await _answer(request, request.path.removeprefix(base), routes, apim_db)
        return Response(404)

    return handle


async def _answer(
    request: Request, path: str, routes: Sequence[Route], apim_db: Database
) -> Response:
    found = [(route, match) for route in routes if (match := re.fullmatch(route.path, path))]
    if not found:
        return Response(404)
    asked = [(route, match) for route, match in found if route.method == request.method]
    if not asked:
        return Response(405, headers={"Allow": ", ".join(route.method for route, _ in found)})
    route, match = asked[0]
    try:
        user = await _user(request, route.scopes, apim_db)
        if not user:
            return json_response(UNAUTHENTICATED, 401)
        return await route.handle(Call(request, user, match.groups()))
    except RestError as fault:
        return fault.response()
    except DatabaseError as fault:
        log.error(
            _MAPPER,
            f"An unknown exception has been captured by the global exception mapper. {fault}",
        )
        return json_response(INTERNAL_ERROR, 500)


async def _user(request: Request, scopes: Sequence[str], apim_db: Database) -> str:
    """Return whose token was sent; nothing for a token that isn't valid here, or lacks a scope."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return ""
    row = await find_token(apim_db, value)
    if row is None or row["TOKEN_STATE"] != "ACTIVE" or expired(row):  # noqa: S105 - a state
        return ""
    granted = (row["SCOPES"] or "").split()
    return str(row["AUTHZ_USER"]) if any(scope in granted for scope in scopes) else ""
