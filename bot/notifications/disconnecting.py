"""Ending a person's connection, or all of a workspace's: here at once, at Dialpad as soon as it answers."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey
from bot.contract.context import Ended
from bot.dialpad.accounts import Accounts
from bot.dialpad.connection import DialpadConnection, DialpadConnections
from bot.notifications.hooks import DialpadHooks
from bot.notifications.removals import RemovalsAtDialpad
from bot.notifications.taking_over import TakeOvers
from bot.store.audit import WRITTEN_WITHIN_S
from bot.store.departures import Departure
from bot.store.removals import Removal
from bot.store.store import Store

log = structlog.get_logger(__name__)

REMOVED_WITHIN_S: Final = 6.0
"""How long a person waits to hear whether Dialpad has removed everything."""
RENEWED_WITHIN_S: Final = 3.0
LATE_BY_S: Final = 2 * WRITTEN_WITHIN_S
"""After this every process has written what it had to write about a workspace that left."""
HEIRS_WITHIN_S: Final = 4.0
"""How long Dialpad is asked which colleague sees the same lines."""


class Disconnector:
    """Ends connections. ``subscriptions_gone`` is called with the subscriptions removed along with a person, of which
    channels are told and whose topics nobody updates any more; ``moved`` with what ended for a person who connects to
    another company.
    """

    def __init__(
        self,
        *,
        store: Store,
        accounts: Accounts,
        hooks: DialpadHooks,
        removals: RemovalsAtDialpad,
        subscriptions_gone: Callable[[Sequence[Subscription]], Awaitable[None]] | None = None,
        moved: Callable[[PersonKey, Ended], Awaitable[None]] | None = None,
        take_overs: TakeOvers | None = None,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._hooks = hooks
        self._removals = removals
        self._subscriptions_gone = subscriptions_gone
        self._moved = moved
        self._take_overs = take_overs
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: set[asyncio.Task[None]] = set()  # nobody who waits for what is removed at Dialpad waits for these

    async def would_end(self, person: PersonKey) -> Ended:
        """Return what ``disconnect`` would remove."""
        subscriptions, timed = await self._store.departures.would_end(person)
        return Ended(subscriptions, timed)

    async def disconnect(self, person: PersonKey) -> Ended | None:
        """End a person's connection and return what went with it; None when there was none. Works while Dialpad is
        down."""
        gone = await self._leave(person)
        if gone is None:
            return None
        self._in_background(self._sweep())
        try:
            async with asyncio.timeout(REMOVED_WITHIN_S):
                await self._removals.work_off(only=gone.removals)
                await self._hooks.take_over()
        except TimeoutError:
            log.info("dialpad has not removed everything yet")
        await self._tell(gone.subscriptions)
        left = [one for name in gone.removals if (one := await self._store.removals.get(name)) is not None]
        return _ended(gone, left)

    async def leave_company(self, person: PersonKey, link: DialpadConnection) -> None:
        """End what a person has in another company than that of ``link``, which they connect to next: nobody acts in
        one company for another. What nobody knew the company of goes along, when the same account is behind it.

        When Dialpad does not say which company that is, everything stays, and rests until it does."""
        before = await self._store.connections.get(person)
        company = link.company_of(person)
        if before is None or link.company_id is None or before.company_of(person) == company:
            return
        same = before.dialpad_user_id is not None and before.dialpad_user_id == link.dialpad_user_id
        if same and before.company_id is None:
            await self._store.departures.rename(person, company)
            self._in_background(self._sweep())
            return
        gone = await self._leave(person, moving=True)
        if gone is None:
            return
        self._in_background(self._sweep())
        self._in_background(self._finish(gone))
        if self._moved is not None and (gone.subscriptions or gone.timed):
            await self._moved(person, _ended(gone, ()))

    async def people_of(self, team_id: str) -> list[PersonKey]:
        """Return everybody of a workspace or org who is connected."""
        return await self._store.connections.people_of(team_id)

    async def leave(self, person: PersonKey) -> None:
        """Remove everything of a person whose workspace has the app no more: here before this returns, at Dialpad
        afterwards. Nobody goes on with what they set up: it was for channels that cannot be reached."""
        gone = await self._leave(person, inherited=False)
        if gone is not None:
            self._in_background(self._finish(gone))

    async def _leave(self, person: PersonKey, *, moving: bool = False, inherited: bool = True) -> Departure | None:
        # A pair of tokens that is being renewed now would be stored nowhere and never revoked.
        await self._accounts.settled(person, RENEWED_WITHIN_S)
        heirs = await self._heirs(person) if inherited else {}
        async with self._hooks.quiet(RENEWED_WITHIN_S):
            gone = await self._store.departures.leave(person, moving=moving, heirs=heirs)
        if gone is not None:
            await self._hooks.stop_listening(gone.hooks)
            if self._take_overs is not None:
                for one in gone.passed_on:
                    await self._take_overs.tell(person, [one], one.owner)
        return gone

    async def _heirs(self, person: PersonKey) -> dict[str, PersonKey]:
        """Return who goes on with what a person set up in channels; nobody where Dialpad does not say in time."""
        if self._take_overs is None:
            return {}
        try:
            async with asyncio.timeout(HEIRS_WITHIN_S):
                return await self._take_overs.heirs_of(person)
        except TimeoutError:
            log.info("nobody found in time to take over what somebody set up")
            return {}

    async def leave_workspace(self, team_id: str) -> None:
        """Remove everything of a workspace that uninstalled the app: here before this returns, at Dialpad
        afterwards."""
        await self._store.audit.flush()
        async with self._hooks.quiet(RENEWED_WITHIN_S):
            gone = await self._store.departures.forget_workspace(team_id)
        log.info("workspace forgotten", team=team_id, hooks=len(gone.hooks), connections=len(gone.removals))
        self._in_background(self._forget_late_entries(team_id, self._store.now()), self._late)
        await self._hooks.stop_listening(gone.hooks)
        self._in_background(self._sweep())
        self._in_background(self._work_off(gone.removals))

    def _in_background(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]] | None = None) -> None:
        tasks = self._tasks if among is None else among
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def idle(self) -> None:
        """Return when Dialpad was asked to remove everything that a workspace left behind."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        """Stop removing. What is not removed yet stays on the list."""
        for task in (under_way := self._tasks | self._late):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _sweep(self) -> None:
        """Delete the names and numbers that nobody sees any more."""
        try:
            await self._store.directory.sweep()
        except Exception:  # it is done again every hour
            log.exception("what nobody sees any more is not deleted yet")

    async def _forget_late_entries(self, team_id: str, gone_at: datetime) -> None:
        """Delete what another process had still to write about the workspace."""
        try:
            await asyncio.sleep(LATE_BY_S)
            await self._store.departures.forget_late_entries(team_id, gone_at)
        except Exception:  # it is a line about a request or two
            log.exception("what was done in a workspace just before it left is in the audit")

    async def _work_off(self, names: Collection[str]) -> None:
        try:
            await self._removals.work_off(only=names)
        except Exception:  # it is on the list
            log.exception("what a workspace left at dialpad is not removed yet")

    async def _finish(self, gone: Departure) -> None:
        """Remove at Dialpad what a person left there, and give colleagues a hook of their own."""
        await self._work_off(gone.removals)
        await self._hooks.take_over()
        await self._tell(gone.subscriptions)

    async def _tell(self, subscriptions: Sequence[Subscription]) -> None:
        if self._subscriptions_gone is None or not subscriptions:
            return
        try:
            await self._subscriptions_gone(subscriptions)
        except ChatopsError as problem:
            log.info("what subscriptions kept true stays as it is", error=type(problem).__name__)


def _ended(gone: Departure, left: Sequence[Removal]) -> Ended:
    return Ended(
        subscriptions=len(gone.subscriptions),
        passed_on=len(gone.passed_on),
        timed=gone.timed,
        hooks_left=sum(len(one.hooks) for one in left),
        access_left=any(one.access for one in left),
    )


@dataclass(frozen=True)
class CompanyConnections:
    """Stored connections, as ``bot.connect`` saves them: whoever connects to another company leaves the one before."""

    kept: DialpadConnections
    disconnector: Disconnector

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        return await self.kept.get(key)

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        await self.disconnector.leave_company(key, link)
        await self.kept.save(key, link)

    async def mark_broken(self, key: PersonKey) -> bool:
        return await self.kept.mark_broken(key)

    async def delete(self, key: PersonKey) -> None:
        await self.kept.delete(key)
