"""Decides which handler runs for a word, a button, a form or a shortcut.

A ``Router`` only records what a handler file declares; ``build_table`` puts the files together and refuses clashes.
The same table feeds routing, help, the manifest and the docs. Ids are derived: ``<handler file>.<function>``.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from bot.basics.phone import readable, seen
from bot.basics.words import FILLERS, is_near
from bot.contract.argument import Argument
from bot.contract.context import CommandInfo, Ctx
from bot.contract.reply import Answer, Form, RawArgs
from bot.dialpad.action import Action, Risk

Handler = Callable[..., Awaitable[Answer]]
_SPOKEN = re.compile(r"\S+")
_AROUND = ".,!?;:\"'“”„«»"
_POLITE = frozenset({
    "please", "pls", "plz", "can", "could", "would", "you", "u", "hey", "hi", "hello", "ok", "yo",
    "sup", "hiya", "kindly", "bot",
})  # fmt: skip
"""Words before a command that change nothing."""
_THANKING = re.compile(
    r"(?:[\s,.!?]+(?:please|pls|plz|plss|kindly|thanks|thank you|thx|ty|asap|rn))+[\s,.!?]*", re.IGNORECASE
)
"""Words after a command that change nothing. Not those that FILLERS has and a sentence may need: "back", "now"."""
_WISHES = frozenset(
    tuple(one.split())
    for one in (
        "i want to", "i want", "i want to have", "i need to", "i need", "i have to", "i must",
        "i would like to", "i would like", "i would like to have", "id like to", "id like", "i like to",
        "can i have", "could i have", "may i have", "can i get", "can i", "could i", "may i", "let me", "give me",
        "get me", "show me", "need to", "want to", "please to",
        "i look for", "i am looking for", "im looking for", "looking for", "i search for", "i am searching",
    )
)  # fmt: skip
"""So do these, with which people say that they want something."""
_LONGEST_WISH = max(map(len, _WISHES))
_ARTICLES = frozenset({"the", "a", "an"})
"""Words of a phrase that are easily too many or too few for whoever thinks in another language."""
_LIKE_ARTICLES = frozenset({"the", "they", "them", "then", "she", "he", "there"})
"""Words that are like an article, and none."""
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
"""Nobody types them with one hand: "whats my number" is "what's my number"."""
VERBATIM = "verbatim"
"""The group of a pattern that ends a line and stays letter for letter: a text to a customer."""
_LONGEST_PHRASE = 8
_LONGEST_PATTERN = 120
"""Characters of a line that is compared with patterns."""
H = TypeVar("H", bound=Handler)


Opening: TypeAlias = Callable[[Ctx, Form], Awaitable[Form]]
Dropping: TypeAlias = Callable[[Ctx, RawArgs], Awaitable[None]]


class RouteKind(StrEnum):
    """How a route is reached."""

    COMMAND = "command"
    BUTTON = "button"
    CONFIRMED = "confirmed"
    SHORTCUT = "shortcut"
    MESSAGE = "message shortcut"
    EVENT = "event"
    LATER = "later"


@dataclass(frozen=True)
class Route:
    """One declared way to reach a handler."""

    id: str
    kind: RouteKind
    handler: Handler
    arguments: Mapping[str, Argument]
    required: frozenset[str]
    word: str = ""
    aliases: tuple[str, ...] = ()
    phrases: Mapping[str, str] = field(default_factory=dict)
    """Other ways to begin a line, and the words that stand for them after the route's word: "off duty" is
    ``duty off``. Lower case. ``=text`` puts the whole line into the argument ``text``."""
    patterns: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Whole lines with something in between, and the words that they stand for after the route's word: "put noor off
    duty" is ``duty off noor``."""
    sentences: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Patterns that count before phrases: "alert me when 3 wait" is more than "alert me"."""
    usage: str = ""
    summary: str = ""
    title: str = ""
    """The form's title; at most 24 characters."""
    submit: str = "Done"
    examples: tuple[str, ...] = ()
    risk: Risk = Risk.READ
    short: bool = False
    """Whether it has a slash command of its own, such as ``/dp-dnd``."""
    always_form: bool = False
    """Whether the form opens when nothing was typed, although nothing is required."""
    intro: str = ""
    """A text above the form's fields that says what it is for."""
    needs_connection: bool = True
    """Whether its form is only of use to somebody who is connected to Dialpad."""
    opening: Opening | None = None
    """What happens when its form is opened: adds current values to it, or what there is to say."""
    dropped: Dropping | None = None
    """What happens when its confirmation is canceled, or the window of it or of its form is closed."""
    action: type[Action[Any]] | None = None
    """The Dialpad action that it leads to, where it is one: who may not do it is told before filling in a form."""
    shared: str = ""
    """The argument that a file fills which somebody shares with the app, "" for none."""

    @property
    def changes(self) -> bool:
        """Tell whether a request for it is put on disk before it is acknowledged."""
        return self.risk is not Risk.READ

    @property
    def fields(self) -> dict[str, Argument]:
        """Return the arguments a form asks for."""
        return {name: argument for name, argument in self.arguments.items() if argument.shown}

    def by_todays_names(self, raw: RawArgs) -> RawArgs:
        """Rename arguments that have a name of an earlier version to the name they have now."""
        renamed = {argument.formerly: name for name, argument in self.arguments.items() if argument.formerly}
        return {renamed.get(name, name): value for name, value in raw.items()} if renamed else raw


