"""What comes in quiet hours, or while a subscription is paused, waits on disk and is posted when they end."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update

from bot.activity.news import NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import QuietHoursFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.contract.reply import Card, Listing
from bot.dialpad.actions.callcenters import CallCenterStatus
from bot.dialpad.events import CallEvent
from bot.notifications.escalation import Escalations
from bot.notifications.routing import EventRouter
from bot.notifications.service import NotificationService
from bot.slack.api.channel_messages import InDoubt
from bot.store.card_rows import StoredCard
from bot.store.schema import Everywhere, everywhere
from bot.store.subscriptions import subscriptions
from tests.bot.activity.payloads import at, call, customer, text
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, Killed, PostingStage, join, stage_posting

QUIET = replace(
    SUBSCRIPTION,
    kinds=frozenset(NewsKind) - {NewsKind.ENDED, NewsKind.ANSWERED},
    included=(QuietHoursFilter(DailyHours(19 * 60, 21 * 60)),),
)
"""It is 20:00 when a test begins."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await made.store.subscriptions.save(QUIET)
        yield made


def missed(number: int) -> CallEvent:
    return call(number, "hangup", 20, external_number=customer(number), date_rang=at(1), date_ended=at(20))


def ringing(number: int) -> CallEvent:
    return call(number, "ringing", 1, external_number=customer(number), date_rang=at(1))


async def until_quiet_hours_end(stage: PostingStage) -> None:
    await stage.run(3)
    stage.time.move(minutes=59)
    await stage.run(120)


def board(stage: PostingStage) -> NotificationService:
    return NotificationService(stage.store, cast(Any, Elsewhere()), cast(Any, None), lambda: None)


class Elsewhere:
    """The app in no channel: what changes is announced nowhere."""

    async def is_in(self, team_id: str, channel: str) -> bool:
        return False


async def the_card(stage: PostingStage, name: str) -> StoredCard:
    found = await stage.store.cards.named(COMPANY, name)
    assert found is not None
    return found


async def save(stage: PostingStage, subscription: Subscription) -> None:
    await board(stage).save_subscription(subscription, subscription.owner)
    await stage.run(3)


async def test_a_call_is_held_and_posted_when_they_end(stage: PostingStage) -> None:
    await stage.happen(ringing(1))
    await stage.run(5)
    await stage.happen(missed(1))
    await stage.run(600)
    assert stage.slack.messages == []

    await until_quiet_hours_end(stage)
    (message,) = stage.slack.messages
    assert message.at.hour == 21
    assert isinstance(message.content.shown, Card)


async def test_several_calls_are_one_message(stage: PostingStage) -> None:
    for number in range(1, 8):
        await stage.happen(ringing(number), missed(number))
        await stage.run(7.3)
    await until_quiet_hours_end(stage)

    (message,) = stage.slack.messages
    assert isinstance(message.content.shown, Listing)
    assert stage.slack.cards_shown() == 7


async def test_what_was_taken_care_of_meanwhile_is_not_posted(stage: PostingStage) -> None:
    await stage.happen(missed(1), missed(2), ringing(3))
    await stage.run(5)
    await join(stage, OWNER)
    await board(stage).act(await the_card(stage, "call:1"), OWNER, "done")
    over = {"date_connected": at(9), "date_ended": at(39), "operator_call_id": 9, "date_rang": at(1)}
    await stage.happen(call(3, "hangup", 39, **over))
    await until_quiet_hours_end(stage)

    (message,) = stage.slack.messages
    (posting,) = await stage.store.postings.of_card(COMPANY, (await the_card(stage, "call:2")).id)
    assert message.name == posting.id


async def test_a_card_that_is_shown_is_still_brought_up_to_date(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, included=()))
    await stage.happen(ringing(1))
    await stage.run(5)
    await stage.store.subscriptions.save(QUIET)
    await stage.happen(missed(1))
    await stage.run(5)

    assert stage.slack.updates == [stage.slack.messages[0].ts]
    assert len(stage.slack.messages) == 1


