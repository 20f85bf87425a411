"""What a subscription would have posted yesterday, against what one just like it did post."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.activity.news import NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import HoursFilter, LongerFilter, NumberFilter, PlaceFilter, QuietHoursFilter
from bot.activity.subscriptions.forecast import Forecast, Forecasts
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.reply import Listing, Reply
from bot.dialpad.events import Event
from bot.notifications import forecasting
from bot.notifications.forecasting import forecast
from bot.store.card_rows import cards
from tests.bot.activity.payloads import SUPPORT, T0, answered_group_call, at, call, text
from tests.bot.notifications.posting import OWNER, SUBSCRIPTION, PostingStage, stage_posting

CALLED = datetime.fromtimestamp(T0 / 1000, UTC)
MORNING = CALLED.replace(hour=8, minute=0, second=0) + timedelta(days=1)
SALES = {**SUPPORT, "id": 12, "name": "Sales"}
LINE, OTHER_LINE = PlaceFilter("callcenter:11", "Support"), PlaceFilter("callcenter:12", "Sales")
NEW = replace(SUBSCRIPTION, id="new", channel="C2", kinds=frozenset({NewsKind.MISSED, NewsKind.SMS}))
KINDS = frozenset({NewsKind.MISSED, NewsKind.ANSWERED, NewsKind.SMS})


def missed(number: int, **more: object) -> Event:
    return call(number, "hangup", 20, date_rang=at(1), date_ended=at(20), **more)


def a_day() -> list[Event]:
    other = {"from_number": "+14155550151", "contact": {"id": 8, "name": "B", "phone_number": "+14155550151"}}
    reply = {"direction": "outbound", "from_number": "+14155550101", "to_number": ["+14155550150"]}
    return [
        *answered_group_call(),
        missed(5),
        missed(6, target=SALES),
        missed(7, external_number="+4930901820", contact=None),
        text(21, "Is it ready?", 5),
        text(22, "Yes", 6, **reply, message_status="delivered"),
        text(23, "Thank you", 7),
        text(24, "Hello?", 8, **other),
        text(25, "Hi", 9, **reply, message_status="failed"),
    ]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        made.time.now = CALLED
        yield made


@pytest.mark.parametrize(
    "new",
    [
        NEW,
        replace(NEW, kinds=KINDS),
        replace(NEW, kinds=KINDS, included=(LINE,)),
        replace(NEW, kinds=KINDS, included=(OTHER_LINE,)),
        replace(NEW, kinds=KINDS, excluded=(NumberFilter("+49"),)),
        replace(NEW, kinds=KINDS, included=(LongerFilter(25),)),
        replace(NEW, kinds=KINDS, included=(HoursFilter(DailyHours(0, 1)),)),
        replace(NEW, kinds=frozenset({NewsKind.FAILED_SMS})),
        replace(NEW, kinds=frozenset({NewsKind.ABANDONED})),
    ],
)
async def test_it_says_as_many_as_one_just_like_it_posted(stage: PostingStage, new: Subscription) -> None:
    await stage.store.subscriptions.save(new)
    await stage.happen(*a_day())
    await stage.run(30)
    shown = [message.content.shown for message in stage.slack.in_("C2") if message.thread_ts is None]
    conversations = [one for one in shown if isinstance(one, Reply)]
    calls = sum(len(one.rows) if isinstance(one, Listing) else 1 for one in shown) - len(conversations)
    texts = sum(count for kind, count in {NewsKind.SMS: 3, NewsKind.FAILED_SMS: 1}.items() if kind in new.kinds)
    stage.time.now = MORNING

    found = (await forecast(stage.store, replace(new, id="next"), None)).yesterday
    assert found.posts == calls + (texts if conversations else 0)
    assert found.known == 8


async def test_what_came_today_is_told_apart(stage: PostingStage) -> None:
    await stage.happen(*a_day())
    stage.time.move(minutes=1)

    found = await forecast(stage.store, NEW, None)
    assert (found.yesterday.known, found.today.posts) == (0, 6)


async def test_a_change_is_compared_with_what_it_was(stage: PostingStage) -> None:
    await stage.happen(*a_day())
    stage.time.now = MORNING

    found = await forecast(stage.store, replace(NEW, included=(LINE,)), replace(NEW, kinds=frozenset({NewsKind.SMS})))
    assert found.unchanged is not None
    assert (found.yesterday.posts, found.unchanged.posts) == (5, 3)


async def test_days_are_those_of_its_own_clock(stage: PostingStage) -> None:
    await stage.happen(*a_day())
    stage.time.now = CALLED + timedelta(hours=12)
    days = {zone: await forecast(stage.store, replace(NEW, zone=zone), None) for zone in ("UTC", "Pacific/Kiritimati")}

    assert {zone: (found.yesterday.posts, found.today.posts) for zone, found in days.items()} == {
        zone: (6, 0) if stage.time.now.astimezone(replace(NEW, zone=zone).clock).date()
        > CALLED.astimezone(replace(NEW, zone=zone).clock).date() else (0, 6)
        for zone in days
    }  # fmt: skip


async def test_what_is_paused_or_quiet_is_counted_as_well(stage: PostingStage) -> None:
    await stage.happen(*a_day())
    stage.time.now = MORNING
    still = replace(NEW, paused=True, included=(QuietHoursFilter(DailyHours(0, 1439)),))

    assert (await forecast(stage.store, still, None)).yesterday.posts == 6


async def test_nothing_of_another_company_or_of_somebody_elses_own_line_is_counted(stage: PostingStage) -> None:
    sam = PersonKey(OWNER.team_id, "U0SAM0002")
    await stage.happen(missed(5))
    stage.hook = replace(stage.hook, owner=sam, reach="person")
    await stage.happen(missed(6))
    stage.time.now = MORNING
    theirs = replace(NEW, company_id=CompanyKey(OWNER.team_id, "2").company)
    found = {
        "owner": await forecast(stage.store, NEW, None),
        "sam": await forecast(stage.store, replace(NEW, owner=sam), None),
        "another company": await forecast(stage.store, theirs, None),
    }

    assert {who: one.yesterday.known for who, one in found.items()} == {"owner": 1, "sam": 2, "another company": 0}


async def test_what_cannot_be_counted_is_not_looked_for(stage: PostingStage) -> None:
    await stage.happen(*a_day())
    stage.time.now = MORNING

    assert await forecast(stage.store, replace(NEW, kinds=frozenset({NewsKind.DUTY})), None) == Forecasts()


async def test_a_large_day_is_counted_in_part(stage: PostingStage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.happen(*a_day())
    stage.time.now = MORNING
    monkeypatch.setattr(forecasting, "MOST_LOOKED_AT", 2)
    found = (await forecast(stage.store, NEW, None)).yesterday

    assert found.partly
    assert found.known == 2


async def test_a_card_that_cannot_be_read_is_left_out(stage: PostingStage) -> None:
    await stage.happen(missed(5))
    stage.time.now = MORNING
    garbled = update(cards).values(sealed=b"not this")
    await stage.store.database.write(lambda connection: connection.execute(garbled))

    assert (await forecast(stage.store, NEW, None)).yesterday == Forecast(partly=True)