class Router:
    """The routes one handler file declares. ``Router()`` in ``handlers/sms.py`` names its routes ``sms.…``."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def command(
        self,
        word: str,
        *,
        usage: str = "",
        summary: str,
        aliases: tuple[str, ...] = (),
        phrases: Mapping[str, str] | None = None,
        patterns: tuple[tuple[re.Pattern[str], str], ...] = (),
        sentences: tuple[tuple[re.Pattern[str], str], ...] = (),
        examples: tuple[str, ...] = (),
        title: str = "",
        submit: str = "Done",
        action: type[Action[Any]] | None = None,
        risk: Risk | None = None,
        short: bool = False,
        always_form: bool = False,
        needs_connection: bool = True,
        opening: Opening | None = None,
        dropped: Dropping | None = None,
        shared: str = "",
    ) -> Callable[[H], H]:
        """Declare a word after ``/dp``. ``action`` is the Dialpad action it leads to; its risk is the command's."""
        known = risk or (action.risk if action else Risk.READ)
        return self._record(
            RouteKind.COMMAND, word=word, usage=usage, summary=summary, aliases=aliases,
            phrases=phrases or {}, patterns=patterns, sentences=sentences, examples=examples, title=title,
            submit=submit, risk=known, short=short, always_form=always_form, needs_connection=needs_connection,
            opening=opening, action=action, dropped=dropped, shared=shared,
        )  # fmt: skip

    def button(
        self,
        *,
        title: str = "",
        submit: str = "Done",
        risk: Risk = Risk.READ,
        needs_connection: bool = True,
        opening: Opening | None = None,
    ) -> Callable[[H], H]:
        """Declare a handler that only buttons and forms lead to."""
        return self._record(
            RouteKind.BUTTON, title=title, submit=submit, risk=risk, needs_connection=needs_connection, opening=opening
        )

    def confirmed(
        self, *, action: type[Action[Any]] | None = None, risk: Risk | None = None, dropped: Dropping | None = None
    ) -> Callable[[H], H]:
        """Declare a handler that runs only after its ``Confirm`` was agreed to, with the arguments stored on our
        side."""
        known = risk or (action.risk if action else Risk.DESTRUCTIVE)
        return self._record(RouteKind.CONFIRMED, risk=known, dropped=dropped)

    def shortcut(self, name: str, *, summary: str, title: str = "", submit: str = "Done") -> Callable[[H], H]:
        """Declare an entry of Slack's global shortcuts menu; ``name`` at most 24 characters."""
        return self._record(RouteKind.SHORTCUT, word=name, summary=summary, title=title, submit=submit)

    def message_shortcut(self, name: str, *, summary: str) -> Callable[[H], H]:
        """Declare an entry of a message's menu; the handler's ``text`` argument is what the message says, ``channel``
        and ``ts`` are where it is."""
        return self._record(RouteKind.MESSAGE, word=name, summary=summary)

    def event(self, name: str, *, risk: Risk = Risk.READ) -> Callable[[H], H]:
        """Declare a handler of a Slack event, by the event's type."""
        return self._record(RouteKind.EVENT, word=name, risk=risk)

    def later(self, *, risk: Risk = Risk.CHANGE) -> Callable[[H], H]:
        """Declare a handler that runs at a time that was set earlier, as the person who set it."""
        return self._record(RouteKind.LATER, risk=risk)

    def _record(self, kind: RouteKind, **declared: Any) -> Callable[[H], H]:
        def record(handler: H) -> H:
            arguments, required = read_signature(handler)
            self.routes.append(
                Route(
                    id=f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}",
                    kind=kind,
                    handler=handler,
                    arguments=arguments,
                    required=required,
                    **declared,
                )
            )
            return handler

        return record


