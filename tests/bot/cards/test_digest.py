from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.activity.digest import Counted, Digest, tally
from bot.activity.digest_times import DigestPeriod
from bot.activity.news import NewsKind
from bot.activity.work_tally import Settler, StillOpen, WorkTally
from bot.cards.digest import digest_card
from bot.contract.reply import Card, Chart, DataTable, Reply
from bot.slack.blockkit.blocks import Reader
from bot.slack.blockkit.render import render_message
from tests.handlers.harness import plain

PACIFIC = ZoneInfo("America/Los_Angeles")
BEGIN = datetime(2026, 11, 23, tzinfo=PACIFIC).astimezone(UTC)
DAY = DigestPeriod(NewsKind.DAILY, BEGIN, BEGIN + timedelta(days=1))
WEEK = DigestPeriod(NewsKind.WEEKLY, BEGIN, BEGIN + timedelta(days=7))


def some(ending: str, count: int, hour: float, **more: object) -> list[Counted]:
    return [Counted(BEGIN + timedelta(hours=hour), ending, **more)] * count  # type: ignore[arg-type]  # words of a test


BUSY = replace(
    tally(
        [
            *some("answered", 12, 10, waited_s=12.0, talked_s=200.0),
            *some("answered", 3, 34, waited_s=30.0),
            *some("missed", 2, 11),
            *some("voicemail", 2, 12),
            *some("abandoned", 1, 13),
        ],
        PACIFIC,
    ),
    open=3,
)
"""As an earlier version counted it, with calls that nobody had claimed."""
SUNDAY = tally(some("answered", 15, -20, waited_s=9.0), PACIFIC)
DIGEST = Digest(DAY, zone="America/Los_Angeles", lines="for Support", conditions=(), tally=BUSY, before=SUNDAY)


def card(digest: Digest) -> Card:
    made = digest_card(digest, "w1")
    assert isinstance(made, Card)
    return made


def test_the_day_is_told_in_a_few_lines() -> None:
    made = card(DIGEST)

    assert plain(made.title) == "📊 Daily digest for Support, Monday 23 November"
    assert plain(made.text).splitlines() == [
        "20 calls: 15 answered (75%), 4 missed (2 left a voicemail) and 1 abandoned.",
        "Median wait 12 s. Still unclaimed: 3.",
        "5 calls more than the day before. Busiest from 10:00 to 11:00, with 15 calls.",
    ]
    assert plain(made.note) == "Times of day are for Los Angeles."


def test_what_agents_chose_as_dispositions_is_counted_the_most_frequent_first() -> None:
    calls = [
        *some("answered", 2, 10, disposition="Ticket"),
        *some("answered", 3, 11, disposition="Resolved"),
        *some("missed", 1, 12),
    ]
    made = card(replace(DIGEST, tally=tally(calls, PACIFIC), before=None))
    assert "Dispositions: Resolved 3, Ticket 2." in plain(made.text).splitlines()

    many = [one for n in range(7) for one in some("answered", 1, 10, disposition=f"No {n}")]
    assert "No 4 1, others 2." in plain(card(replace(DIGEST, tally=tally(many, PACIFIC))).text)


def test_who_cannot_see_the_chart_reads_its_numbers_in_the_notification() -> None:
    said = render_message(card(DIGEST), Reader()).text

    for words in ("20 calls", "15 answered (75%)", "4 missed", "Median wait 12 s", "Busiest from 10:00"):
        assert words in said


def test_the_chart_shows_the_hours_with_calls() -> None:
    chart = card(DIGEST).parts[0]

    assert isinstance(chart, Chart)
    assert chart.categories == ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00")
    assert chart.series == (("Answered", (0, 15, 0, 0, 0, 0)), ("Not answered", (0, 0, 2, 2, 1, 0)))


