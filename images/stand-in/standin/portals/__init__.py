"""The REST services by which an API comes to be: registration, publisher and developer portal."""

_AT_KEY_MANAGER = ("/keymanager-operations/dcr", "/api/identity/oauth2/dcr/v1.1")
_AT_CONTROL_PLANE = (*_AT_KEY_MANAGER, "/client-registration/v0.17", "/api/am")


def portal_contexts(role: str) -> tuple[str, ...]:
    """Return the web contexts of a role that issues tokens."""
    return _AT_CONTROL_PLANE if role in {"control-plane", "default"} else _AT_KEY_MANAGER
