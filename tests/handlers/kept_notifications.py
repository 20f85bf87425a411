"""Subscriptions and cards in dictionaries: a board that posts nothing and remembers what it was asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from bot.activity.call_registers import fold
from bot.activity.calls import CallDeedKind, CallView, view_call
from bot.activity.cover import Cover, read_cover, view_cover
from bot.activity.histories import Act, Deed, History, Told, call_told, last_said
from bot.activity.items import Item, item_with, items_of, may
from bot.activity.news import NewsKind
from bot.activity.registers import State
from bot.activity.roster import Roster
from bot.activity.settling import SettlingLabels
from bot.activity.subscriptions.changes import with_actors
from bot.activity.subscriptions.forecast import Forecasts
from bot.activity.subscriptions.overlap import find_same
from bot.activity.subscriptions.subscription import Subscription, switched
from bot.activity.texts import TextView
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.board import (
    Acted,
    CallSearch,
    Dealings,
    HeardCalls,
    OpenWork,
    PostedCard,
    SubscriptionChanged,
    SubscriptionExists,
    UserGroup,
)
from bot.dialpad.events import CallEvent

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class KeptCard:
    """One card, as the store would hand it out."""

    id: str
    kind: str
    state: State
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    handled_by: str | None = None
    handled_at: datetime | None = None


@dataclass
class RememberedBoard:
    """``strange``: channels the app is not in. ``refusal`` is what stands in the way of events; ``tested`` the
    subscriptions that were tried out; ``acts`` are what people did, by the card or the customer's number; ``gone``:
    Slack ids of those who are not connected any more."""

    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    cards: dict[str, KeptCard] = field(default_factory=dict)
    tested: list[str] = field(default_factory=list)
    refusal: str = ""
    ids_given: int = 0
    strange: set[str] = field(default_factory=set)
    changed: list[tuple[Subscription, Subscription | None, PersonKey]] = field(default_factory=list)
    forecasts: Forecasts = field(default_factory=Forecasts)
    known: dict[tuple[CompanyKey, str], Roster] = field(default_factory=dict)
    acts: list[tuple[str, Act]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    opted_out: dict[str, bool] = field(default_factory=dict)
    listens_since: datetime | None = None
    settling: SettlingLabels = field(default_factory=SettlingLabels)
    seen: list[tuple[str, str]] = field(default_factory=list)
    snoozed: list[tuple[str, datetime]] = field(default_factory=list)
    duty_changes: list[str] = field(default_factory=list)
    told_of_duty: list[tuple[str, str, bool, str]] = field(default_factory=list)
    posted_anew: list[str] = field(default_factory=list)
    noted: list[tuple[str, CallDeedKind, str]] = field(default_factory=list)

    def put_call(self, name: str, events: list[CallEvent]) -> None:
        self.cards[name] = KeptCard(name, "call", reduce(fold, events, State()))

    async def see_board(self, card: PostedCard, person: PersonKey, note: str) -> None:
        self.seen.append((card.id, note))

    async def acknowledge_alert(self, card: PostedCard, person: PersonKey, note: str) -> bool:
        self.seen.append((card.id, note))
        return True

    async def snooze_alert(self, card: PostedCard, person: PersonKey, until: datetime) -> bool:
        self.snoozed.append((card.id, until))
        return True

    async def changing_duty(self, person: PersonKey, agent: str) -> None:
        self.duty_changes.append(agent)

    async def post_boards_anew(self, subscription: Subscription) -> None:
        self.posted_anew.append(subscription.id)

    async def heard_calls(self, person: PersonKey, search: CallSearch) -> HeardCalls:
        views = [view_call(card.state) for card in self.cards.values() if card.kind == "call"]
        found = [one for one in views if search.fits(one) and search.number in {"", one.number}]
        return HeardCalls(tuple(found[: search.most]), self.listens_since)

    async def heard_call(self, person: PersonKey, call_id: str) -> CallView | None:
        views = [view_call(card.state) for card in self.cards.values() if card.kind == "call"]
        return next((one for one in views if call_id in one.legs), None)

    async def subscriptions_here(self, person: PersonKey, channel: str) -> list[Subscription]:
        return [one for one in self.subscriptions.values() if one.channel == channel]

    async def others_here(self, person: PersonKey, channel: str) -> int:
        return 0

    async def subscription(self, person: PersonKey, name: str) -> Subscription | None:
        return self.subscriptions.get(name)

    def new_subscription_id(self) -> str:
        self.ids_given += 1
        return f"w{self.ids_given}"

    async def save_subscription(self, subscription: Subscription, by: PersonKey) -> str:
        before = self.subscriptions.get(subscription.id)
        after = with_actors(before, subscription, by.user_id) if before else subscription
        if before is not None and by != before.owner:
            self.changed.append((before, after, by))
        self.subscriptions[subscription.id] = after
        return self.refusal

    async def save_previewed(self, subscription: Subscription, by: PersonKey, before: Subscription | None) -> str:
        now = self.subscriptions.get(subscription.id)
        if now != before:
            raise SubscriptionChanged(now)
        if same := find_same(subscription, self.subscriptions.values()):
            raise SubscriptionExists(same)
        return await self.save_subscription(subscription, by)

    async def forecast(self, subscription: Subscription, before: Subscription | None) -> Forecasts:
        return self.forecasts

    async def undo_change(self, person: PersonKey, change: str) -> Subscription:
        before, _, _ = self.changed[int(change)]
        self.subscriptions[before.id] = before
        return before

    async def switch_event(self, subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription | None:
        found = self.subscriptions.get(subscription.id)
        if found is not None:
            self.subscriptions[subscription.id] = found = switched(found, kind, on=on)
        return found

    async def remove_subscription(self, subscription: Subscription, by: PersonKey) -> None:
        if by != subscription.owner:
            self.changed.append((subscription, None, by))
        self.subscriptions.pop(subscription.id, None)

    async def post_test(self, subscription: Subscription) -> None:
        self.tested.append(subscription.id)

    async def card(self, person: PersonKey, name: str) -> KeptCard | None:
        return self.cards.get(name)

    async def check_press(self, person: PersonKey, channel: str, ts: str, *, name: str = "") -> None:
        """Every card is of the one company there is."""

    async def card_at(self, person: PersonKey, channel: str, thread_ts: str) -> KeptCard | None:
        return None

    async def ask_cover(self, person: PersonKey, channel: str, cover: Cover) -> str:
        name = f"cover{len(self.cards) + 1}"
        self.cards[name] = KeptCard(name, "cover", read_cover(cover))
        return name

    async def covering(self, person: PersonKey) -> list[Cover]:
        taken = [one for one in self.cards.values() if one.kind == "cover" and one.claimed_by == person.user_id]
        return [cover for one in taken if (cover := view_cover(one.state)).until >= NOON]

    async def take(self, card: PostedCard, person: PersonKey) -> KeptCard | None:
        kept = self.cards.get(card.id)
        if kept and not kept.claimed_by and not kept.handled_by:
            kept = self.cards[card.id] = replace(kept, claimed_by=person.user_id, claimed_at=NOON)
        return kept

    async def give_back(self, card: PostedCard, person: PersonKey) -> KeptCard | None:
        kept = self.cards.get(card.id)
        if kept and kept.claimed_by == person.user_id:
            kept = self.cards[card.id] = replace(kept, claimed_by=None, claimed_at=None)
        return kept

    async def withdraw(self, card: PostedCard, person: PersonKey) -> KeptCard | None:
        kept = self.cards.get(card.id)
        if kept and not kept.handled_by:
            kept = self.cards[card.id] = replace(kept, handled_by=person.user_id, handled_at=NOON)
        return kept

    async def item(self, card: PostedCard) -> Item | None:
        told = call_told(card.id, view_call(card.state)) if card.kind == "call" else Told("")
        history = History(told.customer) if told.call is None else History(told.customer).with_call(told.call)
        mine = [act for number, act in self.acts if number in {card.id, told.customer}]
        return item_with(items_of(reduce(History.with_act, mine, history)), card.id)

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
        before = await self.item(card)
        if before is None or not may(before, deed, person.user_id, over=over, to=to):
            return Acted(before)
        at = NOON + timedelta(seconds=len(self.acts))
        self.acts.append((card.id, Act(at, person.user_id, deed, before.line, to, until, words)))
        return Acted(await self.item(card), done=True)

    async def tell_of_duty(self, person: PersonKey, agent: str, name: str, *, on_duty: bool, reason: str = "") -> None:
        self.told_of_duty.append((agent, name, on_duty, reason))

    async def is_gone(self, person: PersonKey) -> bool:
        return person.user_id in self.gone

    async def note_assigned(self, card: PostedCard, person: PersonKey, operators: Mapping[str, str]) -> None:
        raise NotImplementedError("the flows do that")

    async def note_on_call(self, person: PersonKey, call_id: str, what: CallDeedKind, words: str = "") -> None:
        self.noted.append((call_id, what, words))

    async def did(self, person: PersonKey, number: str, deed: Deed, *, to: str = "", words: str = "") -> None:
        at = NOON + timedelta(seconds=len(self.acts))
        self.acts.append((number, Act(at, person.user_id, deed, "", to, None, words)))

    async def dealings(self, person: PersonKey, numbers: Sequence[str]) -> list[Dealings]:
        return [Dealings(one, said=last_said(self._history(one))) for one in numbers if one in self.known_numbers]

    def _history(self, number: str) -> History:
        mine = [act for name, act in self.acts if name == number]
        return reduce(History.with_act, mine, History(number))

    @property
    def known_numbers(self) -> set[str]:
        return {number for number, _ in self.acts}

    async def answering(self, person: PersonKey, numbers: Sequence[str], *, is_call: bool = False) -> None:
        """Nobody else is there to see it."""

    async def stopped_answering(self, person: PersonKey, numbers: Sequence[str]) -> None:
        """Nobody else is there to see it."""

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
        return all(said.mark in seen for one in numbers for said in last_said(self._history(one)))

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
        for number in numbers if sent is not None else ():
            at = NOON + timedelta(seconds=len(self.acts))
            deed: Deed = "called" if text is None else "texted"
            self.acts.append((number, Act(at, person.user_id, deed, to=sent or "", words=text or "")))

    async def opt_outs(self, person: PersonKey, numbers: Sequence[str]) -> dict[str, bool]:
        return {one: self.opted_out[one] for one in numbers if one in self.opted_out}

    async def note_opt_out(self, person: PersonKey, number: str) -> None:
        self.opted_out[number] = True

    async def settling_labels(self, person: PersonKey) -> SettlingLabels:
        return self.settling

    async def choose_settling_labels(self, person: PersonKey, labels: Sequence[str]) -> SettlingLabels:
        self.settling = self.settling.chosen(labels, person.user_id, NOON)
        return self.settling

    async def open_work(self, person: PersonKey) -> list[OpenWork]:
        found = [(await self.item(card), name) for name, card in self.cards.items()]
        return [OpenWork(item, name) for item, name in found if item is not None and not item.is_settled]

    async def last_texts(self, conversation: PostedCard) -> list[TextView]:
        return []

    async def may_post(self, person: PersonKey, channel: str) -> bool:
        return channel not in self.strange

    async def user_groups(self, person: PersonKey) -> list[UserGroup]:
        return [UserGroup("S0ONCALL1", "support-oncall", "Support on duty")]

    async def rosters(self, company: CompanyKey) -> list[Roster]:
        return [roster for (owner, _), roster in self.known.items() if owner == company]

    async def roster_problem(self, subscription: Subscription) -> str:
        return ""

    async def note_roster(self, company: CompanyKey, roster: Roster) -> None:
        self.known[company, roster.call_center] = roster
