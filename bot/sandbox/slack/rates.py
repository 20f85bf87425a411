"""Rate limits per method: a tier's calls in any 60 seconds; for messages one a second and channel with short bursts,
and a limit for the workspace."""

import math
from collections import deque

from bot.sandbox.slack.clock import Timers
from bot.sandbox.slack.limits import PER_MINUTE, TIER_OF

POST_BURST = 5
"""Messages a channel takes at once before one a second holds; Slack only says that short bursts are allowed."""

_TIER_1_BURST = 10
"""Slack writes "1+" and lets a client reconnect several times; a bot that reconnects in a loop is stopped all the
same."""


class RateLimits:
    """Rate limits of methods and channels. ``check`` gives 0 or the seconds for ``Retry-After``."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._calls: dict[str, deque[float]] = {}
        self._due: dict[str, float] = {}

    def check(self, method: str, channel: str | None) -> int:
        if method == "chat.postMessage":
            return self._check_window(method) or self._check_channel(channel or "") or self._count(method)
        return self._check_window(method) or self._count(method)

    def _check_window(self, method: str) -> int:
        allowed = self._per_minute(method)
        moment = self._timers.now()
        calls = self._calls.setdefault(method, deque())
        while calls and moment - calls[0] >= 60:
            calls.popleft()
        if len(calls) >= allowed:
            return max(1, math.ceil(60 - (moment - calls[0])))
        return 0

    def _count(self, method: str) -> int:
        self._calls[method].append(self._timers.now())
        return 0

    def _check_channel(self, channel: str) -> int:
        """Check a channel's limit by GCRA: one a second, ``POST_BURST`` ahead of time."""
        moment = self._timers.now()
        due = max(self._due.get(channel, 0.0), moment)
        if due - moment > POST_BURST - 1:
            return max(1, math.ceil(due - moment - (POST_BURST - 1)))
        self._due[channel] = due + 1.0
        return 0

    def _per_minute(self, method: str) -> int:
        if method in PER_MINUTE:
            return PER_MINUTE[method]
        tier = TIER_OF.get(method, 3)
        return _TIER_1_BURST if tier == 1 else PER_MINUTE[f"tier{tier}"]
