"""What the REST services share: who asks, with which rights, and how errors are written."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from standin.database import Database
from standin.http_server import Request, Response, json_response

TENANT = -1234
DOMAIN = "carbon.super"

Publish = Callable[[str, Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class Call:
    """An accepted request: its user, and the ids in its path."""

    request: Request
    user: str
    ids: tuple[str, ...]

    def body(self) -> Any:
        """Return the JSON that was sent; raises RestError when it is none."""
        try:
            return json.loads(self.request.body)
        except ValueError as fault:
            raise RestError(400, "Bad Request", f"not JSON: {fault}") from fault


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its method, its path as a pattern, and the scopes of which one is enough."""

    method: str
    path: str
    scopes: tuple[str, ...]
    handle: Callable[[Call], Awaitable[Response]]


class RestError(Exception):
    """A request that is answered with the product's error object."""

    def __init__(self, status: int, message: str, description: str) -> None:
        super().__init__(description)
        self._error = {
            "code": status,
            "message": message,
            "description": description,
            "moreInfo": "",
            "error": [],
        }
        self._status = status

    def response(self) -> Response:
        """Return the error as the web apps write it."""
        return json_response(self._error, self._status)


def missing(what: str, identifier: str) -> RestError:
    """Return the error for an id that nobody has."""
    return RestError(404, "Not Found", f"Requested {what} with Id '{identifier}' not found")


async def only_row(apim_db: Database, sql: str, what: str, identifier: str) -> dict[str, Any]:
    """Return the row that *sql* finds by *identifier*; raises RestError, DatabaseError."""
    found = await apim_db.query(sql, identifier)
    if not found:
        raise missing(what, identifier)
    return found[0]
