"""The web app `/internal/data/v1`: what other nodes read, behind Basic authentication."""

from collections.abc import Mapping

from standin import log, rows
from standin.accounts import Accounts
from standin.database import Database, DatabaseError
from standin.http_server import Handler, Request, Response, json_response
from standin.resident import KeyManagerError

CONTEXT = "/internal/data/v1"
UNAUTHENTICATED = {
    "code": 401,
    "message": "",
    "description": "Unauthenticated request",
    "moreInfo": "",
    "error": [],
}
INTERNAL_ERROR = {
    "code": 500,
    "message": "Internal server error",
    "description": "The server encountered an internal error. Please contact administrator.",
    "moreInfo": "",
    "error": [],
}
_NO_ARTIFACT = {
    "code": 900910,
    "message": "No Api artifacts found for given criteria",
    "description": "No Api artifacts found for given criteria",
    "moreInfo": "",
    "error": [],
}
_NOT_FOUND = {
    "code": 404,
    "message": "Not Found",
    "description": "The requested resource is not available.",
    "moreInfo": "",
    "error": [],
}
_MAPPER = "org.wso2.carbon.apimgt.rest.api.util.exception.GlobalThrowableMapper"


def internal_data(
    accounts: Accounts, apim_db: Database, reads: Mapping[str, rows.Read], notify: Handler
) -> Handler:
    """Return the handler of the web app: *reads* by resource, and *notify* for its `/notify`."""

    async def handle(request: Request) -> Response:
        if not accounts.accepts_basic(request.headers.get("authorization", "")):
            return json_response(UNAUTHENTICATED, 401)
        resource = request.path.removeprefix(CONTEXT).strip("/")
        if resource == "notify":
            return await notify(request) if request.method == "POST" else _wrong_method("POST")
        if request.method not in {"GET", "HEAD"}:
            return _wrong_method("GET")
        return await _read(resource, request, apim_db, reads)

    return handle


async def _read(
    resource: str, request: Request, apim_db: Database, reads: Mapping[str, rows.Read]
) -> Response:
    try:
        if resource == "runtime-artifacts":
            found = await rows.runtime_artifacts(apim_db, request.query)
            return json_response(found) if found["count"] else json_response(_NO_ARTIFACT, 404)
        read = reads.get(resource)
        if read is None:
            return json_response(_NOT_FOUND, 404)
        return json_response(await read(apim_db, request.query))
    except (DatabaseError, KeyManagerError) as fault:
        log.error(
            _MAPPER,
            f"An unknown exception has been captured by the global exception mapper. {fault}",
        )
        return json_response(INTERNAL_ERROR, 500)


def _wrong_method(allowed: str) -> Response:
    return Response(405, headers={"Allow": allowed})
