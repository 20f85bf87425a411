import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.contract.reply import Card, Listing, MessageContent, Prose, Reply
from bot.dialpad.events import CallEvent
from bot.notifications.boards import end_boards, show_boards
from bot.notifications.poster import DueChore, Poster
from bot.slack.api.channel_messages import InDoubt, PostNotSent, PostRefused, PostThrottled
from bot.slack.api.pace import POSTS_BURST
from bot.store.agenda import Agenda, read_agenda
from bot.store.card_rows import StoredCard
from bot.store.database import DatabaseProblem
from bot.store.postings import Posting
from tests.bot.activity.payloads import (
    ANA,
    SUPPORT,
    answered_group_call,
    at,
    call,
    customer,
    missed_group_call,
    voicemail_call,
)
from tests.bot.dialpad.test_pacer import most_in_any
from tests.bot.notifications.posting import (
    COMPANY,
    OWNER,
    SUBSCRIPTION,
    Killed,
    PlainRenderer,
    PostingStage,
    stage_posting,
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        yield made


class Versions(PlainRenderer):
    """Cards that look different whenever something is known."""

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent:
        return MessageContent(Reply(f"{card.kind} {card.version}"))


def words(title: Prose) -> str:
    return title if isinstance(title, str) else "".join(getattr(part, "text", str(part)) for part in title)


def head(stage: PostingStage, number: int = -1) -> str:
    shown = stage.slack.messages[number].content.shown
    assert isinstance(shown, Card | Listing)
    return words(shown.title)


def missed(number: int) -> list[CallEvent]:
    return [call(number, "hangup", 20, external_number=customer(number), date_rang=at(1), date_ended=at(20))]


async def test_one_call_is_one_message_that_changes(stage: PostingStage) -> None:
    story = answered_group_call()
    for event in story:
        await stage.happen(event)
        await stage.run(3)

    assert len(stage.slack.messages) == 1
    assert "Answered by Ana" in head(stage)
    assert len(stage.slack.updates) <= 5


async def test_what_happens_within_a_moment_is_one_update(stage: PostingStage) -> None:
    story = answered_group_call()
    await stage.happen(story[0])
    await stage.run(3)
    await stage.happen(*story[1:9])
    await stage.run(5)

    assert len(stage.slack.updates) == 1


async def test_the_same_events_four_times_in_any_order_are_one_effect(stage: PostingStage) -> None:
    story = missed_group_call()
    for turn in (story, story[::-1], story[1::2], story):
        await stage.happen(*turn)
        await stage.run(3)

    assert len(stage.slack.messages) == 1
    assert "Missed" in head(stage)


async def test_a_change_on_the_way_is_not_lost(stage: PostingStage) -> None:
    story = voicemail_call()
    await stage.happen(*story[:4])
    stage.time.move(seconds=1)
    poster, router = stage.start()
    post = stage.slack.post

    async def slow(*args: object, **kwargs: object) -> object:
        await stage.deliver(router, story[4])
        return await post(*args, **kwargs)  # type: ignore[arg-type]  # handed through as it came

    stage.slack.post = slow  # type: ignore[assignment, method-assign]  # the same, with something on the way
    await poster.settle()
    await stage.run(4)

    shown = stage.slack.messages[0].content.shown
    assert isinstance(shown, Card)
    assert "Please call me back." in words(shown.text)


async def test_two_hundred_in_ten_seconds_are_a_burst_then_one_a_second_and_none_is_lost(
    stage: PostingStage,
) -> None:
    poster, router = stage.start()
    for number in range(200):
        ended = call(1000 + number, "hangup", 20, external_number=customer(number), date_rang=at(1), date_ended=at(20))
        await stage.deliver(router, ended)
        stage.time.move(seconds=0.05)
        if number % 10 == 0:
            await poster.settle()
    await stage.run(60)

    posted = [one.at.timestamp() for one in stage.slack.messages]
    assert all(most_in_any(seconds, posted) <= seconds + POSTS_BURST for seconds in (1, 2, 5, 20))
    assert stage.slack.cards_shown() == 200
    assert len(stage.slack.messages) < 30


@pytest.mark.parametrize("when", ["before it is sent", "after it was sent"])
@pytest.mark.parametrize("count", [1, 10], ids=["one", "many"])
async def test_killed_while_posting_everything_is_posted_once(stage: PostingStage, when: str, count: int) -> None:
    for number in range(count):
        await stage.happen(*missed(1000 + number))
    stage.time.move(seconds=1)
    if when == "before it is sent":
        stage.slack.trouble["C1"].append(Killed())
    else:
        stage.slack.after.append(Killed())

    await stage.die()
    await stage.run(30)

    assert stage.slack.cards_shown() == count
    assert len(stage.slack.messages) == 1


async def test_killed_before_anything_was_posted_it_is_posted_by_the_next_process(stage: PostingStage) -> None:
    await stage.happen(*missed(1))

    await stage.run(3)

    assert len(stage.slack.messages) == 1


async def test_killed_while_updating_it_is_updated_again(stage: PostingStage) -> None:
    story = voicemail_call()
    await stage.happen(story[0])
    await stage.run(3)
    await stage.happen(*story[1:])
    stage.time.move(seconds=2)
    stage.slack.after.append(Killed())
    await stage.die()
    await stage.run(3)

    assert len(stage.slack.messages) == 1
    assert "Voicemail" in head(stage)


async def test_slack_that_does_not_answer_is_asked_what_became_of_it(stage: PostingStage) -> None:
    await stage.happen(*missed(1))
    stage.slack.after.append(InDoubt("500"))

    await stage.run(20)

    assert len(stage.slack.messages) == 1


async def test_where_nobody_may_look_nothing_is_repeated_and_the_owner_hears_of_it(stage: PostingStage) -> None:
    await stage.happen(*missed(1))
    stage.slack.after.append(InDoubt("500"))
    stage.slack.blind = True

    await stage.run(60)
    await stage.happen(call(1, "recap_summary", 90, recap_summary="x", date_rang=at(1)))
    await stage.run(60)

    assert len(stage.slack.in_("C1")) == 1
    assert len(stage.slack.in_(OWNER.user_id)) == 1


@pytest.mark.parametrize(
    "code", ["channel_not_found", "is_archived", "not_in_channel", "restricted_action", "token_revoked"]
)
async def test_ten_minutes_of_refusals_are_told_once_and_then_delivered(stage: PostingStage, code: str) -> None:
    stage.slack.trouble["C1"] = [PostRefused(code) for _ in range(7)]
    for number in (1, 2):
        await stage.happen(*missed(number))
    await stage.run(1500)

    told = stage.slack.in_(OWNER.user_id)
    assert len(told) == 1
    assert "cannot post your notifications" in words(told[0].content.shown.text)  # type: ignore[union-attr]  # a Reply
    assert len(stage.slack.in_("C1")) == 2


@pytest.mark.parametrize(
    "error", [PostThrottled(30), PostNotSent("x"), InDoubt("500")], ids=["429", "unreachable", "500"]
)
async def test_passing_trouble_is_waited_for_and_nobody_is_told(stage: PostingStage, error: BaseException) -> None:
    stage.slack.trouble["C1"] = [error] * 6
    await stage.happen(*missed(1))
    await stage.run(900)

    assert [one.channel for one in stage.slack.messages] == ["C1"]


async def test_one_channels_trouble_is_not_anothers(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, id="w2", channel="C2"))
    stage.slack.trouble["C1"] = [PostThrottled(60)]
    await stage.happen(*missed(1))
    await stage.run(3)

    assert [one.channel for one in stage.slack.messages] == ["C2"]


