"""Which language a person or a channel reads."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from bot.basics.copies import keep_copy
from bot.basics.errors import UserError
from bot.basics.language import ENGLISH
from bot.basics.person import PersonKey, is_person
from bot.contract.context import People

_WAIT_S: Final = 0.5
"""How long an answer waits for Slack to say somebody's language: once an hour for each person."""
_NOT_AGAIN_S: Final = 30.0
"""How long nobody waits for a person's language after Slack did not say it."""
_AT_MOST: Final = 20_000


class ReaderLanguages:
    """A person reads what they use Slack in. What several people read is in ``shared``, the team's language, and so is
    what is for somebody whose language Slack has never said. While Slack does not answer, what it said last holds."""

    def __init__(self, people: People, shared: str = ENGLISH, clock: Callable[[], float] = time.monotonic) -> None:
        self._people = people
        self._shared = shared
        self._clock = clock
        self._last: dict[PersonKey, str] = {}
        self._silent_until: dict[PersonKey, float] = {}

    async def of(self, person: PersonKey) -> str:
        """Return the language of a person's own answers and direct messages."""
        if self._clock() >= self._silent_until.get(person, 0.0):
            await self._ask(person)
        return self._last.get(person, self._shared)

    async def _ask(self, person: PersonKey) -> None:
        try:
            async with asyncio.timeout(_WAIT_S):
                language = (await self._people.profile(person)).language or self._shared
        except (UserError, TimeoutError):
            keep_copy(self._silent_until, person, self._clock() + _NOT_AGAIN_S, _AT_MOST)
        else:
            self._silent_until.pop(person, None)
            keep_copy(self._last, person, language, _AT_MOST)

    async def of_channel(self, team_id: str, channel: str) -> str:
        """Return the language of what is posted to a channel, or to a person by their id."""
        return await self.of(PersonKey(team_id, channel)) if is_person(channel) else self._shared
