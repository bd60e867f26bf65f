"""The names of one Kubernetes service: NAME, NAME.NAMESPACE.svc, and that with `.cluster.local`.

NAME alone is the service of one's own namespace (Kubernetes, "DNS for Services and Pods").
"""

import re

_LONG = re.compile(
    r"(?P<name>[^.]+)\.(?P<namespace>[^.]+)\.svc(\.cluster\.local)?\.?", re.IGNORECASE
)


def service_name(host: str) -> str:
    """Give a service's NAME; any other host as it is."""
    found = _LONG.fullmatch(host)
    return found["name"] if found else host


def namespace_of(host: str) -> str:
    """Give the namespace that a service's name tells; empty where it tells none."""
    found = _LONG.fullmatch(host)
    return found["namespace"].lower() if found else ""


def are_one(host: str, other: str) -> bool:
    """Tell whether two names are the same, or may be those of one service."""
    if service_name(host).lower() != service_name(other).lower():
        return False
    spaces = {namespace_of(host), namespace_of(other)} - {""}
    return len(spaces) < 2  # noqa: PLR2004  # namespaces
