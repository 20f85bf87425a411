"""Phone numbers: read in any format people write, E.164 inside, shown in national format."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST = 40
"""Characters; nothing longer is tried as a number."""


def read_number(text: str, region: str) -> str | None:
    """Read a phone number: E.164, or None when ``text`` is no possible number.
    ``region``: ISO 3166 alpha-2 for numbers without ``+``."""
    cleaned = text.strip().removeprefix("tel:")
    if len(cleaned) > LONGEST or re.search(r"[^\d+\-\s().\u00a0/]", cleaned) or "+" in cleaned[1:]:
        return None
    try:
        number = phonenumbers.parse(cleaned, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def looks_like_number(text: str) -> bool:
    """Tell whether somebody meant a number here, right or wrong: mostly digits, and at least three of them."""
    digits = sum(c.isdigit() for c in text)
    return digits >= 3 and re.fullmatch(r"[\d+\-\s().\u00a0/]+", text.strip()) is not None


def national(e164: str, region: str = "US") -> str:
    """Write an E.164 number in national format, or with its country code when it is from another region."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(region) == number.country_code
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def numbers_in(text: str, region: str) -> list[str]:
    """Find every number in ``text``, E.164, in order, once each."""
    found = phonenumbers.PhoneNumberMatcher(text, region)
    return list(dict.fromkeys(phonenumbers.format_number(m.number, PhoneNumberFormat.E164) for m in found))
