"""What handlers need of subscriptions and cards, in their own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.activity.cover import Cover
from bot.activity.news import NewsKind
from bot.activity.registers import Register
from bot.activity.roster import Roster
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey


@dataclass(frozen=True)
class UserGroup:
    """A Slack user group. ``handle`` is what people type after the @."""

    id: str
    handle: str
    name: str


class PostedCard(Protocol):
    """One call, conversation or text as it is known. ``claimed_by`` and ``handled_by`` are Slack ids."""

    @property
    def id(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def state(self) -> Mapping[str, Register]: ...

    @property
    def claimed_by(self) -> str | None: ...

    @property
    def claimed_at(self) -> datetime | None: ...

    @property
    def handled_by(self) -> str | None: ...

    @property
    def handled_at(self) -> datetime | None: ...


class Notifications(Protocol):
    """Subscriptions, the cards they posted, and the last known rosters."""

    async def subscriptions_here(self, person: PersonKey, channel: str) -> list[Subscription]: ...

    async def subscription(self, person: PersonKey, name: str) -> Subscription | None:
        """One of the person's workspace, None when it is gone."""
        ...

    def new_subscription_id(self) -> str: ...

    async def save_subscription(self, subscription: Subscription) -> str:
        """Keeps it and sees to it that Dialpad sends what it needs. Returns what is in the way, "" for nothing."""
        ...

    async def switch_event(self, subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription | None:
        """Turns one event of a subscription on or off and leaves its others alone. None when it is gone."""
        ...

    async def remove_subscription(self, subscription: Subscription) -> None:
        """What it holds back is not posted."""
        ...

    async def post_test(self, subscription: Subscription) -> None:
        """Posts a card that is plainly made up, the way real ones go, and digests of the time so far."""
        ...

    async def card(self, person: PersonKey, name: str) -> PostedCard | None: ...

    async def conversation_at(self, person: PersonKey, channel: str, thread_ts: str) -> PostedCard | None:
        """The text conversation whose thread this is."""
        ...

    async def ask_cover(self, person: PersonKey, channel: str, cover: Cover) -> str:
        """Posts it where colleagues see it; the card's id. Asking for the same twice is asking once."""
        ...

    async def claim(self, card: PostedCard, person: PersonKey) -> PostedCard | None:
        """How it stands afterwards: claimed by this person exactly when nobody was faster."""
        ...

    async def release(self, card: PostedCard, person: PersonKey) -> PostedCard | None: ...

    async def handle(self, card: PostedCard, person: PersonKey) -> PostedCard | None: ...

    async def may_post(self, person: PersonKey, channel: str) -> bool:
        """False when the app is surely not a member of a channel."""
        ...

    async def user_groups(self, person: PersonKey) -> Sequence[UserGroup]:
        """Slack's, of the person's workspace; none when Slack does not say."""
        ...

    async def rosters(self, person: PersonKey, company: str) -> Sequence[Roster]:
        """The last known copy of every call center of this company, by name."""
        ...

    async def note_roster(self, person: PersonKey, company: str, roster: Roster) -> None:
        """Dialpad has just said so; kept for when it does not answer."""
        ...
