"""The web app `/throttle/data/v1`: block conditions and key templates, as gateways fetch them."""

import asyncio

from standin.accounts import Accounts
from standin.database import Database
from standin.http_server import Handler, Request, Response, json_response
from standin.internal_data import UNAUTHENTICATED
from standin.rows import key_templates

CONTEXT = "/throttle/data/v1"
_CONDITIONS = (
    "SELECT TYPE, VALUE FROM AM_BLOCK_CONDITIONS WHERE ENABLED = 'true' ORDER BY CONDITION_ID"
)
_KINDS = ("api", "application", "ip", "user", "custom")


def throttle_data(accounts: Accounts, apim_db: Database) -> Handler:
    """Return the handler of the web app."""

    async def handle(request: Request) -> Response:
        login = request.headers.get("authorization", "")
        # In a thread: the user store may be an LDAP server.
        if not await asyncio.to_thread(accounts.accepts_basic, login):
            return json_response(UNAUTHENTICATED, 401)
        resource = request.path.removeprefix(CONTEXT).strip("/")
        if resource == "keyTemplates":
            return json_response(await key_templates(apim_db, {}))
        if resource != "block":
            return Response(404)
        found = await apim_db.query(_CONDITIONS)
        return json_response(
            {
                kind: [row["VALUE"] for row in found if row["TYPE"] == kind.upper()]
                for kind in _KINDS
            }
        )

    return handle
