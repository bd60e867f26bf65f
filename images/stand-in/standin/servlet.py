"""The servlet ports 9443 and 9763: the role's web contexts, and a redirect for the rest."""

import re
from collections.abc import Mapping

from standin.http_server import Handler, Request, Response

VERSION_CONTENT_TYPE = "application/xml"
_LOGIN_PAGE = b"<html><head><title>stand-in</title></head><body>stand-in</body></html>"


def version_body(server: str) -> bytes:
    """Return what the axis2 service `Version` says of *server*, a product with its version."""
    return (
        '<ns:getVersionResponse xmlns:ns="http://version.services.core.carbon.wso2.org">'
        f"<return>{server}</return></ns:getVersionResponse>"
    ).encode()


def version_response(version: str) -> Response:
    """Return the answer of the axis2 service `Version`."""
    return Response(200, version_body(f"WSO2 API Manager-{version}"), VERSION_CONTENT_TYPE)


def is_version(path: str) -> bool:
    """Tell whether *path* is the version service's, with or without its operation."""
    return re.fullmatch(r"/services/Version(/getVersion)?/?", path) is not None


def servlet(version: str, contexts: Mapping[str, Handler]) -> Handler:
    """Return the handler of a servlet port with the web *contexts* of the node's role."""

    async def handle(request: Request) -> Response:
        for context, handler in contexts.items():
            if request.path == context or request.path.startswith(context + "/"):
                return await handler(request)
        if is_version(request.path):
            return version_response(version)
        if request.path == "/carbon/admin/login.jsp":
            return Response(200, _LOGIN_PAGE, "text/html;charset=UTF-8")
        # A context that the profile doesn't have redirects; it is never a 404 (measured on 4.1.0).
        host = request.headers.get("host", "localhost")
        return Response(302, headers={"Location": f"https://{host}/carbon/admin/login.jsp"})

    return handle