@pytest.mark.parametrize(
    ("story", "messages"),
    [pytest.param(answered_group_call(), 1, id="settled"), pytest.param(voicemail_call(), 2, id="waits")],
)
async def test_a_message_that_somebody_deleted_comes_back_only_for_what_waits(
    stage: PostingStage, story: list[CallEvent], messages: int
) -> None:
    await stage.happen(story[0])
    await stage.run(6)
    stage.slack.trouble["C1"] = [PostRefused("message_not_found")]
    await stage.happen(*story[1:])
    await stage.run(10)

    assert len(stage.slack.messages) == messages
    assert stage.slack.in_(OWNER.user_id) == []


async def test_a_card_that_cannot_be_shown_does_not_hold_up_the_next(stage: PostingStage) -> None:
    await stage.happen(*missed(1))
    broken = await stage.store.cards.named(COMPANY, "call:1")
    assert broken is not None
    stage.renderer.poison.add(broken.id)
    await stage.happen(*missed(2))
    await stage.run(5)

    assert len(stage.slack.in_("C1")) == 1


@pytest.mark.parametrize(
    "away",
    [OperationalError("SELECT 1", {}, OSError()), NoConnectionInTime(), DatabaseProblem("It is closed.")],
    ids=lambda error: type(error).__name__,
)
async def test_a_card_that_could_not_be_read_because_the_database_was_away_is_shown_later(
    stage: PostingStage, away: Exception
) -> None:
    stage.renderer.failures.append(away)
    await stage.happen(*missed(1))
    await stage.run(10)

    assert len(stage.slack.in_("C1")) == 1
    assert stage.slack.in_(OWNER.user_id) == []


