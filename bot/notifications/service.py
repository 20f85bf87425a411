"""Subscriptions and cards for handlers: reads and changes them in the store, with what has to follow."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.activity.call_registers import names_of, read_call
from bot.activity.calls import ASSIGNED, ASSIGNED_BY, CallDeedKind, CallView, call_deed, view_call
from bot.activity.cover import LONGEST_COVER, Cover, read_cover, view_cover
from bot.activity.histories import Act, Deed, last_said
from bot.activity.items import Item, may
from bot.activity.news import DIGESTS, NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Roster
from bot.activity.settling import SettlingLabels
from bot.activity.subscriptions.changes import is_brought_back, shows_more, with_actors
from bot.activity.subscriptions.forecast import Forecasts
from bot.activity.subscriptions.overlap import find_same
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.activity.taken_off import changed_here
from bot.activity.texts import TextView
from bot.basics.company import CompanyKey, own_company
from bot.basics.errors import ChatopsError, FieldError, NotConnected, OtherCompany, UserError
from bot.basics.language import ENGLISH, mark, say, speaking
from bot.basics.person import PersonKey
from bot.cards.notice import SETTLING
from bot.cards.subscription import CHANGED, ended_with_owner
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
from bot.dialpad.event_kinds import EVENT_KINDS
from bot.dialpad.events import CallEvent, parse_event
from bot.notifications.alerts import acknowledge, snooze, watch_alerts
from bot.notifications.announcements import announce
from bot.notifications.boards import end_boards, note_seen, show_boards
from bot.notifications.call_log import CallLog
from bot.notifications.digests import Digests
from bot.notifications.escalation import REMINDED, handle_within
from bot.notifications.forecasting import forecast
from bot.notifications.personal_notices import PUT_OFF_DUTY, PUT_ON_DUTY, tell_person
from bot.notifications.telling import last_texts, texts_by_id, told_of
from bot.notifications.work_times import works_of
from bot.slack.api.channel_messages import ChannelMessages
from bot.slack.api.duty_marks import DutyMarks
from bot.store.absorbing import CardPart
from bot.store.card_rows import StoredCard
from bot.store.database import Transaction
from bot.store.histories import Customer
from bot.store.opt_outs import OptOutWord
from bot.store.postings import ROUND, NewPosting, Posting, ask_at, of_cards
from bot.store.store import Store
from bot.store.subscription_changes import SubscriptionChange
from bot.store.subscriptions import AlsoSave, SaveCheck, nothing_more


class Setup(Protocol):
    """What Dialpad sends now. ``refused``: words of the kinds of events that the person may not subscribe to, with the
    scopes that their connection lacks for it."""

    @property
    def refused(self) -> Mapping[str, tuple[str, ...]]: ...


Ensure = Callable[[PersonKey], Awaitable[Setup]]
"""Makes sure that Dialpad sends events to us with this person's connection. Raises ChatopsError."""
HearChannels = Callable[[PersonKey], Awaitable[PersonKey]]
"""Makes sure that it also sends messages in channels; returns with whose connection. Raises ChatopsError."""
LeaveChannels = Callable[[CompanyKey], Awaitable[None]]
"""Makes Dialpad send no messages in channels any more. Raises ChatopsError."""

_ADMINS_ONLY: Final = frozenset(one.word for one in EVENT_KINDS if not one.personal)
"""Kinds of events that nobody can subscribe to for their own line alone."""

