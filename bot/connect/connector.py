"""Connects a Slack person to their own Dialpad account, by OAuth or by API key, and disconnects it.

OAuth goes ``/connect/{token}`` ("Is this you?") → Dialpad → ``/connect/callback``. The token is bound to the Slack
person who asked, the state to that person and to the browser that was shown the page: a forwarded link shows whose
Slack it is for, a foreign page cannot press Continue in somebody's name, and a state carried into another browser is
worth nothing. An account whose e-mail address is not the person's waits for the word of whose it is.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Final, Protocol

import structlog
from pydantic import SecretStr

from bot.basics.errors import (
    ChatopsError,
    DialpadError,
    TokenRefused,
    UserError,
)
from bot.basics.language import mark, say, speaking
from bot.basics.names import shown_name
from bot.basics.person import PersonKey
from bot.connect.account_owners import AccountOwners
from bot.connect.whose_token import ReceivedConnection, build_key_connection, build_oauth_connection
from bot.contract.context import ConnectOutcome, Ended, People, Profile
from bot.contract.prose import sentence
from bot.contract.reader_languages import ReaderLanguages
from bot.contract.reply import Bold, Button, Mention, Part, Reply
from bot.dialpad.accounts import Accounts
from bot.dialpad.connection import DialpadConnection, DialpadConnections
from bot.dialpad.oauth import DialpadOAuth, build_pkce
from bot.store.connect_links import ConnectLinks
from bot.store.connection_requests import ConnectionRequest, ConnectionRequests
from bot.store.oauth_states import OAuthStates

log = structlog.get_logger(__name__)


class ConnectRefused(UserError):
    """Connecting in the browser failed; the text says what to do."""


@dataclass(frozen=True)
class Connected:
    """A connection that was just stored, or waits for the word of whose account it is."""

    person: PersonKey
    slack: Profile
    dialpad_name: str
    asked: str = ""
    """Who was asked whether it is right, in words; "" when it is stored. Until they say so nothing is connected."""


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
        requests: ConnectionRequests,
        connected_elsewhere: Callable[[DialpadConnection], Awaitable[bool]],
        tell: Callable[[PersonKey, Reply], Awaitable[None]],
        after_key: Callable[[PersonKey], Awaitable[object]] | None = None,
        languages: ReaderLanguages | None = None,
    ) -> None:
        self._client = accounts.client
        self._oauth = oauth
        self._links = connections
        self._connect_links = connect_links
        self._states = states
        self._people = people
        self._disconnector = disconnector
        self.base_url = base_url
        self.typed = typed
        self._now = now
        self._requests = requests
        self._connected_elsewhere = connected_elsewhere
        self._send = tell
        self._after_key = after_key
        self._languages = languages or ReaderLanguages(people)
        self._owners = AccountOwners(requests, people, accounts)

    @property
    def offers_oauth(self) -> bool:
        """Tell whether an OAuth app is set up; without one people paste an API key."""
        return self._oauth is not None

    async def start(self, key: PersonKey) -> str:
        """Create this person's "Is this you?" page: its address, good once and for 15 minutes."""
        return f"{self.base_url}/connect/{await self._connect_links.create(key)}"

    async def whose(self, token: str) -> Profile:
        """Find whom a ``/connect/{token}`` page is for, without using it up. Raises ConnectRefused."""
        link = await self._connect_links.look(token)
        if link is None:
            raise ConnectRefused(
                say(
                    "This link was already used or is older than 15 minutes. Type {typed} for a new one.",
                    typed=self.typed("connect"),
                )
            )
        return await self._people.profile(link.person)

    async def leave_for_dialpad(self, token: str, *, browser_secret: str) -> str:
        """Use the page up and return the address at Dialpad to go to. Raises ConnectRefused.

        ``browser_secret`` is what the browser was given with the page, "" when it never saw it.
        """
        if not browser_secret:
            raise ConnectRefused(say("Open the link in Slack again and continue from there. Cookies must be allowed."))
        link = await self._connect_links.take(token)
        if link is None or self._oauth is None:
            raise ConnectRefused(
                say(
                    "This link was already used or is older than 15 minutes. Type {typed} for a new one.",
                    typed=self.typed("connect"),
                )
            )
        verifier, challenge = build_pkce()
        state = await self._states.create(link.person, verifier, carry={"browser": _digest(browser_secret)})
        return self._oauth.authorize_url(state, challenge)

    async def come_back(self, *, state: str, code: str, browser_secret: str) -> Connected:
        """Exchange the code and store the connection. Raises ConnectRefused; nothing is stored then."""
        kept = await self._states.take(state)
        if kept is None or self._oauth is None:
            raise ConnectRefused(
                say(
                    "This sign-in was already used or took longer than 10 minutes. Type {typed} again.",
                    typed=self.typed("connect"),
                )
            )
        if not hmac.compare_digest(str(kept.carry.get("browser", "")), _digest(browser_secret)):
            raise ConnectRefused(
                say(
                    "This sign-in was started in another browser. Type {typed} and use one browser.",
                    typed=self.typed("connect"),
                )
            )
        try:
            # Slack is asked first: a consent that could not be stored would stay behind at Dialpad.
            slack = await self._people.profile(kept.person)
            tokens = await self._oauth.exchange(code, kept.verifier)
            received = await build_oauth_connection(self._client, tokens, email=slack.email or "", now=self._now())
        except ChatopsError as refusal:
            log.warning("oauth sign-in failed", kind=type(refusal).__name__)
            raise ConnectRefused(
                say("Dialpad did not complete the sign-in. Type {typed} to try again.", typed=self.typed("connect"))
            ) from None
        try:
            asked = await self._attach(kept.person, slack, received)
        except UserError as refused:
            raise ConnectRefused(refused.text) from None
        return Connected(kept.person, slack, received.link.name, asked)

    async def refuse(self, state: str) -> None:
        """Use the state up after the person refused at Dialpad."""
        await self._states.take(state)

    async def connect_with_key(self, key: PersonKey, api_key: str) -> ConnectOutcome:
        """Check an API key at Dialpad and store it, or ask whose account it is first. Raises UserError."""
        slack = await self._people.profile(key)
        try:
            received = await build_key_connection(
                self._client, SecretStr(api_key.strip()), email=slack.email or "", now=self._now()
            )
        except TokenRefused:
            raise UserError(
                say("Dialpad did not accept this API key. Copy it again from Dialpad and paste the whole key.")
            ) from None
        asked = await self._attach(key, slack, received)
        if not asked and self._after_key is not None:
            await self._after_key(key)
        return ConnectOutcome(received.link.name, asked)

    async def _attach(self, person: PersonKey, slack: Profile, received: ReceivedConnection) -> str:
        """Store a connection that is the person's own, or ask whose it is. Returns who was asked, in words. Raises
        UserError when nobody can be asked; nothing is stored then."""
        link = received.link
        try:
            if await self._owners.is_theirs(person, slack, received):
                others = await self._owners.also_acting(person, received)
                await self._links.save(person, link)
                for one in others:
                    await self._tell(one, partial(_both, person, link.name))
                    await self._tell(person, partial(_both, one, link.name))
                return ""
            asked, are_owners = await self._owners.whom_to_ask(person, received)
        except UserError:
            await self._revoke(link)
            raise
        if not asked:
            await self._revoke(link)
            raise UserError(
                say(
                    "That is the Dialpad account of {name}, whose e-mail address is not yours in "
                    "Slack, and no admin of that company is connected here who could say that it is "
                    "right. Have your Slack address added to that Dialpad user, then connect again.",
                    name=shown_name(link.name),
                )
            )
        name = await self._requests.add(person, link, [one.user_id for one in asked], asks_admins=not are_owners)
        for one in asked:
            await self._tell(one, partial(_question, person, link.name, name, is_owner=are_owners))
        if not are_owners:
            return say("Dialpad admins of your company")
        return say(" and ").join([(await self._people.profile(one)).name for one in asked])

    async def decide(self, person: PersonKey, request: str, *, yes: bool) -> Reply:
        """Connect what waited for this person's word, or drop it. Returns what to say to them."""
        found = await self._take(person, request)
        if found is None:
            return Reply(say("This question was answered already, or is older than a day. Nothing was changed."))
        asker, link = Mention(found.person.user_id), found.link
        if link is None:
            await self._tell(found.person, partial(_lost, self.typed("connect")))
            text = sentence(
                "Not connected: what waited can no longer be read. {asker} was told to connect again.", asker=asker
            )
            return Reply(text, tone="warning")
        name = Bold(shown_name(link.name))
        if not yes:
            await self._revoke(link)
            await self._tell(found.person, partial(_refused, name, Mention(person.user_id), self.typed("connect")))
            key = say(" If they used an API key, delete that key in Dialpad.") if link.kind == "api_key" else ""
            change = say(" If you did not let them sign in, change your Dialpad password.") if not key else ""
            return Reply(
                sentence(
                    "Not connected: {asker} cannot act with that account.{key}{change}",
                    asker=asker,
                    key=key,
                    change=change,
                ),
                tone="done",
            )
        await self._links.save(found.person, link)
        await self._tell(found.person, partial(_agreed, name, Mention(person.user_id)))
        if self._after_key is not None:
            await self._after_key(found.person)
        return Reply(sentence("{asker} now acts in Dialpad as {name}.", asker=asker, name=name), tone="done")

    async def _tell(self, person: PersonKey, build: Callable[[], Reply]) -> None:
        """Tell somebody, who may not be whoever asks now, in their own language."""
        with speaking(await self._languages.of(person)):
            await self._send(person, build())

    async def _take(self, person: PersonKey, request: str) -> ConnectionRequest | None:
        """Use a request up. None when this person may not decide it: an admin who was asked may have left the company
        since."""
        asked = await self._requests.asked(request, person)
        if asked is None:
            return None
        mine = await self._links.get(person) if asked.as_admin else None
        if asked.as_admin and (mine is None or mine.company_of(person) != asked.company):
            return None
        return await self._requests.take(asked.company, request, person)

    async def _revoke(self, link: DialpadConnection) -> None:
        """Revoke the tokens of a sign-in that is not stored, unless their user is connected: Dialpad revokes all tokens
        of a user at once."""
        if self._oauth is None or link.kind != "oauth" or await self._connected_elsewhere(link):
            return
        try:
            await self._oauth.revoke(link.access_token)
        except DialpadError as failure:
            log.warning("a refused sign-in is not revoked", failure=type(failure).__name__)

    async def would_end(self, key: PersonKey) -> Ended:
        """Count what ``disconnect`` would take along."""
        return await self._disconnector.would_end(key)

    async def disconnect(self, key: PersonKey) -> Ended | None:
        """End the person's connection; what ended with it. None when there was none."""
        return await self._disconnector.disconnect(key)


