"""Acting at Dialpad as one Slack person, with that person's own token.

Tokens are renewed here: a minute before they end or when Dialpad refuses one, once however many requests are waiting,
and the new pair is on disk before it is used, because the old refresh token is dead from that moment on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic
from typing import Any, Final

import structlog

from bot.basics.company import CompanyKey
from bot.basics.errors import DialpadError, GrantEnded, NotConnected, TokenRefused, UserError
from bot.basics.person import PersonKey
from bot.dialpad.action import ME, A, Action, Entity, Page, entity_of
from bot.dialpad.client import DialpadClient, Pages
from bot.dialpad.connection import DialpadConnection, DialpadConnections
from bot.dialpad.oauth import DialpadOAuth

_log = structlog.get_logger(__name__)

RENEW_BEFORE: Final = timedelta(seconds=60)
REMEMBERED_S: Final = 1.0
"""How long one request goes on with the connection that it has read: it asks for it a dozen times. Long enough for
that, and too short to act much longer for somebody who disconnects meanwhile."""

_NO_OWN_USER: Final = (
    "Your API key belongs to the whole company and no Dialpad user has your Slack email address, so it is unclear "
    "who you are there. Have that address added to your Dialpad user, or connect with a personal API key."
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Account:
    """One Slack person's Dialpad account. Cheap to make; nothing is read before it is used.

    With ``within`` it acts only in that company: it is like not being connected once the person has left it.
    """

    def __init__(self, accounts: "Accounts", person: PersonKey, within: CompanyKey | None = None) -> None:
        self.person = person
        self.used: DialpadConnection | None = None
        """The connection that the last request was sent with, for the audit."""
        self._accounts = accounts
        self._within = within
        self._remembered: tuple[float, DialpadConnection] | None = None

    async def link(self) -> DialpadConnection:
        """Return the person's working connection, renewed if it was about to end. Raises ``NotConnected``."""
        if self._remembered is not None and monotonic() - self._remembered[0] < REMEMBERED_S:
            return self._remembered[1]
        link = self._checked(await self._accounts.working_connection(self.person))
        self._remembered = monotonic(), link
        return link

    async def company(self) -> CompanyKey:
        """Return the person's company; from what is stored, so also while Dialpad is down. Raises
        ``NotConnected``."""
        return self._checked(await self._accounts.stored_connection(self.person)).company_of(self.person)

    def _checked(self, link: DialpadConnection) -> DialpadConnection:
        if self._within is not None and link.company_of(self.person) != self._within:
            raise NotConnected
        return link

    async def renewed(self, stale: DialpadConnection) -> DialpadConnection:
        """Return a newer connection than one whose token Dialpad refused. Raises ``NotConnected`` if there is none."""
        self._remembered = None
        return self._checked(await self._accounts.renewed_connection(self.person, stale))

    async def user_id(self) -> str:
        """Return the person's own Dialpad user id. Raises ``UserError`` for a company key that says nothing about
        them."""
        return _own_id(await self.link())

    async def send(self, action: Action[A], *, background: bool = False, refresh: bool = False) -> A:
        """Do ``action`` as this person. Raises ``NotConnected`` or ``DialpadError``. ``background`` and ``refresh`` as
        for ``DialpadClient.send``.

        ``ME`` may stand in any field that takes a user id; where Dialpad would not understand it, it becomes the
        person's own id.
        """
        link = await self.link()
        try:
            return await self._send(action, link, background, refresh)
        except TokenRefused:
            link = await self.renewed(link)
        # A 401 means that nothing was done, so any action may be sent again with the new token.
        return await self._send(action, link, background, refresh)

    def pages(self, action: Action[Page[A]], *, background: bool = False, refresh: bool = False) -> Pages[A]:
        """Iterate over all pages of a list, as ``DialpadClient.pages``."""

        async def fetch(page_action: Action[Page[A]]) -> Page[A]:
            return await self.send(page_action, background=background, refresh=refresh)

        return Pages(fetch, action)

    async def _send(self, action: Action[A], link: DialpadConnection, background: bool, refresh: bool) -> A:
        self.used = link
        return await self._accounts.client.send(
            name_me(action, link),
            token=link.access_token,
            company=link.company_id or "",
            background=background,
            refresh=refresh,
        )


