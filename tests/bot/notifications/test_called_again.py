"""Who calls again is not asked about later than who called once, whatever was set before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.activity.news import NewsKind
from tests.bot.activity.payloads import T0, at, call, text
from tests.bot.notifications.posting import SUBSCRIPTION, PostingStage
from tests.bot.notifications.test_put_off import POLICY, SAM, act, asked, pass_minutes, stage

__all__ = ["stage"]


async def test_a_caller_who_keeps_calling_is_asked_about_as_soon_as_one_who_called_once(stage: PostingStage) -> None:
    await pass_minutes(stage, 3)
    await call_again(stage)
    await pass_minutes(stage, 1.5)
    assert await asked(stage) == []

    await pass_minutes(stage, 1)
    assert [whom for _, whom in await asked(stage)] == [["S1"]]


async def test_what_was_put_off_is_asked_about_when_they_call_again_and_not_at_the_time_that_was_set(
    stage: PostingStage,
) -> None:
    await act(stage, "snoozed", until=stage.time() + timedelta(days=1))
    await pass_minutes(stage, 30)
    await call_again(stage)
    await pass_minutes(stage, 4)
    assert await asked(stage) == []

    await pass_minutes(stage, 1.5)
    assert [whom for _, whom in await asked(stage)] == [["S1"]]


async def test_an_owner_whose_customer_called_again_is_reminded_when_they_have_had_it_for_that_long(
    stage: PostingStage,
) -> None:
    await act(stage, "claimed")
    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=10))
    await pass_minutes(stage, 5)
    await call_again(stage)
    await pass_minutes(stage, 6)
    await pass_minutes(stage, 18)
    assert await asked(stage) == []

    await pass_minutes(stage, 2)
    ((said, pinged),) = await asked(stage)
    assert said.startswith("Claimed 30 min ago")
    assert pinged == [SAM.user_id]


async def test_who_calls_again_after_it_was_given_back_waits_no_longer_for_that(stage: PostingStage) -> None:
    stage.time.move(minutes=0.00001)  # not a whole number of milliseconds, as in life
    await act(stage, "claimed")
    await act(stage, "released")
    await pass_minutes(stage, 3)
    await call_again(stage)
    await pass_minutes(stage, 1.5)
    assert await asked(stage) == []

    await pass_minutes(stage, 1)
    assert [whom for _, whom in await asked(stage)] == [["S1"]]


async def test_who_was_texted_after_somebody_was_asked_and_calls_again_waits_anew(stage: PostingStage) -> None:
    await pass_minutes(stage, 6)
    assert len(await asked(stage)) == 1
    await act(stage, "waits")
    await pass_minutes(stage, 3)
    await call_again(stage)
    await pass_minutes(stage, 4)
    assert len(await asked(stage)) == 1

    await pass_minutes(stage, 2)
    assert [whom for _, whom in await asked(stage)] == [["S1"], ["S1"]]


async def call_again(stage: PostingStage) -> None:
    """They call once more, and nobody answers."""
    now_s = (stage.time() - datetime.fromtimestamp(T0 / 1000, UTC)).total_seconds()
    await stage.happen(
        call(2, "hangup", now_s, date_started=at(now_s - 20), date_rang=at(now_s - 19), date_ended=at(now_s))
    )
    await stage.run(3)


async def test_whoever_claims_a_call_and_a_text_of_one_customer_is_reminded_once(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(
        replace(SUBSCRIPTION, kinds=frozenset({NewsKind.MISSED, NewsKind.SMS}), policy=POLICY)
    )
    await stage.happen(text(7, "Hello?", 60))
    await stage.run(3)
    await act(stage, "claimed")
    for _ in range(5):
        await pass_minutes(stage, 6)
    assert [whom for _, whom in await asked(stage)] == [[SAM.user_id]]
