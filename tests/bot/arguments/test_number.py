import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.number import why_no_number
from bot.basics.phone import is_emergency_number, read_number


@pytest.mark.parametrize(
    "text", ["+14155550150", "415 555 0150", "(415) 555-0150", "1-415-555-0150", "+1.415.555.0150"]
)
def test_a_number_in_any_form_is_the_same_number(text: str) -> None:
    assert read_number(text, "US") == "+14155550150"


def test_the_region_decides_about_local_numbers() -> None:
    assert read_number("030 901820", "DE") == "+4930901820"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12", "“12” is too short for a phone number"),
        ("5550150", "“5550150” is too short for a phone number"),
        ("+1 415 555 01500000", "has too many digits"),
        ("9" * 30, "is too long for a phone number"),
        ("+999 1234567", "has an unknown country code"),
        ("call me", "“call me” is not a phone number"),
        ("911", "is an emergency number"),
        ("+1 000 000 0000", "is not a valid phone number"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text: str, why: str) -> None:
    assert read_number(text, "US") is None
    assert why in why_no_number(text, "US")


@pytest.mark.parametrize(
    ("digits", "region"),
    [("112", "US"), ("112", "NL+US"), ("112", "JP"), ("911", "GB+US"), ("999", "DE+GB"), ("110", "US+JP"), ("911", "")],
)
def test_emergency_numbers_of_each_region_and_of_mobile_phones_are_told(digits: str, region: str) -> None:
    assert is_emergency_number(digits, region)
    assert "is an emergency number" in why_no_number(digits, region or "US")


def test_what_calls_for_help_elsewhere_is_an_extension_here() -> None:
    assert not is_emergency_number("999", "US")
    assert not is_emergency_number("114", "US+GB")


@given(st.text(max_size=300))
def test_any_text_has_a_short_reason(text: str) -> None:
    assert 20 < len(why_no_number(text, "US")) < 200
