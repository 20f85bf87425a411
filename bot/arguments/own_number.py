"""The argument for the number somebody calls or texts from: their own, or one of their groups'."""

from dataclasses import dataclass
from typing import Annotated

from bot.arguments.phonebook import MOST_MEANT
from bot.basics.errors import ChatopsError
from bot.basics.language import say
from bot.basics.phone import national, read_number
from bot.basics.words import did_you_mean
from bot.contract.argument import Carried, Lookup, Option, SeveralMeanings
from bot.contract.context import Ctx
from bot.contract.reply import Bold, Part, Phone, Raw
from bot.dialpad.actions.users import CallerIds, GetCallerId


@dataclass(frozen=True)
class OwnNumber:
    """A number to call or text from. ``number`` is E.164, or "" when Dialpad named none and will choose itself;
    ``name`` is the line it belongs to."""

    number: str
    name: str

    def shown(self) -> tuple[Part, ...]:
        """Return the line's name and its number."""
        return (Bold(self.name), " ", Phone(self.number)) if self.number else (Bold(self.name),)


LineUsed = Annotated[str, Carried("Line", longest=20)]
"""The number of ours, E.164, that the other side called or wrote to."""


@dataclass(frozen=True)
class LineToUse:
    """What the other side sees. ``chosen``: the same, to be given to Dialpad, None for its own choice. ``refused``: the
    line that the other side used, E.164, when the person may not use it."""

    line: OwnNumber
    chosen: OwnNumber | None = None
    refused: str = ""


async def line_to_use(ctx: Ctx, chosen: OwnNumber | None, theirs: str, *, for_calls: bool = False) -> LineToUse:
    """Return what to call or text from: what was ``chosen``, else the line that the other side used (``theirs``, "" for
    none) where the person may, else what is usual."""
    if chosen is not None:
        return LineToUse(chosen, chosen)
    known = await ctx.send(GetCallerId())
    same = next((line for line in own_lines(known) if theirs and line.number == theirs), None)
    if same is not None:
        return LineToUse(same, same)
    return LineToUse(usual_line(known, for_calls=for_calls), refused=theirs)


async def line_given(ctx: Ctx, theirs: str) -> str:
    """Return ``theirs`` where the person may use it, "" otherwise: to fill in a form."""
    if not theirs:
        return ""
    try:
        return next((line.number for line in own_lines(await ctx.send(GetCallerId())) if line.number == theirs), "")
    except ChatopsError:
        return ""


def usual_line(known: CallerIds, *, for_calls: bool = False) -> OwnNumber:
    """Return what is used when nothing is chosen: the person's caller id for calls, their own number for texts."""
    chosen = known.caller_id if for_calls else None
    if chosen == "blocked":
        return OwnNumber("", say("Hidden number"))
    number = chosen or known.primary_phone or next(iter(known.phone_numbers), "") or known.caller_id or ""
    return next((line for line in own_lines(known) if line.number == number), OwnNumber(number, say("Your number")))


def own_lines(known: CallerIds) -> list[OwnNumber]:
    """Return every number the person may show, each once and their own first."""
    lines = [OwnNumber(number, say("Your number")) for number in (known.primary_phone, *known.phone_numbers) if number]
    lines += [
        OwnNumber(group.caller_id, group.display_name or say("Group")) for group in known.groups if group.caller_id
    ]
    if known.office_main_line:
        lines.append(OwnNumber(known.office_main_line, say("Office")))
    return list({line.number: line for line in reversed(lines)}.values())[::-1]


@dataclass(frozen=True)
class OwnNumberChoice(Lookup):
    """One of the person's own lines, by name or number. The raw value is the number."""

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        try:
            lines = own_lines(await ctx.send(GetCallerId()))
        except ChatopsError:
            return []  # a type-ahead has no place for an error
        region = await ctx.region()
        options = [self._option(line, region) for line in lines]
        return [option for option in options if query.strip().casefold() in option.text.casefold()]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        region = await ctx.region()
        for option in await self.suggest(ctx, ""):
            if option.value == raw:
                return option
        return Option(national(raw, region)[:75], raw[:75])

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> OwnNumber:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        lines = own_lines(await ctx.send(GetCallerId()))
        number = read_number(text, await ctx.region())
        for line in lines:
            if number == line.number or line.name.casefold() == text.strip().casefold():
                return line
        names = ", ".join(line.name for line in lines)
        problem = say("“{said}” is not one of your lines. Choose one of: {names}.", said=text[:30], names=names)
        near = did_you_mean(text, [line.name for line in lines])
        meant = [line for line in lines if line.name in near] or (lines if len(lines) <= MOST_MEANT else [])
        if meant and text.strip():
            region = await ctx.region()
            options = [self._option(line, region) for line in meant]
            raise SeveralMeanings(name, problem, text, options, near=bool(near))
        raise self.refuse(name, problem)

    def _option(self, line: OwnNumber, region: str) -> Option:
        return Option(f"{line.name} {national(line.number, region)}"[:75], line.number)
