"""Digests: when one is due its numbers are counted and become a card, which is then posted like any other.

The card is stored under a name made of subscription and day before the digest counts as done, so that a restart at any
moment makes the same card again and posts it once.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.activity.calls import view_call
from bot.activity.digest import Audience, Counted, Digest, Tally, about_texts, count, counts, silences, tally, to_json
from bot.activity.digest_times import DigestPeriod, due_periods, one_before, period_so_far
from bot.activity.items import MADE_UP_LINE, Item
from bot.activity.news import DIGESTS, happening_of
from bot.activity.registers import fragment
from bot.activity.subscriptions.filters import QuietHoursFilter
from bot.activity.subscriptions.stored import write_whole
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.subscriptions.words import conditions_in_words, lines_in_words
from bot.activity.texts import arrivals, view_conversation
from bot.activity.visibility import concerns
from bot.activity.work_tally import still_open, tally_work
from bot.basics.language import mark
from bot.basics.opening_hours import OpeningHours, answer_times
from bot.notifications.line_hours import LineHours
from bot.notifications.personal_notices import tell_person
from bot.store.card_rows import StoredCard
from bot.store.connections import Member
from bot.store.keys import KeyProblem
from bot.store.postings import NewPosting
from bot.store.store import Store

READING_BACK: Final = timedelta(minutes=2)
"""How long after a start a digest waits for earlier calls to be backfilled."""
PULSE: Final = timedelta(minutes=1)
"""How late the time at which events were last received may be recorded."""
REST: Final = timedelta(minutes=1)
UNREADABLE: Final = mark(
    "A digest could not be counted, because the encryption key of some calls is missing. The next one comes as usual; "
    "until then you find the numbers in Dialpad's own analytics."
)

_log = structlog.get_logger(__name__)


class Digests:
    """Counts and posts due digests. ``run_due`` is called often and by several processes."""

    def __init__(self, store: Store, hours: LineHours | None = None) -> None:
        self._store = store
        self._hours = hours
        self._started = store.now()
        self._rests_until = self._started

    async def run_due(self) -> None:
        """Count one due digest only, so that nothing waits long behind it. Raises only the database's errors."""
        now = self._store.now()
        found = await self._store.subscriptions.due_digest(now) if now >= self._rests_until else None
        if found is None:
            return
        subscription, due = found
        try:
            await self._run(subscription, due, now)
        except KeyProblem:
            _log.error("a digest cannot be counted", error="KeyProblem", hint="a card's encryption key is not here")
            name = f"digest:{subscription.id}:{due.isoformat()}"
            await tell_person(self._store, subscription.owner, name, UNREADABLE)
            await self._store.subscriptions.digest_done(subscription, due)
        except Exception:  # noqa: BLE001  whatever is wrong with it, everything else goes on
            _log.exception("a digest could not be counted")
            self._rests_until = now + REST

    async def _run(self, subscription: Subscription, due: datetime, now: datetime) -> None:
        for period in due_periods(subscription, due, now):
            listener, settling = await self._listener(subscription, period)
            if settling and now - self._started < READING_BACK:
                self._rests_until = now + timedelta(seconds=5)
                return
            day = period.days(subscription.clock)[0]
            await self._put(
                subscription,
                f"digest:{subscription.id}:{period.kind}:{day}",
                await self._count(subscription, period, listener),
            )
        await self._store.subscriptions.digest_done(subscription, due)

    async def post_so_far(self, subscription: Subscription) -> None:
        """Post what the next digests would say by now."""
        now = self._store.now()
        for kind in sorted(subscription.kinds & DIGESTS):
            period = period_so_far(subscription, kind, now)
            listener, _ = await self._listener(subscription, period)
            digest = await self._count(subscription, period, listener)
            await self._put(subscription, f"digest:{subscription.id}:{kind}:{now.isoformat()}", digest)

    async def _put(self, subscription: Subscription, name: str, digest: Digest) -> None:
        part, wanted = fragment(0, 0, {"digest": to_json(digest)}), [NewPosting(subscription.channel, subscription.id)]
        await self._store.cards.absorb(subscription.company, "digest", [name], part, lambda *_: wanted)

    async def _count(self, subscription: Subscription, period: DigestPeriod, listener: Sequence[Audience]) -> Digest:
        before = one_before(period, subscription.clock)
        since = period.begin if period.so_far else before.begin
        known = _Known(self._store, subscription)
        calls = [one async for one in self._calls(subscription, since)]
        texts = [at async for at in self._texts(subscription, since)]
        # A call that is known was received, by a hook that may be gone.
        heard_since = min(
            [*(one.at for one in calls if one.at >= since), *(ear.since for ear in listener)], default=None
        )

        def during(span: DigestPeriod) -> Tally:
            return tally([one for one in calls if one.at in span], subscription.clock, sum(at in span for at in texts))

        now = self._store.now()
        items = [one async for one in self._items(known, since)]
        members = _one_name_each(await self._store.connections.members(subscription.company))
        due_at = await self._due_at(subscription, items)
        work, work_before = (tally_work(items, span, now, due_at, members) for span in (period, before))
        comparable = not period.so_far and heard_since is not None and heard_since <= before.begin
        return Digest(
            period,
            zone=subscription.clock.key,
            lines=lines_in_words(subscription),
            conditions=tuple(conditions_in_words(subscription.without(QuietHoursFilter))),
            tally=during(period),
            before=during(before) if comparable else None,
            silences=silences(
                period, [replace(ear, since=min(ear.since, heard_since or ear.since)) for ear in listener]
            ),
            work=work,
            work_before=work_before if comparable else None,
            still_open=still_open(await self._open(known), now),
            target_min=subscription.policy.answer or subscription.policy.claim,
            in_hours=bool(subscription.policy.answer),
            made=write_whole(subscription),
        )

    async def _due_at(self, subscription: Subscription, items: Sequence[Item]) -> Callable[[Item], datetime | None]:
        """Return what tells when an item should have been answered."""
        policy, hours = subscription.policy, dict[str, OpeningHours | None]()
        if policy.answer and self._hours is not None:
            hours = await self._hours.of_all(subscription, {one.line for one in items})

        def due_at(item: Item) -> datetime | None:
            if policy.answer:
                times = answer_times(item.since, policy.answer, hours.get(item.line))
                return times.by if times is not None else None
            return item.since + timedelta(minutes=policy.claim) if policy.claim else None

        return due_at

    async def _items(self, known: "_Known", since: datetime) -> AsyncIterator[Item]:
        """Yield what was open work at some time since then, the subscription's alone."""
        async for customer in self._store.histories.changed_since(known.subscription.company, since):
            for item in (one for some in customer.items.values() for one in some):
                is_old = item.settled is not None and item.settled.at < since
                if not is_old and item.line != MADE_UP_LINE and await known.counts(item):
                    yield item

    async def _open(self, known: "_Known") -> list[Item]:
        found = await self._store.histories.open(known.subscription.company)
        return [item for _, item in found if await known.counts(item)]

    async def _calls(self, subscription: Subscription, since: datetime) -> AsyncIterator[Counted]:
        async for card in self._cards(subscription, "call", since):
            view = view_call(card.state)
            counted = count(view)
            if counted is not None and counts(subscription, happening_of(view)):
                yield counted

    async def _texts(self, subscription: Subscription, since: datetime) -> AsyncIterator[datetime]:
        async for card in self._cards(subscription, "talk", since):
            conversation = view_conversation(card.state)
            for at in arrivals(card.state):
                if counts(subscription, about_texts(conversation, at)):
                    yield at

    async def _cards(self, subscription: Subscription, kind: str, since: datetime) -> AsyncIterator[StoredCard]:
        async for card in self._store.cards.changed_since(subscription.company, kind, since):
            if _is_heard(card, subscription):
                yield card

    async def _listener(self, subscription: Subscription, period: DigestPeriod) -> tuple[list[Audience], bool]:
        """Return the hooks that receive the calls of ``subscription``, and whether a part of ``period`` may still be
        backfilled."""
        hooks = await self._store.hooks.of_company(subscription.company)
        lost = await self._store.gaps.lost_between([hook.id for hook in hooks], period.begin, period.end)
        listener, settling = [], False
        heard_as = {subscription.owner, subscription.shown_as}
        for hook in hooks:
            if "call" in hook.subscriptions and (hook.reach == "company" or hook.owner in heard_as):
                gaps = [gap for gap in lost if gap.hook_id == hook.id]
                until = period.end if hook.heard_at >= period.end - PULSE else hook.heard_at
                listener.append(Audience(hook.created_at, until, tuple((gap.began_at, gap.ended_at) for gap in gaps)))
                settling |= until < period.end or any(gap.outcome is None for gap in gaps)
        return listener, settling