async def test_what_is_held_does_not_keep_a_shown_card_from_its_change(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, included=()))
    await stage.happen(ringing(1))
    await stage.run(5)
    await stage.store.subscriptions.save(QUIET)
    for number in (2, 3):
        await stage.happen(ringing(number))
        await stage.happen(missed(number))
    await stage.happen(missed(1))
    await stage.run(10)

    assert stage.slack.updates == [stage.slack.messages[0].ts]


async def test_a_conversation_is_held_whole_and_keeps_its_order(stage: PostingStage) -> None:
    for number, body in enumerate(("One", "Two", "Three"), 1):
        await stage.happen(text(number, body, number))
        await stage.run(5)
    assert stage.slack.messages == []

    await until_quiet_hours_end(stage)
    head, *rest = stage.slack.messages
    names = [
        (await stage.store.postings.of_card(COMPANY, (await the_card(stage, f"text:{n}")).id))[0].id for n in (1, 2, 3)
    ]
    assert [one.thread_ts for one in rest] == [head.ts] * 3
    assert [one.name for one in rest] == names


async def test_a_text_to_a_conversation_that_is_shown_waits_too(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, included=()))
    await stage.happen(text(1, "One", 1))
    await stage.run(5)
    await stage.store.subscriptions.save(QUIET)
    await stage.happen(text(2, "Two", 2))
    await stage.run(30)
    assert len(stage.slack.messages) == 2

    await until_quiet_hours_end(stage)
    assert len(stage.slack.messages) == 3


async def test_what_comes_afterwards_stands_below(stage: PostingStage) -> None:
    await stage.happen(missed(1))
    await stage.run(3)
    stage.time.move(minutes=60)
    await stage.happen(missed(2))
    await stage.run(5)

    shown = [await stage.store.postings.get(COMPANY, one.name) for one in stage.slack.messages]
    ids = [(await the_card(stage, f"call:{number}")).id for number in (1, 2)]
    assert [one.card_id for one in shown if one] == ids


async def test_taking_the_quiet_hours_away_posts_what_they_held(stage: PostingStage) -> None:
    await stage.happen(missed(1))
    await stage.run(3)
    await save(stage, replace(QUIET, included=()))

    assert len(stage.slack.messages) == 1


async def test_quiet_hours_that_are_moved_hold_until_their_new_end(stage: PostingStage) -> None:
    await stage.happen(missed(1))
    await stage.run(3)
    await save(stage, replace(QUIET, included=(QuietHoursFilter(DailyHours(19 * 60, 22 * 60)),)))
    await until_quiet_hours_end(stage)
    assert stage.slack.messages == []

    await until_quiet_hours_end(stage)
    assert len(stage.slack.messages) == 1


async def test_an_event_that_is_no_longer_wanted_is_dropped(stage: PostingStage) -> None:
    await stage.happen(missed(1))
    await stage.run(3)
    await save(stage, replace(QUIET, kinds=frozenset({NewsKind.SMS})))
    await until_quiet_hours_end(stage)

    assert stage.slack.messages == []


async def test_a_pause_holds_what_came_before_it_until_somebody_resumes(stage: PostingStage) -> None:
    await stage.happen(missed(1))
    await stage.run(3)
    await save(stage, replace(QUIET, paused=True))
    await until_quiet_hours_end(stage)
    stage.time.move(hours=5)
    await stage.run(5)
    assert stage.slack.messages == []

    await save(stage, QUIET)
    assert len(stage.slack.messages) == 1


async def test_removing_the_subscription_drops_what_it_held(stage: PostingStage) -> None:
    await stage.happen(missed(1), text(1, "Hi"))
    await stage.run(3)
    await board(stage).remove_subscription(QUIET, QUIET.owner)
    await until_quiet_hours_end(stage)

    assert stage.slack.messages == []


async def test_a_test_is_posted_at_once(stage: PostingStage) -> None:
    await board(stage).post_test(replace(QUIET, kinds=frozenset({NewsKind.MISSED})))
    await stage.run(3)

    assert len(stage.slack.messages) == 1


