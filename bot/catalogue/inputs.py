"""Arguments that are entered by hand in generated forms: numbers, opening hours, lists, JSON, moments and files."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.arguments.moment import NoMoment, parse_moment
from bot.basics.language import say
from bot.basics.times import UnclearTime, clock, later, on_clock, parse_hours, read_span
from bot.contract.argument import TEXT_LIMIT, Argument, Choice, Option
from bot.contract.context import Ctx
from bot.contract.reply import Raw

UNSET: Final = "-"
"""The value of the option for "no choice": Slack has no way to empty a select again."""

_HOURS_EXAMPLE: Final = "08:00-12:00, 14:00-18:00"


@dataclass(frozen=True)
class Amount(Argument):
    """A whole or decimal number. ``low`` and ``high`` are included."""

    _: KW_ONLY
    whole: bool = True
    low: float | None = None
    high: float | None = None

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> int | float:
        text = str(raw).strip().replace("\u2212", "-")
        try:
            number = Decimal(text) if len(text) <= 30 else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise self.refuse(name, say("“{said}” is not a number. Type it in digits.", said=text[:30]))
        if self.whole and number != number.to_integral_value():
            raise self.refuse(
                name,
                say("{label} takes a whole number, such as {number}.", label=say(self.label), number=round(number)),
            )
        if self.low is not None and number < Decimal(str(self.low)):
            raise self.refuse(
                name,
                say("{label} must be at least {low:g}. Type a larger number.", label=say(self.label), low=self.low),
            )
        if self.high is not None and number > Decimal(str(self.high)):
            raise self.refuse(
                name,
                say("{label} can be at most {high:g}. Type a smaller number.", label=say(self.label), high=self.high),
            )
        return int(number) if self.whole else float(number)


@dataclass(frozen=True)
class Hours(Argument):
    """Opening hours of one day. The value is a tuple of times in pairs: ``("08:00", "12:00", "14:00", "18:00")``."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> tuple[str, ...]:
        text = ", ".join(raw) if isinstance(raw, list) else str(raw)
        minutes: list[int] = []
        try:
            for span in re.split(r"[,;]|\band\b", text.casefold()):
                if span.strip():
                    minutes += parse_hours(span.strip(), _HOURS_EXAMPLE)
        except UnclearTime as problem:
            raise self.refuse(name, str(problem)) from None
        if any(end <= begin for begin, end in pairwise(minutes)):
            raise self.refuse(
                name,
                say(
                    "Each time has to be later than the one before it, such as {example}.",
                    example=_HOURS_EXAMPLE,
                ),
            )
        return tuple(clock(at) for at in minutes)


def write_hours(times: Sequence[str]) -> str:
    """Write opening hours as people type them: ``08:00-12:00, 14:00-18:00``."""
    pairs = zip(times[::2], times[1::2], strict=False)
    return ", ".join(f"{opens}-{closes}" for opens, closes in pairs)


@dataclass(frozen=True)
class Lines(Argument):
    """A list, one item a line. The value is a tuple of text, or of whole numbers with ``whole``."""

    _: KW_ONLY
    whole: bool = False

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> tuple[Any, ...]:
        items = raw if isinstance(raw, list) else str(raw).splitlines()
        lines = [item.strip() for item in items if item.strip()]
        if not self.whole:
            return tuple(lines)
        wrong = next((line for line in lines if not re.fullmatch(r"-?\d{1,18}", line)), None)
        if wrong is not None:
            raise self.refuse(name, say("“{wrong}” is not a whole number. Type one number per line.", wrong=wrong[:30]))
        return tuple(int(line) for line in lines)


@dataclass(frozen=True)
class JsonText(Argument):
    """A list of objects or an object as JSON. The value is what the JSON says."""

    _: KW_ONLY
    example: str = ""
    is_list: bool = False

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        text = " ".join(raw) if isinstance(raw, list) else str(raw)
        try:
            value = _read_json(text)
        except (ValueError, RecursionError) as problem:
            where = ""
            if isinstance(problem, json.JSONDecodeError):
                where = say(" (line {line}, column {column})", line=problem.lineno, column=problem.colno)
            raise self.refuse(
                name, say("That is not JSON{where}. Type something like {example}", where=where, example=self.example)
            ) from None
        if not isinstance(value, list if self.is_list else dict):
            if self.is_list:
                text = say("This takes a list, in square brackets. Type something like {example}", example=self.example)
            else:
                text = say(
                    "This takes an object, in curly brackets. Type something like {example}", example=self.example
                )
            raise self.refuse(name, text)
        return value


