"""The arguments of a subscription, besides its lines: the events, the conditions, and who is asked for help."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import takewhile
from typing import Any, Final

from bot.activity.news import NewsKind
from bot.activity.news_words import UNCLEAR, kind_named, known_phrases, read_kinds
from bot.activity.subscriptions.conditions import hint, placeholder
from bot.arguments.colleague import ColleagueChoice
from bot.arguments.several import Several
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.basics.times import WEEKDAYS, WHOLE_WEEKDAYS, UnclearTime, how_long, parse_clock, read_clock, read_span
from bot.basics.words import Word
from bot.contract.argument import Argument, Choice, Lookup, Option, SeveralMeanings, Text
from bot.contract.board import UserGroup
from bot.contract.context import Ctx
from bot.contract.reply import Raw

_GROUP: Final = re.compile(r"(?:<?!subteam\^)?(S[A-Z0-9]{2,20})(?:\|.*)?")
EVENTS: Final = tuple(Option(kind.row.words[:1].upper() + kind.row.words[1:], kind.value) for kind in NewsKind)
LONGEST_RULE: Final = 1000
"""Characters of a subscription as it is typed."""
ONLY: Final = Text(
    "Only",
    keywords=("only", "with"),
    keeps_quotes=True,
    longest=1_000,
    placeholder=placeholder("only"),
    hint=hint("only"),
)
EXCEPT: Final = Text(
    "Except",
    keywords=("except", "without", "but"),
    keeps_quotes=True,
    longest=1_000,
    placeholder=placeholder("except"),
    hint=hint("except"),
)
_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60)
CLAIMED_WITHIN: Final = Choice(
    "Ask for help when nobody claims a call for",
    keywords=("escalate", "claim"),
    options=tuple(Option(f"{one} min", str(one)) for one in _MINUTES),
    aliases=tuple((f"{one}{unit}", str(one)) for one in _MINUTES for unit in ("m", "min", " min")),
    unset="Never",
)
_TARGETS: Final = (5, 10, 15, 20, 30, 60, 120, 240, 480)


@dataclass(frozen=True)
class TargetChoice(Choice):
    """Within how long an answer is due, in minutes. Typed: ``within 15m``, ``15 min``, ``2h``."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        plain = [word.text for word in takewhile(lambda word: not word.quoted, words)][:_LONGEST_TARGET]
        ends = range(len(plain), 0, -1)
        return next((end for end in ends if self.fits(" ".join(plain[:end]).rstrip(",;"))), 0)

    def chosen(self, text: str) -> str | None:
        said = text.casefold().removeprefix("within ").strip()
        span = read_span(f"{said} min" if said.isdecimal() else said)
        minutes = None if span is None else span.total_seconds() / 60
        return (
            next((option.value for option in self.options if option.value == f"{minutes:g}"), None) if minutes else None
        )


_LONGEST_TARGET: Final = 3
"""Words of a typed target: ``within 15 minutes``."""
ANSWERED_WITHIN: Final = TargetChoice(
    "Answer within",
    folded=True,
    keywords=("answer", "answered"),
    options=tuple(Option(how_long(one), str(one)) for one in _TARGETS),
    unset="No target",
    hint="Counts the line's own opening hours in Dialpad. When it is over, the people below are asked.",
)
ASKED_FIRST: Final = Choice(
    "Who is asked first",
    folded=True,
    keywords=("first",),
    options=(Option("Nobody on duty: skip to the next step", "nobody"),),
    unset="Whoever is on duty",
)
PHONE_AT_LAST: Final = Choice(
    "If that does not help either",
    folded=True,
    keywords=("finally",),
    options=(Option("Text the supervisor's phone", "sms"), Option("Call the supervisor", "call")),
    unset="Nothing more",
    hint="Uses the Dialpad account of whoever set this up; for a call, their own phone rings too.",
)
HANDLED_WITHIN: Final = Choice(
    "A claimed call must be handled within",
    folded=True,
    keywords=("handled",),
    options=(
        Option("15 min", "15"),
        Option("30 min", "30"),
        Option("1 hour", "60"),
        Option("2 hours", "120"),
        Option("4 hours", "240"),
        Option("8 hours", "480"),
    ),
    unset="2 hours",
)


