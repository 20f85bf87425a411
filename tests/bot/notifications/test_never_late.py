"""No card is late because of another: new ones go first, overtaken changes are dropped, a pause holds what it is
for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.dialpad.events import CallEvent
from bot.notifications.poster import Poster
from bot.sandbox.slack.workspace import Conversation
from bot.slack.api.channel_messages import PostThrottled
from tests.bot.activity.payloads import SUPPORT, at, call, customer
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, PostingStage, stage_posting
from tests.bot.notifications.test_two_hundred_at_once import STEP_S, Clockwork, workspace


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        yield made


class Steps:
    """One poster; time passes in steps of a tenth of a second."""

    def __init__(self, stage: PostingStage) -> None:
        self._stage = stage
        self._poster, _ = stage.start()

    async def pass_(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            await self._poster.settle()
            self._stage.time.move(seconds=0.1)


async def shown_ringing(stage: PostingStage, steps: Steps, count: int) -> None:
    for number in range(count):
        await stage.happen(call(number, "ringing", 1))
        await steps.pass_(2)
    assert len(stage.slack.messages) == count


async def end_all(stage: PostingStage, count: int) -> None:
    for number in range(count):
        await stage.happen(ended(number))


async def test_a_new_card_goes_before_the_changes_of_old_ones(stage: PostingStage) -> None:
    steps = Steps(stage)
    await shown_ringing(stage, steps, 12)
    await end_all(stage, 12)
    await steps.pass_(1)
    assert 0 < len(stage.slack.updates) < 12

    await stage.happen(call(99, "ringing", 1))
    rang = stage.time()
    await steps.pass_(2)

    assert (stage.slack.messages[12].at - rang).total_seconds() < 0.5


async def test_changes_that_are_overtaken_while_they_wait_are_never_sent(stage: PostingStage) -> None:
    steps = Steps(stage)
    await shown_ringing(stage, steps, 12)
    await end_all(stage, 12)
    await steps.pass_(1)
    for second in range(90, 96):
        for number in range(12):
            await stage.happen(
                call(number, "recap_summary", second, recap_summary=f"Version {second}", date_rang=at(1))
            )
        await steps.pass_(0.5)
    await steps.pass_(60)

    assert 12 < len(stage.slack.updates) <= 12 * 3
    assert all("Version 95" in str(one.content) for one in stage.slack.messages)
    assert not any(await stage.store.postings.next_due())


async def test_a_pause_that_slack_asks_for_between_changes_delays_no_new_card(stage: PostingStage) -> None:
    steps = Steps(stage)
    await shown_ringing(stage, steps, 2)
    stage.slack.trouble["C1"] = [PostThrottled(30)]
    await stage.happen(ended(0))
    await steps.pass_(2)
    assert not stage.slack.trouble["C1"]

    await stage.happen(ended(1), call(99, "ringing", 1))
    await steps.pass_(3)
    assert (len(stage.slack.messages), stage.slack.updates) == (3, [])

    await steps.pass_(40)
    assert len(set(stage.slack.updates)) == 2


async def test_what_slack_paused_is_asked_for_once_and_not_by_each_message(stage: PostingStage) -> None:
    steps = Steps(stage)
    await shown_ringing(stage, steps, 6)
    stage.slack.trouble["C1"] = [PostThrottled(30) for _ in range(6)]
    await end_all(stage, 6)
    await steps.pass_(20)

    assert len(stage.slack.trouble["C1"]) == 5


async def test_a_channel_that_waits_for_its_turn_asks_the_database_nothing(stage: PostingStage) -> None:
    steps = Steps(stage)
    await shown_ringing(stage, steps, 12)
    await end_all(stage, 12)
    await steps.pass_(1)
    asked = 0
    due = stage.store.postings.due

    async def counted(*args: object, **more: object) -> object:
        nonlocal asked
        asked += 1
        return await due(*args, **more)  # type: ignore[arg-type]  # handed through as it came

    stage.store.postings.due = counted  # type: ignore[assignment, method-assign]  # the same, counted
    before = len(stage.slack.updates)
    await steps.pass_(4)
    assert asked <= 2 * (len(stage.slack.updates) - before) + 1


async def test_with_120_calls_at_once_a_card_is_there_within_three_seconds(stage: PostingStage) -> None:
    clock = Clockwork(stage.time)
    await stage.store.subscriptions.delete(COMPANY, SUBSCRIPTION.id)
    async with workspace(clock) as (slack, channel_messages):
        space = slack._core.space
        support = space.channels["C0SUPPORT"]
        lines = [f"C0LINE{number:03}" for number in range(6)]
        for number, channel in enumerate(lines):
            space.channels[channel] = Conversation(
                channel, f"line-{number}", "channel", support.created, support.creator, list(support.members)
            )
            await stage.store.subscriptions.save(line_subscription(number, channel))
        poster = Poster(stage.store, channel_messages, stage.renderer, sleep=clock.sleep)

        for step in range(round(20 / STEP_S)):
            if step < 20:  # all ring within a second
                await stage.happen(*(ringing(number) for number in range(step * 6, step * 6 + 6)))
            elif step < 40:  # two seconds later somebody answers each of them
                await stage.happen(*(answered(number) for number in range((step - 20) * 6, (step - 20) * 6 + 6)))
            await poster.look()
            while len(poster._serving) > len(clock.sleepers):  # noqa: ASYNC110  # somebody is at work
                await asyncio.sleep(0)
            clock.move()

        refused = [one for one in slack.calls if not one.ok]
        late = sorted([await wait_of(stage, number) for number in range(120)])
    assert refused == []
    assert late[118] < 3.0


def ended(number: int) -> CallEvent:
    return call(number, "hangup", 20, external_number=customer(number), date_rang=at(1), date_ended=at(20))


def line_subscription(number: int, channel: str) -> Subscription:
    return Subscription(
        f"w{number}", OWNER, channel, kinds=frozenset({NewsKind.RINGING}), company_id=COMPANY.company,
        included=(PlaceFilter(f"callcenter:{100 + number}", f"Line {number}"),),
    )  # fmt: skip


def ringing(number: int) -> CallEvent:
    return call(1000 + number, "ringing", 1, external_number=customer(number), target=line(number))


def answered(number: int) -> CallEvent:
    return call(
        1000 + number, "connected", 3, external_number=customer(number), target=line(number), date_connected=at(3)
    )


def line(number: int) -> dict[str, object]:
    return {**SUPPORT, "id": 100 + number % 6, "name": f"Line {number % 6}"}


async def wait_of(stage: PostingStage, number: int) -> float:
    card = await stage.store.cards.named(COMPANY, f"call:{1000 + number}")
    assert card is not None
    (posting,) = await stage.store.postings.of_card(COMPANY, card.id)
    assert posting.ts is not None
    return float(posting.ts) - posting.created_at.timestamp()
