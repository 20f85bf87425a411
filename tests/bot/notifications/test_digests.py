"""Digests by the clock: due once, told once, whatever happens in between."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import delete, update

from bot.activity.digest import Digest, from_json
from bot.activity.histories import Act
from bot.activity.news import NewsKind
from bot.activity.registers import value
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.activity.work_tally import Settler, StillOpen
from bot.basics.opening_hours import OpeningHours
from bot.notifications.digests import UNREADABLE, Digests
from bot.notifications.service import NotificationService
from bot.store.card_rows import cards
from tests.bot.activity.payloads import SUPPORT, T0, answered_group_call, at, call, customer, text
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, Killed, PostingStage, join, stage_posting
from tests.bot.notifications.test_ended_for_good import noticed
from tests.bot.store.test_connections import LINK

CALLED = datetime.fromtimestamp(T0 / 1000, UTC)
MORNING = CALLED.replace(hour=8, minute=0, second=0) + timedelta(days=1)
DAILY = replace(SUBSCRIPTION, kinds=frozenset({NewsKind.DAILY}))
MISSED = call(5, "hangup", 20, external_number=customer(5), date_rang=at(1), date_ended=at(20))
SALES = {**SUPPORT, "id": 12, "name": "Sales"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    """It has been listening for days; one call was answered and one missed, on the day before ``MORNING``."""
    async with stage_posting(tmp_path) as made:
        made.time.now = CALLED - timedelta(days=3)
        hook = await made.store.hooks.create(OWNER, COMPANY, "webhook")
        await made.store.hooks.note(hook.id, endpoint_id="1", subscriptions={"call": "1"}, reach="company")
        made.hook = replace(hook, endpoint_id="1", subscriptions={"call": "1"})
        made.time.now = CALLED
        await made.store.subscriptions.save(DAILY)
        await made.happen(*answered_group_call(), MISSED)
        yield made


async def wake_at(stage: PostingStage, moment: datetime, *, heard: bool = True) -> None:
    """The bot runs at this moment, and has run all the time before unless it was not ``heard``."""
    stage.time.now = moment
    if heard:
        await stage.store.hooks.heard(stage.hook.id, moment)
    await run(stage, Digests(stage.store))


async def run(stage: PostingStage, digests: Digests) -> None:
    for _ in range(3):
        await digests.run_due()
    await stage.run(4)


async def told(stage: PostingStage) -> list[Digest]:
    """What was posted, the oldest first."""
    found = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(COMPANY, message.name)
        card = await stage.store.cards.get(COMPANY, posting.card_id) if posting else None
        if card is not None and card.kind == "digest":
            found.append(from_json(value(card.state, "digest")))
    return found


async def test_a_digest_counts_the_day_before_and_is_posted_once(stage: PostingStage) -> None:
    await wake_at(stage, MORNING - timedelta(seconds=10))
    assert await told(stage) == []
    await wake_at(stage, MORNING + timedelta(seconds=3))
    await wake_at(stage, MORNING + timedelta(hours=3))

    (digest,) = await told(stage)
    assert (digest.tally.calls, digest.tally.answered, digest.tally.missed) == (2, 1, 1)
    assert digest.still_open == StillOpen(1, 1, CALLED)
    assert digest.work is not None
    assert (digest.work.items, digest.work.open, digest.work.answers) == (1, 1, 0)
    assert digest.tally.median_wait_s == 9.0
    assert digest.before is not None
    assert digest.silences == ()
    assert stage.slack.messages[0].channel == "C1"


async def test_the_next_day_has_its_own_digest(stage: PostingStage) -> None:
    await wake_at(stage, MORNING)
    await wake_at(stage, MORNING + timedelta(days=1))

    first, second = await told(stage)
    assert second.tally.calls == 0
    assert second.before == first.tally


async def test_what_somebody_has_claimed_is_answered_and_still_open(stage: PostingStage) -> None:
    missed = await stage.store.cards.named(COMPANY, "call:5")
    assert missed is not None
    act = Act(stage.store.now(), "U0SAM0002", "claimed", "callcenter:11")
    await stage.store.histories.act(COMPANY, customer(5), "callcenter:11", act, lambda _: True)
    await wake_at(stage, MORNING)

    (digest,) = await told(stage)
    assert digest.still_open == StillOpen(1, 0, CALLED)
    assert digest.work is not None
    assert (digest.work.answers, digest.work.due, digest.work.settlers) == (1, 0, ())


async def test_what_was_settled_is_told_with_who_did_it_and_how_soon(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(DAILY, policy=EscalationPolicy(claim=15)))
    await join(stage, OWNER)
    missed = await stage.store.cards.named(COMPANY, "call:5")
    assert missed is not None
    stage.time.move(minutes=10)
    service = NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None)
    await service.act(missed, OWNER, "done")
    await wake_at(stage, MORNING)

    (digest,) = await told(stage)
    assert digest.still_open == StillOpen()
    assert digest.work is not None
    assert (digest.work.median_answer_s, digest.work.within, digest.work.due) == (600.0, 1, 1)
    assert digest.work.settlers == (Settler(f"user:{LINK.dialpad_user_id}", 1),)


class ClosedUntil:
    """A line that opens at one moment of each day, for an hour."""

    def __init__(self, opens: datetime) -> None:
        minute = opens.hour * 60 + opens.minute
        self.hours = OpeningHours("UTC", (((minute, minute + 60),),) * 7)

    async def of_all(self, _: Subscription, lines: set[str]) -> dict[str, OpeningHours]:
        return dict.fromkeys(lines, self.hours)


@pytest.mark.parametrize(("opens_in", "within"), [(0, 0), (9, 1)])
async def test_answered_within_counts_the_hours_of_the_line(stage: PostingStage, opens_in: int, within: int) -> None:
    """It was claimed ten minutes after it came; the target is five."""
    await stage.store.subscriptions.save(replace(DAILY, policy=EscalationPolicy(answer=5)))
    await join(stage, OWNER)
    missed = await stage.store.cards.named(COMPANY, "call:5")
    assert missed is not None
    assert missed.customer
    act = Act(CALLED + timedelta(minutes=10), OWNER.user_id, "claimed", "callcenter:11")
    await stage.store.histories.act(COMPANY, missed.customer, "callcenter:11", act, lambda _: True)
    stage.time.now = MORNING
    await stage.store.hooks.heard(stage.hook.id, MORNING)
    hours = ClosedUntil(CALLED.replace(second=0) + timedelta(minutes=opens_in))
    await run(stage, Digests(stage.store, cast(Any, hours)))

    (digest,) = await told(stage)
    assert digest.work is not None
    assert (digest.work.within, digest.work.due, digest.target_min, digest.in_hours) == (within, 1, 5, True)


async def test_what_is_left_from_days_before_is_still_open(stage: PostingStage) -> None:
    await wake_at(stage, MORNING + timedelta(days=4))

    (digest,) = await told(stage)
    assert digest.work is not None
    assert (digest.work.items, digest.still_open) == (0, StillOpen(1, 1, CALLED))


async def test_a_late_start_posts_it_as_soon_as_it_runs(stage: PostingStage) -> None:
    await wake_at(stage, MORNING + timedelta(hours=11))

    assert len(await told(stage)) == 1


async def test_half_a_day_late_is_too_late_and_the_next_one_comes(stage: PostingStage) -> None:
    await wake_at(stage, MORNING + timedelta(hours=13))
    assert await told(stage) == []

    await wake_at(stage, MORNING + timedelta(days=1))
    assert len(await told(stage)) == 1


async def test_daily_and_weekly_are_two_messages(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(DAILY, kinds=frozenset({NewsKind.DAILY, NewsKind.WEEKLY})))
    await wake_at(stage, MORNING + timedelta(days=(7 - MORNING.weekday()) % 7))

    calls = {one.period.kind: one.tally.calls for one in await told(stage)}
    assert calls == {NewsKind.DAILY: 0, NewsKind.WEEKLY: 2}
    assert len(stage.slack.messages) == 2


async def test_only_what_the_filters_let_through_is_counted(stage: PostingStage) -> None:
    await stage.happen(call(7, "hangup", 60, target=SALES, date_rang=at(50), date_ended=at(60)), text(1, "Hi", 9))
    await stage.store.subscriptions.save(
        replace(DAILY, id="w2", channel="C2", included=(PlaceFilter("callcenter:12", "S"),))
    )
    await wake_at(stage, MORNING)

    tallies = {one.lines: one.tally for one in await told(stage)}
    assert (tallies["on every line"].calls, tallies["on every line"].texts) == (3, 1)
    assert (tallies["for S"].calls, tallies["for S"].texts) == (1, 0)


async def test_what_came_through_somebody_elses_connection_is_not_counted(stage: PostingStage) -> None:
    sam = replace(OWNER, user_id="U0SAM0002")
    stage.hook = replace(stage.hook, owner=sam, reach="person")
    await stage.happen(call(8, "hangup", 60, date_rang=at(50), date_ended=at(60)))
    await stage.store.subscriptions.save(replace(DAILY, id="w2", channel=sam.user_id, owner=sam))
    await wake_at(stage, MORNING)

    assert sorted(one.tally.calls for one in await told(stage)) == [2, 3]


async def test_a_made_up_call_is_not_counted(stage: PostingStage) -> None:
    board = NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None)
    await board.post_test(replace(SUBSCRIPTION, id="w9"))
    await wake_at(stage, MORNING)

    assert (await told(stage))[0].tally.calls == 2


async def test_a_test_tells_the_day_so_far(stage: PostingStage) -> None:
    stage.time.move(minutes=10)
    await stage.store.hooks.heard(stage.hook.id, stage.time())
    await NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None).post_test(DAILY)
    await stage.run(4)

    (digest,) = await told(stage)
    assert digest.period.so_far
    assert (digest.tally.calls, digest.before, digest.silences) == (2, None, ())
    assert len(stage.slack.messages) == 1


# Gaps


async def test_a_gap_that_was_not_read_back_is_told(stage: PostingStage) -> None:
    lost, found = CALLED + timedelta(hours=2), CALLED + timedelta(hours=3)
    for begin, outcome in ((lost, "not allowed"), (found, "read back")):
        gap = await stage.store.gaps.add(stage.hook.id, begin, begin + timedelta(minutes=9), "closed")
        await stage.store.gaps.settle(gap, outcome=outcome, found=0)
    await wake_at(stage, MORNING)

    (digest,) = await told(stage)
    assert digest.silences == ((lost, lost + timedelta(minutes=9)),)


async def test_after_a_start_it_waits_for_what_may_still_be_read_back(stage: PostingStage) -> None:
    stage.time.now = MORNING + timedelta(minutes=30)
    digests = Digests(stage.store)
    await run(stage, digests)
    assert await told(stage) == []

    gap = await stage.store.gaps.add(stage.hook.id, CALLED, stage.time(), "stopped")
    await stage.store.hooks.heard(stage.hook.id, stage.time())
    await run(stage, digests)
    assert await told(stage) == []

    await stage.store.gaps.settle(gap, outcome="read back", found=0)
    stage.time.move(seconds=10)
    await run(stage, digests)
    (digest,) = await told(stage)
    assert digest.silences == ()


async def test_it_does_not_wait_for_ever(stage: PostingStage) -> None:
    stage.time.now = MORNING + timedelta(minutes=30)
    digests = Digests(stage.store)
    await run(stage, digests)
    stage.time.move(minutes=3)
    await run(stage, digests)

    (digest,) = await told(stage)
    assert digest.silences


async def test_what_was_before_there_was_an_ear_is_told_and_not_compared(stage: PostingStage) -> None:
    await stage.store.hooks.remove(stage.hook.id)
    stage.time.now = CALLED + timedelta(minutes=5)
    hook = await stage.store.hooks.create(OWNER, COMPANY, "webhook")
    await stage.store.hooks.note(hook.id, endpoint_id="1", subscriptions={"call": "1"}, reach="company")
    stage.hook = hook
    await wake_at(stage, MORNING)

    (digest,) = await told(stage)
    assert digest.silences == ((digest.period.begin, CALLED),)
    assert digest.before is None


# Killed, together, and broken


@pytest.mark.parametrize("point", ["before anything", "after the card was written", "after it was done"])
async def test_killed_in_the_middle_it_is_told_once(stage: PostingStage, point: str) -> None:
    absorb, done = stage.store.cards.absorb, stage.store.subscriptions.digest_done

    async def die(*_: object, **__: object) -> Any:
        raise Killed

    async def finish_and_die(subscription: Subscription, due: datetime) -> None:
        await done(subscription, due)
        raise Killed

    if point == "before anything":
        stage.store.cards.absorb = die  # type: ignore[method-assign]  # the process ends there
    elif point == "after the card was written":
        stage.store.subscriptions.digest_done = die  # type: ignore[method-assign]  # the process ends there
    else:
        stage.store.subscriptions.digest_done = finish_and_die  # type: ignore[method-assign]  # the process ends there
    with pytest.raises(Killed):
        await wake_at(stage, MORNING)
    stage.store.cards.absorb, stage.store.subscriptions.digest_done = absorb, done  # type: ignore[method-assign]  # the next process

    await wake_at(stage, MORNING + timedelta(minutes=1))
    await wake_at(stage, MORNING + timedelta(minutes=9))
    assert len(await told(stage)) == 1


async def test_processes_side_by_side_tell_it_once(stage: PostingStage) -> None:
    stage.time.now = MORNING
    await stage.store.hooks.heard(stage.hook.id, MORNING)
    subscription, due = await stage.store.subscriptions.due_digest(MORNING) or (DAILY, MORNING)
    one, other = Digests(stage.store), Digests(stage.store)
    await one._run(subscription, due, MORNING)
    await other._run(subscription, due, MORNING)
    await stage.run(4)

    assert len(await told(stage)) == 1


async def test_one_whose_key_is_missing_is_told_to_its_owner_and_the_next_one_comes(stage: PostingStage) -> None:
    resealed = update(cards).values(sealed=b"sealed with another key")
    await stage.store.database.write(lambda connection: connection.execute(resealed).rowcount)
    await wake_at(stage, MORNING)
    await wake_at(stage, MORNING + timedelta(minutes=5))

    assert await noticed(stage.store, OWNER.user_id) == [UNREADABLE]
    await stage.store.database.write(
        lambda connection: connection.execute(delete(cards).where(cards.c.kind == "call")).rowcount
    )
    await wake_at(stage, MORNING + timedelta(days=1))
    assert len(await told(stage)) == 1


async def test_one_that_cannot_be_counted_holds_up_nothing(stage: PostingStage) -> None:
    stage.time.now = MORNING
    await stage.store.hooks.heard(stage.hook.id, MORNING)
    lost = stage.store.gaps.lost_between
    stage.store.gaps.lost_between = cast(Any, None)  # type: ignore[method-assign]  # broken
    digests = Digests(stage.store)
    await digests.run_due()

    stage.store.gaps.lost_between = lost  # type: ignore[method-assign]  # put right
    await digests.run_due()
    assert await told(stage) == []
    stage.time.move(minutes=1)
    await run(stage, digests)
    assert len(await told(stage)) == 1
