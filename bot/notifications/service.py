"""Subscriptions and cards for handlers: reads and changes them in the store, with what has to follow."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.activity.call_registers import names_of, read_call
from bot.activity.cover import Cover, read_cover
from bot.activity.news import DIGESTS, NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Roster
from bot.activity.subscriptions.changes import is_brought_back, shows_more, with_actors
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.basics.errors import ChatopsError, UserError
from bot.basics.person import PersonKey
from bot.cards.subscription import CHANGED
from bot.contract.board import PostedCard, UserGroup
from bot.dialpad.event_kinds import EVENT_KINDS
from bot.dialpad.events import CallEvent, parse_event
from bot.notifications.digests import Digests
from bot.notifications.escalation import ROUND, handle_within
from bot.slack.api.channel_messages import ChannelMessages
from bot.slack.api.duty_marks import DutyMarks
from bot.store.cards import StoredCard
from bot.store.postings import NewPosting
from bot.store.store import Store


class Setup(Protocol):
    """What Dialpad sends now. ``refused``: words of the kinds of events that the person may not subscribe to, with the
    scopes that their connection lacks for it."""

    @property
    def refused(self) -> Mapping[str, tuple[str, ...]]: ...


Ensure = Callable[[PersonKey], Awaitable[Setup]]
"""Makes sure that Dialpad sends events to us with this person's connection. Raises ChatopsError."""