async def test_another_subscription_of_the_channel_without_quiet_hours_posts_at_once(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, id="w2", kinds=frozenset({NewsKind.MISSED}), included=()))
    await stage.happen(ringing(1))
    await stage.run(5)
    assert stage.slack.messages == []

    await stage.happen(missed(1))
    await stage.run(5)
    assert len(stage.slack.messages) == 1


class FullQueue:
    """A Dialpad at which nine callers wait."""

    def of(self, _: object, within: object = None) -> "FullQueue":
        return self

    async def send(self, *_: object, **__: object) -> CallCenterStatus:
        return CallCenterStatus(pending=9)


@pytest.mark.parametrize(("included", "told"), [((), 1), (QUIET.included, 0)])
async def test_a_long_queue_at_night_is_no_news_in_the_morning(
    stage: PostingStage, included: tuple[Filter, ...], told: int
) -> None:
    await stage.store.subscriptions.save(replace(QUIET, kinds=frozenset({NewsKind.QUEUE}), included=included))
    await stage.deliver(EventRouter(stage.store, cast(Any, FullQueue()), lambda: None), call(1, "queued", 1))
    await until_quiet_hours_end(stage)

    assert len(stage.slack.messages) == told


async def test_killed_while_it_holds_and_while_it_posts_everything_is_posted_once(stage: PostingStage) -> None:
    await stage.happen(missed(1), missed(2))
    await stage.run(3)
    stage.time.move(minutes=60)
    stage.slack.after = [Killed()]
    await stage.die()
    await stage.run(10)

    assert len(stage.slack.messages) == 2
    assert stage.slack.cards_shown() == 2


async def test_what_was_on_its_way_when_they_began_is_looked_for_and_then_held(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, included=()))
    await stage.happen(missed(1))
    stage.slack.trouble["C1"] = [InDoubt("no answer")]
    await stage.run(1)
    await stage.store.subscriptions.save(QUIET)
    await stage.run(30)
    assert stage.slack.messages == []

    await until_quiet_hours_end(stage)
    assert len(stage.slack.messages) == 1


async def test_nobody_is_asked_to_claim_a_held_call_before_it_has_stood_there_for_its_time(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(QUIET, policy=EscalationPolicy(claim=5, on_duty=False)))
    await stage.happen(missed(1))
    nobody = cast(Any, None)

    async def pass_(**span: float) -> None:
        stage.time.move(**span)
        await Escalations(stage.store, nobody, nobody, nobody).run_due()
        await stage.run(3)

    for minutes in (20, 20, 20.5, 4):
        await pass_(minutes=minutes)
    assert len(stage.slack.messages) == 1

    await pass_(minutes=1)
    assert len(stage.slack.messages) == 2
    assert stage.slack.messages[1].at - stage.slack.messages[0].at > timedelta(minutes=4)


async def test_when_the_quiet_hours_go_a_held_call_is_asked_for_after_its_usual_time(stage: PostingStage) -> None:
    subscription = replace(QUIET, policy=EscalationPolicy(claim=5, on_duty=False))
    await stage.store.subscriptions.save(subscription)
    await stage.happen(missed(1))
    await stage.run(3)
    await save(stage, replace(subscription, included=()))
    stage.time.move(minutes=5)
    nobody = cast(Any, None)
    await Escalations(stage.store, nobody, nobody, nobody).run_due()
    await stage.run(3)

    assert len(stage.slack.messages) == 2


async def test_what_was_planned_with_a_channels_old_id_is_posted_under_its_new_one(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(SUBSCRIPTION)
    await stage.happen(missed(1))  # by a process that read the subscription before another one took in the new id
    moved = everywhere(update(subscriptions).values(channel="C0SHARED1"), Everywhere.SLACK)
    await stage.store.database.write(lambda connection: connection.execute(moved).rowcount)
    await stage.run(5)

    assert [one.channel for one in stage.slack.messages] == ["C0SHARED1"]
