"""What an argument is: how it reads from typed words, how a form asks for it, what value it becomes.

One declaration per handler parameter serves the typed command, the form and the button::

    until: Annotated[datetime | None, Moment("For how long", keywords=("for", "until"))] = None

A parameter without a default is required; when a required one is missing, the form opens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final, Literal

from bot.basics.errors import FieldError
from bot.basics.words import Word
from bot.contract.context import Ctx
from bot.contract.reply import Raw

TEXT_LIMIT = 3000
"""Characters in a Slack text input."""


@dataclass(frozen=True)
class Option:
    """One thing to pick. ``value`` is the raw argument: at most 75 characters, Slack's tighter limit."""

    text: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Argument:
    """One parameter of a handler. ``label`` heads its form field."""

    label: str
    _: KW_ONLY
    hint: str = ""
    placeholder: str = ""
    keywords: tuple[str, ...] = ()
    """Words that introduce it in a typed command; without any it is read by its position."""
    bare: bool = False
    """Whether it is also read without its keyword, where words of its kind stand: ``dnd on 30m``."""
    shown: bool = True
    """Whether forms ask for it. A hidden one is carried along: the id a button came with."""
    group: str = ""
    """Heads the form fields that belong together."""
    folded: bool = False
    """Stands behind "More fields" until somebody wants it."""
    keeps_quotes: bool = False
    """Typed words in quotes are handed on in quotes: what is in them is read as one by rules of its own."""
    awaited: bool = False
    """Choosing it fills in the rest of the form."""
    formerly: str = ""
    """The parameter's name in messages, forms and stored requests of an earlier version."""

    @property
    def words_alone(self) -> tuple[str, ...]:
        """Words that say all of it, lower case: they end the words of the argument before like a keyword does."""
        return ()

    def fits(self, text: str) -> bool:
        """Whether the words after a keyword can be meant as this; "until I am back" is no moment."""
        return bool(text)

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        """How many of the words, from the first on, belong to this positional argument; 0 when they are another's."""
        return 1

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        """The value for the handler. Raises FieldError with what to type instead."""
        raise NotImplementedError

    async def entered(self, ctx: Ctx, name: str, raw: Raw) -> Raw:
        """What was typed as the form has it, where the two differ: several things in one text are a list there."""
        return raw

    def refuse(self, name: str, text: str) -> FieldError:
        """The error for this argument."""
        return FieldError(name, text)


@dataclass(frozen=True)
class Text(Argument):
    """Free text. ``verbatim`` keeps it letter for letter and takes everything to the end of the line."""

    _: KW_ONLY
    longest: int = TEXT_LIMIT
    multiline: bool = False
    verbatim: bool = False

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        text = raw if self.verbatim and isinstance(raw, str) else str(raw).strip()
        if not text.strip():
            raise self.refuse(name, f"{self.label} is empty. Type something.")
        if len(text) > self.longest:
            raise self.refuse(
                name, f"{self.label} has {len(text):,} characters; at most {self.longest:,} fit. Shorten it."
            )
        return text


@dataclass(frozen=True)
class Choice(Argument):
    """One of a few. ``aliases`` are other words people type for a value, lower case."""

    _: KW_ONLY
    options: tuple[Option, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    drawn: Literal["radio", "select"] = "select"
    unset: str = ""
    """The words of a first option that stands for no choice, "" for none: a select cannot be emptied again."""

    @property
    def words_alone(self) -> tuple[str, ...]:
        return (self.options[0].value.casefold(),) if len(self.options) == 1 else ()

    def fits(self, text: str) -> bool:
        return self._value(text) is not None

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return int(bool(words) and not words[0].quoted and self.fits(words[0].text.rstrip(",;")))

    def _value(self, text: str) -> str | None:
        return self.chosen(text.strip())

    def chosen(self, text: str) -> str | None:
        """The value that was typed or picked. Values go before texts: one option may be called what another is."""
        typed = text.casefold()
        by_value = (option.value for option in self.options if option.value.casefold() == typed)
        by_text = (option.value for option in self.options if option.text.casefold() == typed)
        return next(by_value, None) or next(by_text, None) or dict(self.aliases).get(typed)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> str:
        value = self._value(str(raw))
        if value is None:
            known = ", ".join(option.value for option in self.options)
            raise self.refuse(name, f"“{str(raw)[:40]}” is not one of the choices. Type one of: {known}.")
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
            raise self.refuse(name, "This button is too old to be used. Start again.")
        return text


MORE: Final = "_more"
"""The name under which a form carries that it shows all its fields."""
FILLED: Final = "_was"
"""The name under which a form carries what it was filled with, as its route writes that down."""


@dataclass(frozen=True)
class Lookup(Argument):
    """Something picked by typing part of its name. ``many``: several may be picked."""

    _: KW_ONLY
    many: bool = False
    most: int = 10
    min_query_length: int = 0

    async def items(self, ctx: Ctx, words: Sequence[Word]) -> list[str]:
        """With ``many``: the raw values that the words taken stand for."""
        return [word.text for word in words if word.text.strip(",;:")]

    async def suggest(self, ctx: Ctx, query: str) -> list[Option]:
        """What fits ``query``, best first. Well under 2.5 s: Slack gives a type-ahead 3 s and no second try."""
        raise NotImplementedError

    async def suggest_beside(self, ctx: Ctx, query: str, others: Mapping[str, Raw]) -> list[Option]:
        """As ``suggest``, knowing what the form's other fields say."""
        return await self.suggest(ctx, query)

    async def describe(self, ctx: Ctx, raw: str) -> Option:
        """The option for a value that is already filled in, so that a form can show it by name."""
        return Option(raw[:75], raw[:75])
