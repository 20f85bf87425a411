"""What an agent is told whom Dialpad took off duty, with what they can do about it in one press."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.basics.language import say
from bot.contract.prose import sentence
from bot.contract.reply import Button, Reply, When

TAKEN_OFF: Final = "taken off duty"
"""What a notice is about that tells somebody so."""
TELL_TAKEN_OFF: Final = "tell_taken_off"
"""The preference of being told; on for whoever chooses nothing."""
REASON_TODAY: Final = "Done for today"


def taken_off_notice(said: Mapping[str, Any]) -> Reply:
    """Return the direct message."""
    at = datetime.fromisoformat(str(said.get("off_at")))
    of_line = say(" of {line}", line=said["line"]) if said.get("line") else ""
    return Reply(
        sentence(
            "Dialpad took you off duty at {when}, because you did not take a call{of_line}. Call center "
            "calls go to others until you are back.",
            when=When(at),
            of_line=of_line,
        ),
        (
            Button("Back on duty", "duty.duty", {"state": "on"}, "primary", in_place=True),
            Button("Stay off for 15 min", "duty.duty", {"state": "off", "until": "15m"}, in_place=True),
            Button("Stay off for 1 hour", "duty.duty", {"state": "off", "until": "1h"}, in_place=True),
            Button("Stay off today", "duty.duty", {"state": "off", "reason": REASON_TODAY}, in_place=True),
            Button("Stop telling me", "duty.tell", {"to": "off"}, in_place=True, spoken="Stop telling me of this"),
        ),
        tone="warning",
    )
