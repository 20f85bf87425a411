"""Handles ``who``: tells whose number this is."""

import re
from typing import Annotated, Final

from bot.arguments.caller import CallerChoice
from bot.arguments.party import Party
from bot.cards.caller import caller_card
from bot.contract.context import Ctx
from bot.contract.reply import Answer
from bot.contract.routing import Router

router = Router()

PHRASES: Final = dict.fromkeys(
    (
        "who is", "who's", "whos", "whose number is", "whose is", "look up", "find", "who has", "who is this",
        "number of", "the number of", "what is the number of", "what's the number of", "extension of", "ext",
        "extension", "ext of",
        "what is the extension of", "whats the extension of", "what is the ext of",
        "whats the ext of", "number from", "number for", "the number for",
        "phone of", "phone number of", "telephone of", "telephone number of",
        "mobile of", "contact of", "search", "search for", "find number", "find number of", "find the number for",
        "find contact", "look for", "what number has", "which number has", "which is the number of",
        "what is the phone of", "from who is", "from whom is", "of who is", "whose is the number", "who has the number",
        "who is the number", "from who is the number", "from whom is the number", "of who is the number",
    ),
    "",
)  # fmt: skip
NUMBER_OF: Final = re.compile(
    r"(?:what(?:'s| is|s) )?(?P<who>(?!my\b|i\b).+?)'s? (?:phone |mobile |cell )?(?:number|phone|extension|ext)",
    re.IGNORECASE,
)

NUMBER_SAID: Final = re.compile(
    r"(?:(?:what(?:'?s| is)|get|give me|show) |(?!(?:what|whats|the|my|new|change|update|edit|save|add|block|unblock|"
    r"delete|remove|call|text|sms|txt|dial|ring|send|note|label|tag|status|find|look|of|in|extension)\b))"
    r"(?P<who>(?!my\b|i\b|the\b)[\w.'-]+(?: [\w'-]+)?) (?:phone |mobile |cell )?number",
    re.IGNORECASE,
)
"""As people leave the apostrophe out: "whats jordan number", "jordan lee number"."""


@router.command(
    "who",
    usage="<number or name>",
    summary="Who is this number?",
    aliases=("whois", "lookup"),
    phrases=PHRASES,
    patterns=((NUMBER_OF, "{who}"), (NUMBER_SAID, "{who}")),
    examples=("who +1 415 555 0150", "who Jordan Lee"),
    title="Who is this?",
    submit="Look up",
)
async def who(
    ctx: Ctx, number: Annotated[Party, CallerChoice("Number or name", any_number=True, placeholder="Number or name")]
) -> Answer:
    """Show whose number it is: contact, colleague, line or unknown; how sure that is; last calls; blocked or not."""
    return await caller_card(ctx, number)
