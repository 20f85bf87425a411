"""A handler's argument: how typed words are read, how a form asks for it, and which value it becomes.

One declaration per handler parameter serves the typed command, the form and the button::

    until: Annotated[datetime | None, Moment("For how long", keywords=("for", "until"))] = None

A parameter without a default is required; when a required one is missing, the form opens.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final, Literal

from bot.basics.emoji import with_emoji
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.basics.words import Word, is_likely_slip, is_near
from bot.contract.context import Ctx
from bot.contract.reply import Raw

TEXT_LIMIT = 3000
"""Characters in a Slack text input."""


@dataclass(frozen=True)
class Option:
    """An option to pick. ``value`` is the raw argument: at most 75 characters, Slack's tighter limit."""

    text: str
    value: str
    note: str = ""


class SeveralMeanings(FieldError):
    """What was typed can mean several things. ``typed`` is the part of the raw value that is unclear; the value of each
    of ``meanings`` can stand in its place. ``near``: whether they are like what was typed, or all that there is."""

    def __init__(self, field: str, text: str, typed: str, meanings: Sequence[Option], *, near: bool = True) -> None:
        super().__init__(field, text)
        self.near = near
        self.typed = typed
        self.meanings = tuple(meanings)


@dataclass(frozen=True)
class Argument:
    """One parameter of a handler. ``label`` heads its form field."""

    label: str
    _: KW_ONLY
    hint: str = ""
    placeholder: str = ""
    keywords: tuple[str, ...] = ()
    """Words that introduce it in a typed command; an argument without any is read by position."""
    bare: bool = False
    """Whether it is also read without its keyword, where words of its kind stand: ``dnd on 30m``."""
    shown: bool = True
    """Whether forms ask for it. A hidden one is carried along: the id a button came with."""
    group: str = ""
    """The heading above form fields that belong together."""
    folded: bool = False
    """Whether forms hide it behind "More fields" at first."""
    keeps_quotes: bool = False
    """Whether quoted words are passed on with their quotes, because the argument itself reads what is in them as
    one."""
    awaited: bool = False
    """Whether choosing a value fills in the rest of the form."""
    leads_text: bool = False
    """Whether it may stand, typed, between an address and the text behind it."""
    formerly: str = ""
    """The parameter's name in messages, forms and stored requests of an earlier version."""

    @property
    def words_alone(self) -> tuple[str, ...]:
        """Return words that are a whole value by themselves, lower case: they end the words of the argument before like
        a keyword does."""
        return ()

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the words that it is typed with, lower case: what a mistyped word may have been meant to be."""
        return self.keywords

    @property
    def takes_any_words(self) -> bool:
        """Tell whether it takes whatever is typed: a text, a reason."""
        return False

    def fits(self, text: str) -> bool:
        """Tell whether the words after a keyword can be a value of this; "until I am back" is no moment."""
        return bool(text)

    def after_keyword(self, keyword: str, value: str) -> str:
        """Return the raw value of what was typed after one of the keywords."""
        return value

    def raw_of(self, typed: str) -> str:
        """Return the raw value of words that were taken between an address and the text behind it."""
        return typed

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """Count how many words, from the first on, belong to this positional argument; 0 when they belong to
        another."""
        return 1

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        """Return the value for the handler. Raises FieldError with what to type instead."""
        raise NotImplementedError

    async def entered(self, ctx: Ctx, name: str, raw: Raw) -> Raw:
        """Convert typed text to what the form holds, where the two differ: several values in one text are a list
        there."""
        return raw

    def refuse(self, name: str, text: str) -> FieldError:
        """Build the FieldError for this argument."""
        return FieldError(name, text)


_SAYING: Final = re.compile(
    r"(?:back[:,]\s+(?=\S)"
    r"|(?:back )?(?:saying|to say|and say|that says|which says)(?: that)?[:,]?\s+(?=\S)"
    r"|(?:back )?that[:,]?\s+(?=(?:i|i['’]?m|i['’]?ll|i['’]?ve|we|we['’](?:re|ll|ve)|you|you['’](?:re|ll|ve)|u|he|she"
    r"|it|they|there|my|our|your|his|her|its|their|the|an?|that|this|these|those|everything|everybody|everyone|nobody"
    r"|somebody|someone)\b['’\w]*\s+\S))",
    re.IGNORECASE,
)
"""Words between an address and a text. "that" is one before whoever or whatever the text is about; in "that is fine"
and "that order is ready" it is the text's own."""


