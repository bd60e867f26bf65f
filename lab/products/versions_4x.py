"""What differs between the versions of the 4.x line: one row a version, and what counts since when.

Sources, each read at the version's tag or branch: wso2/product-apim v4.N.0 (`infer.json`,
templates, `profileSetup.sh`, the start scripts) and wso2/docker-apim 4.N.x (`dockerfiles/ubuntu`,
`docker-compose`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lab.products.facts import Jdk, Role, Start

Version = tuple[int, ...]

_VERSION = re.compile(r"\d+(\.\d+)*")


@dataclass(frozen=True, slots=True)
class Row:
    """What one version has of its own; the columns are those of `Release` and `RoleFacts`."""

    profiles: Mapping[Role, str]
    starts: Mapping[Role, Start]
    jdk: Jdk
    uid: int
    connector: str
    mysql: str


# Up to 4.4 one distribution starts as one of several profiles, and without any as all of them.
_OF_A_PART = {
    Role.GATEWAY: "gateway-worker",
    Role.CONTROL_PLANE: "control-plane",
    Role.TRAFFIC_MANAGER: "traffic-manager",
    Role.KEY_MANAGER: "api-key-manager-deprecated",
}
_PROFILE = _OF_A_PART | {Role.ALL_IN_ONE: "default"}
_WHOLE = {Role.ALL_IN_ONE: Start("wso2am", "bin/api-manager.sh")}
_ONE_ARCHIVE = _WHOLE | {
    role: Start("wso2am", "bin/api-manager.sh", profile, profile)
    for role, profile in _OF_A_PART.items()
}
# In 4.3 and 4.4 profileSetup.sh takes `api-key-manager-node`, a name that neither infer.json nor
# the p2 profiles have: it prepares the node and can't start it. Inferred from those files.
_RENAMED_SETUP = _ONE_ARCHIVE | {
    Role.KEY_MANAGER: Start(
        "wso2am", "bin/api-manager.sh", "api-key-manager-node", "api-key-manager-deprecated"
    )
}
# From 4.5 a distribution is its role, and knows `default` alone; a key manager is a control plane's
# distribution that profileSetup.sh has prepared and a script of its own starts.
_DEFAULT = dict.fromkeys(Role, "default")
_FOUR_ARCHIVES = _WHOLE | {
    Role.GATEWAY: Start("wso2am-universal-gw", "bin/gateway.sh"),
    Role.CONTROL_PLANE: Start("wso2am-acp", "bin/api-cp.sh"),
    Role.TRAFFIC_MANAGER: Start("wso2am-tm", "bin/traffic-manager.sh"),
    Role.KEY_MANAGER: Start("wso2am-acp", "bin/key-manager.sh", "key-manager"),
}

# The scripts of 4.0 and 4.1 take 1.7 to 11.
ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "4.0.0": Row(_PROFILE, _ONE_ARCHIVE, Jdk(7, 11, "11.0.25"), 802, "8.0.17", "5.7.34"),
        "4.1.0": Row(_PROFILE, _ONE_ARCHIVE, Jdk(7, 11, "11.0.25"), 802, "8.0.17", "5.7.37"),
        "4.2.0": Row(_PROFILE, _ONE_ARCHIVE, Jdk(11, 17, "17.0.6"), 802, "8.0.17", "5.7.41"),
        "4.3.0": Row(_PROFILE, _RENAMED_SETUP, Jdk(11, 21, "17.0.11"), 10001, "8.0.30", "8.0.36"),
        "4.4.0": Row(_PROFILE, _RENAMED_SETUP, Jdk(11, 21, "21.0.5"), 10001, "8.0.30", "8.0.36"),
        "4.5.0": Row(_DEFAULT, _FOUR_ARCHIVES, Jdk(11, 21, "21.0.9"), 10001, "8.0.30", "8.0.36"),
        "4.6.0": Row(_DEFAULT, _FOUR_ARCHIVES, Jdk(11, 21, "21.0.9"), 10001, "8.0.30", "8.0.36"),
        "4.7.0": Row(_DEFAULT, _FOUR_ARCHIVES, Jdk(21, 25, "25.0.2"), 10001, "9.7.0", "8.4.9"),
    }
)

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
    Role.ALL_IN_ONE: ("apim_db", "shared_db"),
}
NEEDED_UNTIL: Version = (4, 7)

# From then on each distribution is its role, and `server_role` tells nothing.
DISTRIBUTIONS_SINCE: Version = (4, 5)

# The roles that keep their state in the same two databases.
SHARING_ROLES = (Role.CONTROL_PLANE, Role.KEY_MANAGER, Role.ALL_IN_ONE)
SHARED_DATABASES = ("apim_db", "shared_db")


def parse_version(text: str) -> Version | None:
    """Give `4.1.0` as numbers that compare; None when *text* is no version."""
    if not _VERSION.fullmatch(text):
        return None
    return tuple(int(part) for part in text.split("."))


def version_of(release: str) -> Version:
    """Give a release's number for comparing."""
    return tuple(int(part) for part in release.split("."))


def server_roles(version: Version | None) -> frozenset[str]:
    """Give the values of `server_role` that a version knows; of all versions when it is None."""
    if version is None:
        return ANY_SERVER_ROLE
    known = ANY_SERVER_ROLE
    for since, roles in SERVER_ROLES:
        if version >= (parse_version(since) or ()):
            known = roles
    return known
