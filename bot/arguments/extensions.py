"""Extensions: the few digits by which the people, rooms and lines of a company reach each other."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.arguments.number import why_no_number
from bot.arguments.party import Party
from bot.arguments.phonebook import UnclearName, either, party_of_entry
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.phone import is_emergency_number, national, read_number, readable, seen
from bot.basics.words import Word
from bot.contract.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry

_TYPED: Final = re.compile(
    r"(?P<said>(?:ext(?:ension)?|extn)\b[\s.:=]*|(?:ext|x)(?=\d)|x\s+(?=\d)|\#)?(?P<digits>\d{1,7})", re.IGNORECASE
)
_SAID: Final = frozenset({"ext", "ext.", "ext:", "extn", "extn.", "extension", "extension:", "x", "#"})
_MARKS: Final = " ,;:!?."


def extension_typed(text: str) -> str:
    """Return the digits of a text that may be an extension and nothing else: ``111``, ``x111``, ``ext. 111``. Empty for
    any other."""
    found = _TYPED.fullmatch(seen(readable(text)).strip(_MARKS))
    return found["digits"] if found else ""


def says_extension(text: str) -> bool:
    """Tell whether a text says of itself that it is an extension."""
    found = _TYPED.fullmatch(seen(readable(text)).strip(_MARKS))
    return found is not None and bool(found["said"])


def extension_words(words: Sequence[Word]) -> int:
    """Return how many words, from the first on, say that they are an extension: one for ``x111``, two for
    ``ext 111``."""
    if not words or words[0].quoted:
        return 0
    if says_extension(words[0].text):
        return 1
    follows = len(words) > 1 and extension_typed(words[1].text) and not says_extension(words[1].text)
    return 2 if follows and words[0].text.casefold() in _SAID else 0


async def with_extension(ctx: Ctx, text: str) -> list[Entry]:
    """Return who in the company has this extension, as far as the asker sees; nobody when that cannot be read."""
    digits = extension_typed(text)
    if not digits:
        return []
    try:
        return await ctx.once(("extension", digits), lambda: ctx.deps.directory.by_extension(ctx.account, digits))
    except ChatopsError:
        return []


async def party_by_extension(ctx: Ctx, text: str) -> Party | None:
    """Return whom the digits reach inside the company, None when they can only be a phone number. Raises UnclearName
    when nobody has them, when several do, and when they are a number as well."""
    digits, region = extension_typed(text), await ctx.region()
    if not digits:
        return None
    entries, explicit = await with_extension(ctx, text), says_extension(text)
    if not entries:
        if explicit:
            raise UnclearName(
                say("Nobody here has the extension {digits}. Type a name, or the whole number.", digits=digits)
            )
        return None
    number = None if explicit else read_number(digits, region)
    if number is not None:
        as_number = Entry("", say("The number"), "", Entity.NUMBER, (number,))
        which = say(
            "{digits} is {names} here, and the phone number {number} as well.",
            digits=digits,
            names=either(entries, region),
            number=national(number, region),
        )
        raise UnclearName(which, (*entries, as_number))
    if is_emergency_number(digits, region) and not explicit:
        why, names = why_no_number(digits, region), either(entries, region)
        raise UnclearName(say("{why} It is also the extension of {names}.", why=why, names=names), entries)
    if len(entries) > 1:
        raise UnclearName(
            say("Extension {digits} could be {names}.", digits=digits, names=either(entries, region)), entries
        )
    entry = entries[0]
    if not entry.phones:
        raise UnclearName(
            say(
                "{name} has the extension {digits}, but no number that can be dialed from here.",
                name=entry.name,
                digits=digits,
            )
        )
    party = party_of_entry(entry, entry.phones[0])
    return replace(party, detail=", ".join(filter(None, (party.detail, say("extension {digits}", digits=digits)))))


def why_no_extension(text: str, region: str) -> str:
    """Return the sentence for digits that are neither a number nor anybody's extension."""
    digits = extension_typed(text)
    if not digits or is_emergency_number(digits, region):
        return why_no_number(text, region)
    return say(
        "“{digits}” is nobody's extension here, and is too short for a phone number. Type a name, or the "
        "number with its area code, such as +1 415 555 0150.",
        digits=digits,
    )
