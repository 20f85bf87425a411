"""Explains why a text is not a phone number."""

from collections.abc import Sequence
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

from bot.basics.countries import country_name
from bot.basics.language import mark, say
from bot.basics.phone import LONGEST, home_of, is_emergency_number, national, read_number, readings_of, region_of
from bot.contract.context import Ctx


async def meanings(ctx: Ctx, text: str) -> tuple[str, ...]:
    """Return the numbers that a text may be: one where the person chose a country, those of the company's countries
    where they did not."""
    region = await ctx.region()
    if await ctx.own_region():
        number = read_number(text, region)
        return () if number is None else (number,)
    return readings_of(text, region)


def which_country(text: str, numbers: Sequence[str]) -> str:
    """Return the sentence for digits that are a number in several countries."""
    meant = say(" or ").join(
        say("{number} in {country}", number=national(number, ""), country=country_name(region_of(number)))
        for number in numbers
    )
    return say("“{said}” may be {numbers}. Type the one you mean.", said=text, numbers=meant)


_EXAMPLE: Final = "+1 415 555 0150"
_SHORT: Final = mark("is too short for a phone number. Type it with its area code, such as {example}.")
_INVALID: Final = mark("is not a valid phone number. Check its digits, or type something like {example}.")
_FLAWS: Final = {
    ValidationResult.TOO_SHORT: _SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: _SHORT,
    ValidationResult.TOO_LONG: mark(
        "has too many digits for a phone number. Check it, or type something like {example}."
    ),
    ValidationResult.INVALID_COUNTRY_CODE: mark(
        "has an unknown country code. Start with + and the country code, such as {example}."
    ),
}
"""What is wrong with a number, as it follows the number in a sentence."""


def why_no_number(text: str, region: str) -> str:
    """Return the sentence for text that was meant as a number and is not one."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 30 else shown[:29] + "…"
    return f"“{shown}” {_flaw(text, region)}"


def _flaw(text: str, region: str) -> str:
    digits = [c for c in text if c.isdigit()]
    if len(text) > LONGEST or len(digits) > 15:
        return say("is too long for a phone number. Type one number, such as {example}.", example=_EXAMPLE)
    if any(c.isalpha() for c in text) or not digits:
        return say("is not a phone number. Type it in digits, such as {example}.", example=_EXAMPLE)
    if is_emergency_number("".join(digits), region):
        return say("is an emergency number. Dial it on a phone; it is never dialed from Slack.")
    try:
        problem = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(text, home_of(region)))
    except NumberParseException:
        problem = ValidationResult.TOO_SHORT if len(digits) < 7 else ValidationResult.INVALID_COUNTRY_CODE
    return say(_FLAWS.get(problem, _INVALID), example=_EXAMPLE)
