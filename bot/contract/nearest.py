"""The commands that somebody may look for with some words, and the buttons that help where a line means nothing."""

import re
from collections.abc import Iterable
from typing import Final

from bot.basics.language import say, translated
from bot.contract.context import CommandInfo, Ctx
from bot.contract.reply import Button

_STEM: Final = 4
"""Letters by which words count as the same: text, texts, texting."""
_MOST_NEAR: Final = 2
_EMPTY: Final = frozenset(
    {
        "the", "a", "to", "my", "in", "of", "how", "do", "i", "can", "me", "for", "and", "what", "is", "it", "on", "or",
        "we", "you", "this", "that", "with", "from", "at", "all", "when", "some", "please",
    }
)  # fmt: skip


def about(wanted: str, known: Iterable[CommandInfo]) -> list[str]:
    """Return the commands that are also called so, or else those that are about it."""
    infos = {info.word: info for info in known}
    if exact := [word for word, info in infos.items() if wanted in info.said]:
        return exact
    stems = {_stem(one) for one in re.findall(r"\w+", wanted)} - _EMPTY
    called = {word: _stems([word, *info.said]) for word, info in infos.items()}
    said = {word: _stems([info.summary, translated(info.summary), *info.examples]) for word, info in infos.items()}
    for known_by in (called, said):
        found = {word: len(stems & words) for word, words in known_by.items()}
        if best := max(found.values(), default=0):
            return [word for word, count in found.items() if count == best]
    return []


def help_buttons(ctx: Ctx, line: str) -> tuple[Button, ...]:
    """Return buttons for a line that means nothing: help about the commands nearest to it, the menu, and all help."""
    known = [info for info in ctx.deps.routes.commands() if info.word]
    near = about(line.casefold()[:200], known) if line.strip() else []
    buttons = [
        Button(ctx.deps.settings.typed(f"help {word}"), "help.help_", {"word": word})
        for word in near[:_MOST_NEAR]
        if len(near) <= _MOST_OF_ALL
    ]
    return (*buttons, Button("Menu", "menu.menu"), Button("Help", "help.help_"))


_MOST_OF_ALL: Final = 4
"""Commands that a word may be about to say anything."""


def help_button(word: str) -> tuple[Button, ...]:
    """Return the button for the help about one command; none without a word."""
    return (Button(say("Help with {word}", word=word), "help.help_", {"word": word}),) if word else ()


def _stem(word: str) -> str:
    return word.casefold()[:_STEM]


def _stems(texts: Iterable[str]) -> set[str]:
    return {_stem(word) for text in texts for word in re.findall(r"\w+", text)} - _EMPTY
