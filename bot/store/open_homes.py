"""Whose Home tab may be open, for several processes: one draws it, and another one hears of what it shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from bot.basics.person import PersonKey
from bot.store.preferences import Preferences
from bot.store.processes import Processes
from bot.store.schema import StoreContext

_OPENED_AT: Final = "home_opened_at"


class OpenHomes:
    """Queries on Home tabs: when each was last opened, and who draws it now. The time is kept with the person's
    preferences, in seconds since 1970."""

    def __init__(self, context: StoreContext, preferences: Preferences, processes: Processes) -> None:
        self._now = context.now
        self._preferences = preferences
        self._processes = processes

    async def opened(self, person: PersonKey) -> None:
        """Note that a person has opened their Home tab."""
        await self._preferences.set(person, {_OPENED_AT: int(self._now().timestamp())})

    async def opened_within(self, person: PersonKey, span: timedelta) -> bool:
        """Return whether a person opened theirs not longer ago than that."""
        opened_at = (await self._preferences.get(person)).get(_OPENED_AT)
        return isinstance(opened_at, int) and self._now().timestamp() - opened_at < span.total_seconds()

    @asynccontextmanager
    async def drawing(self, person: PersonKey) -> AsyncIterator[None]:
        """Be the only process that draws this person's Home: what is drawn last was read last."""
        async with self._processes.holding(f"home:{person.team_id}:{person.user_id}"):
            yield
