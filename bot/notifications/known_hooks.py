"""Hooks that were asked for a moment ago: an event costs no query to find out whose it is."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from bot.store.hooks import Hook

KEPT_S: Final = 2.0
"""How long a hook counts as it was read. What comes through one that was removed meanwhile is dropped when it is folded
(``Events.still_waiting``)."""
READ_WITHIN_S: Final = 4.0
"""Dialpad gives up after 5 and counts the event as refused, which it repeats less often than a 503."""
MOST: Final = 1000


class KnownHooks:
    """Finds hooks by id. ``read`` reads one; what is not found is never kept, so that strangers fill no memory."""

    def __init__(
        self, read: Callable[[str], Awaitable[Hook | None]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Hook]] = OrderedDict()

    async def find(self, name: str) -> Hook | None:
        """Return a hook, None if there is none. Raises TimeoutError, KeyProblem and the database's errors."""
        known = self._known.get(name)
        if known is not None and self._clock() - known[0] < KEPT_S:
            return known[1]
        self._known.pop(name, None)
        async with asyncio.timeout(READ_WITHIN_S):
            hook = await self._read(name)
        if hook is not None:
            self._known[name] = (self._clock(), hook)
            if len(self._known) > MOST:
                self._known.popitem(last=False)
        return hook