def test_the_table_compares_with_the_day_before() -> None:
    table = card(DIGEST).parts[-1]

    assert isinstance(table, DataTable)
    assert table.head == ("Phones", "Mon 23 Nov", "Sun 22 Nov")
    assert table.rows == (
        ("Calls", "20", "15"),
        ("Answered", "15 (75%)", "15 (100%)"),
        ("Missed", "4", "0"),
        ("… and left a voicemail", "2", "0"),
        ("Abandoned", "1", "0"),
        ("Still unclaimed", "3", "0"),
        ("Median wait for an answer", "12 s (of 15)", "9 s (of 15)"),
        ("Average talk time", "3 min 20 s (of 12)", "–"),
    )


def test_a_day_before_that_was_not_heard_is_left_out() -> None:
    made = card(replace(DIGEST, before=None, tally=replace(BUSY, texts=4)))

    table = made.parts[-1]
    assert isinstance(table, DataTable)
    assert table.head == ("Phones", "Mon 23 Nov")
    assert ("Texts received", "4") in table.rows
    assert "more than" not in plain(made.text)


def test_what_never_happened_has_no_row() -> None:
    table = card(replace(DIGEST, tally=SUNDAY)).parts[-1]

    assert isinstance(table, DataTable)
    assert [row[0] for row in table.rows] == [
        "Calls",
        "Answered",
        "Missed",
        "Still unclaimed",
        "Median wait for an answer",
        "Average talk time",
    ]


@pytest.mark.parametrize(("count", "said"), [(20, "As many calls as the day before."), (21, "1 call fewer than")])
def test_it_is_compared_in_words(count: int, said: str) -> None:
    before = tally(some("answered", count, -20), PACIFIC)

    assert said in plain(card(replace(DIGEST, before=before)).text)


def test_a_week_has_a_chart_of_its_days_and_one_of_its_hours() -> None:
    made = card(replace(DIGEST, period=WEEK))

    assert plain(made.title) == "📊 Weekly digest for Support, 23 to 29 November"
    assert [type(part) for part in made.parts] == [Chart, Chart, DataTable]
    by_day, table = made.parts[0], made.parts[2]
    assert isinstance(by_day, Chart)
    assert isinstance(table, DataTable)
    assert by_day.categories == ("Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27", "Sat 28", "Sun 29")
    assert table.head == ("Phones", "23 – 29 Nov", "16 – 22 Nov")
    assert "Busiest on Monday, with 17 calls, and from 10:00 to 11:00 over the week." in plain(made.text)
    assert by_day.series[0] == ("Answered", (12, 3, 0, 0, 0, 0, 0))


def test_a_week_that_begins_on_another_day_shows_each_day_its_own_calls() -> None:
    friday = DigestPeriod(WEEK.kind, WEEK.begin + timedelta(days=4), WEEK.end + timedelta(days=4))
    by_day = card(replace(DIGEST, period=friday)).parts[0]

    assert isinstance(by_day, Chart)
    assert by_day.categories[:4] == ("Fri 27", "Sat 28", "Sun 29", "Mon 30")
    assert by_day.series[0] == ("Answered", (0, 0, 0, 12, 3, 0, 0))


def test_a_week_over_the_end_of_a_month_names_both() -> None:
    begin = datetime(2026, 11, 30, tzinfo=PACIFIC).astimezone(UTC)
    week = DigestPeriod(NewsKind.WEEKLY, begin, begin + timedelta(days=7))

    assert "30 November to 6 December" in plain(card(replace(DIGEST, period=week)).title)


def test_what_is_told_so_far_says_so() -> None:
    so_far = replace(DIGEST, period=replace(DAY, so_far=True), before=None)

    assert plain(card(so_far).title) == "📊 Daily digest so far for Support, Monday 23 November"


@pytest.mark.parametrize(("texts", "said"), [(0, "no calls."), (1, "no calls. 1 text came.")])
def test_a_day_without_calls_is_one_line(texts: int, said: str) -> None:
    made = digest_card(replace(DIGEST, tally=tally([], PACIFIC, texts)), "w1")

    assert isinstance(made, Reply)
    assert plain(made.text) == f"📊 Daily digest for Support, Monday 23 November (Los Angeles time): {said}"
    assert [button.route for button in made.buttons] == ["notify.settings"]


