"""Collect the texts that people read, and keep the files of the other languages in step with them.

usage: python .ci/texts.py            write bot/languages/*/*.po (make texts): new texts empty, unused ones gone
       python .ci/texts.py --missing  print how many texts of each file have no translation
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, get_args

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel

from bot.app import all_routers
from bot.basics.language import ENGLISH, LANGUAGES
from bot.catalogue.facts import without_id, words_of_name
from bot.catalogue.sentences import SENTENCES
from bot.contract.argument import Argument, Choice
from bot.contract.routing import Route, RouteKind, build_table
from bot.dialpad.actions import ALL
from bot.dialpad.actions.fields import WORDS

CHECKOUT: Final = Path(__file__).resolve().parent.parent
WIDTH: Final = 110
SAYING: Final = {"say": 1, "sentence": 1, "mark": 1, "say_count": 2}
"""The functions that say texts, and how many of their first arguments are texts."""


@dataclass(frozen=True)
class Text:
    """A text in English; ``many`` where it depends on a count. ``room``: the file of translations it belongs to.
    ``values``: what fills it in, None where that cannot be seen. ``place``: file and line."""

    room: str
    one: str
    many: str = ""
    values: frozenset[str] | None = field(default=None, compare=False)
    place: str = field(default="", compare=False)


def sources() -> Iterator[Path]:
    """Return the files whose texts people read in Slack or in a browser."""
    for folder in ("bot", "handlers"):
        for file in sorted((CHECKOUT / folder).rglob("*.py")):
            if "sandbox" not in file.parts:
                yield file


def room_of(file: Path) -> str:
    """Return the file of translations for a source file: ``handlers``, or the room below ``bot``."""
    inside = file.relative_to(CHECKOUT).parts
    return inside[0] if inside[0] == "handlers" or len(inside) == 2 else inside[1]


def in_source(file: Path) -> Iterator[Text]:
    """Return the texts that a file says, marks, or writes on buttons."""
    room, name = room_of(file), file.relative_to(CHECKOUT).as_posix()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            for one, many, values in _of_call(node):
                yield Text(room, one, many, values, f"{name}:{node.lineno}")


def called(node: ast.Call) -> str:
    """Return the name of the function that is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _of_call(node: ast.Call) -> Iterator[tuple[str, str, frozenset[str] | None]]:
    words = [one for arg in node.args for one in [_text(arg)]]
    match called(node):
        case "say" | "sentence" | "mark" | "say_count" as saying:
            texts = words[: SAYING[saying]]
            if len(texts) == SAYING[saying] and all(texts):
                given = frozenset(one.arg or "**" for one in node.keywords)
                values = None if saying == "mark" or "**" in given else given
                yield str(texts[0]), str(texts[1]) if len(texts) > 1 else "", values
        case "plural" if len(words) > 1 and words[1]:
            many = words[2] if len(words) > 2 and words[2] else f"{words[1]}s"
            yield f"{{count}} {words[1]}", f"{{count}} {many}", frozenset()
        case "say_day" if len(words) > 1 and words[1]:
            yield str(words[1]), "", None
        case "Button":
            drawn = [*node.args[:1], *(one.value for one in node.keywords if one.arg in {"label", "spoken"})]
            for leaf in (leaf for one in drawn for leaf in _leaves(one)):
                yield leaf, "", None
        case "listed" | "join_words" if len(words) > 1 and words[1] and words[1].strip(", "):
            yield str(words[1]), "", None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _leaves(node: ast.expr) -> Iterator[str]:
    """Return the texts that an expression may be: both sides of a condition."""
    if isinstance(node, ast.IfExp):
        yield from _leaves(node.body)
        yield from _leaves(node.orelse)
    elif text := _text(node):
        yield text


def declared() -> Iterator[Text]:
    """Return the texts of the registry: forms' titles, labels, hints and choices, commands' summaries, sentences about
    actions."""
    for route in build_table(all_routers()).by_id.values():
        file = "actions" if route.action is not None and route.id.startswith("run.") else "forms"
        for one in _of_route(route):
            if any(map(str.isalpha, one)):
                yield Text(file, one, place=route.id)
    yield from _of_answers()
    for action, said in SENTENCES.items():
        for templates in (said.asks, said.done):
            for one in (templates,) if isinstance(templates, str) else templates:
                yield Text("sentences", one, place=str(action))
                if ":whose}" in one:
                    yield Text("sentences", one.replace(":whose}", ":your}"), place=str(action))


