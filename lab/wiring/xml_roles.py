"""Tells the role of a node of the 2.x line from its files, else from its name."""

from lab.products.facts import Role
from lab.products.tables_2x import SERVER_KEYS
from lab.wiring.role_names import role_named
from lab.wiring.toml_reader import Document

_SERVER_KEY = ("carbon", "ServerKey")
_GATEWAY = ("api-manager", "GatewayType")
BY_NAME = "its name"


def tell_role(name: str, document: Document) -> tuple[Role | None, str]:
    """Give the role of the node called *name*, and how that is known; None where nothing tells it.

    A key manager can be API Manager's own distribution, started with -Dprofile=api-key-manager,
    which no file says.
    """
    key = document.value(_SERVER_KEY)
    is_called_one = role_named(name) is Role.KEY_MANAGER
    role = SERVER_KEYS.get(key) if isinstance(key, str) else None
    if role is Role.API_MANAGER and is_called_one:
        return Role.KEY_MANAGER, BY_NAME
    if role is not None:
        return role, f"<ServerKey>{key}"
    if "embedded-ldap" in document.values:  # only IS brings an LDAP server along
        return Role.KEY_MANAGER, "its embedded-ldap.xml"
    if document.value(_GATEWAY) == "None":  # so the key manager's features for IS are delivered
        return Role.KEY_MANAGER, "<GatewayType>None"
    return (Role.KEY_MANAGER, BY_NAME) if key is None and is_called_one else (None, "")
