"""Why a text did not arrive, in words."""

from typing import Final

from bot.basics.language import mark, say

_WHY: Final = {
    "invalid_destination": mark("the number cannot receive texts"),
    "invalid_source": mark("our number cannot send texts"),
    "no_route": mark("no carrier reaches the number"),
    "not_supported": mark("the number cannot receive texts"),
    "rejected": mark("the carrier rejected it"),
    "rejected_spam": mark("the carrier took it for spam"),
    "time_out": mark("the carrier did not respond"),
    "internal_error": mark("Dialpad had a problem"),
    "opted_out": mark("they opted out of texts"),
}


def why_not_delivered(result: str) -> str:
    """Return Dialpad's reason in words, "" for none. One that is not known here is told as it came."""
    if not result:
        return ""
    known = _WHY.get(result)
    return say(known) if known else say("Dialpad says “{word}”", word=result.replace("_", " "))
