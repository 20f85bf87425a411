"""What is asked back, with buttons, when a line can mean several things or holds a word that nobody knows."""

from collections.abc import Sequence
from typing import Final

from bot.basics.errors import UserError
from bot.contract.reply import Button

WORDS: Final = "words"
"""The route of a button that runs a typed command: ``{"t": "dnd on"}``."""


class Doubt(UserError):
    """A line that can mean several things, or nothing. Each of ``choices`` does what may have been meant, with all else
    of the line kept."""

    def __init__(self, text: str, choices: Sequence[Button]) -> None:
        super().__init__(text)
        self.choices = tuple(choices)


class NotUnderstood(Doubt):
    """A line of which nothing near is known. ``choices`` are what helps: the form, and help."""
