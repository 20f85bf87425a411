"""Backfill: calls that ended while no events were received are read from Dialpad's list of ended calls.

What cannot be made up for: texts, duty and contacts have no list of what happened, and the list of calls is for company
admins only. The outcome stored with a gap says so.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from bot.activity.past_calls import as_event
from bot.basics.errors import DialpadError, NotAllowed, NotConnected, UserError
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.call import Call, ListCalls
from bot.dialpad.call_windows import windows
from bot.notifications.intake import Intake
from bot.store.gaps import READ_BACK, Gap
from bot.store.hooks import Hook
from bot.store.store import Store

log = structlog.get_logger(__name__)

LONGEST_CALL: Final = timedelta(hours=4)
"""The list is by when calls began, a gap is about when they ended."""
LEEWAY: Final = timedelta(seconds=15)
"""Events come a little after what they report, and clocks differ."""

NOT_ALLOWED: Final = "not allowed"
NOT_CONNECTED: Final = "not connected"
REMOVED: Final = "removed"


class ReadBack:
    """The backfill: settles gaps in what was received."""

    def __init__(self, accounts: Accounts, store: Store, intake: Intake) -> None:
        self._accounts = accounts
        self._store = store
        self._intake = intake

    async def settle_open(self) -> None:
        """Settle every gap that is still open. One that Dialpad does not answer for now stays open until the next
        call."""
        for gap in await self._store.gaps.open():
            try:
                outcome, found = await self._settle(gap)
            except (DialpadError, UserError) as failure:
                log.warning("gap not read back yet", gap=gap.id, failure=type(failure).__name__)
                continue
            log.info("gap settled", gap=gap.id, why=gap.why, outcome=outcome, found=found)
            await self._store.gaps.settle(gap, outcome=outcome, found=found)

    async def _settle(self, gap: Gap) -> tuple[str, int]:
        hook = await self._store.hooks.get(gap.hook_id)
        if hook is None:
            return REMOVED, 0
        try:
            return READ_BACK, await self._read_back(hook, gap)
        except NotConnected:
            return NOT_CONNECTED, 0
        except NotAllowed:
            return NOT_ALLOWED, 0

    async def _read_back(self, hook: Hook, gap: Gap) -> int:
        account = self._accounts.of(hook.owner, within=hook.company)
        line: dict[str, Any] = {}
        if hook.reach == "person":
            line = {"target_type": "user", "target_id": await account.user_id()}
        found = 0
        for after, before in windows(_ms(gap.began_at - LONGEST_CALL), _ms(gap.ended_at + LEEWAY)):
            action = ListCalls(started_after=after, started_before=before, **line)
            async for page in account.pages(action, background=True):
                for call in page.items:
                    found += await self._take_in(hook, gap, call)
        return found

    async def _take_in(self, hook: Hook, gap: Gap, call: Call) -> int:
        """Take in a call that ended within the gap and is not known yet; return how many cards that made."""
        event = as_event(call)
        seen = f"call:{call.call_id}:{event['state']}:"
        if not _ended_within(call, gap) or await self._store.events.has(hook.id, seen):
            return 0
        return await self._intake.accept(hook, json.dumps(event).encode())


def _ended_within(call: Call, gap: Gap) -> bool:
    if call.call_id is None or call.date_ended is None:
        return False
    ended = datetime.fromtimestamp(call.date_ended / 1000, UTC)
    return gap.began_at - LEEWAY <= ended <= gap.ended_at + LEEWAY


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
