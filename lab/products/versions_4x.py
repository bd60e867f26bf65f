"""What differs between the versions of the 4.x line, as far as one configuration file can tell.

Sources: infer.json, templates and profileSetup.sh of each version's tag.
"""

import re
from collections.abc import Mapping

from lab.products.facts import Role

Version = tuple[int, ...]

_VERSION = re.compile(r"\d+(\.\d+)*")

# A key that an older version takes without a word, and doesn't read.
KEYS_SINCE: Mapping[str, str] = {
    "apim.event_hub.event_waiting_time": "4.2.0",
    "apim.gateway.environment[].gateway_type": "4.3.0",
    "apim.gateway.environment[].visibility": "4.5.0",
    "apim.throttling.sequential_failover_from_beginning": "4.5.0",
}

_PROFILES = frozenset(
    {"default", "control-plane", "traffic-manager", "gateway-worker", "api-key-manager-deprecated"}
)
_PARTS = frozenset({"api-publisher-deprecated", "api-devportal-deprecated"})

# The values of `server_role` that a version's infer.json knows, from that version on. For 4.3 and
# 4.4 profileSetup.sh and the documents say `api-key-manager-node`, which infer.json doesn't know.
SERVER_ROLES: tuple[tuple[str, frozenset[str]], ...] = (
    ("4.0.0", _PROFILES | _PARTS),
    ("4.2.0", _PROFILES),
    ("4.5.0", frozenset({"default"})),
)
ANY_SERVER_ROLE = _PROFILES | _PARTS | {"api-key-manager-node"}

# Up to 4.2 the copies that a pair sends each other have a form that gateways drop, and
# `apim.event_hub.event_duplicate_url` alone copies no revoked token.
COPIES_ARRIVE_SINCE: Version = (4, 3)

# Before 4.2 every key of apim_db fits into MySQL's 3072 bytes, whatever the charset.
CHARSET_MATTERS_SINCE: Version = (4, 2)

# Without these databases a node doesn't start; from 4.7 a gateway does without.
NEEDED_DATABASES: Mapping[Role, tuple[str, ...]] = {
    Role.GATEWAY: ("shared_db",),
    Role.CONTROL_PLANE: ("apim_db", "shared_db"),
    Role.TRAFFIC_MANAGER: ("shared_db",),
    Role.KEY_MANAGER: ("apim_db", "shared_db"),
}
NEEDED_UNTIL: Version = (4, 7)

# From then on each distribution is its role, and `server_role` tells nothing.
DISTRIBUTIONS_SINCE: Version = (4, 5)

# The roles that keep their state in the same two databases.
SHARING_ROLES = (Role.CONTROL_PLANE, Role.KEY_MANAGER)
SHARED_DATABASES = ("apim_db", "shared_db")


def parse_version(text: str) -> Version | None:
    """Give `4.1.0` as numbers that compare; None when *text* is no version."""
    if not _VERSION.fullmatch(text):
        return None
    return tuple(int(part) for part in text.split("."))


def server_roles(version: Version | None) -> frozenset[str]:
    """Give the values of `server_role` that a version knows; of all versions when it is None."""
    if version is None:
        return ANY_SERVER_ROLE
    known = ANY_SERVER_ROLE
    for since, roles in SERVER_ROLES:
        if version >= (parse_version(since) or ()):
            known = roles
    return known
