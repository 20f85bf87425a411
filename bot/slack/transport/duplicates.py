"""Recognises deliveries that Slack repeats and presses that arrive twice."""

from collections import OrderedDict
from collections.abc import Callable

KEPT_SECONDS = 15 * 60
"""Seconds a key is remembered: Slack's last retry of an event comes six minutes after the first try."""
AT_MOST = 50_000


class Duplicates:
    """The keys of the last 15 minutes. ``clock`` returns seconds and never goes back."""

    def __init__(self, clock: Callable[[], float], *, kept: float = KEPT_SECONDS, at_most: int = AT_MOST) -> None:
        self._clock = clock
        self._kept = kept
        self._at_most = at_most
        self._keys: OrderedDict[str, float] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        since = self._keys.get(key)
        return since is not None and self._clock() - since < self._kept

    def add(self, key: str) -> bool:
        """Remember a key. False when it was there already."""
        if key in self:
            return False
        now = self._clock()
        self._keys.pop(key, None)
        self._keys[key] = now
        while self._keys and (len(self._keys) > self._at_most or now - next(iter(self._keys.values())) >= self._kept):
            self._keys.popitem(last=False)
        return True

    def forget(self, key: str) -> None:
        """Forget a key whose delivery failed before anything came of it: a repeat is welcome."""
        self._keys.pop(key, None)
