"""The gateway's ports 8243 and 8280: APIs behind their tokens, and the token endpoints."""

import re
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from standin import http_client, log
from standin.classic.faults import security_fault, status_report
from standin.classic.key_client import KeyManagerError, Validate
from standin.classic.key_validation import INVALID_CREDENTIALS, Validation, templates
from standin.database import Database, DatabaseError, Row
from standin.http_server import Handler, Request, Response, json_response
from standin.servlet import VERSION_CONTENT_TYPE, is_version, version_body

_MISSING, _EXPIRED, _UNCLASSIFIED = 900902, 900903, 900900
_CACHE_SECONDS = 900.0
_HANDLER = "org.wso2.carbon.apimgt.gateway.handlers.security.APIAuthenticationHandler"
_CACHE = "org.wso2.carbon.apimgt.gateway.handlers.ext.APIManagerCacheExtensionHandler"
_ENDPOINTS = ("/token", "/revoke", "/userinfo")
_FORWARDED = ("authorization", "content-type", "accept")
_RETURNED = {
    "revokedaccesstoken": "RevokedAccessToken",
    "revokedrefreshtoken": "RevokedRefreshToken",
    "authorizeduser": "AuthorizedUser",
    "www-authenticate": "WWW-Authenticate",
}
_APIS = "SELECT CONTEXT, API_VERSION FROM AM_API WHERE CONTEXT IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Resource:
    """What a request asks for: an API, the resource of it, and whether that wants a token."""

    context: str
    version: str
    pattern: str
    is_open: bool


