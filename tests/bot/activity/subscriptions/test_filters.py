"""What is typed after "only" and "except", and what each filter makes of it."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS

from bot.activity.subscriptions.conditions import Conditions, hint, parse_conditions, placeholder, write_conditions
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter, Side, UnclearFilter
from bot.activity.subscriptions.filters import (
    FILTERS,
    CountryFilter,
    HoursFilter,
    InternalFilter,
    LabelFilter,
    LineHoursFilter,
    LongerFilter,
    NumberFilter,
    PlaceFilter,
    QueueFilter,
    QuietHoursFilter,
)
from bot.slack.blockkit.limits import HINT, PLACEHOLDER


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("label:spam", [LabelFilter("spam")]),
        ('label:Spam and label:"on hold"', [LabelFilter("spam"), LabelFilter("on hold")]),
        ("internal", [InternalFilter(True)]),
        ("outside, longer:2m", [InternalFilter(False), LongerFilter(120)]),
        ("number:+1415", [NumberFilter("+1415")]),
        ("+44", [NumberFilter("+44")]),
        ("(+44)", [NumberFilter("+44")]),
        ("+44*", [NumberFilter("+44")]),
        ("+44…", [NumberFilter("+44")]),
        ("0044", [NumberFilter("+44")]),
        ("+49-30", [NumberFilter("+4930")]),
        ("+44,+1415", [NumberFilter("+44"), NumberFilter("+1415")]),
        ("country:ca countries:UK", [CountryFilter("CA"), CountryFilter("GB")]),
        ("+1 or +49", [NumberFilter("+1"), NumberFilter("+49")]),
        ("+1 415 555 0150", [NumberFilter("+14155550150")]),
        ("<tel:+14155550150|+1 415-555-0150>", [NumberFilter("+14155550150")]),
        (
            "hours:8-18 quiet:10pm-7am queue:5",
            [HoursFilter(DailyHours(480, 1080)), QuietHoursFilter(DailyHours(1320, 420)), QueueFilter(5)],
        ),
        ("hours:open", [LineHoursFilter("open")]),
        ("hours:Closed hours:8-18", [LineHoursFilter("closed"), HoursFilter(DailyHours(480, 1080))]),
        ("hours:mon-fri,8-18", [HoursFilter(DailyHours(480, 1080, (0, 1, 2, 3, 4)))]),
        ("hours:Monday,wed,8:30-18", [HoursFilter(DailyHours(510, 1080, (0, 2)))]),
        ("hours:fri-mon,22-7", [HoursFilter(DailyHours(1320, 420, (0, 4, 5, 6)))]),
        ("hours:noon-17h30", [HoursFilter(DailyHours(720, 1050))]),
        ("hours:8.30-24:00", [HoursFilter(DailyHours(510, 1440))]),
        ("hours:tues-thurs,8-18", [HoursFilter(DailyHours(480, 1080, (1, 2, 3)))]),
        ("hours:mondays,8-18", [HoursFilter(DailyHours(480, 1080, (0,)))]),
        ("hours:weekend", [HoursFilter(DailyHours(0, 1440, (5, 6)))]),
        ("", []),
    ],
)
def test_filters_are_read(typed: str, meant: list[Filter]) -> None:
    assert parse_conditions(typed, "US") == Conditions(tuple(meant))


@pytest.mark.parametrize(
    ("typed", "names"),
    [('"Sales" or Support', ("Sales", "Support")), ("“internal”", ("internal",)), ('"+44"', ("+44",)), ("+", ("+",))],
)
def test_what_is_no_filter_is_a_name(typed: str, names: tuple[str, ...]) -> None:
    assert parse_conditions(typed, "US") == Conditions(names=names)


def test_of_what_there_is_once_the_last_counts() -> None:
    assert parse_conditions("longer:9s internal longer:30s external", "US").filters == (
        InternalFilter(False),
        LongerFilter(30),
    )


def test_the_order_in_which_filters_are_typed_makes_no_difference() -> None:
    assert parse_conditions("hours:open label:a +44", "US") == parse_conditions("+44 label:a hours:open", "US")


def test_what_holds_anyway_is_not_kept() -> None:
    assert parse_conditions("queue:3 longer:0s", "US").filters == ()


@pytest.mark.parametrize("typed", ["longer:30s", "quiet:22-7", "queue:5"])
def test_what_cannot_be_excluded_is_told_where_it_goes(typed: str) -> None:
    with pytest.raises(UnclearFilter, match=f"“{typed}” goes after only, not after except. Type something like only "):
        parse_conditions(typed, "US", "except")


def test_hours_can_be_excluded() -> None:
    assert parse_conditions("hours:12-13 hours:closed", "US", "except").filters == (
        LineHoursFilter("closed"),
        HoursFilter(DailyHours(720, 780)),
    )


def test_the_time_of_a_digest_may_stand_among_them() -> None:
    assert parse_conditions("external at:18:00", "US") == Conditions((InternalFilter(False),), digest_at=1080)


@pytest.mark.parametrize(("typed", "minutes"), [("at:8h30", 510), ("at:24:00", 0)])
def test_the_time_of_a_digest_is_read_as_any_other(typed: str, minutes: int) -> None:
    assert parse_conditions(typed, "US") == Conditions(digest_at=minutes)


@pytest.mark.parametrize(
    "typed",
    [
        "label:",
        "number:abc",
        "country:",
        "country:canada",
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
    with pytest.raises(UnclearFilter, match="Type something like"):
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
    again = parse_conditions(write_conditions(read.filters), "US")
    assert again == Conditions(read.filters)

    places = [PlaceFilter(f"callcenter:{number}", name) for number, name in enumerate(read.names)]
    names = parse_conditions(write_conditions(places), "US").names
    assert all(name in {one.place, one.name} for name, one in zip(names, places, strict=True))


@pytest.mark.parametrize("kind", [kind for kind in FILTERS if kind is not PlaceFilter])
def test_the_example_of_every_filter_reads_as_one_and_is_written_and_kept_as_the_same(kind: type[Filter]) -> None:
    one = kind.parse(kind.example, "US")

    assert one is not None
    assert kind.parse(one.typed, "US") == one
    assert kind.from_column(kind.to_column([one])) == [one]


words = st.text(st.sampled_from("abonüs-_'& "), min_size=1).map(str.strip).filter(bool)
minutes = st.integers(0, 1439)
spans = st.builds(DailyHours, minutes, minutes, st.just(())).filter(lambda span: span.begin != span.end)
days = st.lists(st.integers(0, 6), unique=True).map(sorted).map(tuple)


@given(
    st.builds(NumberFilter, st.integers(1, 10**15 - 1).map(lambda digits: f"+{digits}"))
    | st.builds(LabelFilter, words)
    | st.builds(CountryFilter, st.sampled_from(sorted(SUPPORTED_REGIONS)))
    | st.builds(InternalFilter, st.booleans())
    | st.builds(LongerFilter, st.integers(0, 99_999) | st.integers(0, 99_999).map(lambda count: count * 60))
    | st.builds(LineHoursFilter, st.sampled_from(["open", "closed"]))
    | st.builds(HoursFilter, spans.flatmap(lambda span: days.map(lambda on: span._replace(days=on))))
    | st.builds(HoursFilter, st.builds(DailyHours, st.just(0), st.just(1440), days.filter(bool)))
    | st.builds(QuietHoursFilter, spans)
    | st.builds(QueueFilter, st.integers(0, 9999))
)
def test_what_is_typed_for_a_filter_reads_as_the_same(one: Filter) -> None:
    assert parse_conditions(one.typed, "US").filters == (() if one.is_default else (one,))


@pytest.mark.parametrize("side", ["only", "except"])
def test_the_form_shows_every_filter_that_may_stand_there(side: Side) -> None:
    there = [kind for kind in FILTERS if side in kind.sides]

    assert all((kind.hint or kind.example) in hint(side) for kind in there)
    assert parse_conditions(placeholder(side), "US", side).names == ()
    assert len(hint(side)) <= HINT
    assert len(placeholder(side)) <= PLACEHOLDER


def test_no_two_filters_are_kept_in_the_same_column() -> None:
    assert len({kind.column for kind in FILTERS}) == len(FILTERS)


@pytest.mark.parametrize("typed", ["44", "+44 20", "+44 +1 415", "020"])
def test_digits_are_never_looked_up_as_a_name(typed: str) -> None:
    with pytest.raises(UnclearFilter, match="neither a number nor the beginning of one"):
        parse_conditions(typed, "GB")