_ADMINS_ONLY: Final = frozenset(one.word for one in EVENT_KINDS if not one.personal)
"""Kinds of events that nobody can subscribe to for their own line alone."""

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
    ) -> None:
        self._store = store
        self._channel_messages = channel_messages
        self._marks = marks
        self._wake = wake
        self._ensure = ensure
        self._digests = digests or Digests(store)

    async def subscriptions_here(self, person: PersonKey, channel: str) -> list[Subscription]:
        return await self._store.subscriptions.here(person.team_id, channel)

    async def subscription(self, person: PersonKey, name: str) -> Subscription | None:
        found = await self._store.subscriptions.get(name)
        return found if found is not None and found.owner.team_id == person.team_id else None

    def new_subscription_id(self) -> str:
        return self._store.subscriptions.new_id()

    async def save_subscription(self, subscription: Subscription, by: PersonKey) -> str:
        before = await self._store.subscriptions.get(subscription.id)
        if before is not None:
            subscription = with_actors(before, subscription, by.user_id)
        return await self._save(before, subscription, by)

    async def _save(self, before: Subscription | None, subscription: Subscription, by: PersonKey) -> str:
        await self._store.subscriptions.save(subscription)
        if before is not None and replace(before, problem=subscription.problem) != subscription:
            await self._tell_owner(before, subscription, by)
        if not subscription.paused:
            await self._store.rosters.follow(subscription.owner.team_id, subscription.call_centers)
        await self._look_again(subscription)
        if before is not None and before.topic and (subscription.paused or not subscription.topic):
            await self._clear_topic(before)
        if self._ensure is None or subscription.paused:
            return ""
        if before is not None and by != subscription.owner and not _needs_more(before, subscription, by):
            return ""  # nothing that was not received already
        try:
            setup = await self._ensure(by)
        except ChatopsError as problem:
            _log.warning("events could not be set up", error=type(problem).__name__)
            return str(problem) or "Dialpad did not take the subscription. I'll keep trying."
        needed = {kind: kind.row.subscription for kind in subscription.kinds}
        refused = {kind: word for kind, word in needed.items() if word in _ADMINS_ONLY and word in setup.refused}
        if not refused:
            return ""
        said = " and ".join(sorted(kind.row.words for kind in refused))
        scopes = sorted({scope for word in refused.values() for scope in setup.refused[word]})
        if not scopes:
            return f"Saved, but Dialpad sends {said} only to company admins. Ask one to type this too."
        return (
            f"Saved, but Dialpad sends {said} only to company admins who connected with the scope "
            f"{' and '.join(scopes)}. Whoever runs this app can add it to DIALPAD_SCOPES; then an admin connects again "
            "and types this."
        )

    async def _look_again(self, subscription: Subscription) -> None:
        """Check again what a subscription holds back: its quiet hours may have changed, or its pause ended."""
        claim = subscription.policy.claim
        await self._store.postings.due_anew(subscription.id, claim * 60.0 if claim else None)
        self._wake()

    async def switch_event(self, subscription: Subscription, kind: NewsKind, *, on: bool) -> Subscription | None:
        found = await self._store.subscriptions.switch(subscription.id, kind, on=on)
        if found is not None:
            await self._look_again(found)
        return found

    async def remove_subscription(self, subscription: Subscription, by: PersonKey) -> None:
        if await self._store.subscriptions.delete(subscription.id):
            await self._tell_owner(subscription, None, by)
        await self._store.postings.drop_waiting(subscription.id)
        if subscription.topic:
            await self._clear_topic(subscription)

    async def _tell_owner(self, before: Subscription, after: Subscription | None, by: PersonKey) -> None:
        """Tell the owner of a subscription that somebody else changed or removed it, with a button to undo it."""
        if by == before.owner:
            return
        change = await self._store.subscription_changes.add(before, after, by.user_id)
        wanted = [NewPosting(before.owner.user_id, "")]
        said = fragment(0, 0, {"about": CHANGED, "change": change})
        await self._store.cards.absorb(before.owner.team_id, "notice", [f"changed:{change}"], said, lambda *_: wanted)
        self._wake()

    async def undo_change(self, person: PersonKey, change: str) -> Subscription:
        found = await self._store.subscription_changes.get(change)
        if found is None or found.before.owner != person:
            raise UserError("This change can no longer be undone. Type notify in the channel to see what is set there.")
        now = await self._store.subscriptions.get(found.before.id)
        if (replace(now, problem="") if now else None) != found.after:
            raise UserError("It was changed again since. Type notify in the channel to see what is set there.")
        await self._save(now, found.before, person)
        return found.before

    async def clear_topics(self, subscriptions: Sequence[Subscription]) -> None:
        """Clear the topics of subscriptions that were removed with their owner."""
        for subscription in subscriptions:
            if subscription.topic:
                await self._clear_topic(subscription)

    async def _clear_topic(self, subscription: Subscription) -> None:
        """Clear a channel topic that is no longer updated. Where another subscription keeps it, its next check writes
        it again."""
        try:
            await self._marks.keep_topic(subscription.owner.team_id, subscription.channel, "")
        except ChatopsError as problem:
            _log.info("a topic stays as it is", error=type(problem).__name__)

    async def post_test(self, subscription: Subscription) -> None:
        if subscription.kinds - DIGESTS:
            event = _made_up(self._store.now())
            wanted = [NewPosting(subscription.channel, subscription.id)]
            await self._store.cards.absorb(
                subscription.owner.team_id, "call", names_of(event), read_call(event), lambda *_: wanted
            )
        await self._digests.post_so_far(subscription)
        self._wake()

    async def card(self, person: PersonKey, name: str) -> StoredCard | None:
        found = await self._store.cards.get(name)
        return found if found is not None and found.team_id == person.team_id else None

    async def conversation_at(self, person: PersonKey, channel: str, thread_ts: str) -> StoredCard | None:
        found = await self._store.cards.at(channel, thread_ts)
        return found if found is not None and found.kind == "talk" and found.team_id == person.team_id else None

    async def ask_cover(self, person: PersonKey, channel: str, cover: Cover) -> str:
        name = f"cover:{channel}:{cover.asker}:{','.join(sorted(cover.lines))}:{cover.until.isoformat()}"
        wanted = [NewPosting(channel, "")]
        card = await self._store.cards.absorb(person.team_id, "cover", [name], read_cover(cover), lambda *_: wanted)
        self._wake()
        return card

    async def claim(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        found = await self._store.cards.claim(card.id, person.user_id)
        if found is not None and found.kind == "call" and found.claimed_by == person.user_id and not found.handled_by:
            shown = [one for one in await self._store.postings.of_card(card.id) if one.parent_id is None]
            if shown:
                policy = await self._policy(shown[0].subscription_id)
                due = (found.claimed_at or self._store.now()) + handle_within(policy)
                await self._store.postings.escalate_at(card.id, due, only=shown[0].id)
        self._wake()
        return found

    async def release(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        found = await self._store.cards.release(card.id, person.user_id)
        if found is not None and found.claimed_by is None and not found.handled_by:
            for one in await self._store.postings.of_card(card.id):
                policy = await self._policy(one.subscription_id)
                if policy.claim and one.parent_id is None:
                    due = self._store.now() + timedelta(minutes=policy.claim)
                    step = one.step - one.step % ROUND + ROUND
                    await self._store.postings.escalate_at(card.id, due, only=one.id, step=step)
                    break
            else:
                await self._store.postings.escalate_at(card.id, None)
        self._wake()
        return found

    async def handle(self, card: PostedCard, person: PersonKey) -> StoredCard | None:
        found = await self._store.cards.handle(card.id, person.user_id)
        if found is not None and found.handled_by:
            await self._store.postings.escalate_at(card.id, None)
        self._wake()
        return found

    async def may_post(self, person: PersonKey, channel: str) -> bool:
        return await self._channel_messages.is_in(person.team_id, channel) is not False

    async def user_groups(self, person: PersonKey) -> Sequence[UserGroup]:
        try:
            return await self._marks.groups(person.team_id)
        except ChatopsError as problem:
            _log.info("user groups cannot be listed", error=type(problem).__name__)
            return ()

    async def rosters(self, person: PersonKey, company: str) -> list[Roster]:
        return await self._store.rosters.of_company(person.team_id, company)

    async def note_roster(self, person: PersonKey, company: str, roster: Roster) -> None:
        await self._store.rosters.note(person.team_id, company, roster)

    async def _policy(self, subscription_id: str) -> EscalationPolicy:
        subscription = await self._store.subscriptions.get(subscription_id)
        return subscription.policy if subscription else EscalationPolicy()


def _needs_more(before: Subscription, after: Subscription, by: PersonKey) -> bool:
    return shows_more(before, after) or is_brought_back(before, after, by.user_id)


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
            "contact": {"id": "test", "type": "local", "name": "A test, nobody called", "phone": "+14155550199"},
            "target": {"id": "test", "type": "call_center", "name": "a test line"},
        }
    )
    assert isinstance(event, CallEvent)  # noqa: S101  written just above
    return event
