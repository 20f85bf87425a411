"""The argument for a note that stands on a message of a channel: what somebody does about what is wrong."""

from typing import Final

from bot.contract.argument import Text

NOTE_TO_CHANNEL: Final = Text(
    "Note", longest=150, placeholder="Two more come on at 3", hint="Everybody in the channel sees it."
)
