"""Phone numbers: read in any format people write, E.164 inside, shown in national format.

A ``region`` is an ISO 3166 alpha-2 code, or several joined by "+", the home first: ``GB+DE``. A number without its
country code is read as one of the first region in which it is valid.
"""

import re
from collections.abc import Iterable, Iterator

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
_EMERGENCY_ANYWHERE = frozenset({"112", "911"})
"""What every mobile phone takes for an emergency call, wherever it is (3GPP TS 22.101, 10.1.1)."""
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


def home_of(region: str) -> str:
    """Return the first of the regions."""
    return region.partition("+")[0]


def join_regions(regions: Iterable[str]) -> str:
    """Join regions, each once."""
    return "+".join(dict.fromkeys(one for region in regions for one in region.split("+") if one))


def read_number(text: str, region: str) -> str | None:
    """Read a phone number: E.164, or None when ``text`` is no possible number. An extension is not part of it.
    ``region``: for numbers without ``+``."""
    return next(_readings(text, region), None)


def readings_of(text: str, region: str) -> tuple[str, ...]:
    """Return every number that a text is in one of the regions, E.164, that of the home first; of those alone where
    people begin numbers as this one begins, if there are any."""
    cleaned = _cleaned(text)
    alike = join_regions(one for one in region.split("+") if _begins_as_in(cleaned, one))
    return tuple(dict.fromkeys(_readings(text, alike))) or tuple(dict.fromkeys(_readings(text, region)))


def _readings(text: str, region: str) -> Iterator[str]:
    """Yield what a text is in each region, first where people begin numbers as this one begins."""
    cleaned = _cleaned(text)
    if len(cleaned) > LONGEST or not _NUMBER.fullmatch(cleaned):
        return
    for one in sorted(filter(None, region.split("+")), key=lambda one: not _begins_as_in(cleaned, one)):
        try:
            number = phonenumbers.parse(cleaned, one)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or _is_example(number):
            yield phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _cleaned(text: str) -> str:
    return without_extension(seen(readable(text)).strip().removeprefix("tel:"))


def _begins_as_in(cleaned: str, region: str) -> bool:
    """Tell whether a number begins as numbers inside a country do: with a 0 where it is dialled before them."""
    has_zero = "".join(c for c in cleaned if c.isdigit()).startswith("0")
    return cleaned.startswith("+") or has_zero is (phonenumbers.ndd_prefix_for_region(region, True) == "0")


def _is_example(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a number is one of those that Ofcom keeps for examples, which the library calls invalid."""
    digits = phonenumbers.national_significant_number(number)
    return number.country_code == 44 and len(digits) == 10 and digits.startswith("7700900")


def region_of(e164: str) -> str:
    """Return the region that a number belongs to, "" when that is not known."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return ""
    found = phonenumbers.region_code_for_number(number)
    found = found or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return found if found and is_region(found) else ""


def is_region(code: str) -> bool:
    """Tell whether this is the code of a country that has phone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS


def is_emergency_number(digits: str, region: str) -> bool:
    """Tell whether digits call for help in one of the regions, or from any mobile phone in the world."""
    return digits in _EMERGENCY_ANYWHERE or any(
        phonenumbers.is_emergency_number(digits, one) for one in region.split("+") if one
    )


def written_forms(e164: str, region: str) -> tuple[str, ...]:
    """Return the digits with which a number may be written down: with its country code, and as people of the regions
    write it, with and without the 0 before it."""
    digits = "".join(c for c in e164 if c.isdigit())
    home = region_of(e164)
    if not home or home not in region.split("+"):
        return (digits,)
    number = phonenumbers.parse(e164)
    inside = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    bare = phonenumbers.national_significant_number(number)
    return tuple(dict.fromkeys((digits, "".join(c for c in inside if c.isdigit()), bare)))


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
    home = phonenumbers.country_code_for_region(home_of(region)) == number.country_code
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL)


def extensions_in(text: str, region: str) -> dict[str, str]:
    """Find the extensions that stand behind numbers in ``text``, by number, E.164."""
    matches = [match for one in region.split("+") for match in phonenumbers.PhoneNumberMatcher(text, one)]
    named = [match.number for match in matches if match.number.extension]
    return {phonenumbers.format_number(one, PhoneNumberFormat.E164): str(one.extension) for one in named}


def numbers_in(text: str, region: str) -> list[str]:
    """Find every number in ``text``, E.164, in order, once each."""
    found: dict[int, str] = {}
    for one in region.split("+"):
        for match in phonenumbers.PhoneNumberMatcher(text, one):
            found.setdefault(match.start, phonenumbers.format_number(match.number, PhoneNumberFormat.E164))
    return list(dict.fromkeys(number for _, number in sorted(found.items())))