_NO_SLIPS: Final = frozenset({"than", "hat", "chat", "what", "an", "ad", "staying", "paying", "laying", "playing"})
"""Words that are like those, and are none."""
_MESSAGES: Final = ("text", "txt", "message", "msg", "sms")
_NEARLY_NAMED: Final = re.compile(r"an? (?P<word>\w{2,8})\s+(?=(?:saying|that)\s)", re.IGNORECASE)


@dataclass(frozen=True)
class Text(Argument):
    """Free text. ``verbatim`` keeps it letter for letter and takes everything to the end of the line."""

    _: KW_ONLY
    longest: int = TEXT_LIMIT
    multiline: bool = False
    verbatim: bool = False
    emoji: bool = False
    """Whether ``:smile:`` in it means the picture, because people outside Slack read it."""
    introduced: bool = False
    """Whether words may stand before it, typed after an address, that belong to neither: "that", "saying"."""

    @property
    def takes_any_words(self) -> bool:
        return True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    def begins_at(self, line: str, at: int) -> int:
        """Return where in a line the text begins that was found to begin there: behind the words that only say that it
        follows. After a colon everything is the text."""
        if not self.introduced or line[:at].rstrip().endswith(":"):
            return at
        return found.end() if (found := _SAYING.match(line, at)) is not None else at

    def nearly_begins_at(self, line: str, at: int) -> int:
        """Return where the text would begin if the words before it that only say that it follows were mistyped: "thah
        i am late". 0 when they are not."""
        if not self.introduced or self.begins_at(line, at) != at or line[:at].rstrip().endswith(":"):
            return 0
        if (named := _NEARLY_NAMED.match(line, at)) and any(is_near(named["word"], one) for one in _MESSAGES):
            return self.begins_at(line, named.end())
        typed = line[at:].partition(" ")[0]
        for meant in ("that", "saying", "and"):
            if (
                not typed.isalpha()
                or typed.casefold() in _NO_SLIPS
                or not (is_near(typed, meant) and is_likely_slip(typed.casefold(), meant))
            ):
                continue
            if found := _SAYING.match(f"{meant}{line[at + len(typed) :]}"):
                return at + len(typed) - len(meant) + found.end()
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        text = raw if self.verbatim and isinstance(raw, str) else str(raw).strip()
        text = with_emoji(text) if self.emoji else text
        if not text.strip():
            raise self.refuse(name, say("{label} is empty. Type something.", label=say(self.label)))
        if len(text) > self.longest:
            raise self.refuse(
                name,
                say(
                    "{label} has {count:,} characters; the limit is {longest:,}. Shorten it.",
                    label=say(self.label),
                    count=len(text),
                    longest=self.longest,
                ),
            )
        return text


