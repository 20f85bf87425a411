"""What tests ask of a bot's inside: of the one in this process, or of each of two in processes of their own."""

import asyncio
import importlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, cast

from bot.app import Bot
from bot.dialpad.pacer import Pacer
from bot.notifications.cockpit import LineCockpit
from bot.notifications.posted_cards import PostedCardRenderer
from bot.sandbox.clock import SandboxClock
from bot.slack.api.channel_messages import ChannelMessages
from bot.slack.conversation.permissions import Permissions
from bot.store.directory_tables import lists

PATIENT_S: Final = 60.0
"""What Slack waits for and the bot keeps in mind while it waits is not what most tests are about: on a machine that
does much else beside, three seconds pass while a modal is on its way."""


class Waitless:
    """A clock that goes on by what is slept, at once: how long the bot waits for its turn at Dialpad, and between two
    tries, is another test's business."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


class Inside:
    """One bot's. Each method takes and returns what JSON can hold."""

    def __init__(self, bot: Bot, clock: SandboxClock) -> None:
        self._bot = bot
        self._clock = clock

    async def idle(self) -> None:
        """Return when nothing that somebody asked for is under way, and what was done can be read in the audit."""
        await self._bot.dispatcher.idle()
        await self._bot.store.audit.flush()

    async def settle(self) -> None:
        """Return when no message is due."""
        await self._bot.poster.settle()

    async def wake(self) -> None:
        self._bot.poster.wake()

    async def forward_to(self, unix: float) -> None:
        """Put the clock forward to this moment, in seconds since 1970."""
        self._clock.forward(timedelta(seconds=unix - self._clock.unix()))
        await self._bot.catch_up()

    async def let_go_of_events(self) -> None:
        """Finish with what the last test made happen and did not wait for."""
        await self._bot.intake.settle()
        await end(self._bot.poster._under_way)
        await self._bot.dispatcher.deps.directory.aclose()

    async def forget_lists(self, *, failed_only: bool = False) -> None:
        """Forget copies of Dialpad's lists: they are asked for again at once."""
        reading = self._bot.dispatcher.deps.directory.reading
        reading.failures.clear()
        if not failed_only:
            await reading.idle()
            await self._bot.store.database.write(lambda connection: connection.execute(lists.delete()))

    async def freshen(self) -> None:
        """Forget, as if just started, and be patient."""
        bot = self._bot
        bot.dispatcher._homes._watched.clear()
        cockpit = cast(LineCockpit, bot.dispatcher.deps.cockpit)
        for kept in (cockpit._people, cockpit._watched, cockpit._looked_at):
            kept.clear()
        cast(PostedCardRenderer, bot.poster._renderer)._boards._days.clear()
        for homes in (bot.dispatcher._homes._looked, bot.dispatcher._homes._told):
            homes._keys.clear()
        cast(Permissions, bot.dispatcher.deps.gate).forget()
        cast(ChannelMessages, bot.poster._channel_messages)._without_charts.clear()
        bot.dispatcher.deps.directory.reading.first_load = PATIENT_S  # however busy the machine is
        await self.be_patient(line=PATIENT_S, form=PATIENT_S, modal=PATIENT_S, submit=PATIENT_S, trigger=PATIENT_S)
        client, waitless = bot.dispatcher.deps.accounts.client, Waitless()
        client._clock, client._sleep = waitless, waitless.sleep
        if bot.store.processes.alone:  # several take their turns from one book, which is a part of how they work
            client.pacer = Pacer(clock=waitless, sleep=waitless.sleep)
        await self.forget_lists(failed_only=True)  # it would not ask Dialpad again for a while

    async def be_patient(self, **seconds: float) -> None:
        """Change how long somebody who asked waits until they are told that it is being worked on."""
        for limit, value in seconds.items():
            setattr(self._bot.dispatcher.patience, limit, value)

    async def change(self, module: str, name: str, seconds: float) -> float:
        """Change one of a module's waits; how long it was before."""
        found = importlib.import_module(module)
        before = getattr(found, name)
        is_span = isinstance(before, timedelta)
        setattr(found, name, timedelta(seconds=seconds) if is_span else seconds)
        return before.total_seconds() if is_span else float(before)


async def end(tasks: Iterable["asyncio.Task[None]"]) -> None:
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