def _lost(typed: str) -> Reply:
    text = say(
        "You were not connected to Dialpad, because the encryption key of your sign-in is missing. "
        "Type {typed} to connect again.",
        typed=typed,
    )
    return Reply(text, tone="warning")


def _refused(name: Part, by: Part, typed: str) -> Reply:
    text = sentence(
        "You were not connected to Dialpad as {name}: {who} said no. Type {typed} to connect your own account.",
        name=name,
        who=by,
        typed=typed,
    )
    return Reply(text, tone="warning")


def _agreed(name: Part, by: Part) -> Reply:
    text = sentence(
        "You are connected: what you do here happens in Dialpad as {name}. {who} agreed to it.", name=name, who=by
    )
    return Reply(text, tone="done")


_OF_OWNER: Final = mark(
    "{who} signed in to the Dialpad account of {name}, which has your e-mail address, and would act with it from "
    "Slack. Is that right? Until somebody says so nothing is connected."
)
_OF_ADMINS: Final = mark(
    "{who} signed in to the Dialpad account of {name}, which has another e-mail address than they have here, and "
    "would act with it from Slack. Is that right? Until somebody says so nothing is connected."
)


def _question(asker: PersonKey, dialpad_name: str, request: str, *, is_owner: bool) -> Reply:
    name = Bold(shown_name(dialpad_name))
    yes, no = (mark("Yes, that is me"), mark("Not me")) if is_owner else (mark("Allow"), mark("Do not allow"))
    return Reply(
        sentence(_OF_OWNER if is_owner else _OF_ADMINS, who=Mention(asker.user_id), name=name),
        (
            Button(no, "connect.refuse", {"request": request}, "primary"),
            Button(yes, "connect.agree", {"request": request}),
        ),
        tone="warning",
    )


def _both(other: PersonKey, dialpad_name: str) -> Reply:
    name = Bold(shown_name(dialpad_name))
    return Reply(
        sentence(
            "You and {who} both act in Dialpad as {name}. If that is wrong, disconnect.",
            who=Mention(other.user_id),
            name=name,
        ),
        (Button("Disconnect", "disconnect.disconnect"),),
        tone="warning",
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