_WORD: Final = re.compile(r"[a-z][a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Choice(Argument):
    """One of a few options. ``aliases`` are other words people type for a value, lower case."""

    _: KW_ONLY
    options: tuple[Option, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    drawn: Literal["radio", "select"] = "select"
    unset: str = ""
    """The text of a first option that means no choice, "" for no such option: a select cannot be emptied again."""
    clears: str = ""
    """The text of a last option that takes away what is chosen at Dialpad, "" for none."""
    open: bool = False
    """Whether a word that is no option is taken as it is: one that stands there already, and is newer than we are."""

    @property
    def words_alone(self) -> tuple[str, ...]:
        return (self.options[0].value.casefold(),) if len(self.options) == 1 else ()

    @property
    def vocabulary(self) -> tuple[str, ...]:
        said = (*(option.value for option in self.options), *(option.text for option in self.options))
        return (*self.keywords, *(word.casefold() for word in said), *(typed for typed, _ in self.aliases))

    def fits(self, text: str) -> bool:
        return self._value(text) is not None

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return int(bool(words) and not words[0].quoted and self.fits(words[0].text.rstrip(",;")))

    def _value(self, text: str) -> str | None:
        return self.chosen(text.strip())

    def kept(self, text: str) -> str | None:
        """Return a word that is no option, where such a word may be kept; None for any other text."""
        word = text.strip()
        is_new = self.open and self.chosen(word) is None and _WORD.fullmatch(word)
        return word if is_new else None

    def chosen(self, text: str) -> str | None:
        """Return the value that was typed or picked. Values go before texts: one option's text may be another's
        value."""
        typed = text.casefold()
        by_value = (option.value for option in self.options if option.value.casefold() == typed)
        by_text = (option.value for option in self.options if option.text.casefold() == typed)
        return next(by_value, None) or next(by_text, None) or dict(self.aliases).get(typed)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        value = self._value(str(raw)) or self.kept(str(raw))
        if value is None:
            known = ", ".join(option.value for option in self.options)
            raise self.refuse(
                name, say("“{raw}” is not one of the choices. Type one of: {known}.", raw=str(raw)[:40], known=known)
            )
        return value


@dataclass(frozen=True)
class Carried(Argument):
    """Text that a button brings along and no form asks for: an id, a cursor."""

    _: KW_ONLY
    shown: bool = False
    longest: int = 500

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        text = str(raw)
        if len(text) > self.longest:
            raise self.refuse(name, say("This button is too old. Start again."))
        return text


MORE: Final = "_more"
"""The name under which a form carries that it shows all its fields."""
FILLED: Final = "_was"
"""The name under which a form carries what it was filled with, as its route writes that down."""
STARRED: Final = "_star"
"""The name under which the form of an action carries that it is a favorite, or shall be one or none."""
EMPTIED: Final = "_emptied"
"""The name under which a submitted form says which of the fields it showed are empty, separated by commas."""
CLEAR: Final = "-clear-"
"""The value of a choice that takes away what was chosen."""


@dataclass(frozen=True)
class Address:
    """One way to read where the words of an address end. ``rest``: the offset in the line at which the text begins."""

    words: tuple[Word, ...]
    rest: int


@dataclass(frozen=True)
class Lookup(Argument):
    """Something picked by typing part of its name. ``many``: several may be picked."""

    _: KW_ONLY
    many: bool = False
    most: int = 10
    min_query_length: int = 0

    async def items(self, ctx: Ctx, words: Sequence[Word]) -> list[str]:
        """Split the words taken into raw values, for an argument with ``many``."""
        return [word.text for word in words if word.text.strip(",;:")]

    async def nearly(self, ctx: Ctx, words: Sequence[Word]) -> int:
        """Count how many words, from the first on, are a mistyped name of something known."""
        return 0

    async def other_ends(self, ctx: Ctx, words: Sequence[Word], count: int) -> "list[Address]":
        """Return the ways to read an address of ``count`` words when a text follows that may begin elsewhere, that with
        ``count`` words among them; none when there is no doubt."""
        return []

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        """Find options that match ``query``, best first. Well under 2.5 s: Slack gives a type-ahead 3 s and no second
        try."""
        raise NotImplementedError

    async def suggest_beside(self, ctx: Ctx, query: str, others: Mapping[str, Raw]) -> list[Option]:
        """Find options that match ``query`` and the values of the form's other fields."""
        return await self.suggest(ctx, query)

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        """Return the option for a value that is already filled in, so that a form can show it by name."""
        return Option(raw[:75], raw[:75])
