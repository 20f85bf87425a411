import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.activity.subscriptions.filters import (
    Conditions,
    UnclearFilter,
    parse_conditions,
    write_conditions,
    write_length,
)
from bot.activity.subscriptions.subscription import DailyHours, Filters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("label:spam", Conditions(labels=("spam",))),
        ('label:Spam and label:"on hold"', Conditions(labels=("spam", "on hold"))),
        ("internal", Conditions(internal=True)),
        ("outside, longer:2m", Conditions(internal=False, longer=120)),
        ("number:+1415", Conditions(numbers=("+1415",))),
        ("+1 415 555 0150", Conditions(numbers=("+14155550150",))),
        ("<tel:+14155550150|+1 415-555-0150>", Conditions(numbers=("+14155550150",))),
        (
            "hours:8-18 quiet:10pm-7am queue:5",
            Conditions(hours=DailyHours(480, 1080), quiet=DailyHours(1320, 420), queue=5),
        ),
        ("hours:open", Conditions(line_hours="open")),
        ("hours:Closed hours:8-18", Conditions(line_hours="closed", hours=DailyHours(480, 1080))),
        ("hours:mon-fri,8-18", Conditions(hours=DailyHours(480, 1080, (0, 1, 2, 3, 4)))),
        ("hours:Monday,wed,8:30-18", Conditions(hours=DailyHours(510, 1080, (0, 2)))),
        ("hours:fri-mon,22-7", Conditions(hours=DailyHours(1320, 420, (0, 4, 5, 6)))),
        ("hours:noon-17h30", Conditions(hours=DailyHours(720, 1050))),
        ("hours:8.30-24:00", Conditions(hours=DailyHours(510, 1440))),
        ("hours:tues-thurs,8-18", Conditions(hours=DailyHours(480, 1080, (1, 2, 3)))),
        ("hours:mondays,8-18", Conditions(hours=DailyHours(480, 1080, (0,)))),
        ("at:8h30", Conditions(digest_at=510)),
        ("at:24:00", Conditions(digest_at=0)),
        ("hours:weekend", Conditions(hours=DailyHours(0, 1440, (5, 6)))),
        ('"Sales" or Support', Conditions(names=("Sales", "Support"))),
        ("“internal”", Conditions(names=("internal",))),
        ("", Conditions()),
    ],
)
def test_conditions_are_read(typed: str, meant: Conditions) -> None:
    assert parse_conditions(typed, "US") == meant


@pytest.mark.parametrize(
    "typed",
    [
        "label:",
        "number:abc",
        "longer:soon",
        "hours:8",
        "hours:8-8",
        "quiet:25-7",
        "quiet:mon,22-7",
        "queue:x",
        "hours:noon",
        "hours:mo,8-18",
        "hours:mon-xyz,8-18",
        "hours:8-18,mon",
        "hours:,",
    ],
)
def test_what_is_unclear_is_told_with_an_example(typed: str) -> None:
    with pytest.raises(UnclearFilter, match="Type it like"):
        parse_conditions(typed, "US")


@given(st.text(max_size=60))
def test_any_text_is_read_or_told(typed: str) -> None:
    with contextlib.suppress(UnclearFilter):
        assert isinstance(parse_conditions(typed, "US"), Conditions)


@given(st.text(st.sampled_from("label:spm\"“” ,;+1415-onhdSu<>&'"), max_size=40))
@example('label:"on hold" label:a"b "Sales & Co"')
def test_whatever_was_read_is_written_such_that_it_reads_as_the_same(typed: str) -> None:
    try:
        read = parse_conditions(typed, "US")
    except UnclearFilter:
        return
    places = {f"callcenter:{number}": name for number, name in enumerate(read.names)}
    again = parse_conditions(write_conditions(read.filters(places)), "US")

    assert again.labels == read.labels
    assert (again.numbers, again.internal) == (read.numbers, read.internal)
    assert all(name in known for name, known in zip(again.names, places.items(), strict=True))


@given(st.integers(0, 99_999) | st.integers(0, 99_999).map(lambda minutes: minutes * 60))
def test_a_length_is_written_such_that_it_reads_as_the_same(seconds: int) -> None:
    assert parse_conditions(write_length(seconds), "US").longer == seconds


def test_what_is_written_reads_as_the_same() -> None:
    filters = Filters(places={"callcenter:12": "Sales"}, numbers=("+1415",), labels=("spam", "on hold"), internal=False)
    read = parse_conditions(write_conditions(filters), "US")

    assert read.filters(dict(filters.places)) == filters
    assert read.names == ("Sales",)