class Accounts:
    """All people's accounts. ``lock`` serialises renewals of one person between replicas.

    ``on_broken`` is awaited the first time a person's connection is found broken, even if nobody was waiting for it.
    """

    def __init__(
        self,
        client: DialpadClient,
        connections: DialpadConnections,
        *,
        oauth: DialpadOAuth | None = None,
        clock: Callable[[], datetime] = _utc_now,
        lock: Callable[[PersonKey], AbstractAsyncContextManager[object]] | None = None,
        on_broken: Callable[[PersonKey], Awaitable[None]] | None = None,
    ) -> None:
        self.client = client
        self._links = connections
        self._oauth = oauth
        self._clock = clock
        self._lock = lock
        self._on_broken = on_broken
        self._renewals: dict[tuple[PersonKey, str], asyncio.Task[DialpadConnection]] = {}

    def of(self, person: PersonKey, within: CompanyKey | None = None) -> Account:
        """Return the account to act for ``person``. ``within`` is for what is done later or in the background: only
        while they belong to that company."""
        return Account(self, person, within)

    async def aclose(self) -> None:
        """Wait for renewals under way: a pair that Dialpad has issued must not be lost."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def settled(self, person: PersonKey, within_s: float) -> None:
        """Return when no renewal for this person is under way, or ``within_s`` has passed."""
        renewals = [task for (whose, _), task in self._renewals.items() if whose == person]
        if renewals:
            await asyncio.wait(renewals, timeout=within_s)

    async def stored_connection(self, person: PersonKey) -> DialpadConnection:
        """Return the connection as stored; its token may no longer be valid. Raises ``NotConnected``."""
        link = await self._links.get(person)
        if link is None:
            raise NotConnected
        if link.broken:
            raise NotConnected(broken=True)
        return link

    async def working_connection(self, person: PersonKey) -> DialpadConnection:
        """Return a connection whose token is valid for another minute. Raises ``NotConnected``."""
        link = await self.stored_connection(person)
        if link.expires_at is None or link.refresh_token is None or link.expires_at - RENEW_BEFORE > self._clock():
            return link
        try:
            return await self.renewed_connection(person, link)
        except DialpadError as failure:
            if link.expires_at <= self._clock():
                raise
            _log.warning("token not renewed in time, the old one still works", failure=type(failure).__name__)
            return link

    async def renewed_connection(self, person: PersonKey, stale: DialpadConnection) -> DialpadConnection:
        """Return a connection newer than ``stale``. Raises ``NotConnected(broken=True)`` if there is none."""
        key = (person, stale.access_token.get_secret_value())
        renewal = self._renewals.get(key)
        if renewal is None:
            renewal = self._renewals[key] = asyncio.create_task(self._renew(person, stale))
            renewal.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(renewal)  # a caller that stops waiting must not lose the new pair for the others

    def _forget(self, key: tuple[PersonKey, str], done: asyncio.Task[DialpadConnection]) -> None:
        self._renewals.pop(key, None)
        if not done.cancelled():
            done.exception()  # seen by those who waited; with nobody waiting it is no news

    async def _renew(self, person: PersonKey, stale: DialpadConnection) -> DialpadConnection:
        async with self._lock(person) if self._lock else nullcontext():
            current = await self._current(person, stale)
            if current is not stale:
                return current
            if self._oauth is None or stale.refresh_token is None:
                return await self._break(person)
            try:
                tokens = await self._oauth.refresh(stale.refresh_token)
            except GrantEnded:
                current = await self._current(person, stale)  # another replica may have used the token first
                return current if current is not stale else await self._break(person)
            fresh = replace(
                stale,
                access_token=tokens.access_token,
                refresh_token=tokens.refresh_token or stale.refresh_token,
                expires_at=tokens.expires_at,
                scopes=tuple(tokens.scope.split()) or stale.scopes,
            )
            current = await self._current(person, stale)
            if current is not stale:
                return current
            await self._links.save(person, fresh)
            return fresh

    async def _current(self, person: PersonKey, stale: DialpadConnection) -> DialpadConnection:
        """Return ``stale`` itself while it is what is stored, else what replaced it. Raises ``NotConnected``."""
        stored = await self.stored_connection(person)
        return stale if stored.access_token == stale.access_token else stored

    async def _break(self, person: PersonKey) -> DialpadConnection:
        first = await self._links.mark_broken(person)
        if first and self._on_broken is not None:
            await self._on_broken(person)
        raise NotConnected(broken=True)


def name_me(action: Action[A], link: DialpadConnection) -> Action[A]:
    """Replace ``ME`` in ``action`` with the person's id where Dialpad does not take it: for company keys, and outside
    users' paths.

    A field whose default is ``ME`` is one that Dialpad documents to take the word.
    """
    update = {
        name: _own_id(link)
        for name, takes_me in _user_fields(type(action))
        if getattr(action, name) == ME and (link.is_company_key or not takes_me)
    }
    return action.model_copy(update=update) if update else action


@cache
def _user_fields(action: type[Action[Any]]) -> tuple[tuple[str, bool], ...]:
    return tuple(
        (name, info.default == ME) for name, info in action.model_fields.items() if entity_of(info) is Entity.USER
    )


def _own_id(link: DialpadConnection) -> str:
    if link.dialpad_user_id is None:
        raise UserError(_NO_OWN_USER)
    return link.dialpad_user_id