@dataclass(frozen=True)
class NewsKindChoice(Several):
    """Kinds of events; the value is a tuple of words of ``NewsKind``. Typed: names one after the other, with or without
    commas, as ``bot.activity.news_words`` reads them."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        plain = [word.text for word in takewhile(lambda word: not word.quoted, words)]
        return read_kinds(plain).length

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return (*self.keywords, "and", *known_phrases())

    def chosen(self, text: str) -> str | None:
        return kind_named(text)

    async def entered(self, ctx: Ctx, name: str, raw: Raw) -> Raw:
        try:
            return list(await self.parse(ctx, name, raw))
        except FieldError:
            return raw

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        if isinstance(raw, list):
            return await super().parse(ctx, name, raw)
        words = str(raw).replace(",", ", ").replace(";", ", ").split()
        found = read_kinds(words)
        if found.unclear:
            meant = {kind.value: say(kind.row.words) for kind in UNCLEAR[found.unclear]}
            raise SeveralMeanings(
                name,
                say("“{said}” can be {kinds}.", said=found.unclear, kinds=say(" or ").join(meant.values())),
                found.unclear,
                [Option(words.capitalize(), kind) for kind, words in meant.items()],
            )
        if found.length < len(words):
            await super().parse(ctx, name, words[found.length])  # says what the choices are
        return tuple(kind.value for kind in NewsKind if kind in found.kinds)


def events(label: str, *, hint: str = "") -> NewsKindChoice:
    return NewsKindChoice(label, options=EVENTS, hint=hint)


@dataclass(frozen=True)
class TimeOfDay(Argument):
    """A time of day; the value is in minutes after midnight. Typed without its keyword it looks like a time: ``at:8``,
    ``17:00``."""

    def fits(self, text: str) -> bool:
        return read_clock(_bare(text)) is not None

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        first = words[0].text if words and not words[0].quoted else ""
        marked = first.casefold().startswith("at:")
        return int(read_clock(_bare(first), hour_alone=marked) is not None)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> int:
        try:
            return parse_clock(_bare(str(raw)))
        except UnclearTime as problem:
            raise self.refuse(name, str(problem)) from None


def _bare(text: str) -> str:
    return text.strip(" ,;").casefold().removeprefix("at:")


@dataclass(frozen=True)
class TypedWords(Lookup):
    """All the words as they were typed, for another form to parse. Quoted words stay quoted, mentions stay mentions."""

    _: KW_ONLY
    many: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    async def items(self, ctx: Ctx, words: Sequence[Word]) -> list[str]:
        return [f'"{word.text}"' if word.quoted else word.text for word in words]

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        said = " ".join(raw) if isinstance(raw, list) else str(raw)
        if len(said) > LONGEST_RULE:
            raise self.refuse(
                name,
                say("That is too long: the limit is {longest} characters. Use the form.", longest=LONGEST_RULE),
            )
        return said

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        return [Option(query[:75], query[:75])] if query.strip() else []


@dataclass(frozen=True)
class UserGroupChoice(Lookup):
    """A Slack user group; the value is its id. Typed as a mention or its handle after an @."""

    def fits(self, text: str) -> bool:
        return _GROUP.fullmatch(text.strip()) is not None or text.strip().startswith("@")

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return int(bool(words) and self.fits(words[0].text))

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        text = (" ".join(raw) if isinstance(raw, list) else str(raw)).strip()
        if match := _GROUP.fullmatch(text):
            return match[1]
        handle = text.removeprefix("@").casefold()
        groups = await self._groups(ctx)
        if not groups:
            raise self.refuse(
                name,
                say(
                    "I see no user groups here: there are none, or this app was installed without the "
                    "permission usergroups:read. Mention one with @."
                ),
            )
        for group in groups:
            if group.handle.casefold() == handle:
                return group.id
        raise self.refuse(
            name, say("“{said}” is not a user group in this workspace. Mention one with @.", said=text[:40])
        )

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        wanted = query.removeprefix("@").casefold()
        found = [one for one in await self._groups(ctx) if wanted in f"{one.handle} {one.name}".casefold()]
        return [Option(f"@{one.handle}"[:75], one.id, one.name[:75]) for one in found]

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        handle = next((one.handle for one in await self._groups(ctx) if one.id == raw), "")
        return Option((f"@{handle}" if handle else raw)[:75], raw[:75])

    async def _groups(self, ctx: Ctx) -> Sequence[UserGroup]:
        return await ctx.deps.notifications.user_groups(ctx.person) if ctx.deps.notifications else ()


DIGEST_TIME: Final = TimeOfDay("Digests at", folded=True, keywords=("at",), bare=True, placeholder="08:00")
DIGEST_DAY: Final = Choice(
    "A weekly digest on",
    folded=True,
    keywords=("on", "every"),
    bare=True,
    options=tuple(Option(whole, short) for whole, short in zip(WHOLE_WEEKDAYS, WEEKDAYS, strict=True)),
    aliases=tuple(
        (typed, short)
        for whole, short in zip(WHOLE_WEEKDAYS, WEEKDAYS, strict=True)
        for typed in (f"{whole.casefold()}s", *(whole[:length].casefold() for length in range(4, len(whole))))
    ),
    placeholder="Monday",
    hint="It covers the seven days before.",
)
KEPT_GROUP: Final = UserGroupChoice(
    "Keep a user group in sync with who is on duty",
    folded=True,
    keywords=("keep",),
    placeholder="No user group",
    hint="Everybody else is removed from it. It is never left empty.",
)
IN_TOPIC: Final = Choice(
    "In the channel's topic", folded=True, options=(Option("Who is on duty", "topic"),), unset="Nothing about duty"
)
HELP_OF_GROUP: Final = UserGroupChoice("Then the user group", keywords=("group",), folded=True)
HELP_OF_PERSON: Final = ColleagueChoice("Then", keywords=("then",), folded=True, placeholder="A colleague, by mention")
HELP_OF_SUPERVISOR: Final = ColleagueChoice(
    "Finally", keywords=("supervisor",), folded=True, placeholder="A supervisor, in a direct message"
)
