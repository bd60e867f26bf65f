"""The gateway environments of a control plane's configuration, as the publisher tells them."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit


def environments_of(tables: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Return the `[[apim.gateway.environment]]` tables in the shape of the publisher's settings.

    The virtual host is that of the endpoints (carbon-apimgt VHost.fromEndpointUrls).
    """
    return tuple(_environment(table) for table in tables)


def _environment(table: Mapping[str, Any]) -> Mapping[str, Any]:
    https, http = (urlsplit(str(table.get(key, ""))) for key in ("https_endpoint", "http_endpoint"))
    vhost = {
        "host": https.hostname or http.hostname or "localhost",
        "httpContext": https.path.strip("/"),
        "httpPort": http.port or 80,
        "httpsPort": https.port or 443,
    }
    return {
        "name": table["name"],
        "displayName": table.get("display_name") or table["name"],
        "type": table.get("type", "hybrid"),
        "serverUrl": table.get("service_url", ""),
        "showInApiConsole": bool(table.get("display_in_api_console", True)),
        "vhosts": [vhost],
    }
