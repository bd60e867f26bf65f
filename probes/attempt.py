"""Makes one attempt on one target and gives what it saw: the only door to the probes."""

import asyncio
import base64
import errno
import html
import json
import sys
import time
import urllib.parse

from probes.by_protocol import probe_for
from probes.connection import Vantage
from probes.failure import LinkError
from probes.result import Outcome, Phase, Result
from probes.target import Target
from probes.trial import Trial

_SEEN_LIMIT = 500
_EXPECTED_LIMIT = 200
_BEFORE_CONNECTED = (None, Phase.DNS, Phase.TCP)


async def attempt(target: Target, vantage: Vantage) -> Result:
    """Try *target* once, within its time-out.

    A failure of the network or the server is a result; a bug flies.
    """
    trial = Trial(target, vantage)
    try:
        async with asyncio.timeout(target.timeout):
            outcome, seen = Outcome.OK, await probe_for(target.protocol)(trial)
    except LinkError as error:
        outcome, seen = error.outcome, error.seen
    except TimeoutError:
        outcome, seen = _out_of_time(trial)
    except asyncio.IncompleteReadError as error:
        outcome, seen = Outcome.CLOSED, f"closed within its answer ({error})"
    except ConnectionError as error:
        outcome, seen = Outcome.CLOSED, f"closed by the server ({error.strerror or error})"
    except OSError as error:
        if error.errno not in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN):
            raise
        outcome, seen = Outcome.UNREACHABLE, f"lost the way: {error.strerror}"
    finally:
        phases = trial.phases.milliseconds()
        await trial.close()
    return Result(
        id=target.id,
        outcome=outcome,
        phases=phases,
        expected=_shorten(trial.expected, _EXPECTED_LIMIT),
        seen=without_credentials(seen, target),
        endpoint=trial.endpoint,
        at=time.time(),
    )


def no_vantage(target_id: str, why: str) -> Result:
    """Give the result of a probe that had no place to dial from."""
    return Result(id=target_id, outcome=Outcome.NO_VANTAGE, seen=why[:_SEEN_LIMIT], at=time.time())


def not_tried(target_id: str, why: str) -> Result:
    """Give the result of a probe that failed itself; it is said on stderr too."""
    print(why, file=sys.stderr, flush=True)  # noqa: T201 - stderr is the session's log
    return Result(id=target_id, outcome=Outcome.NOT_TRIED, seen=why[:_SEEN_LIMIT], at=time.time())


def without_credentials(seen: str, target: Target) -> str:
    """Blank every form of the target's passwords out of what a server said, on one short line."""
    secrets = {
        *_forms(target.username, target.password),
        *_forms(target.hub_username, target.hub_password),
    }
    for secret in sorted(secrets, key=len, reverse=True):
        seen = seen.replace(secret, "***")
    line = "".join(letter if letter.isprintable() else " " for letter in seen)
    return _shorten(line, _SEEN_LIMIT)


def _forms(username: str, password: str) -> set[str]:
    """Give the ways in which an answer may repeat a password."""
    if not password:
        return set()
    return {
        password,
        base64.b64encode(f"{username}:{password}".encode()).decode(),
        urllib.parse.quote(password, safe=""),
        urllib.parse.quote_plus(password),
        html.escape(password),
        html.escape(password, quote=False),  # as XML has it
        json.dumps(password)[1:-1],
        json.dumps(password, ensure_ascii=False)[1:-1],
        repr(password)[1:-1],
        repr(password.encode())[2:-1],
    }


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _out_of_time(trial: Trial) -> tuple[Outcome, str]:
    limit = f"in {trial.target.timeout:g} s"
    if trial.phases.current in _BEFORE_CONNECTED:
        return Outcome.TIMED_OUT, f"no connection {limit}"
    return Outcome.SILENT, f"connected, and no answer {limit}"
