"""Why a text did not arrive, in words."""

from typing import Final

from bot.basics.language import say

_WHY: Final = {
    "invalid_destination": "the number cannot receive texts",
    "invalid_source": "our number cannot send texts",
    "no_route": "no carrier reaches the number",
    "not_supported": "the number cannot receive texts",
    "rejected": "the carrier rejected it",
    "rejected_spam": "the carrier took it for spam",
    "time_out": "the carrier did not respond",
    "internal_error": "Dialpad had a problem",
    "opted_out": "they opted out of texts",
}


def why_not_delivered(result: str) -> str:
    """Return Dialpad's reason in words, "" for none. One that is not known here is told as it came."""
    if not result:
        return ""
    return _WHY.get(result) or say("Dialpad says “{replace}”", replace=result.replace("_", " "))
