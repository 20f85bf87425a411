import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.watching.conditions import Conditions, Unclear, parse_conditions, write_conditions
from bot.watching.watch import Filters, Span


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
        ("hours:8-18 quiet:10pm-7am queue:5", Conditions(hours=Span(480, 1080), quiet=Span(1320, 420), queue=5)),
        ('"Sales" or Support', Conditions(names=("Sales", "Support"))),
        ("“internal”", Conditions(names=("internal",))),
        ("", Conditions()),
    ],
)
def test_conditions_are_read(typed: str, meant: Conditions) -> None:
    assert parse_conditions(typed, "US") == meant


@pytest.mark.parametrize(
    "typed", ["label:", "number:abc", "longer:soon", "hours:8", "hours:8-8", "quiet:25-7", "queue:x"]
)
def test_what_is_unclear_is_told_with_an_example(typed: str) -> None:
    with pytest.raises(Unclear, match="Type it like"):
        parse_conditions(typed, "US")


@given(st.text(max_size=60))
def test_any_text_is_read_or_told(typed: str) -> None:
    with contextlib.suppress(Unclear):
        assert isinstance(parse_conditions(typed, "US"), Conditions)


def test_what_is_written_reads_as_the_same() -> None:
    filters = Filters(places={"callcenter:12": "Sales"}, numbers=("+1415",), labels=("spam", "on hold"), internal=False)
    read = parse_conditions(write_conditions(filters), "US")

    assert read.filters(dict(filters.places)) == filters
    assert read.names == ("Sales",)