class TokenCache:
    """What the key manager said of each token, until it is revoked here or 15 minutes are over."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._held: dict[str, dict[tuple[str, ...], tuple[float, Validation]]] = {}

    def get(self, token: str, call: tuple[str, ...]) -> Validation | None:
        """Return what is held of *token* for one resource and verb."""
        since, found = self._held.get(token, {}).get(call, (0.0, None))
        return found if time.monotonic() - since < _CACHE_SECONDS else None

    def put(self, token: str, call: tuple[str, ...], found: Validation) -> None:
        """Hold an answer."""
        if self._enabled:
            self._held.setdefault(token, {})[call] = (time.monotonic(), found)

    def drop(self, token: str) -> None:
        """Forget a token that was revoked."""
        if self._held.pop(token, None):
            log.info(_CACHE, "stand-in gateway: a revoked token left the cache")


class Gateway:
    """The gateway of one node; the APIs of `AM_API` count as deployed."""

    def __init__(
        self,
        server: str,
        apim_db: Database,
        validate: Validate,
        key_manager: str,
        *,
        trust: ssl.SSLContext,
        cache: TokenCache,
    ) -> None:
        parts = urlsplit(key_manager)
        self._server = server
        self._apim_db = apim_db
        self._validate = validate
        self._oauth = f"https://{parts.hostname}:{parts.port or 443}/oauth2"
        self._trust = trust
        self._cache = cache
        self._apis: list[Row] = []

    def handler(self) -> Handler:
        """Return the handler of the gateway's ports."""

        async def handle(request: Request) -> Response:
            if is_version(request.path):
                return Response(200, version_body(self._server), VERSION_CONTENT_TYPE)
            if request.path.rstrip("/") in _ENDPOINTS:
                return await self._pass_on(request)
            return await self._call(request)

        return handle

    async def _pass_on(self, request: Request) -> Response:
        """Send a request to the key manager, and drop what its answer says was revoked."""
        url = self._oauth + request.path.rstrip("/")
        kept = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        try:
            answer = await http_client.send(
                request.method, url, None, self._trust, body=request.body, headers=kept
            )
        except (OSError, TimeoutError) as fault:
            log.warn("org.apache.synapse.transport.passthru.ConnectCallback", f"{url}: {fault!r}")
            words = "Error connecting to the back end"
            return status_report(request, 500, 101503, "Runtime Error", words)
        if revoked := answer.headers.get("revokedaccesstoken"):
            self._cache.drop(revoked)
        return Response(
            answer.status,
            answer.body,
            answer.headers.get("content-type", ""),
            {
                shown: answer.headers[name]
                for name, shown in _RETURNED.items()
                if name in answer.headers
            },
        )

    async def _call(self, request: Request) -> Response:
        found = await self._api(request.path)
        if found is None:
            words = "The requested resource is not available."
            return status_report(request, 404, 404, "Not Found", words)
        resource = await self._resource(found, request)
        if isinstance(resource, Response):
            return resource
        if resource.is_open:
            return _backend(resource, None)
        return await self._authenticated(request, resource)

    async def _api(self, path: str) -> Row | None:
        try:
            self._apis = await self._apim_db.query(_APIS)
        except DatabaseError as fault:
            # A real gateway has its APIs in files: those known before go on being served.
            log.error(_HANDLER, f"stand-in gateway: APIs as last read: {fault}")
        inside = [
            row
            for row in self._apis
            if path == row["CONTEXT"] or path.startswith(row["CONTEXT"] + "/")
        ]
        return max(inside, key=lambda row: len(row["CONTEXT"]), default=None)

    async def _resource(self, api: Row, request: Request) -> Resource | Response:
        context, version = api["CONTEXT"], api["API_VERSION"]
        rows = await templates(self._apim_db, context, version)
        rest = request.path.removeprefix(context) or "/"
        fitting = [row for row in rows if _fits(row["URL_PATTERN"] or "/*", rest)]
        named = sorted(fitting, key=_width)
        for row in named:
            if row["HTTP_METHOD"] == request.method:
                is_open = row["AUTH_SCHEME"] == "None"
                return Resource(context, version, row["URL_PATTERN"] or "/*", is_open)
        if not rows:
            return Resource(context, version, "/*", is_open=False)
        if named:
            words = "Method not allowed for given API resource"
            return status_report(request, 405, 405, "Method Not Allowed", words)
        words = "No matching resource found for given API Request"
        return status_report(request, 403, 403, "Forbidden", words)

    async def _authenticated(self, request: Request, resource: Resource) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return security_fault(request, _MISSING)
        try:
            found = await self._validation(token.strip(), resource, request.method)
        except KeyManagerError as fault:
            log.error(_HANDLER, f"API authentication failure: {fault}")
            return security_fault(request, _UNCLASSIFIED, str(fault))
        if not found.authorized:
            return security_fault(request, found.validationStatus or INVALID_CREDENTIALS)
        if 0 <= found.validityPeriod < time.time() * 1000 - found.issuedTime:
            self._cache.drop(token.strip())
            return security_fault(request, _EXPIRED)
        return _backend(resource, found)

    async def _validation(self, token: str, resource: Resource, verb: str) -> Validation:
        call = (resource.context, resource.version, resource.pattern, verb)
        found = self._cache.get(token, call)
        if found is None:
            found = await self._validate(
                resource.context, resource.version, token, resource.pattern, verb
            )
            if found.authorized:
                self._cache.put(token, call, found)
        return found


def _width(row: Row) -> tuple[bool, bool]:
    """Give the order in which resources are tried: what is spelled out before what is open."""
    pattern = row["URL_PATTERN"] or "/*"
    return pattern.endswith("*"), "{" in pattern


def _fits(pattern: str, rest: str) -> bool:
    """Tell whether a resource's pattern, with `{name}` and a closing `*`, takes a path."""
    text = re.escape(pattern).replace(r"\*", ".*")
    text = re.sub(r"\\\{[^{}]*\\\}", "[^/]+", text)
    return re.fullmatch(text, rest) is not None or (pattern.endswith("/*") and rest == pattern[:-2])


def _backend(resource: Resource, found: Validation | None) -> Response:
    """Return what stands for the API's own backend."""
    told = {
        "stand-in": "the call passed the gateway",
        "context": resource.context,
        "version": resource.version,
        "endUserName": found.endUserName if found else None,
        "applicationName": found.applicationName if found else None,
    }
    return json_response(told)
