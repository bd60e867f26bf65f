"""What a node's name tells of its role."""

import re

from lab.products.facts import Role

# Profiles of API Manager 2.x, as -Dprofile= has them.
GATEWAY = "gateway-worker"
PUBLISHER = "api-publisher"
STORE = "api-store"
TRAFFIC_MANAGER = "traffic-manager"
KEY_MANAGER = "api-key-manager"

_NAMES = {
    Role.GATEWAY: ("gw", "gateway"),
    Role.CONTROL_PLANE: ("cp", "acp", "control"),
    Role.TRAFFIC_MANAGER: ("tm", "traffic"),
    Role.KEY_MANAGER: ("km", "key", "keymanager"),
    Role.ALL_IN_ONE: ("aio", "allinone"),
}
_PROFILES = {
    GATEWAY: _NAMES[Role.GATEWAY],
    PUBLISHER: ("publisher", "pubstore"),
    STORE: ("store", "pubstore"),
    TRAFFIC_MANAGER: _NAMES[Role.TRAFFIC_MANAGER],
    KEY_MANAGER: _NAMES[Role.KEY_MANAGER],
}
_WORD = re.compile(r"[a-z]+")


def role_named(name: str) -> Role | None:
    """Give the role that a node is called after; None where its name tells none, or several."""
    words = _words(name)
    found = [role for role, names in _NAMES.items() if words.intersection(names)]
    return found[0] if len(found) == 1 else None


def profiles_named(name: str) -> frozenset[str]:
    """Give the profiles of 2.x that a node may run, which no file tells: all, or those it names."""
    words = _words(name)
    found = frozenset(one for one, names in _PROFILES.items() if words.intersection(names))
    return found or frozenset(_PROFILES)


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.lower().replace("all-in-one", "allinone")))
