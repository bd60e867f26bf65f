"""What a line of a node's log says, whatever the product line: many of them are Carbon's own."""

import re

from lab.products.known_line import KnownLine
from lab.products.log_lines_2x import TROUBLES as OF_2X
from lab.products.log_lines_4x import TROUBLES as OF_4X

_TROUBLES = (*OF_2X, *OF_4X)

# From the first to the last of a start.
STAGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), stage)
    for pattern, stage in (
        (r"Optimizing WSO2 Carbon Server|Starting to optimize", "preparing its profile"),
        (r"Using Java memory options", "JVM starts"),
        (r"Initializing configurations with deployment", "making its configuration files"),
        (r"Starting WSO2 Carbon\.\.\.", "Carbon starts"),
        (r"LDAP server started", "LDAP server is up"),
        (r"RegistryCoreServiceComponent\S* .*Registry Mode", "registry is up"),
        (r"Deployed webapp", "deploying web applications"),
        (r"WSO2 Carbon started in", "Carbon has started"),
    )
)


def trouble_in(line: str) -> KnownLine | None:
    """Give what a line of the log says that ends all hope, if it does."""
    return next((known for known in _TROUBLES if known.pattern.search(line)), None)


def stage_in(line: str) -> str:
    """Give the stage that a line of the log begins, "" where it begins none."""
    return next((stage for pattern, stage in STAGES if pattern.search(line)), "")
