"""Slack takes nothing for a while: the owner hears of it once, the rest goes on, and so does it when that is over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.contract.reply import Reply
from bot.slack.api.channel_messages import CannotShow, InDoubt, PostNotSent, PostRefused, PostThrottled
from tests.bot.activity.payloads import at, call, customer
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, PostingStage, stage_posting

IN_DIALPAD = "You can find them in Dialpad's own history."
REFUSALS = [
    "channel_not_found", "is_archived", "not_in_channel", "token_revoked", "account_inactive", "restricted_action",
    "a_word_of_tomorrow",
]  # fmt: skip
TROUBLE: dict[str, Exception] = {
    "429": PostThrottled(30),
    "429 for long": PostThrottled(300),
    "500": InDoubt("500"),
    "unreachable": PostNotSent("unreachable"),
    **{code: PostRefused(code) for code in REFUSALS},
}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        yield made


async def miss(stage: PostingStage, number: int) -> None:
    await stage.happen(call(number, "hangup", 20, external_number=customer(number), date_rang=at(1), date_ended=at(20)))


async def pass_time(stage: PostingStage, span: timedelta) -> None:
    """In long steps: what is due meanwhile is done a little late."""
    poster, _ = stage.start()
    until = stage.time.now + span
    while stage.time.now < until:
        await poster.settle()
        stage.time.move(minutes=30)
    await poster.settle()


def told(stage: PostingStage) -> list[str]:
    """What the owner was told."""
    shown = [one.content.shown for one in stage.slack.in_(OWNER.user_id)]
    return [str(one.text) for one in shown if isinstance(one, Reply)]


async def problem_of(stage: PostingStage) -> str:
    subscription = await stage.store.subscriptions.get(COMPANY, "w1")
    assert subscription is not None
    return subscription.problem


@pytest.mark.parametrize("error", TROUBLE.values(), ids=TROUBLE)
async def test_ten_minutes_of_trouble_are_told_once_and_then_made_up_for(stage: PostingStage, error: Exception) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, id="w2", channel="C2"))
    stage.slack.outages["C1"] = error
    for number in (1, 2):
        await miss(stage, number)
    await stage.run(600)

    assert [len(stage.slack.in_(channel)) for channel in ("C1", "C2")] == [0, 2]
    assert len(told(stage)) == 1
    assert "I'll keep trying for a day" in told(stage)[0]
    assert await problem_of(stage) != ""

    stage.slack.outages.clear()
    await stage.run(400)
    assert [len(stage.slack.in_(channel)) for channel in ("C1", "C2")] == [2, 2]
    assert (len(told(stage)), await problem_of(stage)) == (1, "")


async def test_a_card_that_cannot_be_brought_up_to_date_is_once_that_is_over(stage: PostingStage) -> None:
    await stage.happen(call(1, "ringing", 1, date_rang=at(1)))
    await stage.run(3)
    stage.slack.outages["C1"] = PostRefused("is_archived")
    stage.time.move(hours=30)
    await miss(stage, 1)
    await stage.run(60)
    stage.slack.outages.clear()
    await stage.run(400)

    assert len(stage.slack.updates) == 1


async def test_where_not_even_the_owner_can_be_told_it_is_remembered_until_it_is_over(stage: PostingStage) -> None:
    stage.slack.outages["*"] = PostRefused("token_revoked")
    await miss(stage, 1)
    await stage.run(60)
    assert (stage.slack.messages, await problem_of(stage)) == ([], "token_revoked?")

    stage.slack.outages["C1"] = stage.slack.outages.pop("*")
    await stage.run(100)
    assert len(told(stage)) == 1
    stage.slack.outages.clear()
    await stage.run(400)
    assert (len(stage.slack.in_("C1")), len(told(stage)), await problem_of(stage)) == (1, 1, "")


async def test_what_could_not_be_posted_for_a_day_is_given_up_and_its_owner_hears_how_many(stage: PostingStage) -> None:
    stage.slack.outages["C1"] = PostRefused("is_archived")
    for number in (1, 2, 3):
        await miss(stage, number)
        await pass_time(stage, timedelta(hours=7))
    assert len(told(stage)) == 1
    await pass_time(stage, timedelta(hours=4))

    given_up = "1 notification could not be posted within a day and will not be: that channel is archived."
    assert told(stage)[1:] == [f"{given_up} {IN_DIALPAD} 2 more are waiting, each for a day."]
    await pass_time(stage, timedelta(hours=8))
    stage.slack.outages.clear()
    await pass_time(stage, timedelta(hours=1))
    in_all = "2 notifications could not be posted within a day and will not be."
    assert told(stage)[2:] == [f"I can post your notifications again. {in_all} {IN_DIALPAD}"]
    replies = [one.content.shown for one in stage.slack.in_(OWNER.user_id) if isinstance(one.content.shown, Reply)]
    offered = [[button.route for button in reply.buttons] for reply in replies]
    assert offered == [["notify.settings"], *[["calls.calls", "notify.settings"]] * 2]
    await miss(stage, 4)
    await pass_time(stage, timedelta(hours=1))
    assert (len(stage.slack.in_("C1")), len(told(stage)), await problem_of(stage)) == (2, 3, "")


async def test_what_may_have_been_posted_a_day_ago_is_said_to_be_in_doubt(stage: PostingStage) -> None:
    await miss(stage, 1)
    stage.slack.after.append(InDoubt("timeout"))
    await stage.run(2)
    stage.slack.outages["C1"] = InDoubt("500")
    await pass_time(stage, timedelta(hours=25))
    stage.slack.outages.clear()
    await pass_time(stage, timedelta(hours=1))

    assert len(stage.slack.in_("C1")) == 1
    assert "may or may not have been posted" in told(stage)[-1]


@pytest.mark.parametrize("mistake", [PostRefused("invalid_blocks"), CannotShow("KeyError")], ids=["slack", "ours"])
async def test_what_cannot_be_shown_is_told_once_and_holds_up_nothing(stage: PostingStage, mistake: Exception) -> None:
    stage.slack.trouble["C1"] = [mistake]
    for number in (1, 2):
        await miss(stage, number)
    await stage.run(10)

    assert len(stage.slack.in_("C1")) == 1
    assert [one for one in told(stage) if "because of a bug in this app" in one] == told(stage)
    assert len(told(stage)) == 1


async def test_an_error_that_nobody_foresaw_holds_up_nothing_and_is_tried_again(stage: PostingStage) -> None:
    stage.slack.trouble["C1"] = [ValueError("what is this?")]
    for number in (1, 2):
        await miss(stage, number)
    await stage.run(2)
    assert len(stage.slack.in_("C1")) == 1

    await stage.run(10)
    assert len(stage.slack.in_("C1")) == 2
