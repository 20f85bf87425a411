"""Open work in numbers."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.activity.digest_times import DigestPeriod
from bot.activity.items import Item
from bot.activity.news import NewsKind
from bot.activity.work_tally import Settler, StillOpen, WorkTally, answered_at, still_open, tally_work
from tests.bot.activity.test_items import ANA, SAM, act, answered, at, called_back, item, missed, text

DAY = DigestPeriod(NewsKind.DAILY, at(0), at(24 * 60))
NOW = at(60)
NAMES = {ANA: "user:1", SAM: "user:2", "Ana": "user:1"}


def counted(*items: Item, target: float = 0, now: float = 60) -> WorkTally:
    def due_at(one: Item) -> datetime | None:
        return one.since + timedelta(minutes=target) if target else None

    return tally_work(items, DAY, at(now), due_at, lambda one: NAMES.get(one, one))


def test_work_is_answered_by_a_claim_and_else_by_what_settles_it() -> None:
    assert answered_at(item(missed(0))) is None
    assert answered_at(item(missed(0), act(3, ANA, "claimed"))) == at(3)
    assert answered_at(item(missed(0), act(3, ANA, "claimed"), act(9, ANA, "done"))) == at(3)
    assert answered_at(item(missed(0), act(3, ANA, "claimed"), act(4, ANA, "released"))) == at(3)
    assert answered_at(item(missed(0), act(9, ANA, "done"))) == at(9)
    assert answered_at(item(missed(0), answered(7))) == at(7)


def test_who_opts_out_or_is_closed_by_the_bot_was_answered_by_nobody() -> None:
    stopped = item(text(0), text(5, opts_out=True))
    closed = item(missed(0), act(5, "", "done"))

    assert stopped.is_settled
    assert closed.is_settled
    assert answered_at(stopped) is None
    assert answered_at(closed) is None
    assert counted(stopped, closed).settlers == ()


def test_reopened_work_is_answered_anew() -> None:
    again = item(missed(0), act(3, ANA, "claimed"), act(4, ANA, "done"), act(10, SAM, "reopened"))
    assert (again.since, answered_at(again)) == (at(10), None)


def test_a_days_work_adds_up() -> None:
    one = counted(
        item(missed(0), act(4, ANA, "claimed")),
        item(missed(0), called_back(9.8)),
        item(missed(0), act(30, SAM, "done")),
        item(missed(10)),
        item(missed(55)),
        target=15,
    )

    assert (one.items, one.answers, one.median_answer_s, one.open) == (5, 3, 600.0, 3)
    assert (one.within, one.due) == (2, 4), "the one of five minutes ago still has time"
    assert one.settlers == (Settler("user:1", 1), Settler("user:2", 1))


def test_without_a_target_nothing_is_due() -> None:
    one = counted(item(missed(0), act(4, ANA, "claimed")))
    assert (one.due, one.within) == (0, 0)


def test_one_person_is_one_whatever_they_go_by_and_who_left_has_no_name() -> None:
    by_bot, at_dialpad = item(missed(0), act(4, ANA, "done")), item(missed(0), called_back(5))
    gone = item(missed(0), act(4, "U0GONE", "done"))

    assert counted(by_bot, at_dialpad, gone).settlers == (Settler("user:1", 2), Settler("", 1))


def test_who_settled_it_counts_on_the_day_of_that() -> None:
    old = item(missed(-60 * 24), act(5, ANA, "done"))

    one = counted(old)
    assert (one.items, one.settlers) == (0, (Settler("user:1", 1),))


def test_what_is_left_is_counted_whenever_it_began() -> None:
    claimed, later = item(missed(-9000), act(-8000, ANA, "claimed")), item(missed(1), act(2, ANA, "waits"))
    settled = item(missed(-10_000), act(1, ANA, "done"))

    assert still_open([claimed, later, settled, item(missed(5))], NOW) == StillOpen(3, 1, at(-9000))
    assert still_open([settled], NOW) == StillOpen()


minutes = st.integers(-2000, 3000)
works = st.builds(
    lambda since, taken, settled: replace(
        item(missed(since), *([act(since + settled, SAM, "done")] if settled else [])),
        taken_at=at(since + taken) if taken else None,
    ),
    minutes,
    st.none() | st.integers(1, 500),
    st.none() | st.integers(500, 900),
)


@given(st.lists(works, max_size=12), st.integers(0, 60), minutes)
def test_its_numbers_fit_together(items: list[Item], target: int, now: int) -> None:
    one = counted(*items, target=target, now=now)

    assert one.within <= one.due <= one.items
    assert one.within <= one.answers <= one.items
    assert (one.median_answer_s is None) == (one.answers == 0)
    assert one.open <= one.items
    assert sum(settler.items for settler in one.settlers) == sum(
        work.settled is not None and work.settled.at in DAY for work in items
    )
