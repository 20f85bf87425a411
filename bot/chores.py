"""What the leading process does now and then: purging, comparing webhooks with Dialpad's, and removing there what was
left."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog

from bot.basics.outages import Outage
from bot.notifications.hooks import DialpadHooks
from bot.notifications.removals import RemovalsAtDialpad
from bot.notifications.taking_over import TakeOvers
from bot.notifications.telling import told_of
from bot.notifications.upgrades import tell_of_upgrade
from bot.replicas import Replicas
from bot.store.store import Store

PURGE_EVERY: Final = timedelta(hours=1)
RECONCILE_EVERY: Final = timedelta(hours=6)
REMOVE_EVERY: Final = timedelta(minutes=1)
CHAIN_EVERY: Final = timedelta(minutes=1)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chores:
    """The chores of one process; they rest while another one leads."""

    store: Store
    hooks: DialpadHooks
    removals: RemovalsAtDialpad
    take_overs: TakeOvers
    replicas: Replicas

    def all(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return each chore, to run until it is cancelled."""
        left = "what connections left at Dialpad is not removed yet"
        return (
            _for_ever(PURGE_EVERY, self.replicas.led(self._purge), "purge failed"),
            _for_ever(REMOVE_EVERY, self.replicas.led(self._remove), left),
            _for_ever(CHAIN_EVERY, self.replicas.led(self._chain), "entries of the audit are not chained yet"),
            _for_ever(REMOVE_EVERY, self.replicas.led(self.take_overs.look), "what others left is not taken over yet"),
            self._reconcile_for_ever(),
            self._adopt(),
            self._announce(),
        )

    async def _adopt(self) -> None:
        """Put calls and texts from before an upgrade into histories."""
        adopting = Outage("calls from before the upgrade are not in histories yet", log)
        while True:
            await self.replicas.until_leading()
            try:
                while await self.store.histories.adopt(told_of):
                    pass
            except Exception as problem:  # noqa: BLE001  the rest is done again in a while
                adopting.failed(problem)
                await asyncio.sleep(REMOVE_EVERY.total_seconds())
            else:
                return

    async def _announce(self) -> None:
        """Tell of an upgrade, if this start was one."""
        telling = Outage("nobody was told of the upgrade yet", log)
        while True:
            await self.replicas.until_leading()
            try:
                await tell_of_upgrade(self.store)
            except Exception as problem:  # noqa: BLE001  it is said in a while
                telling.failed(problem)
                await asyncio.sleep(REMOVE_EVERY.total_seconds())
            else:
                return

    async def _purge(self) -> None:
        await self.store.purge()
        await self.store.directory.sweep()

    async def _chain(self) -> None:
        while await self.store.audit.chain():
            pass

    async def _remove(self) -> None:
        if await self.removals.work_off(all_=False):  # Dialpad answers again
            await self.hooks.take_over()

    async def _reconcile_for_ever(self) -> None:
        comparing = Outage("webhooks not compared with Dialpad's", log)
        while True:
            await self.replicas.until_leading()
            try:
                await self.hooks.reconcile()
                await self.take_overs.look(ask=True)
                comparing.over()
            except Exception as problem:  # noqa: BLE001  it is done again in six hours
                comparing.failed(problem)
            await asyncio.sleep(RECONCILE_EVERY.total_seconds())


async def _for_ever(every: timedelta, chore: Callable[[], Awaitable[None]], failed: str) -> None:
    outage = Outage(failed, log)
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            await chore()
            outage.over()
        except Exception as problem:  # noqa: BLE001  it is done again next time
            outage.failed(problem)
