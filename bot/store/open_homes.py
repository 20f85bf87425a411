"""Whose Home tab may be open, for several processes, and whose was drawn by which version of the bot."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.basics.person import PersonKey
from bot.store.connections import connections
from bot.store.preferences import Preferences, preferences
from bot.store.processes import Processes
from bot.store.schema import StoreContext

_OPENED_AT: Final = "home_opened_at"
_DRAWN_BY: Final = "home_drawn_by"


class OpenHomes:
    """Queries on Home tabs: when each was last opened, and who draws it now. That is kept with the person's
    preferences, times in seconds since 1970."""

    def __init__(self, context: StoreContext, preferences: Preferences, processes: Processes) -> None:
        self._context = context
        self._preferences = preferences
        self._processes = processes
        self._version = version("dialpad-chatops")

    async def opened(self, person: PersonKey) -> None:
        """Note that a person has opened their Home tab, and so sees it as this version draws it."""
        opened_at = int(self._context.now().timestamp())
        await self._preferences.set(person, {_OPENED_AT: opened_at, _DRAWN_BY: self._version})

    async def opened_within(self, person: PersonKey, span: timedelta) -> bool:
        """Return whether a person opened theirs in another process, not longer ago than that."""
        if self._processes.alone:
            return False
        opened_at = (await self._preferences.get(person)).get(_OPENED_AT)
        return isinstance(opened_at, int) and self._context.now().timestamp() - opened_at < span.total_seconds()

    @asynccontextmanager
    async def drawing(self, person: PersonKey) -> AsyncIterator[None]:
        """Be the only process that draws this person's Home: what is drawn last was read last."""
        if self._processes.alone:
            yield
            return
        async with self._processes.holding(f"home:{person.team_id}:{person.user_id}"):
            yield

    async def undrawn(self) -> list[PersonKey]:
        """Return the people who are connected or have opened theirs, and whose Home this version has not drawn; those
        who opened theirs last go first."""
        connected = select(connections.c.team_id, connections.c.user_id).order_by(connections.c.connected_at)
        chosen = select(preferences.c.team_id, preferences.c.user_id, preferences.c.chosen)

        def query(connection: Connection) -> list[PersonKey]:
            known: dict[PersonKey, Mapping[str, Any]] = {
                PersonKey(row.team_id, row.user_id): row.chosen for row in connection.execute(chosen)
            }
            opened = [one for one, kept in known.items() if kept.get(_OPENED_AT)]
            opened.sort(key=lambda one: -int(known[one][_OPENED_AT]))
            linked = [PersonKey(team_id, user_id) for team_id, user_id in connection.execute(connected)]
            everybody = dict.fromkeys([*opened, *linked])
            return [one for one in everybody if known.get(one, {}).get(_DRAWN_BY) != self._version]

        return await self._context.database.read(query)

    async def drawn(self, person: PersonKey) -> None:
        """Note that a person's Home is as this version draws it."""
        await self._preferences.set(person, {_DRAWN_BY: self._version})
