import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.number import Number, why_no_number
from bot.basics.errors import FieldError
from bot.sandbox.cast import ANA
from tests.handlers.harness import World


@pytest.mark.parametrize(
    "text", ["+14155550150", "415 555 0150", "(415) 555-0150", "1-415-555-0150", "+1.415.555.0150"]
)
async def test_a_number_in_any_form_is_the_same_number(world: World, text: str) -> None:
    assert await Number("Number").parse(world.ctx(ANA), "number", text) == "+14155550150"


async def test_the_persons_own_region_decides_about_local_numbers(world: World) -> None:
    ctx = world.ctx(ANA)
    await world.chosen.set(ctx.person, {"region": "DE"})
    assert await Number("Number").parse(ctx, "number", "030 901820") == "+4930901820"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12", "“12” is too short for a phone number"),
        ("5550150", "“5550150” is too short for a phone number"),
        ("+1 415 555 01500000", "has too many digits"),
        ("9" * 30, "is too long for a phone number"),
        ("+999 1234567", "has no country code I know"),
        ("call me", "“call me” is not a phone number"),
        ("911", "is an emergency number"),
        ("+1 000 000 0000", "is not a number that can exist"),
    ],
)
async def test_a_wrong_number_says_what_is_wrong(world: World, text: str, why: str) -> None:
    with pytest.raises(FieldError) as caught:
        await Number("Number").parse(world.ctx(ANA), "number", text)
    assert why in caught.value.text
    assert caught.value.field == "number"


@given(st.text(max_size=300))
def test_any_text_has_a_short_reason(text: str) -> None:
    assert 20 < len(why_no_number(text, "US")) < 200


@given(st.text())
def test_fits_answers_for_any_text(text: str) -> None:
    assert Number("Number").fits(text) in {True, False}
