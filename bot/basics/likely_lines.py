"""What people say without a command, and the lines that may be meant by it: "lunch", "I'm back", "settings"."""

import re
from typing import Final

_REST: Final = r"(?P<rest> .*)?"
_TABLE: Final = (
    (rf"(?P<what>(?:on )?(?:lunch|break|a break|my break|pause)|coffee|training|meeting|dentist|doctor){_REST}",
     ("duty off {what}{rest}", "status {what}{rest}")),
    (r"(?:i'?m|im|i am|going|gone|out)(?: now)? (?:on|at|to|in|for) (?P<what>.+)",
     ("duty off {what}", "status {what}")),
    (r"off (?!duty|dnd)(?P<what>.+)", ("duty off {what}", "status {what}")),
    ((r"(?:(?:i'?m|im|i am) )?(?:back|here|available|free)"
     r"(?: (?:again|now|online|(?:from|at) .+))*"),
     ("duty on", "dnd off", "status clear")),
    (rf"(?:(?:i'?m|im|i am) )?(?:busy|unavailable|away|afk|brb|out){_REST}", ("dnd on{rest}", "duty off{rest}")),
    (r"(?P<what>on|off)(?: now)?", ("duty {what}", "dnd {what}")),
    (r"(?:my )?(?:settings?|preferences|options|setup|config(?:uration)?)", ("whoami", "notify", "country")),
    (r"(?:(?:my|show|list|recent|new) )*fax(?:es)?", ("notify fax", "run fax")),
    (r"(?:(?:my|show|list) )*(?:contacts|address book|phone ?book)", ("run list contacts", "contact")),
    (r"(?:(?:my|show|list) )*(?:colleagues|users|people|team)", ("oncall", "run list users")),
    (r"(?:(?:i'?m|im|i am) )?(?P<what>(?:going|heading) home|(?:gone|done) for (?:the day|today)|leaving)(?: now)?",
     ("duty off {what}", "status {what}")),
    (rf"(?:go|take|taking|having)(?: on| to| a| my)* (?P<what>lunch|break|coffee){_REST}",
     ("duty off {what}{rest}", "status {what}{rest}")),
    ((r"(?:claim|take|grab|done with|finish|close|reopen|snooze|(?:give|assign|hand) .+ to|remind me|follow up|later)"
     r"(?: .+)?|.+ (?:is|are) done|done|mine"), ("open mine", "open")),
    (r"(?:put (?:him|her|them|it|the call) on )?hold(?: on)?", ("park", "live")),
    (r"(?:delete|remove) (?:the )?contact (?P<what>.+)", ("run delete contact", "who {what}")),
    (r"(?:change|update|edit|rename|correct) (?P<what>.+?)(?:'?s)?(?: (?:phone|number|name|contact|to)\b.*)?",
     ("run update contact", "who {what}")),
    (r"(?:(?:show|read|see|last|my) )*(?:texts?|messages?|sms|conversation|chat) (?:with|from|of|by) (?P<what>.+)",
     ("who {what}", "calls with {what}")),
    (r"(?:undo|oops|cancel|take (?:it|that) back)(?: (?:it|that))?", ("scheduled", "open mine", "whoami")),
    (r"(?:thanks?|thank you|thx|ty|cheers|great|cool|ok(?:ay)?|nice|bye)(?: (?:you|so much|a lot|dialpad|bot))*|\?+|!+",
     ("menu", "help")),
    (r"(?:stop|mute|silence|pause)(?: (?:notifying|notifications?|posting|this channel|here|the cards))+",
     ("notify stop", "dnd on")),
    (r"(?:log|sign) ?out", ("disconnect",)),
    (r"(?:log|sign) ?in", ("connect",)),
    (r"(?:hello|hi|hey|hola|good morning|good afternoon|start|test)(?: there| dialpad)?", ("menu", "help")),
)  # fmt: skip
_PATTERNS: Final = tuple((re.compile(pattern, re.IGNORECASE), lines) for pattern, lines in _TABLE)
_LONGEST: Final = 120
"""Characters of a line that is looked at."""


def likely_lines(line: str) -> tuple[str, ...]:
    """Return the lines that may be meant by one without a command, the likeliest first; none for one that says nothing
    of the kind."""
    said = " ".join(line.replace("’", "'").split())
    said = said.strip(" .,!?") or said
    if not said or len(said) > _LONGEST:
        return ()
    for pattern, lines in _PATTERNS:
        if (found := pattern.fullmatch(said)) is not None:
            words = {name: value or "" for name, value in found.groupdict().items()}
            return tuple(" ".join(one.format(**words).split()) for one in lines)
    return ()