def read_signature(handler: Handler) -> tuple[dict[str, Argument], frozenset[str]]:
    """Read a handler's arguments by parameter name, and which have no default. The first parameter is the context.

    Raises TypeError for a parameter without an Argument.
    """
    hints = get_type_hints(handler, include_extras=True)
    arguments: dict[str, Argument] = {}
    required: set[str] = set()
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        hint = hints[name]
        marks = [m for m in get_args(hint)[1:] if isinstance(m, Argument)] if get_origin(hint) is Annotated else []
        if not marks:
            raise TypeError(
                f"{handler.__module__}.{handler.__name__}: parameter {name!r} is not Annotated with an Argument"
            )
        arguments[name] = marks[0]
        if parameter.default is inspect.Parameter.empty:
            required.add(name)
    return arguments, frozenset(required)


class Clash(Exception):
    """Two handlers declare the same word, id or event. The program does not start."""


def _plain(word: str) -> str:
    """Return a word as phrases have it."""
    return seen(readable(word)).casefold().translate(_APOSTROPHES).strip(_AROUND)


def _lead_of(said: Sequence[str]) -> int:
    """Count the words at a line's beginning that only say that something is wanted."""
    at = 0
    while at < len(said):
        counts = range(min(_LONGEST_WISH, len(said) - at), 1, -1)
        wish = next((count for count in counts if tuple(said[at : at + count]) in _WISHES), 0)
        if not wish and said[at] not in _POLITE:
            break
        at += wish or 1
    return at


