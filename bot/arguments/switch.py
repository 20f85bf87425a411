"""The argument for on or off."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final, Literal

from bot.basics.language import say
from bot.basics.words import Word
from bot.contract.argument import Choice, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

_OTHERS: Final = tuple((word, "on") for word in ("yes", "true", "start", "enable", "enabled", "1")) + tuple(
    (word, "off") for word in ("no", "false", "stop", "disable", "disabled", "end", "0")
)


@dataclass(frozen=True)
class Switch(Choice):
    """On or off; the value is a bool. Buttons carry "on", "off", True or False."""

    _: KW_ONLY
    options: tuple[Option, ...] = (Option("On", "on"), Option("Off", "off"))
    aliases: tuple[tuple[str, str], ...] = _OTHERS
    drawn: Literal["radio", "select"] = "radio"

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Take a word that says so; a digit only alone: "1 hour" is a time."""
        return 0 if len(words) > 1 and words[0].text.isdigit() else await super().take(ctx, words, text)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> bool:  # type: ignore[override]  # a switch's value is a bool
        value = ("on" if raw else "off") if isinstance(raw, bool) else self._value(str(raw)[:40])
        if value is None:
            raise self.refuse(name, say("“{raw}” is neither on nor off. Type on or off.", raw=str(raw)[:30]))
        return value == "on"
