import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.phone import looks_like_number, national, numbers_in, read_number


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+14155550150", "DE", "+14155550150"),
        ("(415) 555-0150", "US", "+14155550150"),
        ("415.555.0150", "US", "+14155550150"),
        ("tel:+14155550150", "US", "+14155550150"),
        ("415\u00a0555\u00a00150", "US", "+14155550150"),
        ("030 901820", "DE", "+4930901820"),
        ("12", "US", None),
        ("", "US", None),
        ("+", "US", None),
        ("415+555+0150", "US", None),
        ("415 555 0150 ext 3", "US", "+14155550150"),
        ("415 555 0150 x123", "US", "+14155550150"),
        ("\u202a+14155550150\u202c", "US", "+14155550150"),
        ("＋１ ４１５ ５５５ ０１５０", "US", "+14155550150"),
        ("415–555—0150", "US", "+14155550150"),
        ("415555O150", "US", None),
        ("1-800-FLOWERS", "US", None),
        ("+1" + "4155550150" * 9, "US", None),
    ],
)
def test_numbers_in_any_form(text: str, region: str, number: str | None) -> None:
    assert read_number(text, region) == number


@given(st.text(max_size=120))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = read_number(text, "US")
    assert number is None or (number.startswith("+") and number[1:].isdigit())


@given(st.text(max_size=120))
def test_any_text_has_a_national_form(text: str) -> None:
    assert isinstance(national(text), str)


def test_home_numbers_are_short_and_others_have_their_country() -> None:
    assert national("+14155550150", "US") == "(415) 555-0150"
    assert national("+14155550150", "DE") == "+1 415-555-0150"


def test_numbers_in_a_message_are_found_in_order_and_once() -> None:
    text = "Call 415-555-0151, or (415) 555-0150. Again: +1 415 555 0151. Order 123456."
    assert numbers_in(text, "US") == ["+14155550151", "+14155550150"]


@pytest.mark.parametrize(("text", "meant"), [("12", False), ("123", True), ("415 555", True), ("a1234567", False)])
def test_what_was_meant_as_a_number(text: str, meant: bool) -> None:
    assert looks_like_number(text) is meant