def hours(begin: float, end: float) -> tuple[datetime, datetime]:
    return BEGIN + timedelta(hours=begin), BEGIN + timedelta(hours=end)


@pytest.mark.parametrize(
    ("silences", "said"),
    [
        ([(0, 24)], "Nothing was received from Dialpad during that time."),
        ([(0, 9)], "I have been listening since 23 Nov 09:00 PST; anything before that is missing."),
        ([(9, 10)], "from 23 Nov 09:00 PST to 10:00 PST, so calls from that time may be missing."),
        ([(9, 10), (12, 12.5)], "for 1 h 30 min in all, so calls from that time may be missing."),
    ],
)
def test_what_could_not_be_heard_is_said_in_one_line(silences: list[tuple[float, float]], said: str) -> None:
    deaf = replace(DIGEST, silences=tuple(hours(*one) for one in silences))
    empty = digest_card(replace(deaf, tally=tally([], PACIFIC)), "w1")

    reader = Reader(PACIFIC)
    [context] = [one for one in render_message(card(deaf), reader).blocks if one["type"] == "context"]
    assert "⚠️" in context["elements"][0]["text"]
    assert said in render_message(empty, reader).text


def test_conditions_are_said_in_small_print() -> None:
    made = card(replace(DIGEST, conditions=("only calls from outside", "except label spam")))

    assert plain(made.note) == (
        "Counted: calls for Support, only calls from outside, except label spam. Times of day are for Los Angeles."
    )


# Open work

WORK = WorkTally(
    items=12,
    answers=11,
    median_answer_s=540.0,
    due=12,
    within=8,
    open=1,
    settlers=(Settler("user:5", 5), Settler("Sam Okafor", 3), Settler("user:6", 2), Settler("Priya", 1)),
)
LEFT = StillOpen(3, 2, BEGIN)
WORKED = replace(DIGEST, work=WORK, work_before=WorkTally(), still_open=LEFT, target_min=15)


def test_open_work_is_told_with_answer_times_and_who_settled_it() -> None:
    made = digest_card(WORKED, "w1", {"user:5": "Ana Ferreira"})

    assert isinstance(made, Card)
    assert plain(made.text).splitlines()[-3:] == [
        "12 customers needed somebody, answered after 9 min (median); 8 of 12 within 15 min.",
        "Settled by Ana Ferreira 5, Sam Okafor 3, a colleague 2 and others 1.",
        "Still open: 3 (2 unclaimed), the oldest since 23 00:00.",
    ]
    assert [one.route for one in made.buttons] == ["open.work", "notify.settings"]


def test_the_table_compares_open_work() -> None:
    table = card(WORKED).parts[-1]

    assert isinstance(table, DataTable)
    assert table.rows[-4:] == (
        ("Needed somebody", "12", "0"),
        ("… and still open", "1", "0"),
        ("Median time to an answer", "9 min (of 11)", "–"),
        ("Answered within 15 min", "8 of 12", "–"),
    )
    assert "Still unclaimed" not in [row[0] for row in table.rows]


def test_a_target_of_opening_hours_is_called_one() -> None:
    made = card(replace(WORKED, in_hours=True))

    assert "8 of 12 within 15 min of opening hours." in plain(made.text)


def test_without_a_target_nothing_is_within_it() -> None:
    made = card(replace(WORKED, work=replace(WORK, due=0, within=0), target_min=0))

    assert "within" not in plain(made.text)


def test_what_is_left_from_before_is_told_on_a_day_without_calls() -> None:
    made = digest_card(replace(WORKED, tally=tally([], PACIFIC), work=WorkTally()), "w1")

    assert isinstance(made, Reply)
    assert "no calls.\nStill open: 3 (2 unclaimed)" in plain(made.text)
