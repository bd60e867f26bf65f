"""Counts requests by the policies that a traffic manager has, and decides who is throttled."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DECISION_STREAM = "org.wso2.throttle.globalThrottle.stream:1.0.0"
_SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}
# The fields of a request event: whose key is counted, by which level's policy.
_LEVELS = (
    ("appKey", "appTier", "application-policies"),
    ("subscriptionKey", "subscriptionTier", "subscription-policies"),
)


class Limits:
    """The counters of one traffic manager; *policies* are the lists that it has retrieved.

    A tier without a policy is never throttled: neither is it in the product, whose execution plans
    are made of what was retrieved.
    """

    def __init__(
        self,
        policies: Mapping[str, Sequence[Mapping[str, Any]]],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._limits = {
            (level, one["name"]): limit
            for level, found in policies.items()
            for one in found
            if (limit := (one.get("defaultLimit") or {}).get("requestCount"))
        }
        self._now = now
        self._counted: dict[str, tuple[int, int]] = {}  # key → number of its window, requests

    def count(self, event: Mapping[str, Any]) -> list[dict[str, object]]:
        """Count one request; return the decisions that it makes, in the stream's attributes."""
        decisions = []
        for key_field, tier_field, level in _LEVELS:
            limit = self._limits.get((level, event.get(tier_field)))
            if limit is not None and event.get(key_field):
                decisions += self._counted_one(str(event[key_field]), limit)
        return decisions

    def _counted_one(self, key: str, limit: Mapping[str, Any]) -> list[dict[str, object]]:
        seconds = int(limit["unitTime"]) * _SECONDS.get(str(limit["timeUnit"]), 60)
        window = int(self._now() // seconds)
        before, requests = self._counted.get(key, (window, 0))
        requests = requests + 1 if before == window else 1
        self._counted[key] = (window, requests)
        # Once a window, as the plan's `emitOnStateChange`.
        if requests != limit["requestCount"]:
            return []
        expiry = (window + 1) * seconds * 1000
        return [{"throttleKey": key, "isThrottled": True, "expiryTimeStamp": expiry}]
