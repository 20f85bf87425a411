"""Connects a Slack person to their own Dialpad account, by OAuth or by API key, and disconnects it.

OAuth goes ``/connect/{token}`` ("Is this you?") → Dialpad → ``/connect/callback``. The token is bound to the Slack
person who asked, the state to that person and to the browser that was shown the page: a forwarded link shows whose
Slack it is for, a foreign page cannot press Continue in somebody's name, and a state carried into another browser is
worth nothing.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

import structlog
from pydantic import SecretStr

from bot.basics.errors import (
    ChatopsError,
    TokenRefused,
    UserError,
)
from bot.basics.person import PersonKey
from bot.connect.whose_token import build_key_connection, build_oauth_connection
from bot.contract.context import Ended, People, Profile
from bot.dialpad.accounts import Accounts
from bot.dialpad.connection import DialpadConnections
from bot.dialpad.oauth import DialpadOAuth, build_pkce
from bot.store.connect_links import ConnectLinks
from bot.store.oauth_states import OAuthStates

log = structlog.get_logger(__name__)


class ConnectRefused(UserError):
    """Connecting in the browser failed; the text says what to do."""


@dataclass(frozen=True)
class Connected:
    """A connection that was just stored."""

    person: PersonKey
    slack: Profile
    dialpad_name: str


class ConnectionEnder(Protocol):
    """Ends a connection, with everything that depends on it here and at Dialpad."""

    async def would_end(self, person: PersonKey) -> Ended:
        """Count what ``disconnect`` would take along."""
        ...

    async def disconnect(self, person: PersonKey) -> Ended | None:
        """End a person's connection; what ended with it. None when there was none."""
        ...


class Connector:
    """Starts, completes and ends the connections to Dialpad accounts.

    ``typed`` is how a word is typed in Slack, from the settings; the pages say it too.
    ``after_key`` is awaited once an API key is stored: what waited for a connection can run now.
    """

    def __init__(
        self,
        *,
        accounts: Accounts,
        oauth: DialpadOAuth | None,
        connections: DialpadConnections,
        connect_links: ConnectLinks,
        states: OAuthStates,
        people: People,
        disconnector: ConnectionEnder,
        base_url: str,
        typed: Callable[[str], str],
        now: Callable[[], datetime],
        after_key: Callable[[PersonKey], Awaitable[object]] | None = None,
    ) -> None:
        self._client = accounts.client
        self._oauth = oauth
        self._links = connections
        self._connect_links = connect_links
        self._states = states
        self._people = people
        self._disconnector = disconnector
        self._base_url = base_url
        self.typed = typed
        self._now = now
        self._after_key = after_key

    @property
    def offers_oauth(self) -> bool:
        """Tell whether an OAuth app is set up; without one people paste an API key."""
        return self._oauth is not None

    async def start(self, key: PersonKey) -> str:
        """Create this person's "Is this you?" page: its address, good once and for 15 minutes."""
        return f"{self._base_url}/connect/{await self._connect_links.create(key)}"

    async def whose(self, token: str) -> Profile:
        """Find whom a ``/connect/{token}`` page is for, without using it up. Raises ConnectRefused."""
        link = await self._connect_links.look(token)
        if link is None:
            raise ConnectRefused(
                f"This link was already used or is older than 15 minutes. Type {self.typed('connect')} for a new one."
            )
        return await self._people.profile(link.person)

    async def leave_for_dialpad(self, token: str, *, browser_secret: str) -> str:
        """Use the page up and return the address at Dialpad to go to. Raises ConnectRefused.

        ``browser_secret`` is what the browser was given with the page, "" when it never saw it.
        """
        if not browser_secret:
            raise ConnectRefused("Open the link in Slack again and continue from there. Cookies must be allowed.")
        link = await self._connect_links.take(token)
        if link is None or self._oauth is None:
            raise ConnectRefused(
                f"This link was already used or is older than 15 minutes. Type {self.typed('connect')} for a new one."
            )
        verifier, challenge = build_pkce()
        state = await self._states.create(link.person, verifier, carry={"browser": _digest(browser_secret)})
        return self._oauth.authorize_url(state, challenge)

    async def come_back(self, *, state: str, code: str, browser_secret: str) -> Connected:
        """Exchange the code and store the connection. Raises ConnectRefused; nothing is stored then."""
        kept = await self._states.take(state)
        if kept is None or self._oauth is None:
            raise ConnectRefused(
                f"This sign-in was already used or took longer than 10 minutes. Type {self.typed('connect')} again."
            )
        if not hmac.compare_digest(str(kept.carry.get("browser", "")), _digest(browser_secret)):
            raise ConnectRefused(
                f"This sign-in was started in another browser. Type {self.typed('connect')} and use one browser."
            )
        try:
            # Slack is asked first: a consent that could not be stored would stay behind at Dialpad.
            slack = await self._people.profile(kept.person)
            tokens = await self._oauth.exchange(code, kept.verifier)
            link = await build_oauth_connection(self._client, tokens, email=slack.email or "", now=self._now())
        except ChatopsError as refusal:
            log.warning("oauth sign-in failed", kind=type(refusal).__name__)
            raise ConnectRefused(
                f"Dialpad did not complete the sign-in. Type {self.typed('connect')} to try again."
            ) from None
        await self._links.save(kept.person, link)
        return Connected(kept.person, slack, link.dialpad_name)

    async def refuse(self, state: str) -> None:
        """Use the state up after the person refused at Dialpad."""
        await self._states.take(state)

    async def connect_with_key(self, key: PersonKey, api_key: str) -> str:
        """Check an API key at Dialpad and store it. Returns the name it acts as. Raises UserError."""
        slack = await self._people.profile(key)
        try:
            link = await build_key_connection(
                self._client, SecretStr(api_key.strip()), email=slack.email or "", now=self._now()
            )
        except TokenRefused:
            raise UserError(
                "Dialpad did not accept this API key. Copy it again from Dialpad and paste the whole key."
            ) from None
        await self._links.save(key, link)
        if self._after_key is not None:
            await self._after_key(key)
        return link.dialpad_name

    async def would_end(self, key: PersonKey) -> Ended:
        """Count what ``disconnect`` would take along."""
        return await self._disconnector.would_end(key)

    async def disconnect(self, key: PersonKey) -> Ended | None:
        """End the person's connection; what ended with it. None when there was none."""
        return await self._disconnector.disconnect(key)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