class _Known:
    """Which open work a subscription counts: what at least one of its calls or texts would have been shown for."""

    def __init__(self, store: Store, subscription: Subscription) -> None:
        self.subscription = subscription
        self._store = store
        self._counted: dict[str, bool] = {}

    async def counts(self, item: Item) -> bool:
        for card in item.cards:
            if card not in self._counted:
                self._counted[card] = await self._counts_card(card, item)
            if self._counted[card]:
                return True
        return False

    async def _counts_card(self, card_id: str, item: Item) -> bool:
        card = await self._store.cards.get(self.subscription.company, card_id)
        if card is None or not _is_heard(card, self.subscription):
            return False
        if card.kind == "call":
            return counts(self.subscription, happening_of(view_call(card.state)))
        return counts(self.subscription, about_texts(view_conversation(card.state), item.since))


def _is_heard(card: StoredCard, subscription: Subscription) -> bool:
    return any(concerns(card.state, one) for one in (subscription.owner, subscription.shown_as))


def _one_name_each(members: Sequence[Member]) -> Callable[[str], str]:
    """Return what finds a person's place at Dialpad by their Slack id or, if only one has it, their name; whatever else
    is given stays as it is."""
    placed = [(one, f"user:{one.dialpad_id}") for one in members if one.dialpad_id]
    named = Counter(one.name for one, _ in placed)
    places = {one.slack_id: place for one, place in placed}
    places |= {one.name: place for one, place in placed if named[one.name] == 1}
    return lambda given: places.get(given, given)