async def test_a_paused_subscription_posts_nothing_new(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, paused=True))
    await stage.happen(*missed(1))
    await stage.run(3)

    assert stage.slack.messages == []


async def test_events_of_ones_own_line_are_nobody_elses(stage: PostingStage) -> None:
    stage.hook = replace(stage.hook, reach="person", owner=replace(OWNER, user_id="U0OTHER"))
    await stage.happen(*missed(1))
    await stage.run(3)

    assert stage.slack.messages == []


@given(st.permutations(answered_group_call()[:-1]))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_call_that_was_answered_is_never_told_as_missed(tmp_path: Path, story: list[CallEvent]) -> None:
    with TemporaryDirectory(dir=tmp_path) as folder:
        async with stage_posting(Path(folder)) as stage:
            await stage.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.MISSED})))
            await stage.happen(*story)
            await stage.run(8)

            assert stage.slack.messages == []


async def test_ones_own_missed_leg_is_told_when_nothing_else_is_known(stage: PostingStage) -> None:
    leg = {"target": ANA, "entry_point_call_id": 1, "entry_point_target": SUPPORT, "date_rang": at(1)}
    await stage.happen(call(2, "ringing", 1, **leg), call(2, "hangup", 9, date_ended=at(9), **leg))
    await stage.run(8)

    assert "Missed" in head(stage)


async def test_legs_that_turn_out_to_be_one_call_become_one_card(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.RINGING})))
    await stage.happen(call(1, "ringing", 1), call(2, "ringing", 1))
    await stage.run(4)
    assert len(stage.slack.messages) == 2

    await stage.happen(call(2, "connected", 3, entry_point_call_id=1, date_connected=at(3)))
    await stage.run(6)

    heads = [one.content.shown for one in stage.slack.messages]
    assert [type(one).__name__ for one in heads].count("Reply") == 1
    assert len(stage.slack.messages) == 2


# What else comes due


def always(run: Callable[[], Awaitable[None]]) -> DueChore:
    """A chore that is due at every look."""
    return DueChore(run, lambda _: datetime.min.replace(tzinfo=UTC))


async def test_what_waits_for_dialpad_holds_up_no_message_and_is_not_begun_twice(stage: PostingStage) -> None:
    begun, answered = 0, asyncio.Event()

    async def slow() -> None:
        nonlocal begun
        begun += 1
        await answered.wait()

    poster = Poster(stage.store, stage.slack, stage.renderer, [always(slow)], sleep=stage.time.sleep)
    for number in (1, 2):
        await stage.happen(*missed(number))
        stage.time.move(seconds=5)
        await poster.look()
        await asyncio.wait(set(poster._serving.values()))
    assert (len(stage.slack.messages), begun) == (2, 1)

    answered.set()
    await poster.settle()
    assert begun > 1
    await poster.aclose()


async def test_what_goes_wrong_is_done_again_and_the_rest_goes_on(stage: PostingStage) -> None:
    done: list[str] = []

    async def breaks() -> None:
        done.append("broke")
        raise LookupError

    async def makes_something_due() -> None:
        if "made" not in done:
            done.append("made")
            await stage.happen(*missed(1))
            stage.time.move(seconds=5)

    poster = Poster(
        stage.store, stage.slack, stage.renderer, [always(breaks), always(makes_something_due)], sleep=stage.time.sleep
    )
    await poster.settle()

    assert len(stage.slack.messages) == 1
    assert done.count("broke") == 2


