"""Writes the session's lines: each in one write, so that several processes may write at once."""

import json
import os
import sys
from typing import Any

from probes.result import Result

# A pipe takes a write of this size whole (PIPE_BUF on Linux).
LINE_LIMIT = 4096

_STDOUT = 1


def say(message: dict[str, Any]) -> None:
    """Write *message* as one line on stdout."""
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > LINE_LIMIT:
        raise ValueError(f"a line of {len(line)} bytes: {line[:200]!r}")
    os.write(_STDOUT, line)


def say_result(vantage: str, result: Result) -> None:
    """Write one result."""
    say({"type": "result", "vantage": vantage, "result": result.to_json()})


def say_error(what: str, **where: str) -> None:
    """Write that the session itself was wrong, or was asked something wrong."""
    say({"type": "error", "what": what[:500], **where})
    print(what, file=sys.stderr, flush=True)  # noqa: T201 - stderr is the session's log
