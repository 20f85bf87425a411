"""The argument for the line a text is sent from, also as it is typed: "sms Jordan from Support: we are open"."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Final

from bot.arguments.own_number import OwnNumber, OwnNumberChoice, own_lines
from bot.arguments.phonebook import LINES, named
from bot.basics.language import say
from bot.basics.phone import national, read_number
from bot.basics.words import Word, did_you_mean, is_near
from bot.contract.argument import Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Raw
from bot.dialpad.actions.users import GetCallerId

_LEADS: Final = frozenset({"from", "via"})
_OWN: Final = frozenset({"my number", "my own number", "my line", "me", "myself"})
_MOST_WORDS: Final = 5
_SHORTEST_SLIP: Final = 3
_MOST_OFFERED: Final = 5


@dataclass(frozen=True)
class TypedSender(OwnNumber):
    """A line to send from. ``typed``: the words that stood before the text, "" when it was chosen elsewhere."""

    typed: str = ""

    @property
    def is_sure(self) -> bool:
        """Tell whether the words can be nothing else: a colon follows them, and nothing is mistyped."""
        return self.typed.endswith(":") and self.typed.split()[0].casefold() in _LEADS


@dataclass(frozen=True)
class TextFrom(OwnNumberChoice):
    """One of the person's own lines, which may be typed between the address and the text."""

    _: KW_ONLY
    leads_text: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        if (
            len(words) < 3
            or words[0].quoted
            or (not (is_lead := _is_lead(words[0].text)) and not _nearly(words[0].text))
        ):
            return 0
        lines = own_lines(await ctx.send(GetCallerId()))
        most = min(len(words) - 1, _MOST_WORDS)
        for count in range(2, most + 1):
            if words[count - 1].text.endswith(":"):
                return count if await self._is_line(ctx, lines, _name(words[:count])) else 0
        if not is_lead:
            return 0
        known = {name for line in lines for name in _names(line)}
        return next((count for count in range(most, 1, -1) if _name(words[:count]).casefold() in known), 0)

    async def _is_line(self, ctx: Ctx, lines: Sequence[OwnNumber], said: str) -> bool:
        """Tell whether words before a colon are one of the person's lines, nearly one, or another line's name."""
        known = {name for line in lines for name in _names(line)}
        if said.casefold() in known | _OWN or did_you_mean(said, known) or read_number(said, await ctx.region()):
            return True
        return bool(await named(ctx, said, LINES, callable_only=False))

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> TypedSender:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        lead, _, rest = text.partition(" ")
        typed = text if rest and (_is_lead(lead) or (text.endswith(":") and _nearly(lead))) else ""
        said = rest.rstrip(":, ").strip("\"'“”‘’ ") if typed else text
        lines = own_lines(await ctx.send(GetCallerId()))
        number = read_number(said, await ctx.region())
        if said.casefold() in _OWN and lines:
            return TypedSender(lines[0].number, lines[0].name, typed)
        for line in lines:
            if number == line.number or said.casefold() in _names(line):
                return TypedSender(line.number, line.name, typed)
        region = await ctx.region()
        near = did_you_mean(said, [line.name for line in lines])
        offered = [line for line in lines if not near or line.name in near][:_MOST_OFFERED]
        raise SeveralMeanings(
            name, say("“{said}” is not one of your lines. Which one should it be sent from?", said=said[:30]), text,
            [Option(f"{line.name} {national(line.number, region)}"[:75], line.number) for line in offered],
            near=bool(near),
        )  # fmt: skip


def _is_lead(word: str) -> bool:
    return word.casefold() in _LEADS


def _nearly(word: str) -> bool:
    """Tell whether a word is a mistyped one of those before a line."""
    typed = word.casefold()
    return len(typed) >= _SHORTEST_SLIP and any(is_near(typed, lead) for lead in _LEADS)


def _name(words: Sequence[Word]) -> str:
    """Return the words after "from" as one name."""
    return " ".join(word.text for word in words[1:]).rstrip(":, ")


def _names(line: OwnNumber) -> set[str]:
    return {line.name.casefold()}
