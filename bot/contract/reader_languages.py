"""Which language a person or a channel reads."""

import asyncio
import contextlib
from typing import Final

from bot.basics.errors import UserError
from bot.basics.language import ENGLISH
from bot.basics.person import PersonKey, is_person
from bot.contract.context import People

_WAIT_S: Final = 0.5
"""How long an answer waits for Slack to say somebody's language: once an hour for each person."""


class ReaderLanguages:
    """A person reads what they use Slack in. What several people read is in ``shared``, the team's language, and so is
    what is for somebody whose language Slack does not say."""

    def __init__(self, people: People, shared: str = ENGLISH) -> None:
        self._people = people
        self._shared = shared

    async def of(self, person: PersonKey) -> str:
        """Return the language of a person's own answers and direct messages."""
        with contextlib.suppress(UserError, TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                return (await self._people.profile(person)).language or self._shared
        return self._shared

    async def of_channel(self, team_id: str, channel: str) -> str:
        """Return the language of what is posted to a channel, or to a person by their id."""
        return await self.of(PersonKey(team_id, channel)) if is_person(channel) else self._shared
