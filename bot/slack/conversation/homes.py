"""Tracks who may have their Home tab open, so that it is redrawn when something has changed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from weakref import WeakValueDictionary

from bot.basics.person import PersonKey
from bot.slack.transport.duplicates import Duplicates

LOOKED_AT_FOR: Final = 2 * 60 * 60
"""Seconds a Home tab counts as open. Slack asks for it whenever somebody opens it, so this is for those who stay on it:
long enough for an hour of do not disturb, set there, to end there."""
AT_MOST: Final = 2_000


class Homes:
    """Redraws the Home tabs that people may have open.

    ``draw`` publishes a person's Home. A replica knows only who opened theirs through it; one that another
    replica drew is redrawn when it is opened the next time.
    """

    def __init__(self, draw: Callable[[PersonKey], Awaitable[object]], clock: Callable[[], float]) -> None:
        self._draw = draw
        self._looked = Duplicates(clock, kept=LOOKED_AT_FOR, at_most=AT_MOST)
        self._drawing: WeakValueDictionary[PersonKey, asyncio.Lock] = WeakValueDictionary()

    def looked(self, person: PersonKey) -> None:
        """Note that this person has opened their Home tab."""
        self._looked.forget(_key(person))
        self._looked.add(_key(person))

    async def changed(self, person: PersonKey) -> None:
        """Redraw a person's Home, which may show something else now.
        One at a time, so that the last shows the last state."""
        if _key(person) not in self._looked:
            return
        lock = self._drawing.setdefault(person, asyncio.Lock())
        async with lock:
            await self._draw(person)


def _key(person: PersonKey) -> str:
    return f"{person.team_id}:{person.user_id}"