def _read_json(text: str) -> Any:
    """Read JSON as it stands: a curly quote inside a text stays. Only what is none is tried with straight quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(text.translate(_STRAIGHT))


_STRAIGHT: Final = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"'})
"""Phones type curly quotes where JSON wants straight ones."""


@dataclass(frozen=True)
class DateAndTime(Argument):
    """A date and time, past or future. The value is an aware datetime in UTC; raw it is ISO 8601 or words."""

    def fits(self, text: str) -> bool:
        return bool(text.strip())

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> datetime:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        zone = await ctx.zone()
        moment = _read_moment(text, ctx.now, zone)
        if moment is None:
            advice = say("Type 2026-11-23 14:00, today, yesterday or 2h ago.")
            raise self.refuse(name, str(UnclearTime("time", text, advice)))
        return moment.astimezone(UTC)


def _read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        exact = datetime.fromisoformat(text.replace(" ", "T", 1).upper() if re.match(r"\d{4}-", text) else text)
        return exact if exact.tzinfo else exact.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        pass
    local = now.astimezone(zone)
    words = " ".join(text.casefold().split())
    days = {"now": None, "today": 0, "yesterday": 1}
    if words in days:
        back = days[words]
        return local if back is None else on_clock(local.date() - timedelta(days=back), 0, zone)
    span = read_span(words.removesuffix("ago")) if words.endswith("ago") else None
    try:
        return parse_moment(text, now, zone) if span is None else later(local, -span)
    except (NoMoment, OverflowError):
        return None


@dataclass(frozen=True)
class Attached:
    """An attached file. ``raw`` is the argument it was parsed from, to read it again; ``content`` is base64."""

    raw: str
    content: str
    name: str = ""
    size: int = 0


@dataclass(frozen=True)
class FileArgument(Argument):
    """A file, attached in a form, or base64 when typed. The value is Attached."""

    _: KW_ONLY
    kinds: tuple[str, ...] = ()
    """File extensions that Slack accepts in the form, without the dot."""
    largest: int = 1_000_000
    """Bytes. Dialpad refuses requests over 1 MB, base64 included: callers leave room for it."""

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Attached:
        text = (raw[0] if isinstance(raw, list) and raw else str(raw)).strip()
        if re.fullmatch(r"F[A-Z0-9]{5,}", text) and ctx.deps.files is not None:
            return await self._fetch(ctx, name, text)
        try:
            size = len(base64.b64decode(text, validate=True))
        except (binascii.Error, ValueError):
            raise self.refuse(name, say("That is not a file. Attach one in the form.")) from None
        self._check_size(name, size)
        return Attached(text, text, size=size)

    async def _fetch(self, ctx: Ctx, name: str, file_id: str) -> Attached:
        assert ctx.deps.files is not None  # noqa: S101  parse() has looked
        file = await ctx.deps.files.read(ctx.person, file_id, largest=self.largest)
        ending = file.name.rpartition(".")[2].casefold()
        if self.kinds and ending not in self.kinds:
            raise self.refuse(
                name,
                say(
                    "{name} is not an allowed file type. Attach one of: {kinds}.",
                    name=file.name[:40],
                    kinds=", ".join(self.kinds),
                ),
            )
        self._check_size(name, file.size)
        return Attached(file_id, base64.b64encode(file.content).decode(), file.name, file.size)

    def _check_size(self, name: str, size: int) -> None:
        if size > self.largest:
            raise self.refuse(
                name,
                say(
                    "The file has {size:,.0f} kB; the limit is {largest:,.0f} kB.",
                    size=size / 1000,
                    largest=self.largest / 1000,
                ),
            )
        if not size:
            raise self.refuse(name, say("The file is empty. Attach another one."))


def tri_state(label: str, *, hint: str = "", leave: str = "Leave as it is") -> Choice:
    """Build a choice of yes, no or unset, for booleans that Dialpad treats differently when they are absent."""
    return Choice(
        label, hint=hint, options=(Option("Yes", "yes"), Option("No", "no")), unset=leave,
        aliases=(("on", "yes"), ("true", "yes"), ("1", "yes"), ("off", "no"), ("false", "no"), ("0", "no")),
    )  # fmt: skip


__all__ = [
    "TEXT_LIMIT", "UNSET", "Amount", "Attached", "DateAndTime", "FileArgument", "Hours", "JsonText", "Lines",
"tri_state", "write_hours",
]  # fmt: skip
