"""The stable codes of causes; each has a section in `docs/diagnosis.md`."""

from collections.abc import Mapping
from enum import StrEnum


class Code(StrEnum):
    """What is wrong with a running lab. `LAB01xx` are the findings that the files alone tell."""

    EXITED = "LAB0201"
    OUT_OF_MEMORY = "LAB0202"
    MISSING = "LAB0203"
    PAUSED = "LAB0204"
    NOT_STARTED = "LAB0205"
    STILL_STARTING = "LAB0206"
    STUCK = "LAB0207"
    MACHINE_LOST = "LAB0208"
    SCHEMA_INCOMPLETE = "LAB0210"
    SCHEMA_FOREIGN = "LAB0211"
    SCHEMA_UNREACHABLE = "LAB0212"
    WRONG_CREDENTIALS = "LAB0220"
    REFUSES_EVERYONE = "LAB0221"
    LOGIN_KEY = "LAB0222"
    UNKNOWN_HOST = "LAB0230"
    NAME_NOT_RESOLVED = "LAB0231"
    WRONG_PORT = "LAB0240"
    PORT_CLOSED = "LAB0241"
    NO_WAY = "LAB0242"
    NOT_PUBLISHED = "LAB0243"
    CERTIFICATE = "LAB0250"
    WRONG_PROTOCOL = "LAB0251"
    WRONG_PATH = "LAB0260"
    SERVER_ERROR = "LAB0261"
    WRONG_DATABASE = "LAB0262"
    SILENT = "LAB0263"
    FLOW = "LAB0270"
    NOT_JUDGED = "LAB0290"


# A thing that is down weighs more than what a file says, and that more than a symptom.
_RANKS: Mapping[str, int] = {
    Code.EXITED: 0,
    Code.OUT_OF_MEMORY: 0,
    Code.MISSING: 0,
    Code.PAUSED: 0,
    Code.STUCK: 0,
    Code.MACHINE_LOST: 0,
    Code.SCHEMA_INCOMPLETE: 1,
    Code.SCHEMA_UNREACHABLE: 1,
    Code.SCHEMA_FOREIGN: 1,
    Code.NOT_STARTED: 4,
    Code.STILL_STARTING: 4,
    Code.FLOW: 4,
    Code.NOT_JUDGED: 5,
    Code.PORT_CLOSED: 3,
    Code.NO_WAY: 3,
    Code.NOT_PUBLISHED: 3,
    Code.SILENT: 3,
    Code.SERVER_ERROR: 3,
}
CONFIGURATION = 2  # a line of one node's file


def rank(code: str) -> int:
    """Give the weight of a code: the lowest is told first."""
    return _RANKS.get(code, CONFIGURATION)
