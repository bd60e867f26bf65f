"""The shape of a row in the tables of log lines."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownLine:
    """What a line means; *mend* names the node by `{node}`."""

    pattern: re.Pattern[str]
    meaning: str
    mend: str
    looks_healthy: bool = False  # every port answers all the same