def _of_answers() -> Iterator[Text]:
    """Return what stands beside the values of answers, Dialpad's words in them, and what actions say of themselves."""
    for one in ALL:
        yield Text("actions", " ".join((one.__doc__ or one.name).split()), place=one.slug)
        if one.needs:
            yield Text("answers", one.needs, place=one.slug)
        for name in sorted(_names_in(one.answer_type(), set())):
            for words in (words_of_name(name), words_of_name(without_id(name))):
                yield Text("answers", words, place=one.slug)
    for words in WORDS.values():
        yield Text("answers", words)


def _names_in(model: object, seen: set[object]) -> Iterator[str]:
    """Return the names of the fields of a model, and of those within it."""
    if isinstance(model, type) and issubclass(model, BaseModel) and model not in seen:
        seen.add(model)
        for name, info in model.model_fields.items():
            yield info.serialization_alias or name
            yield from _names_in(info.annotation, seen)
    for part in get_args(model):
        yield from _names_in(part, seen)


def _of_route(route: Route) -> Iterator[str]:
    yield from (route.title, route.summary, route.submit, route.intro, route.usage)
    if route.kind in {RouteKind.SHORTCUT, RouteKind.MESSAGE}:
        yield route.word
    for argument in route.arguments.values():
        yield from _of_argument(argument)


def _of_argument(argument: Argument) -> Iterator[str]:
    yield from (argument.label, argument.hint, argument.placeholder, argument.group)
    if isinstance(argument, Choice):
        yield from (argument.unset, argument.clears)
        for option in argument.options:
            yield from (option.text, option.note)


@cache
def every_text() -> dict[str, Text]:
    """Return all texts by the English for one; a text of several rooms belongs to the first."""
    found: dict[str, Text] = {}
    for text in (*(text for file in sources() for text in in_source(file)), *declared()):
        if text.one not in found or (text.many and not found[text.one].many):
            found[text.one] = text
    return found


def translations(language: str) -> dict[str, str | tuple[str, ...]]:
    """Return what the files of a language say now, by the English for one."""
    said: dict[str, str | tuple[str, ...]] = {}
    for file in sorted((CHECKOUT / "bot" / "languages" / language).glob("*.po")):
        with file.open("rb") as lines:
            for message in read_po(lines, locale=language):
                if message.id and message.string and any(message.string):
                    one = message.id if isinstance(message.id, str) else message.id[0]
                    said[one] = message.string if isinstance(message.string, str) else tuple(message.string)
    return said


def write(language: str) -> None:
    """Write a language's files: each text with its translation, empty where there is none."""
    known, rooms = translations(language), dict[str, Catalog]()
    for text in every_text().values():
        catalog = rooms.setdefault(text.room, Catalog(locale=language, fuzzy=False))
        counts = catalog.num_plurals
        is_kept = isinstance(known.get(text.one, ""), tuple) == bool(text.many)
        string = known.get(text.one, "") if is_kept else ""
        catalog.add((text.one, text.many) if text.many else text.one, string or (("",) * counts if text.many else ""))
    folder = CHECKOUT / "bot" / "languages" / language
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.po"):
        if file.stem not in rooms:
            file.unlink()
    for room, catalog in rooms.items():
        with (folder / f"{room}.po").open("wb") as file:
            write_po(file, catalog, width=WIDTH, omit_header=False, sort_output=True, no_location=True)
        _without_dates(folder / f"{room}.po", language)


def _without_dates(file: Path, language: str) -> None:
    """Write the header with nothing in it that changes by itself."""
    _, _, messages = file.read_text(encoding="utf-8").partition("\n\n")
    plurals = Catalog(locale=language).plural_forms
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
    file.write_text(header + messages, encoding="utf-8")


def main() -> None:
    """Write the files, or print what is missing in them."""
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        if "--missing" in sys.argv:
            known, rooms = translations(language), dict[str, list[int]]()
            for text in every_text().values():
                rooms.setdefault(text.room, [0, 0])[text.one in known] += 1
            for room, (missing, said) in sorted(rooms.items()):
                sys.stdout.write(f"{language} {room}: {missing} of {missing + said} missing\n")
        else:
            write(language)


if __name__ == "__main__":
    main()
