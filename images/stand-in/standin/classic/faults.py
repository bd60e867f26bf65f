"""The gateway's faults in the 2.x line: XML, or JSON for a client that asks for it."""

import json
from xml.sax.saxutils import escape

from standin.http_server import Request, Response

_NAMESPACES = {
    "am": "http://wso2.org/apimanager",
    "ams": "http://wso2.org/apimanager/security",
}
_CHALLENGE = (
    'OAuth2 realm="WSO2 API Manager", error="invalid token", '
    'error_description="The access token expired"'
)
_UNAUTHORIZED, _FORBIDDEN, _BROKEN = 401, 403, 500
_HEADER = (
    "Required OAuth credentials not provided. Make sure your API invocation call has a "
    'header: "Authorization: Bearer ACCESS_TOKEN"'
)
_WRONG = "Access failure for API. Make sure you have given the correct access token"
# Code → status, message, and the description where it isn't told by who raises it.
_FAILURES = {
    900900: (_BROKEN, "Unclassified Authentication Failure", ""),
    900901: (_UNAUTHORIZED, "Invalid Credentials", _WRONG),
    900902: (_UNAUTHORIZED, "Missing Credentials", _HEADER),
    900903: (_UNAUTHORIZED, "Access Token Expired", "Access token is expired"),
    900907: (_FORBIDDEN, "The requested API is temporarily blocked", "API is blocked"),
    900908: (_FORBIDDEN, "Resource forbidden ", "Access failure: the API isn't subscribed to"),
    900909: (_FORBIDDEN, "The subscription to the API is inactive", "Subscription is inactive"),
}
_STATUS_REPORT = "Status report"


def security_fault(request: Request, code: int, description: str = "") -> Response:
    """Return the refusal of a call whose token isn't good enough."""
    status, message, usual = _FAILURES.get(code, (_BROKEN, "Unclassified", ""))
    fields: dict[str, str | int] = {
        "code": code,
        "message": message,
        "description": description or usual,
    }
    headers = {"WWW-Authenticate": _CHALLENGE} if status == _UNAUTHORIZED else {}
    return _fault(request, status, fields, prefix="ams", headers=headers)


def status_report(request: Request, status: int, code: int, message: str, words: str) -> Response:
    """Return a fault that has nothing to do with a token."""
    fields: dict[str, str | int] = {
        "code": code,
        "type": _STATUS_REPORT,
        "message": message,
        "description": words,
    }
    return _fault(request, status, fields, prefix="am")


def _fault(
    request: Request,
    status: int,
    fields: dict[str, str | int],
    *,
    prefix: str,
    headers: dict[str, str] | None = None,
) -> Response:
    if "json" in request.headers.get("accept", ""):
        body = json.dumps({"fault": fields}, separators=(",", ":"))
        return Response(status, body.encode(), "application/json", headers or {})
    inner = "".join(
        f"<{prefix}:{name}>{escape(str(value))}</{prefix}:{name}>" for name, value in fields.items()
    )
    body = f'<{prefix}:fault xmlns:{prefix}="{_NAMESPACES[prefix]}">{inner}</{prefix}:fault>'
    return Response(status, body.encode(), "application/xml;charset=UTF-8", headers or {})