def _near_lead(said: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """Count the words at a line's beginning that say, but for one mistyped word, that something is wanted, and return
    what they were meant to be: "i neer". (0, ()) for none."""
    for count in range(min(_LONGEST_WISH, len(said) - 1), 1, -1):
        typed = tuple(said[:count])
        for wish in sorted(_WISHES):
            wrong = [at for at in range(count) if len(wish) == count and typed[at] != wish[at]]
            if len(wrong) == 1 and is_near(typed[wrong[0]], wish[wrong[0]]):
                return count, wish
    return 0, ()


def _without_thanks(line: str) -> str:
    """Return a line without the words at its end that change nothing; one that is nothing else stays."""
    found = next((one for one in _THANKING.finditer(line) if one.end() == len(line)), None)
    return line[: found.start()] if found is not None and found.start() else line


def _is_nothing(rest: str) -> bool:
    """Tell whether what stands behind a whole phrase changes nothing: "pls", "now", "👍"."""
    words = (word.strip(_AROUND).casefold() for word in rest.split())
    return all(word in FILLERS or not any(map(str.isalnum, word)) for word in words)


def _without_articles(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in said if word not in _ARTICLES)


_SAID_BY_PEOPLE = ("who", "rest", VERBATIM)
"""The groups of a pattern that hold what somebody says: a name, a reason, a text."""


def _is_own(match: re.Match[str], word: int) -> bool:
    """Tell whether a word of a line that is a pattern, by its number, is one of the pattern's own."""
    at = len(" ".join(match.string.split()[:word])) + bool(word)
    named = (match.span(name) for name in _SAID_BY_PEOPLE if name in match.re.groupindex)
    return not any(begin <= at < end for begin, end in named)


def _from(text: str, whole: str, at: int) -> str:
    """Return a line as it was typed, from the word on that begins there in ``whole``, the same line made plain."""
    before = len(whole[:at].split()) if at >= 0 else len(whole.split())
    return next((text[found.start() :].strip() for found in islice(_SPOKEN.finditer(text), before, None)), "")


@dataclass(frozen=True)
class RouteTable:
    """All routes. Lookups are by dictionary, so that 10 and 250 routes cost the same."""

    by_id: Mapping[str, Route]
    by_word: Mapping[str, Route]
    by_event: Mapping[str, Route]
    order: tuple[Route, ...] = field(default=())
    by_phrase: Mapping[tuple[str, ...], tuple[Route, str]] = field(default_factory=dict)

    def phrase(self, text: str) -> tuple[Route, str] | None:
        """Return the route that a line begins a phrase of, with the words after the route's word; the longest phrase
        counts. None when it begins with none."""
        found = list(islice(_SPOKEN.finditer(text), _LONGEST_PHRASE))
        said = [_plain(match[0]) for match in found]
        lead = _lead_of(said)
        begins = [begin for begin in dict.fromkeys((0, lead)) if begin < len(found)]
        lines = [text[found[begin].start() :] for begin in begins]
        if (meant := self._first_patterned(lines, sentences=True)) is not None:
            return meant
        for begin in begins:
            for count in range(len(found), begin, -1):
                if count == begin + 1 and (texted := self.patterned(text, only_texts=True)) is not None:
                    return texted  # "send Jordan a text saying …" is more than "send"
                if (meant := self._phrased(said[begin:count])) is not None:
                    route, words = meant
                    rest = text[found[count - 1].end() :].strip()
                    if words and not words.startswith("=") and _is_nothing(rest):
                        rest = ""  # "clear my status pls"
                    return route, f"{words} {rest}".strip()
        if (meant := self._first_patterned(lines)) is not None:
            return meant
        lead += bool(0 < lead < len(found) - 1 and said[lead] in _ARTICLES)  # "give me the calls"
        if lead and lead < len(found) and (route_of_word := self.by_word.get(said[lead])) is not None:
            return route_of_word, text[found[lead].end() :].strip()
        return None

    def _first_patterned(self, lines: Sequence[str], *, sentences: bool = False) -> tuple[Route, str] | None:
        found = (self.patterned(line, sentences=sentences) for line in lines)
        return next((meant for meant in found if meant is not None), None)

    def _phrased(self, said: Sequence[str]) -> tuple[Route, str] | None:
        """Return what a phrase means: as it is declared, else with articles more or fewer."""
        if (meant := self.by_phrase.get(tuple(said))) is not None or said[-1] in _ARTICLES:
            return meant
        bare = _without_articles(said)
        return self._by_bare_phrase.get(bare) if len(bare) > 1 else None

    @cached_property
    def _by_bare_phrase(self) -> Mapping[tuple[str, ...], tuple[Route, str]]:
        """The phrases without their articles; those that are nothing else, or a single word, are left out."""
        found: dict[tuple[str, ...], tuple[Route, str]] = {}
        for phrase, meant in self.by_phrase.items():
            found.setdefault(_without_articles(phrase), meant)
        return found

    @cached_property
    def _with_sentences(self) -> tuple[Route, ...]:
        return tuple(route for route in self.order if route.sentences)

    @cached_property
    def _with_patterns(self) -> tuple[Route, ...]:
        return tuple(route for route in self.order if route.patterns)

    def patterned(
        self, text: str, *, only_texts: bool = False, sentences: bool = False, word: int | None = None,
        routes: Sequence[Route] | None = None,
    ) -> tuple[Route, str] | None:  # fmt: skip
        """Return the route that a whole line is a pattern of, with the words after the route's word. ``only_texts``:
        of the patterns that end in a text that leaves letter for letter. ``sentences``: of those that count before
        phrases. ``word``: the number of one that has to belong to the pattern itself, not to what somebody says in it.
        ``routes``: those that may be meant, by default all."""
        whole = " ".join(seen(readable(text)).replace("’", "'").split())
        line = _without_thanks(whole).strip(" .!?") or whole
        for route in (self._with_sentences if sentences else self._with_patterns) if routes is None else routes:
            for pattern, words in route.sentences if sentences else route.patterns:
                tail = VERBATIM in pattern.groupindex
                if not tail and (only_texts or len(text) > _LONGEST_PATTERN):
                    continue
                match = pattern.fullmatch(whole if tail else line)
                if match is not None and (word is None or _is_own(match, word)):
                    groups = {name: value or "" for name, value in match.groupdict().items()}
                    said = " ".join(words.format(**groups | {VERBATIM: ""}).split())
                    return route, f"{said} {_from(text, whole, match.start(VERBATIM))}".strip() if tail else said
        return None

    def without_politeness(self, text: str) -> str:
        """Return a line from its first word on that may be a command's; "please" alone stays."""
        found = list(_SPOKEN.finditer(text))
        lead = _lead_of([_plain(one[0]) for one in found])
        return text[found[lead].start() :] if lead < len(found) else text

    def near_phrases(self, text: str) -> list[str]:
        """Return the line with a phrase in the place of one that it begins with but for one mistyped word; that may be
        an article, or stand in what is said before a phrase."""
        lines = self._near_phrases_of(text)
        found = list(islice(_SPOKEN.finditer(text), _LONGEST_PHRASE))
        said = [_plain(match[0]) for match in found]
        lead = _lead_of(said)
        if not lines and 0 < lead < len(found):
            lines = self._near_phrases_of(text[found[lead].start() :])
        count, wish = _near_lead(said) if not lines and not lead else (0, ())
        if count and self.phrase(line := f"{' '.join(wish)} {text[found[count].start() :]}") is not None:
            return [line]
        return lines

    def _near_phrases_of(self, text: str) -> list[str]:
        found = list(islice(_SPOKEN.finditer(text), _LONGEST_PHRASE))
        said = [_plain(match[0]) for match in found]
        lines: dict[tuple[str, str], str] = {}
        for bare in (False, True):
            for count in range(len(said), 1, -1):
                if bare and (said[count - 1] in _ARTICLES or _ARTICLES.isdisjoint(said[:count])):
                    continue
                for phrase in self._but_for_one_word(_without_articles(said[:count]) if bare else said[:count]):
                    route, words = self.by_phrase[phrase]
                    rest = text[found[count - 1].end() :].strip()
                    lines.setdefault((route.id, words), f"{' '.join(phrase)} {rest}".strip())
            if lines:
                break
        return list(lines.values()) or self._with_a_mistyped_article(text, found, said)

    def _with_a_mistyped_article(self, text: str, found: Sequence[re.Match[str]], said: Sequence[str]) -> list[str]:
        """Return the line without a word that is nearly an article, where a phrase begins it then: "show thee calls
        of"."""
        for at, typed in enumerate(said):
            if not at or typed in _LIKE_ARTICLES or not is_near(typed, "the"):
                continue
            meant = [*said[:at], "the", *said[at + 1 :]]
            if any(self._phrased(meant[:count]) is not None for count in range(len(meant), at + 1, -1)):
                return [f"{text[: found[at].start()]}the{text[found[at].end() :]}"]
        return []

    def _but_for_one_word(self, said: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the phrases that are these words but for one that may be mistyped, in the order of declaration."""
        near: dict[int, tuple[str, ...]] = {}
        for place, typed in enumerate(said):
            for number, phrase in self._without_a_word.get((place, (*said[:place], *said[place + 1 :])), ()):
                if phrase[place] != typed and is_near(typed, phrase[place]):
                    near[number] = phrase
        return [phrase for _, phrase in sorted(near.items())]

    @cached_property
    def _without_a_word(self) -> Mapping[tuple[int, tuple[str, ...]], Sequence[tuple[int, tuple[str, ...]]]]:
        """The phrases, numbered, by what is left of them without one word, and where that was: what people type is
        compared with a few of them, however many there are."""
        found: dict[tuple[int, tuple[str, ...]], list[tuple[int, tuple[str, ...]]]] = {}
        for number, phrase in enumerate(self.by_phrase):
            for place in range(len(phrase)):
                found.setdefault((place, phrase[:place] + phrase[place + 1 :]), []).append((number, phrase))
        return found

    def read(self, text: str) -> tuple[Route, str] | None:
        """Return the route of a whole line and the words after its own, None for an unknown one."""
        if (phrased := self.phrase(text)) is not None:
            return phrased
        first, _, rest = text.strip().partition(" ")
        route = self.by_word.get(first.casefold())
        return None if route is None else (route, rest)

    def commands(self) -> tuple[CommandInfo, ...]:
        """Return every command, in the order of declaration."""
        return tuple(
            CommandInfo(
                route.word,
                route.usage,
                route.summary,
                route.examples,
                said=(*route.aliases, *route.phrases),
                changes=route.risk is Risk.CHANGE,
            )
            for route in self.order
            if route.kind is RouteKind.COMMAND
        )

    def of_kind(self, kind: RouteKind) -> tuple[Route, ...]:
        """Return every route of one kind, in the order of declaration."""
        return tuple(route for route in self.order if route.kind is kind)


def build_table(routers: Iterable[Router]) -> RouteTable:
    """Put the handler files together. Raises Clash when two claim the same id, word or event."""
    by_id: dict[str, Route] = {}
    by_word: dict[str, Route] = {}
    by_event: dict[str, Route] = {}
    by_phrase: dict[tuple[str, ...], tuple[Route, str]] = {}
    order = [route for router in routers for route in router.routes]
    for route in order:
        _claim(by_id, route.id, route)
        if route.kind is RouteKind.COMMAND:
            for word in (route.word, *route.aliases):
                _claim(by_word, word, route)
            for said, meant in route.phrases.items():
                _claim_phrase(by_phrase, tuple(map(_plain, said.split())), (route, meant))
        if route.kind is RouteKind.EVENT:
            _claim(by_event, route.word, route)
    return RouteTable(by_id, by_word, by_event, tuple(order), by_phrase)


def _claim_phrase(
    claims: dict[tuple[str, ...], tuple[Route, str]], key: tuple[str, ...], meant: tuple[Route, str]
) -> None:
    if claims.get(key, meant) != meant:
        raise Clash(f"{' '.join(key)!r} is claimed by both {claims[key][0].id} and {meant[0].id}")
    claims[key] = meant


def _claim(claims: dict[str, Route], key: str, route: Route) -> None:
    if key in claims:
        raise Clash(f"{key!r} is claimed by both {claims[key].id} and {route.id}")
    claims[key] = route
