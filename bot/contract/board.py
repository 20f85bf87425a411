"""What handlers need of subscriptions, cards and rosters, as protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.activity.calls import CallDeedKind, CallView
from bot.activity.cover import Cover
from bot.activity.histories import Dealing, Deed
from bot.activity.items import Item
from bot.activity.news import NewsKind
from bot.activity.registers import Register
from bot.activity.roster import Roster
from bot.activity.settling import SettlingLabels
from bot.activity.subscriptions.forecast import Forecasts
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.texts import TextView
from bot.basics.company import CompanyKey
from bot.basics.opening_hours import AnswerTimes
from bot.basics.person import PersonKey


@dataclass(frozen=True)
class UserGroup:
    """A Slack user group. ``handle`` is what people type after the @."""

    id: str
    handle: str
    name: str


@dataclass(frozen=True)
class GroupKept:
    """What became of a user group's members. ``refused``: Slack ids of people whom Slack takes into no user group, such
    as somebody whose account there has ended. True when the members were changed."""

    changed: bool = False
    refused: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.changed


@dataclass(frozen=True)
class Acted:
    """Open work as it is afterwards, None when there is none, and whether what was asked for was ``done``: somebody may
    have been faster."""

    item: Item | None
    done: bool = False


@dataclass(frozen=True)
class OpenWork:
    """One item, and the newest card that is about it, "" when there is none."""

    item: Item
    card: str
    times: AnswerTimes | None = None
    """Until when it is to be answered, None for no such time."""


def open_work(item: Item, times: AnswerTimes | None = None) -> OpenWork:
    return OpenWork(item, item.cards[-1] if item.cards else "", times)


@dataclass(frozen=True)
class Dealings:
    """What there has been with one number lately, for whoever is about to answer. ``items``: the newest of each line.
    ``said``: the last texts and calls to them, the newest last, with the words of texts as far as they are known."""

    number: str
    items: tuple[Item, ...] = ()
    said: tuple[Dealing, ...] = ()


@dataclass(frozen=True)
class CallSearch:
    """Which of the calls are looked for that the bot has heard of: the newest that fit and began in this time, at most
    so many; with ``number`` those with that customer alone."""

    fits: Callable[[CallView], bool]
    since: datetime
    most: int
    before: datetime | None = None
    number: str = ""


@dataclass(frozen=True)
class HeardCalls:
    """Calls that the bot has heard of, the newest first. ``since``: from when on it listens, None when it listens to no
    calls. ``more``: whether there may be older ones."""

    calls: tuple[CallView, ...] = ()
    since: datetime | None = None
    more: bool = False
    cards: Mapping[str, str] = field(default_factory=dict)
    """The card of each call, by ``CallView.call_id``."""


class SubscriptionChanged(Exception):
    """A subscription is not any more what it was when somebody was shown what they save. ``now``: what it is."""

    def __init__(self, now: Subscription | None) -> None:
        super().__init__("changed meanwhile")
        self.now = now


class SubscriptionExists(Exception):
    """The place has a subscription that does the same."""

    def __init__(self, same: Subscription) -> None:
        super().__init__("there already")
        self.same = same


class PostedCard(Protocol):
    """A posted card with the state of its call, text conversation or request for cover. ``claimed_by`` and
    ``handled_by`` are the Slack ids of whoever covers and of whoever withdrew a request for cover; what calls and texts
    ask for is their ``Item``."""

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

    async def subscriptions_here(self, person: PersonKey, channel: str) -> list[Subscription]:
        """Return the subscriptions of the person's company that post to one place. Somebody who is not connected sees
        all of them."""
        ...

    async def others_here(self, person: PersonKey, channel: str) -> int:
        """Count the subscriptions of other companies that post to one place."""
        ...

    async def subscription(self, person: PersonKey, name: str) -> Subscription | None:
        """Return a subscription of the person's company or of their own, None when it is gone. Raises OtherCompany for
        another company's. Somebody who is not connected gets any: they see what the channel sees."""
        ...

    def new_subscription_id(self) -> str: ...

    async def save_subscription(self, subscription: Subscription, by: PersonKey) -> str:
        """Store a subscription and set up the hooks at Dialpad that it needs. Returns what is in the way, "" for
        nothing. What it shows or does more than before, it does with the rights of ``by``; an owner who is somebody
        else is told, and so is the channel."""
        ...

    async def save_previewed(self, subscription: Subscription, by: PersonKey, before: Subscription | None) -> str:
        """Do as ``save_subscription``, but only while the stored subscription still is ``before`` (None for a new one)
        and nothing else in its place does the same. Raises SubscriptionChanged and SubscriptionExists."""
        ...

    async def forecast(self, subscription: Subscription, before: Subscription | None) -> Forecasts:
        """Count what a subscription would have posted yesterday and today, and as it was ``before``."""
        ...

    async def undo_change(self, person: PersonKey, change: str) -> Subscription:
        """Undo what somebody else changed in a subscription of this person's. Raises UserError when that cannot be done
        any more."""
        ...

    async def switch_event(self, subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription | None:
        """Turn one event of a subscription on or off and leave its others alone. None when it is gone."""
        ...

    async def remove_subscription(self, subscription: Subscription, by: PersonKey) -> None:
        """Delete a subscription. What still waits to be posted for it is dropped; an owner who is somebody else than
        ``by`` is told."""
        ...

    async def post_test(self, subscription: Subscription) -> None:
        """Post a made-up card, marked as one, the way real ones are posted, and digests of the time so far."""
        ...

    async def card(self, person: PersonKey, name: str) -> PostedCard | None:
        """Return a card of the person's company, None when it is gone. Raises OtherCompany and NotConnected for any
        other card."""
        ...

    async def check_press(self, person: PersonKey, channel: str, ts: str, *, name: str = "") -> None:
        """Check that the message at that place is no other company's. ``name``: ours of the message, by which it is
        known before it is noted where it is. Raises OtherCompany."""
        ...

    async def card_at(self, person: PersonKey, channel: str, thread_ts: str) -> PostedCard | None:
        """Find the call or text conversation that a thread belongs to. Raises OtherCompany."""
        ...

    async def ask_cover(self, person: PersonKey, channel: str, cover: Cover) -> str:
        """Post a request for cover in a channel; the card's id. A repeated request posts nothing new."""
        ...

    async def covering(self, person: PersonKey) -> Sequence[Cover]:
        """Return the requests for cover that this person has taken over and that have not ended."""
        ...

    async def take(self, card: PostedCard, person: PersonKey) -> PostedCard | None:
        """Take a request for cover; its state afterwards, claimed by this person exactly when nobody was faster."""
        ...

    async def give_back(self, card: PostedCard, person: PersonKey) -> PostedCard | None:
        """Undo ``take``."""
        ...

    async def withdraw(self, card: PostedCard, person: PersonKey) -> PostedCard | None:
        """Mark a request for cover as not needed any more."""
        ...

    async def see_board(self, card: PostedCard, person: PersonKey, note: str) -> None:
        """Note on a board that somebody has seen what is wrong."""
        ...

    async def acknowledge_alert(self, card: PostedCard, person: PersonKey, note: str) -> bool:
        """Note on an alert that somebody is at it. False when it is over."""
        ...

    async def snooze_alert(self, card: PostedCard, person: PersonKey, until: datetime) -> bool:
        """Let nobody be told of an alert again before that moment. False when it is over."""
        ...

    async def changing_duty(self, person: PersonKey, agent: str) -> None:
        """Note that this person is about to change an agent's duty, by their id at Dialpad."""
        ...

    async def tell_of_duty(self, person: PersonKey, agent: str, name: str, *, on_duty: bool, reason: str = "") -> None:
        """Tell an agent, by their id at Dialpad, that this person, called ``name``, changed their duty. Nobody is told
        who is not connected here, or who did it themselves."""
        ...

    async def post_boards_anew(self, subscription: Subscription) -> None:
        """Post a subscription's boards as new messages; those that were there say that they are kept up no more."""
        ...

    async def item(self, card: PostedCard) -> Item | None:
        """Return the open work that a call or conversation is about; None when nothing of it ever waited."""
        ...

    async def act(
        self,
        card: PostedCard,
        person: PersonKey,
        deed: Deed,
        *,
        over: bool = False,
        to: str = "",
        until: datetime | None = None,
        words: str = "",
    ) -> Acted:
        """Do something about a card's open work if this person may, as it stands at that moment. ``over``: they
        may take it from its owner. ``to``: a Slack id: who is asked, or from whom it is taken over."""
        ...

    async def note_assigned(self, card: PostedCard, person: PersonKey, operators: Mapping[str, str]) -> None:
        """Note on a waiting call's card for whom it is now, names by their ids at Dialpad, as this person decided; none
        for all operators."""
        ...

    async def note_on_call(self, person: PersonKey, call_id: str, what: CallDeedKind, words: str = "") -> None:
        """Note on a call what this person did about it from here, by the id of any of its legs. A call that the bot has
        not heard of is left alone."""
        ...

    async def is_gone(self, person: PersonKey) -> bool:
        """Tell whether somebody is not connected to Dialpad any more, and so can take care of nothing."""
        ...

    async def did(self, person: PersonKey, number: str, deed: Deed, *, to: str = "", words: str = "") -> None:
        """Note what this person did about a customer, wherever they did it: called, texted, blocked."""
        ...

    async def dealings(self, person: PersonKey, numbers: Sequence[str]) -> Sequence[Dealings]:
        """Return what the person's company has had to do lately with those of the numbers of which something is
        known."""
        ...

    async def answering(self, person: PersonKey, numbers: Sequence[str], *, is_call: bool = False) -> None:
        """Note that this person is answering for the next minutes: cards say so."""
        ...

    async def stopped_answering(self, person: PersonKey, numbers: Sequence[str]) -> None:
        """Note that this person is not answering any more."""
        ...

    async def begin(
        self,
        person: PersonKey,
        numbers: Sequence[str],
        seen: Sequence[str],
        token: str,
        *,
        text: str | None,
        line: str = "",
    ) -> bool:
        """Note that a text is about to leave, or with None a call. False, and nothing is noted, when something was said
        that is not among ``seen``, by its mark. ``token`` names it until ``end``. ``line``: the place whose open work
        it is about, "" where that is not known."""
        ...

    async def end(
        self,
        person: PersonKey,
        numbers: Sequence[str],
        token: str,
        *,
        sent: str | None,
        text: str | None,
        line: str = "",
    ) -> None:
        """Note what became of that which was about to leave: Dialpad's id of it, None when it did not leave."""
        ...

    async def heard_calls(self, person: PersonKey, search: CallSearch) -> HeardCalls:
        """Find the newest calls. What came through somebody's own connection is found for them alone; whose calls
        ``person`` may see, ``search.fits`` decides."""
        ...

    async def heard_call(self, person: PersonKey, call_id: str) -> CallView | None:
        """Find one call by the id of any of its legs, as ``heard_calls``."""
        ...

    async def opt_outs(self, person: PersonKey, numbers: Sequence[str]) -> Mapping[str, bool]:
        """Return for each number that has told any line of the person's company that it wants no more texts, or wants
        them again, whether it has opted out."""
        ...

    async def note_opt_out(self, person: PersonKey, number: str) -> None:
        """Note that Dialpad sends no more texts to a number."""
        ...

    async def settling_labels(self, person: PersonKey) -> SettlingLabels:
        """Return which labels settle a call at the person's company."""
        ...

    async def choose_settling_labels(self, person: PersonKey, labels: Sequence[str]) -> SettlingLabels:
        """Let these labels settle a call from now on, and tell the channels where calls are posted. Raises
        NotConnected."""
        ...

    async def open_work(self, person: PersonKey) -> Sequence[OpenWork]:
        """Return all open work of the person's company, the longest-waiting first. Whoever shows it asks Dialpad which
        lines the person belongs to."""
        ...

    async def last_texts(self, conversation: PostedCard) -> Sequence[TextView]:
        """Return the last texts of a conversation, oldest first."""
        ...

    async def may_post(self, person: PersonKey, channel: str) -> bool:
        """Tell whether the app may post in a channel; False only when it is known not to be a member."""
        ...

    async def user_groups(self, person: PersonKey) -> Sequence[UserGroup]:
        """Return the user groups of the person's workspace; none when Slack does not say."""
        ...

    async def rosters(self, company: CompanyKey) -> Sequence[Roster]:
        """Return the last known roster of every call center of this company, sorted by name."""
        ...

    async def roster_problem(self, subscription: Subscription) -> str:
        """Return what is in the way of showing the rosters that a subscription follows, as a code of
        ``bot.cards.roster``; "" for nothing."""
        ...

    async def note_roster(self, company: CompanyKey, roster: Roster) -> None:
        """Store a roster that Dialpad has just sent, for when it does not answer."""
        ...
