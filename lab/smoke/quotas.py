"""Chooses policies: one that never ends a call, and one that few calls use up."""

from collections.abc import Sequence
from typing import Any

from lab.smoke.answers import StepError
from lab.smoke.told import Blame

# Few calls use it up: the product's own policy of ten a minute, if it has one.
_MOST_CALLS_A_MINUTE = 60
_MINUTES = {"sec": 1 / 60, "min": 1, "minute": 1, "hour": 60, "hours": 60, "day": 1440}


def endless(names: Sequence[str]) -> str:
    """Choose a subscription's policy by its name."""
    return "Unlimited" if "Unlimited" in names else names[0]


def smallest(policies: Sequence[Any], asked: str) -> Any:
    """Choose the application policy that is used up first; *asked* is where they are from.

    Raises `StepError` where even that allows too many calls.
    """
    slowest: Any = min(policies, key=_calls_a_minute, default=None)
    if slowest is not None and _calls_a_minute(slowest) <= _MOST_CALLS_A_MINUTE:
        return slowest
    why = Blame(
        "no application policy is small enough to be used up in a moment",
        "the product brings 10PerMin; make such a policy in the admin portal",
    )
    raise StepError(asked, ", ".join(one["name"] for one in policies), why)


def _calls_a_minute(policy: Any) -> float:
    """Give the quota of an application policy as calls a minute; one without counts for endless."""
    count = policy.get("requestCount") or 0
    minutes = _MINUTES.get(str(policy.get("timeUnit")), 0) * (policy.get("unitTime") or 0)
    return count / minutes if count > 0 and minutes else float("inf")
