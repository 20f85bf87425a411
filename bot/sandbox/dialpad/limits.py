"""Dialpad's rate limits: 20 requests a second for the company, and each endpoint's own."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.sandbox.dialpad.refusals import rate_limited


@dataclass(frozen=True)
class Limit:
    """A rate limit. ``per`` id counts each value of the path's {id} by itself, as for "per user" limits, and ``per``
    target each target_id of the body."""

    count: int
    seconds: int
    per: Literal["company", "id", "target"] = "company"


COMPANY = Limit(20, 1)
USUAL = Limit(1200, 60)
PER_MINUTE_250 = Limit(250, 60)
PER_MINUTE_100 = Limit(100, 60)
PER_MINUTE_12 = Limit(12, 60)
PER_MINUTE_10 = Limit(10, 60)
PER_MINUTE_5 = Limit(5, 60)
PER_MINUTE_5_EACH = Limit(5, 60, "id")
PER_MINUTE_10_EACH_TARGET = Limit(10, 60, "target")
PER_HOUR_200 = Limit(200, 3600)
SMS_TIER_0 = Limit(100, 60)


class RateLimits:
    """Sliding windows over the injected clock. A refused request does not count."""

    def __init__(self, now: Callable[[], datetime], *, enforce: bool) -> None:
        self._now = now
        self.enforce = enforce
        self._seen: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def take(self, key: str, limit: Limit) -> None:
        """Count a request. Raises a 429 without a Retry-After header: Dialpad sends none."""
        if not self.enforce:
            return
        now = self._now()
        seen = self._seen[key]
        while seen and seen[0] <= now - timedelta(seconds=limit.seconds):
            seen.popleft()
        if len(seen) >= limit.count:
            raise rate_limited(f"{limit.count} requests per {limit.seconds} s")
        seen.append(now)
