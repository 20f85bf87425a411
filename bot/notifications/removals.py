"""Removes at Dialpad what belonged to connections that ended here: at once if Dialpad answers, else once it does.

Each is removed with the token it was made with. Where Dialpad has ended that, a colleague's connection may do it: what
is removed is this bot's own, by id.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.basics.company import company_of
from bot.basics.errors import DialpadError, NotAllowed, NotConnected, UserError
from bot.basics.language import mark
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.oauth import DialpadOAuth
from bot.notifications.hooks_at_dialpad import remove_there
from bot.store.removals import GIVEN_UP_AFTER, HookLeft, Removal, Removals

log = structlog.get_logger(__name__)

_LEFT: Final = mark(
    "Dialpad has not let me remove everything of your connection within two weeks, and I have stopped trying. Ask a "
    "Dialpad admin to delete the webhook of this bot, and take this app's access away in your Dialpad settings."
)
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)


class RemovalsAtDialpad:
    """Works off ``bot.store.removals``. ``oauth`` is None where people connect by key: nothing is revoked then."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        removals: Removals,
        oauth: DialpadOAuth | None,
        now: Callable[[], datetime],
        public_url: str | None,
        tell: Callable[[PersonKey, str], Awaitable[None]] | None = None,
    ) -> None:
        self._accounts = accounts
        self._removals = removals
        self._oauth = oauth
        self._now = now
        self._tell = tell
        self._prefix = f"{public_url}/dialpad/events/" if public_url else ""

    async def work_off(self, *, only: Collection[str] | None = None, all_: bool = True) -> int:
        """Remove what can be removed now; return how many entries are done with. ``only``: these; without ``all_`` only
        those whose pause after the last try is over. Never raises what Dialpad answers."""
        done = 0
        for removal in await self._removals.all():
            if only is not None and removal.id not in only:
                continue
            if self._now() - removal.created_at > GIVEN_UP_AFTER:
                await self._give_up(removal)
            elif (all_ or self._is_due(removal)) and await self._removals.hold(removal.id):
                done += await self._try(removal.id)
        return done

    async def add(self, person: PersonKey, company: str, hook: HookLeft, link: DialpadConnection) -> None:
        """Add one more hook to remove."""
        await self._removals.add(person, company, hook, link)

    async def _try(self, name: str) -> bool:
        """Try to remove one entry and tell whether nothing of it is left."""
        try:
            removal = await self._removals.get(name)
            if removal is not None:
                await self._remove(removal)
        finally:
            await asyncio.shield(self._removals.let_go(name))
        return await self._removals.get(name) is None

    async def _remove(self, removal: Removal) -> None:
        own = self._own(removal)
        for hook in removal.hooks:
            if await self._tried(self._remove_hook(removal, hook, own)) is None:
                return  # Dialpad does not answer: the rest waits as well, the token last
        if removal.access and own is not None:
            await self._tried(self._revoke(removal, own))

    async def _tried(self, removing: Awaitable[None]) -> bool | None:
        """Return True when it is removed, False when nobody may remove it, None when Dialpad did not answer."""
        try:
            await removing
        except (NotAllowed, NotConnected) as refusal:
            log.warning("not removed at dialpad", refusal=type(refusal).__name__)
            return False
        except (DialpadError, UserError) as failure:
            log.warning("not removed at dialpad yet", failure=type(failure).__name__)
            return None
        return True

    async def _remove_hook(self, removal: Removal, hook: HookLeft, own: Account | None) -> None:
        refusal: NotAllowed | NotConnected = NotConnected()
        people = await self._removals.colleagues(removal.company)
        colleagues = [self._accounts.of(one, within=company_of(one, removal.company)) for one in people]
        for account in [*([own] if own is not None else []), *colleagues]:
            try:
                await remove_there(account, hook, self._prefix + hook.id if self._prefix else "")
            except (NotAllowed, NotConnected) as no:
                refusal = no
                continue
            await self._removals.hook_gone(removal.id, hook.id)
            return
        raise refusal

    async def _revoke(self, removal: Removal, own: Account) -> None:
        """Revoke the tokens, unless their user is connected again: Dialpad revokes all tokens of a user at once."""
        revokes = removal.link is not None and not await self._removals.connected_elsewhere(removal.link)
        if self._oauth is not None and revokes:
            with contextlib.suppress(NotConnected):  # Dialpad ended it before we could
                # An expired token revokes nothing, so it is renewed first.
                await self._oauth.revoke((await own.link()).access_token)
        await self._removals.access_gone(removal.id)

    def _own(self, removal: Removal) -> Account | None:
        if removal.link is None:
            return None
        connections = self._removals.links_of(removal)
        return Accounts(self._accounts.client, connections, oauth=self._oauth, clock=self._now).of(removal.person)

    def _is_due(self, removal: Removal) -> bool:
        if removal.tried_at is None:
            return True
        wait: timedelta = min(FIRST_WAIT * 2 ** min(removal.tries, 10), LONGEST_WAIT)
        return self._now() - removal.tried_at >= wait

    async def _give_up(self, removal: Removal) -> None:
        log.error(
            "left at dialpad for good",
            company=removal.company,
            hooks=[hook.endpoint_id for hook in removal.hooks],
            access=removal.access,
        )
        await self._removals.give_up(removal.id)
        if self._tell is not None:
            await self._tell(removal.person, _LEFT)