async def test_a_chore_is_slept_for_and_begins_when_it_is_due(stage: PostingStage) -> None:
    begun: list[datetime] = []
    due = stage.time.now + timedelta(seconds=20)

    async def chore() -> None:
        begun.append(stage.time.now)

    poster = Poster(stage.store, stage.slack, stage.renderer, [DueChore(chore, lambda _: due)], sleep=stage.time.sleep)
    await poster.settle()
    assert (begun, await poster._wait_s()) == ([], 20.0)

    stage.time.move(seconds=20)
    await poster.settle()
    assert set(begun) == {due}


async def test_the_agenda_knows_each_kind_of_work(stage: PostingStage) -> None:
    store, company = stage.store, SUBSCRIPTION.company
    assert await read_agenda(store.context) == Agenda()
    await store.subscriptions.save(replace(SUBSCRIPTION, kinds=SUBSCRIPTION.kinds | {NewsKind.DAILY}))
    await store.rosters.follow(company, ["11"])
    await stage.happen(*missed(1))

    agenda = await read_agenda(store.context)
    assert None not in (agenda.posting, agenda.digest, agenda.roster)


async def test_a_chore_that_is_cancelled_before_it_began_is_begun_again(stage: PostingStage) -> None:
    begun: list[int] = []

    async def chore() -> None:
        begun.append(1)

    poster = Poster(stage.store, stage.slack, stage.renderer, [always(chore)], sleep=stage.time.sleep)
    looking = asyncio.create_task(poster.look())
    while not poster._under_way:  # noqa: ASYNC110  the chore is to begin next
        await asyncio.sleep(0)
    (task,) = poster._under_way
    task.cancel()
    await looking
    assert not begun

    await poster.settle()
    assert begun
    assert not poster._under_way


async def test_at_the_end_what_is_under_way_is_let_finish(stage: PostingStage) -> None:
    ended: list[str] = []

    async def takes_a_moment() -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        ended.append("placed the call")

    poster = Poster(stage.store, stage.slack, stage.renderer, [always(takes_a_moment)], sleep=stage.time.sleep)
    await poster.look()
    await poster.aclose()

    assert ended == ["placed the call"]


# Boards


async def test_a_board_that_waits_for_its_second_holds_up_no_card(stage: PostingStage) -> None:
    stage.renderer = Versions()
    board = replace(
        SUBSCRIPTION, kinds=SUBSCRIPTION.kinds | {NewsKind.BOARD}, included=(PlaceFilter("callcenter:11", "Support"),)
    )
    await stage.store.subscriptions.save(board)
    await show_boards(stage.store, board)
    story = answered_group_call()
    await stage.happen(story[0])
    await stage.run(5)
    (shown,) = [one for one in stage.slack.messages if "board" in str(one.content.shown)]

    poster, _ = stage.start()
    for _ in range(2):
        stage.time.move(seconds=0.25)
        await end_boards(stage.store, board)
        await poster.settle()
    await stage.happen(*story[1:])
    stage.time.move(seconds=0.5)
    await poster.settle()
    assert stage.slack.updates.count(shown.ts) == 1
    assert len(stage.slack.updates) == 2
    stage.time.move(seconds=0.5)
    await poster.settle()
    assert stage.slack.updates.count(shown.ts) == 2


# Clocks


@pytest.mark.parametrize("back", [90, 3600], ids=["90 s", "an hour"])
async def test_a_clock_set_back_delays_no_card(stage: PostingStage, back: int) -> None:
    tick = 0.0
    poster = Poster(stage.store, stage.slack, stage.renderer, sleep=stage.time.sleep, monotonic=lambda: tick)
    await stage.happen(*missed(1))
    stage.time.move(seconds=5)
    tick += 5
    await poster.settle()
    await stage.happen(*missed(2))

    stage.time.move(seconds=1 - back)
    tick += 1
    await poster.settle()
    stage.time.move(seconds=5)
    tick += 5
    await poster.settle()

    assert len(stage.slack.messages) == 2
