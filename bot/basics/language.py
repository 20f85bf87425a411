"""The texts that people read, in their language.

English stands in the code, as the argument of ``say``, ``say_count``, ``mark`` or ``bot.contract.prose.sentence``; the
files in ``bot/languages`` have the other languages. What runs for one person runs within ``speaking``, so that no
function has to be told whom its texts are for::

    with speaking("es"):
        say("{name} is on duty.", name="Sam")  # Sam está de turno.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {ENGLISH: "English", "es": "Español"}
"""The languages that texts are in, by their code, each by the name it has for itself."""
_PLURAL_TAGS: Final = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories, in the order in which a file has their texts."""

_A_MONDAY: Final = date(2024, 1, 1)

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def speak(language: str) -> None:
    """Set the language of this task and of what it starts. An unknown one is English."""
    _spoken.set(language if language in LANGUAGES else ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Set the language for what runs within. An unknown one is English."""
    before = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """Return the code of the language that is spoken now."""
    return _spoken.get()


def language_of(locale: str) -> str:
    """Return which of our languages a locale is, as Slack (``es-LA``), browsers and systems (``es_ES.UTF-8``) write it;
    "" for none of them."""
    code = locale.strip().replace("_", "-").partition("-")[0].casefold()
    return code if code in LANGUAGES else ""


def accepted_language(header: str) -> str:
    """Return which of our languages a browser asks for, by its header ``Accept-Language``; English for none of them."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        locale, _, weight = part.partition(";q=")
        if language := language_of(locale):
            wanted.append((_number(weight), language))
    return max(wanted, key=lambda one: one[0], default=(0.0, ENGLISH))[1]


def _number(weight: str) -> float:
    try:
        return float(weight or 1)
    except ValueError:
        return 0.0


def say(text: str, /, **values: object) -> str:
    """Return a text in the language spoken now, its ``{name}``s filled in. Without values braces are letters."""
    said = translated(text)
    return filled_in(said, values) if values else said


def filled_in(template: str, values: Mapping[str, object]) -> str:
    """Fill in the ``{name}``s of a template. After a value that ends with a full stop, such as "Acme Inc.", the
    template's own is left out."""
    done = template.format(**values)
    if ".." not in done or not any(ends_with_stop(value) for value in values.values()):
        return done
    pieces: list[str] = []
    stopped = False
    for words, name, layout, _ in Formatter().parse(template):
        pieces.append(after_stop(words) if stopped else words)
        if name is not None:
            pieces.append(format(values[name], layout or ""))
        stopped = name is not None and ends_with_stop(values[name])
    return "".join(pieces)


def ends_with_stop(value: object) -> bool:
    """Tell whether a text ends with one full stop: "p. m.", "Acme Inc."."""
    return isinstance(value, str) and value.endswith(".") and not value.endswith("..")


def after_stop(words: str) -> str:
    """Return what follows a full stop without one of its own."""
    return words[1:] if words.startswith(".") and not words.startswith("..") else words


def clock_may_end_with_stop() -> bool:
    """Tell whether times by a clock of twelve hours end with a full stop in the language spoken now: "8:35 p. m."."""
    return _ends_clock(_spoken.get())


@cache
def _ends_clock(language: str) -> bool:
    return str(Locale.parse(language).day_periods["format"]["abbreviated"]["pm"]).endswith(".")


def say_count(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the text for a count by the language's own plural rules; ``{count}`` is the count, ``1,234``."""
    language = _spoken.get()
    forms = () if language == ENGLISH else texts_of(language).counted.get(one, ())
    said = forms[texts_of(language).form(count)] if forms else one if count == 1 else many
    return filled_in(said, {"count": f"{count:,}", **values})


def mark(text: str) -> str:
    """Mark a text that is said later with ``say(text)``, such as one in a table that is made at import."""
    return text


def translated(text: str) -> str:
    """Return a text, or template, of the catalogue in the language spoken now; as it is when it is in none."""
    language = _spoken.get()
    return text if language == ENGLISH else texts_of(language).single.get(text, text)


def in_every_language(text: str) -> tuple[str, ...]:
    """Return a text, or template, as it is in each language: to know again what was written in any."""
    others = [texts_of(language).single.get(text, text) for language in LANGUAGES if language != ENGLISH]
    return tuple(dict.fromkeys((text, *others)))


def say_day(day: date, pattern: str) -> str:
    """Write a day by a pattern of CLDR's, which is a text like others: ``EEEE d MMMM`` is "Monday 30 November", or
    "lunes 30 de noviembre"."""
    return format_date(day, translated(pattern), locale=_spoken.get())


def say_days(first: date, last: date, *, short: bool = False) -> str:
    """Write days as ``Monday 23 November`` or ``16 to 22 November``; ``short``: ``Mon 23 Nov``, ``16 – 22 Nov``."""
    if first == last:
        return say_day(first, "EEE d MMM") if short else say_day(first, "EEEE d MMMM")
    end = say_day(last, "d MMM") if short else say_day(last, "d MMMM")
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    else:
        begin = say_day(first, "d MMM") if short else say_day(first, "d MMMM")
    begin = begin if first.year == last.year else f"{begin} {first.year}"
    return f"{begin} – {end}" if short else say("{begin} to {end}", begin=begin, end=end)


def say_weekday(weekday: int, *, short: bool = False) -> str:
    """Return the name of a weekday, 0 for Monday."""
    return format_date(_A_MONDAY + timedelta(days=weekday), "EEE" if short else "EEEE", locale=_spoken.get())


def say_month(month: int) -> str:
    """Return the name of a month, 1 for January."""
    return format_date(date(2024, month, 1), "LLLL", locale=_spoken.get())


def say_country(region: str, english: str) -> str:
    """Return the name of a country, by its two letters; ``english`` is its own in English."""
    language = _spoken.get()
    return english if language == ENGLISH else Locale.parse(language).territories.get(region, english)


class Texts:
    """One language's texts: of ``bot/languages/<language>/*.po``. Plural rules are CLDR's, from Babel."""

    def __init__(self, language: str) -> None:
        rules = Locale.parse(language).plural_form
        self._tags: list[str] = [tag for tag in _PLURAL_TAGS if tag in rules.tags or tag == "other"]
        self._rules = rules
        self.single: dict[str, str] = {}
        self.counted: dict[str, tuple[str, ...]] = {}
        """The text for each plural category, by the English text for one."""
        for file in files("bot").joinpath("languages", language).iterdir():
            if file.name.endswith(".po"):
                with file.open("rb") as lines:
                    self._take(read_po(lines, locale=language))

    def _take(self, catalogue: Catalog) -> None:
        for message in catalogue:
            match message.id, message.string:
                case str(text), str(said) if text and said:
                    self.single[text] = said
                case (one, *_), tuple(forms) if all(forms):
                    self.counted[one] = forms

    def form(self, count: int) -> int:
        """Return which of a text's plural forms a count has."""
        return self._tags.index(self._rules(count))


@cache
def texts_of(language: str) -> Texts:
    """Return a language's texts, read once."""
    return Texts(language)