_CHANGES_WHO_IS_ASKED: Final = frozenset(
    {"claimed", "taken over", "accepted", "released", "done", "snoozed", "waits", "woken", "reopened"}
)
ANSWERS_FOR: Final = timedelta(minutes=5)
"""So long somebody who opened a form or a preview counts as answering."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = structlog.get_logger(__name__)


class NotificationService:
    """``bot.contract.board.Notifications`` on the store. ``wake`` is called when something is due to be posted."""

    def __init__(
        self,
        store: Store,
        channel_messages: ChannelMessages,
        marks: DutyMarks,
        wake: Callable[[], None],
        ensure: Ensure | None = None,
        digests: Digests | None = None,
        hear_channels: HearChannels | None = None,
        leave_channels: LeaveChannels | None = None,
        *,
        channel_language: str = ENGLISH,
    ) -> None:
        """``channel_language``: what is told to channels is in it, whoever did it."""
        self._channel_language = channel_language
        self._hear_channels = hear_channels
        self._leave_channels = leave_channels
        self._store = store
        self._channel_messages = channel_messages
        self._marks = marks
        self._wake = wake
        self._ensure = ensure
        self._digests = digests or Digests(store)

    async def subscriptions_here(self, person: PersonKey, channel: str) -> list[Subscription]:
        company = await self._store.connections.company(person)
        if company is None:
            return await self._store.subscriptions.in_channel(person.team_id, channel)
        found = [await self._store.subscriptions.here(one, channel) for one in _theirs(person, company)]
        return [subscription for some in found for subscription in some]

    async def others_here(self, person: PersonKey, channel: str) -> int:
        here = await self._store.subscriptions.in_channel(person.team_id, channel)
        return len(here) - len(await self.subscriptions_here(person, channel))

    async def subscription(self, person: PersonKey, name: str) -> Subscription | None:
        company = await self._store.connections.company(person)
        found = None if company is None else await self._store.subscriptions.get(company, name)
        if found is None:
            found = next((one for one in await self._store.subscriptions.owned(person) if one.id == name), None)
        if found is not None:
            return found
        whose = await self._store.subscriptions.whose(name)
        if whose is None or whose.team_id != person.team_id:
            return None
        if company is not None:
            raise OtherCompany(say("That subscription"))
        return await self._store.subscriptions.get(whose, name)

    def new_subscription_id(self) -> str:
        return self._store.subscriptions.new_id()

    async def save_subscription(self, subscription: Subscription, by: PersonKey) -> str:
        return await self._save_as(subscription, by, None)

    async def save_previewed(self, subscription: Subscription, by: PersonKey, before: Subscription | None) -> str:
        def check(now: Subscription | None, others: Sequence[Subscription]) -> None:
            if _settings(now) != _settings(before):
                raise SubscriptionChanged(now)
            if same := find_same(subscription, others):
                raise SubscriptionExists(same)

        return await self._save_as(subscription, by, check)

    async def forecast(self, subscription: Subscription, before: Subscription | None) -> Forecasts:
        return await forecast(self._store, await self._of_its_company(subscription), before)

    async def _save_as(self, subscription: Subscription, by: PersonKey, check: SaveCheck | None) -> str:
        subscription = await self._of_its_company(subscription)
        await self._check_marks(subscription)
        before = await self._store.subscriptions.get(subscription.company, subscription.id)
        if before is not None:
            subscription = with_actors(before, subscription, by.user_id)
        return await self._save(before, subscription, by, check)

    async def _save(
        self, before: Subscription | None, subscription: Subscription, by: PersonKey, check: SaveCheck | None = None
    ) -> str:
        also = await self._announcement(before, subscription, by)
        await self._store.subscriptions.save(subscription, check=check, also=also)
        if before is not None and replace(before, problem=subscription.problem) != subscription:
            await self._tell_owner(before, subscription, by)
        if not subscription.paused:
            await self._store.rosters.follow(subscription.company, subscription.call_centers)
        await show_boards(self._store, subscription)
        await watch_alerts(self._store, subscription)
        await self._look_again(subscription)
        if before is not None and before.policy.answer != subscription.policy.answer:
            await self._store.postings.time_anew(subscription.company, subscription.id)
        if before is not None and before.topic and (subscription.paused or not subscription.topic):
            await self._clear_topic(before)
        await self._channels_left(before, subscription)
        if self._ensure is None or subscription.paused:
            return ""
        if before is not None and by != subscription.owner and not _needs_more(before, subscription, by):
            return ""  # nothing that was not received already
        try:
            setup = await self._ensure(by)
        except ChatopsError as problem:
            _log.warning("events could not be set up", error=type(problem).__name__)
            return str(problem) or say("Dialpad did not take the subscription. I'll keep trying.")
        return await self._channels_of(subscription, by) or self._without(subscription, setup)

    def _without(self, subscription: Subscription, setup: Setup) -> str:
        """Say what Dialpad does not send of what was chosen, "" when it sends all of it."""
        needed = {kind: kind.row.subscription for kind in subscription.kinds}
        refused = {kind: word for kind, word in needed.items() if word in _ADMINS_ONLY and word in setup.refused}
        if not refused:
            return ""
        said = say(" and ").join(sorted(say(kind.row.words) for kind in refused))
        scopes = sorted({scope for word in refused.values() for scope in setup.refused[word]})
        if not scopes:
            return say("Saved, but Dialpad sends {said} only to company admins. Ask one to type this too.", said=said)
        return say(
            "Saved, but Dialpad sends {said} only to company admins who connected with the scope "
            "{scopes}. Whoever runs this app can add it to DIALPAD_SCOPES; then an admin connects again "
            "and types this.",
            said=said,
            scopes=say(" and ").join(scopes),
        )

    async def _channels_of(self, subscription: Subscription, person: PersonKey) -> str:
        """Receive messages of Dialpad channels with this person's connection, where they were chosen; return why not,
        "" when all is well."""
        if self._hear_channels is None or NewsKind.CHANNEL not in subscription.kinds:
            return ""
        try:
            owner = await self._hear_channels(person)
        except ChatopsError as problem:
            _log.warning("channels could not be set up", error=type(problem).__name__)
            return str(problem) or say("Dialpad did not take the subscription to its channels. I'll keep trying.")
        if owner == person:
            return ""
        return say(
            "Saved, but messages in Dialpad channels come with a colleague's Dialpad account, who set "
            "notifications up first; only they can have them posted."
        )

    async def _channels_left(self, before: Subscription | None, after: Subscription | None) -> None:
        """Receive no messages of Dialpad channels any more once nobody wants them."""
        if self._leave_channels is None or before is None or not _wants_channels(before):
            return
        if after is not None and _wants_channels(after):
            return
        if any(map(_wants_channels, await self._store.subscriptions.of_company(before.company))):
            return
        try:
            await self._leave_channels(before.company)
        except ChatopsError as problem:
            _log.warning("channels are still received", error=type(problem).__name__)

    async def _of_its_company(self, subscription: Subscription) -> Subscription:
        """Return the subscription with its company: the one it has, or its owner's if it is new."""
        company = await self._store.subscriptions.whose(subscription.id)
        company = company or await self._store.connections.company(subscription.owner) or subscription.company
        return replace(subscription, company_id=company.company)

    async def _check_marks(self, subscription: Subscription) -> None:
        """Check that no other company keeps the user group or the channel's topic in sync. Raises FieldError."""
        subscriptions, team_id = self._store.subscriptions, subscription.owner.team_id
        if subscription.keep and _others(subscription, await subscriptions.keeping(team_id, subscription.keep)):
            raise FieldError(
                "keep", say("That user group follows a call center of another Dialpad company. Choose another.")
            )
        here = await subscriptions.in_channel(team_id, subscription.channel) if subscription.topic else []
        if _others(subscription, [one for one in here if one.topic]):
            raise FieldError(
                "topic", say("Another Dialpad company already keeps this channel's topic. Use another channel.")
            )

    async def _look_again(self, subscription: Subscription) -> None:
        """Check again what a subscription holds back: its quiet hours may have changed, or its pause ended."""
        policy = subscription.policy
        first_s = 0.0 if policy.answer else policy.claim * 60.0 if policy.claim else None
        await self._store.postings.due_anew(subscription.company, subscription.id, first_s)
        self._wake()

    async def switch_event(self, subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription | None:
        subscription = await self._of_its_company(subscription)
        found = await self._store.subscriptions.switch(subscription.company, subscription.id, kind, on=on)
        if found is not None:
            await self._look_again(found)
        return found

    async def remove_subscription(self, subscription: Subscription, by: PersonKey) -> None:
        subscription = await self._of_its_company(subscription)
        also = await self._announcement(subscription, None, by)
        if await self._store.subscriptions.delete(subscription.company, subscription.id, also=also):
            await self._tell_owner(subscription, None, by)
        await self._store.postings.drop_waiting(subscription.company, subscription.id)
        await end_boards(self._store, subscription)
        if subscription.topic:
            await self._clear_topic(subscription)
        await self._channels_left(subscription, None)
        self._wake()

    async def _announcement(self, before: Subscription | None, after: Subscription | None, by: PersonKey) -> AlsoSave:
        """Return what tells the channel, where the app may post."""
        one = after or before
        if one is None or one.is_personal or not await self.may_post(by, one.channel):
            return nothing_more
        with speaking(self._channel_language):
            return announce(self._store, before, after, by.user_id)

    async def _tell_owner(self, before: Subscription, after: Subscription | None, by: PersonKey) -> None:
        """Tell the owner of a subscription that somebody else changed or removed it, with a button to undo it."""
        if by == before.owner:
            return
        change = await self._store.subscription_changes.add(before, after, by.user_id)
        wanted = [NewPosting(before.owner.user_id, "")]
        said = fragment(0, 0, {"about": CHANGED, "change": change})
        await self._store.cards.absorb(before.company, "notice", [f"changed:{change}"], said, lambda *_: wanted)
        self._wake()

    async def undo_change(self, person: PersonKey, change: str) -> Subscription:
        found = await self._change(person, change)
        if found is None or found.before.owner != person:
            raise UserError(
                say("This change can no longer be undone. Type notify in the channel to see what is set there.")
            )
        now = await self._store.subscriptions.get(found.before.company, found.before.id)
        if (replace(now, problem="") if now else None) != found.after:
            raise UserError(say("It was changed again since. Type notify in the channel to see what is set there."))
        await self._save(now, found.before, person)
        return found.before

    async def _change(self, person: PersonKey, change: str) -> SubscriptionChange | None:
        for company in _theirs(person, await self._store.connections.company(person)):
            if (found := await self._store.subscription_changes.get(company, change)) is not None:
                return found
        return None

    async def ended_with_owner(self, subscriptions: Sequence[Subscription]) -> None:
        """Clear the topics of subscriptions that were removed with their owner, and tell their channels what is no
        longer posted there."""
        for subscription in subscriptions:
            if subscription.topic:
                await self._clear_topic(subscription)
            if subscription.is_personal or subscription.paused:
                continue
            with speaking(self._channel_language):
                said = fragment(0, 0, ended_with_owner(subscription))
            wanted = [NewPosting(subscription.channel, "")]
            name = f"ended:{subscription.id}"
            await self._store.cards.absorb(subscription.company, "notice", [name], said, lambda *_, to=wanted: to)
        self._wake()

    async def _clear_topic(self, subscription: Subscription) -> None:
        """Clear a channel topic that is no longer updated. Where another subscription keeps it, its next check writes
        it again."""
        try:
            await self._marks.keep_topic(subscription.owner.team_id, subscription.channel, "")
        except ChatopsError as problem:
            _log.info("a topic stays as it is", error=type(problem).__name__)

    async def post_test(self, subscription: Subscription) -> None:
        subscription = await self._of_its_company(subscription)
        if subscription.kinds - DIGESTS:
            event = _made_up(self._store.now())
            wanted = [NewPosting(subscription.channel, subscription.id)]
            part = read_call(event)
            await self._store.cards.absorb(subscription.company, "call", names_of(event), part, lambda *_: wanted)
        await self._digests.post_so_far(subscription)
        self._wake()

    async def card(self, person: PersonKey, name: str) -> StoredCard | None:
        company = await self._store.connections.company(person)
        for mine in _theirs(person, company):
            if (found := await self._store.cards.get(mine, name)) is not None:
                return found
        owned = await self._store.cards.whose(name)
        if owned is None or owned.company.team_id != person.team_id:
            return None
        raise NotConnected if company is None else OtherCompany(_named(owned.kind))

    async def check_press(self, person: PersonKey, channel: str, ts: str, *, name: str = "") -> None:
        owned = await self._store.cards.whose_at(channel, ts, name)
        company = None if owned is None else await self._store.connections.company(person)
        if owned is not None and company is not None and owned.company not in _theirs(person, company):
            raise OtherCompany(_named(owned.kind))

    async def card_at(self, person: PersonKey, channel: str, thread_ts: str) -> StoredCard | None:
        owned = await self._store.cards.whose_at(channel, thread_ts)
        if owned is None or owned.kind not in {"call", "talk"} or owned.company.team_id != person.team_id:
            return None
        await self.check_press(person, channel, thread_ts)
        return await self._store.cards.at(owned.company, channel, thread_ts)

    async def ask_cover(self, person: PersonKey, channel: str, cover: Cover) -> str:
        name = f"cover:{channel}:{cover.asker}:{','.join(sorted(cover.lines))}:{cover.until.isoformat()}"
        wanted = [NewPosting(channel, "")]
        company = await self._store.connections.company(person) or own_company(person)
        card = await self._store.cards.absorb(company, "cover", [name], read_cover(cover), lambda *_: wanted)
        self._wake()
        return card

    async def covering(self, person: PersonKey) -> list[Cover]:
        company = await self._store.connections.company(person)
        now, found = self._store.now(), list[Cover]()
        for mine in _theirs(person, company):
            async for card in self._store.cards.changed_since(mine, "cover", now - LONGEST_COVER):
                cover = view_cover(card.state)
                if card.claimed_by == person.user_id and now < cover.until:
                    found.append(cover)
        return found

    async def see_board(self, card: PostedCard, person: PersonKey, note: str) -> None:
        if (found := await self.card(person, card.id)) is not None:
            await note_seen(self._store, found, person.user_id, note)
            self._wake()

    async def acknowledge_alert(self, card: PostedCard, person: PersonKey, note: str) -> bool:
        found = await self.card(person, card.id)
        done = found is not None and await acknowledge(self._store, found, person.user_id, note)
        self._wake()
        return done

    async def snooze_alert(self, card: PostedCard, person: PersonKey, until: datetime) -> bool:
        found = await self.card(person, card.id)
        done = found is not None and await snooze(self._store, found, person.user_id, until)
        self._wake()
        return done

    async def changing_duty(self, person: PersonKey, agent: str) -> None:
        company = await self._store.connections.company(person)
        if company is not None:
            said = changed_here(self._store.now())
            await self._store.cards.absorb(company, "agent", [f"agent:{agent}"], said, lambda *_: [])

    async def tell_of_duty(self, person: PersonKey, agent: str, name: str, *, on_duty: bool, reason: str = "") -> None:
        company = await self._store.connections.company(person)
        told = None if company is None else await self._store.connections.connected_as(company, agent)
        if told is None or told == person:
            return
        text, values = PUT_ON_DUTY if on_duty else PUT_OFF_DUTY, {"who": name, "why": f" ({reason})" if reason else ""}
        key = f"duty:{person.user_id}:{self._store.now().isoformat()}"
        await tell_person(self._store, told, key, text, [("My duty", "duty.duty")], values)
        self._wake()

    async def post_boards_anew(self, subscription: Subscription) -> None:
        old = await self._of_its_company(subscription)
        new = replace(old, id=self.new_subscription_id())
        await self._store.subscriptions.save(new)
        await self._store.subscriptions.delete(old.company, old.id)
        await end_boards(self._store, old)
        await show_boards(self._store, new)
        self._wake()

    async def take(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        return await self._cover(card, person, self._store.cards.claim)

    async def give_back(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        return await self._cover(card, person, self._store.cards.release)

    async def withdraw(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        return await self._cover(card, person, self._store.cards.handle)

    async def _cover(
        self,
        card: PostedCard,
        person: PersonKey,
        change: Callable[[CompanyKey, str, str], Awaitable[StoredCard | None]],
    ) -> StoredCard | None:
        before = await self.card(person, card.id)
        found = None if before is None else await change(before.company, card.id, person.user_id)
        self._wake()
        return found

    async def item(self, card: PostedCard) -> Item | None:
        found = await self._customer(card)
        return None if found is None else found.item(card.id)

    async def _customer(self, card: PostedCard) -> Customer | None:
        """Return the customer of a card; one from before there were histories is put into its history first."""
        if not isinstance(card, StoredCard) or card.kind not in {"call", "talk"}:
            return None
        if card.customer is None:
            card = await self._store.histories.adopt_one(card, told_of) or card
        return await self._store.histories.of_card(card)

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
        found = await self.card(person, card.id)
        customer = None if found is None else await self._customer(found)
        before = None if customer is None else customer.item(card.id)
        if found is None or customer is None or before is None:
            return Acted(None)
        act = Act(self._store.now(), person.user_id, deed, before.line, to, until, words)

        def follow(connection: Transaction, after: Item) -> None:
            self._ask_later(connection, found.company, after, deed)
            if deed == "handed":
                self._tell(connection, found, act, act.to, {"hand": act.to, "from": act.by})
            asker = _who_asked(before)
            if deed in {"accepted", "declined"} and asker and asker != act.by:
                self._tell(connection, found, act, asker, {"answer": deed, "from": act.by})

        after, done = await self._store.histories.act(
            found.company, customer.name, before.line, act,
            lambda item: may(item, deed, person.user_id, over=over, to=to), follow,
        )  # fmt: skip
        self._wake()
        return Acted(after, done)

    def _ask_later(self, connection: Transaction, company: CompanyKey, item: Item, deed: Deed) -> None:
        """Set when somebody is asked next about an item, in each channel that shows it."""
        if deed not in _CHANGES_WHO_IS_ASKED:
            return
        subscriptions = self._store.subscriptions.index(connection, company)
        shown = of_cards(connection, company, item.cards)
        asked: set[str] = set()
        for one in sorted(shown, key=lambda one: item.cards.index(one.card_id), reverse=True):
            if one.parent_id is not None or one.superseded_by:
                continue
            subscription = subscriptions.named(one.subscription_id)
            policy = subscription.policy if subscription else EscalationPolicy()
            moment, step = self._next_step(item, policy, one, not asked)
            if one.channel in asked:  # another message there asks
                moment, step = None, one.step
            asked.add(one.channel)
            ask_at(connection, company, one.id, moment, step=step, episode=item.asks_since)

    def _tell(self, connection: Transaction, card: StoredCard, act: Act, whom: str, told: Mapping[str, str]) -> None:
        """Ask somebody in a direct message to take over what another person has, or tell who asked what they said."""
        shown = next((one.subscription_id for one in of_cards(connection, card.company, [card.id])), "")
        said = fragment(0, 0, {**told, "shown": shown})
        name = f"{act.what}:{card.id}:{act.by}:{whom}:{act.at.isoformat()}"
        wanted = [NewPosting(whom, "")]
        part = CardPart("nudge", (name,), said, lambda *_: wanted, about=card.id)
        self._store.cards.absorbing.absorb(connection, card.company, [part])

    def _next_step(
        self, item: Item, policy: EscalationPolicy, posting: Posting, is_first: bool
    ) -> tuple[datetime | None, int]:
        now, anew = self._store.now(), posting.step - posting.step % ROUND + ROUND
        if item.state in {"done", "waiting"}:
            return None, posting.step
        if item.owner:
            within = posting.step % ROUND
            step = posting.step if within < REMINDED and item.snoozed_until is None else anew
            moment = item.snoozed_until or (item.owned_at or now) + handle_within(policy)
            return moment if is_first else None, step  # reminded in one place only
        if policy.answer:
            return max(now, item.snoozed_until or now), anew  # from when on its time counts
        if not policy.claim and item.snoozed_until is not None:  # that it is back has to be said to somebody
            return (item.snoozed_until if is_first else None), anew
        if not policy.claim:
            return None, posting.step
        return max(now, item.snoozed_until or now) + timedelta(minutes=policy.claim), anew

    async def note_assigned(self, card: PostedCard, person: PersonKey, operators: Mapping[str, str]) -> None:
        found = await self.card(person, card.id)
        if found is None:
            return
        at = round(self._store.now().timestamp() * 1000)
        said = fragment(at, 0, {ASSIGNED: dict(operators), ASSIGNED_BY: person.user_id})
        names = [f"call:{leg}" for leg in view_call(found.state).legs]
        await self._store.cards.absorb(found.company, "call", names, said, lambda *_: [])
        self._wake()

    async def note_on_call(self, person: PersonKey, call_id: str, what: CallDeedKind, words: str = "") -> None:
        company = await self._store.connections.company(person)
        card = None if company is None else await self._store.cards.named(company, f"call:{call_id}")
        if card is None:
            return
        said = call_deed(self._store.now(), person.user_id, what, words)
        names = [f"call:{leg}" for leg in view_call(card.state).legs]
        await self._store.cards.absorb(card.company, "call", names, said, lambda *_: [])
        self._wake()

    async def is_gone(self, person: PersonKey) -> bool:
        return await self._store.connections.company(person) is None

    async def did(self, person: PersonKey, number: str, deed: Deed, *, to: str = "", words: str = "") -> None:
        company = await self._store.connections.company(person)
        if company is None or await self._store.histories.get(company, number) is None:
            return
        act = Act(self._store.now(), person.user_id, deed, "", to, None, words)
        await self._store.histories.act(company, number, "", act, lambda _: True)
        self._wake()

    async def dealings(self, person: PersonKey, numbers: Sequence[str]) -> list[Dealings]:
        company = await self._store.connections.company(person)
        if company is None:
            return []
        found = [(one, await self._store.histories.get(company, one)) for one in dict.fromkeys(numbers)]
        return [await self._dealings(number, customer) for number, customer in found if customer is not None]

    async def _dealings(self, number: str, customer: Customer) -> Dealings:
        said = last_said(customer.history)
        ids = [one.text for one in said if one.text]
        texts = await texts_by_id(self._store, customer.company, number, ids)
        words = {text_id: text.text for text_id, text in texts.items()}
        known = tuple(replace(one, words=one.words or words.get(one.text, "")) for one in said)
        return Dealings(number, tuple(some[-1] for some in customer.items.values()), known)

    async def answering(self, person: PersonKey, numbers: Sequence[str], *, is_call: bool = False) -> None:
        now = self._store.now()
        words = "call" if is_call else "text"
        await self._note(person, numbers, Act(now, person.user_id, "answering", until=now + ANSWERS_FOR, words=words))

    async def stopped_answering(self, person: PersonKey, numbers: Sequence[str]) -> None:
        await self._note(person, numbers, Act(self._store.now(), person.user_id, "left"))

    async def _note(self, person: PersonKey, numbers: Sequence[str], act: Act) -> None:
        company = await self._store.connections.company(person)
        if company is not None:
            await self._store.histories.note(company, numbers, act)
            self._wake()

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
        company = await self._store.connections.company(person)
        deed: Deed = "dialing" if text is None else "sending"
        act = Act(self._store.now(), person.user_id, deed, line, token, words=text or "")
        return company is None or await self._store.histories.begin(company, numbers, seen, act)

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
        company = await self._store.connections.company(person)
        if company is None:
            return
        deed: Deed = "called" if text is None else "texted"
        act = None if sent is None else Act(self._store.now(), person.user_id, deed, line, sent, words=text or "")
        await self._store.histories.end(company, numbers, token, act)
        self._wake()

    async def heard_calls(self, person: PersonKey, search: CallSearch) -> HeardCalls:
        company = await self._store.connections.company(person)
        if company is None:
            return HeardCalls()
        return await CallLog(self._store).find(person, company, search)

    async def heard_call(self, person: PersonKey, call_id: str) -> CallView | None:
        company = await self._store.connections.company(person)
        return None if company is None else await CallLog(self._store).one(person, company, call_id)

    async def opt_outs(self, person: PersonKey, numbers: Sequence[str]) -> Mapping[str, bool]:
        company = await self._store.connections.company(person)
        return {} if company is None else await self._store.opt_outs.among(company, numbers)

    async def note_opt_out(self, person: PersonKey, number: str) -> None:
        company = await self._store.connections.company(person)
        if company is not None:
            await self._store.opt_outs.add(company, OptOutWord(number, self._store.now(), opted_out=True))
            self._wake()

    async def settling_labels(self, person: PersonKey) -> SettlingLabels:
        company = await self._store.connections.company(person)
        return SettlingLabels() if company is None else await self._store.histories.settling(company)

    async def choose_settling_labels(self, person: PersonKey, labels: Sequence[str]) -> SettlingLabels:
        company = await self._store.connections.company(person)
        if company is None:
            raise NotConnected
        before = await self._store.histories.settling(company)
        told = [one.channel for one in await self._store.subscriptions.of_company(company) if not one.is_personal]
        wanted = [NewPosting(channel, "") for channel in dict.fromkeys(told)]
        said = {"about": SETTLING, "by": person.user_id, "before": sorted(before.now), "labels": sorted(set(labels))}

        def announce_it(connection: Transaction) -> None:
            part = CardPart("notice", (f"settling:{now.isoformat()}",), fragment(0, 0, said), lambda *_: wanted)
            self._store.cards.absorbing.absorb(connection, company, [part])

        now = self._store.now()
        after = await self._store.histories.choose_settling(company, labels, person.user_id, announce_it)
        self._wake()
        return after

    async def open_work(self, person: PersonKey) -> list[OpenWork]:
        company = await self._store.connections.company(person)
        works: list[OpenWork] = []
        for one in _theirs(person, company):
            works += await works_of(self._store, one, [item for _, item in await self._store.histories.open(one)])
        return works

    async def last_texts(self, conversation: PostedCard) -> list[TextView]:
        found = await last_texts(self._store, conversation) if isinstance(conversation, StoredCard) else {}
        return list(found.values())

    async def may_post(self, person: PersonKey, channel: str) -> bool:
        return await self._channel_messages.is_in(person.team_id, channel) is not False

    async def user_groups(self, person: PersonKey) -> Sequence[UserGroup]:
        try:
            return await self._marks.groups(person.team_id)
        except ChatopsError as problem:
            _log.info("user groups cannot be listed", error=type(problem).__name__)
            return ()

    async def rosters(self, company: CompanyKey) -> list[Roster]:
        return await self._store.rosters.of_company(company)

    async def roster_problem(self, subscription: Subscription) -> str:
        if not subscription.call_centers:
            return ""
        problems = await self._store.rosters.problems((await self._of_its_company(subscription)).company)
        return next((problems[one] for one in subscription.call_centers if one in problems), "")

    async def note_roster(self, company: CompanyKey, roster: Roster) -> None:
        await self._store.rosters.note(company, roster)


def _who_asked(item: Item) -> str:
    """Return who asked somebody last to take an item over, "" for nobody."""
    return next((step.by for step in reversed(item.steps) if step.what == "handed"), "")


def _settings(subscription: Subscription | None) -> Subscription | None:
    """Return what people set of a subscription, without how posting fares."""
    return None if subscription is None else replace(subscription, problem="", company_id="")


def _needs_more(before: Subscription, after: Subscription, by: PersonKey) -> bool:
    return shows_more(before, after) or is_brought_back(before, after, by.user_id)


def _theirs(person: PersonKey, company: CompanyKey | None) -> tuple[CompanyKey, ...]:
    """Return the companies whose things a person may use: theirs, and what is theirs alone."""
    return () if company is None else tuple(dict.fromkeys((company, own_company(person))))


def _wants_channels(subscription: Subscription) -> bool:
    return NewsKind.CHANNEL in subscription.kinds and not subscription.paused


def _others(subscription: Subscription, found: Sequence[Subscription]) -> bool:
    return any(one.company != subscription.company for one in found)


def _named(kind: str) -> str:
    return say(_NAMED.get(kind, _NAMED[""]))


_NAMED: Final = {
    "call": mark("That call"),
    "talk": mark("That conversation"),
    "text": mark("That text"),
    "cover": mark("That request"),
    "": mark("That"),
}


def _made_up(now: datetime) -> CallEvent:
    """Return a missed call from a number that is reserved for fiction."""
    ms = (now - _EPOCH) // timedelta(milliseconds=1)
    event = parse_event(
        {
            "call_id": ms,
            "state": "hangup",
            "direction": "inbound",
            "event_timestamp": ms,
            "date_started": ms - 25_000,
            "date_rang": ms - 24_000,
            "date_ended": ms,
            "external_number": "+14155550199",
            "contact": {"id": "test", "type": "local", "name": say("A test, nobody called"), "phone": "+14155550199"},
            "target": {"id": "test", "type": "call_center", "name": say("a test line")},
        }
    )
    assert isinstance(event, CallEvent)  # noqa: S101  written just above
    return event
