"""Phone numbers: read in any format people write, E.164 inside, shown in national format."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST = 40
"""Characters; nothing longer is tried as a number."""
EXTENSION = re.compile(
    r"(?:\s*[,;]?\s*(?:\b(?:ext(?:ension)?|extn|poste|durchwahl)\b\.?|\bx(?=[\s.:]*\d))[\s.:=]*|\#)(?P<digits>\d{1,7})(?!\w)",
    re.IGNORECASE,
)
"""What may follow a number: ``x123``, ``ext. 123``, ``#123``."""
_NUMBER = re.compile(r"\+?[\d\-\s().\u00a0/]*")
_MOSTLY_DIGITS = 7
_FEW_LETTERS = 2
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d\u30fc\u02d7\u2043"
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_READABLE = str.maketrans(
    dict.fromkeys(_INVISIBLE, "\0")
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_BLANKS, " ")
    | {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0e": ".", "\uff0f": "/", "\u2215": "/", "\u2024": "."}
    | {chr(zero + digit): str(digit) for zero in (0xFF10, 0x0660, 0x06F0, 0x0966) for digit in range(10)}
)


def readable(text: str) -> str:
    """Return a text of the same length in which every dash, blank and digit is the plain one, and marks that nobody
    sees are NUL."""
    return text.translate(_READABLE)


def seen(text: str) -> str:
    """Take the marks that nobody sees out of a readable text."""
    return text.replace("\0", "")


def without_extension(text: str) -> str:
    """Return a number without its extension."""
    found = EXTENSION.search(text)
    return text[: found.start()] if found and found.end() == len(text.rstrip()) else text


def extension_of(text: str) -> str:
    """Return the digits of a number's extension, "" for none."""
    found = EXTENSION.search(seen(readable(text)))
    return found["digits"] if found else ""


def read_number(text: str, region: str) -> str | None:
    """Read a phone number: E.164, or None when ``text`` is no possible number. An extension is not part of it.
    ``region``: ISO 3166 alpha-2 for numbers without ``+``."""
    cleaned = without_extension(seen(readable(text)).strip().removeprefix("tel:"))
    if len(cleaned) > LONGEST or not _NUMBER.fullmatch(cleaned):
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
    said = without_extension(seen(readable(text)).strip())
    digits, letters = sum(map(str.isdigit, said)), sum(map(str.isalpha, said))
    if digits >= _MOSTLY_DIGITS and letters <= _FEW_LETTERS and said[0] in "+(0123456789":
        return True
    return digits >= 3 and re.fullmatch(r"[\d+\-\s().\u00a0/]+", said) is not None


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
