"""All texts that people read go through one catalogue, and each language has every one of them."""

import ast
import importlib.util
import string
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bot.arguments.days import parse_days
from bot.arguments.moment import NoMoment, parse_moment
from bot.arguments.period import parse_period
from bot.basics.countries import country_name
from bot.basics.errors import NotConnected, OtherCompany
from bot.basics.language import ENGLISH, LANGUAGES, accepted_language, say, say_count, say_day, speaking, texts_of
from bot.basics.times import how_long, say_clock
from bot.contract.prose import plural, sentence
from bot.contract.reply import Bold, Listing
from tests.rules.bare_words import Found, glued, said_too_early, unsaid, unseen

CHECKOUT: Final = Path(__file__).parents[2]
OTHERS: Final = [one for one in LANGUAGES if one != ENGLISH]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texts", CHECKOUT / ".ci" / "texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts() -> ModuleType:
    return _load()


def names(template: str) -> set[str]:
    """Return what a template names; nothing for a text with braces of its own, such as an example in JSON."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError:
        return set()


def test_every_text_is_given_the_values_that_it_names(texts: ModuleType) -> None:
    wrong = []
    for file in texts.sources():
        for text in texts.in_source(file):
            if text.values is None or not (text.values or text.many):
                continue
            known = text.values | ({"count"} if text.many else set())
            if names(text.one) - known or (text.values - names(text.one) - names(text.many or text.one)):
                wrong.append(f"{text.place}: {text.one!r} is given {sorted(text.values)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_and_no_other(texts: ModuleType, language: str) -> None:
    said, wanted = texts.translations(language), texts.every_text()
    missing = [f"{text.place}: {one!r}" for one, text in wanted.items() if one not in said]
    assert not missing, f"{len(missing)} without a translation (make texts):\n" + "\n".join(missing[:20])
    assert not set(said) - set(wanted), "translations of texts that nothing says: make texts"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_and_the_edges_of_its_text(texts: ModuleType, language: str) -> None:
    wrong, known = [], texts.every_text()
    for one, said in texts.translations(language).items():
        forms = (said,) if isinstance(said, str) else said
        many = known[one].many or one
        if known[one].room != "sentences" and "{" in one:
            wrong += [form for form in forms if names(form) != names(one) and names(form) != names(many)]
        edges = (one[: len(one) - len(one.lstrip())], one[len(one.rstrip()) :])
        wrong += [form for form in forms if not (form.startswith(edges[0]) and form.endswith(edges[1]))]
    assert not wrong, "\n".join(wrong)


def test_counts_and_days_go_by_the_languages_own_rules() -> None:
    with speaking("es"):
        assert say_day(date(2026, 11, 30), "EEEE d MMMM") == "lunes 30 de noviembre"
    assert say_count("{count} call", "{count} calls", 1) == "1 call"
    assert say_count("{count} call", "{count} calls", 2_000) == "2,000 calls"


def test_a_sentence_takes_parts_where_its_template_names_them() -> None:
    said = sentence("{who} has {count:,} calls{more}.", who=Bold("Sam"), count=1_200, more="")
    assert said == (Bold("Sam"), " has 1,200 calls.")
    assert say("100 % {of it}") == "100 % {of it}"


SPEAKING_ROOMS: Final = frozenset(
    {"activity", "arguments", "basics", "cards", "catalogue", "connect", "contract", "handlers", "notifications",
     "slack"}
)  # fmt: skip
"""Rooms whose words people read. The others speak to machines, to logs, and to whoever runs this, in English."""
IN_ENGLISH: Final = {
    "bot/basics/logs.py": "the log",
    "bot/basics/metrics.py": "metrics",
    "bot/basics/settings.py": "a terminal, for whoever runs this",
    "bot/contract/roles_file.py": "a file that whoever runs this writes, checked at the start",
    "bot/notifications/hooks_at_dialpad.py": "what was put right at Dialpad, for the log",
    "bot/catalogue/fields.py": "made once for each form; translated where forms are drawn",
    "bot/catalogue/inputs.py": "made once for each form; translated where forms are drawn",
    "bot/catalogue/routes.py": "made once for each form; translated where forms are drawn",
    "bot/catalogue/sentences.py": "templates, which bot/catalogue/saying.py looks up",
    "bot/slack/api/app_setup.py": "a terminal, for whoever sets the app up",
    "bot/slack/api/manifest.py": "what Slack shows of the app to everybody, in one language",
    "bot/slack/transport/http.py": "answers to Slack",
    "bot/slack/transport/socket.py": "the answer of /readyz, for whoever runs this",
}
"""Files with words that need not be said, each with the reason."""
IN_ENGLISH_TOO: Final = {
    "the key it was encrypted with is not here": "a hint in the log",
    "no such hook": "an answer to Dialpad",
    "this event was not accepted": "an answer to Dialpad",
    "day after tomorrow": "what people type",
    "one of several: ": "compared, never shown",
    "tried to call": "the name of a deed; bot/cards/open_work.py has the words",
    "could not be texted": "the name of a deed; bot/cards/open_work.py has the words",
    "may not have been texted": "the name of a deed; bot/cards/open_work.py has the words",
    "was called back": "the name of a deed; bot/cards/open_work.py has the words",
    "sent to voicemail": "the name of a deed; bot/cards/live_call.py has the words",
    "length of a queue": "the name of a setting, compared",
    "the recipient has": "how Dialpad begins a sentence",
    " dnd on for 30m": "what people type",
    "notify me missed voicemail only quiet:22-7": "what people type",
    "no request id": "a reason in the log",
    "downloads are off": "a reason in the log",
    "too many messages": "a reason in the log",
    "Slack cannot be reached": "a reason in the log",
    "not processed in time": "a reason in the log",
    "delivery not withdrawn": "the log",
    "delivery not closed": "the log",
    "no installation for ": "the log",
    "Slack named no workspace, or gave no bot token": "the log",
    "verified before Bolt": "handed to Bolt, never shown",
    "Has to approve": "the label of a field, translated where forms are drawn",
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'": "a header for browsers",
}
"""Literals that need not be said, each with the reason."""


def speaking_files(texts: ModuleType) -> Iterator[tuple[str, ast.Module]]:
    """Return the files of the rooms whose words are all said."""
    for file in texts.sources():
        room = texts.room_of(file)
        if room in SPEAKING_ROOMS or file.name == "notices.py":
            yield file.relative_to(CHECKOUT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("found", [unsaid, unseen])
def test_whatever_people_read_is_looked_up(texts: ModuleType, found: Callable[[ast.Module], Iterator[Found]]) -> None:
    wrong = [
        f"{file}:{line}: {words!r}"
        for file, tree in speaking_files(texts)
        if file not in IN_ENGLISH
        for line, words in sorted(set(found(tree)))
        if words not in IN_ENGLISH_TOO
    ]
    assert not wrong, "say these, or give a reason in IN_ENGLISH:\n" + "\n".join(wrong)


def test_exceptions_are_there() -> None:
    assert not [file for file in IN_ENGLISH if not (CHECKOUT / file).is_file()]


def test_a_text_is_one_literal_and_is_said_when_somebody_reads(texts: ModuleType) -> None:
    trees = [
        (file.relative_to(CHECKOUT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))) for file in texts.sources()
    ]
    wrong = [
        f"{file}:{line}: {what}"
        for file, tree in trees
        for line, what in (*(glued(tree) if file != "bot/contract/prose.py" else ()), *said_too_early(tree))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rule_finds_what_is_not_looked_up() -> None:
    tree = ast.parse(
        """
def answer(ctx, n):
    "A docstring with several words."
    _log.info("something was done here")
    word = f"{n} of them are left"
    return Reply("Done" if n else say("Nothing."), (Button("Go on"),), tone="warning")
label = say("Too early")
def other():
    return say(f"Hello {name}"), Card(title=("a title", Bold(x)), text=say("{who} left.", who="somebody"))
"""
    )
    assert {words for _, words in unsaid(tree)} == {"Done", "a title", "somebody"}
    assert {words.strip() for _, words in unseen(tree)} == {"of them are left"}
    assert len(list(glued(tree))) == len(list(said_too_early(tree))) == 1


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_takes_the_values_of_its_text(texts: ModuleType, language: str) -> None:
    """Whatever is filled in, no translation fails: neither with words nor with numbers."""
    wrong, known = [], texts.every_text()
    for one, said in texts.translations(language).items():
        filled_in = known[one].values if known[one].values is not None else names(one)
        if ".py:" not in known[one].place or not (filled_in or known[one].many):
            continue
        for form in (said,) if isinstance(said, str) else said:
            try:
                form.format(**{name: _sample(form, name) for name in names(form)})
            except (ValueError, KeyError, IndexError, AttributeError) as problem:
                wrong.append(f"{one!r}: {form!r}: {problem!r}")
    assert not wrong, "\n".join(wrong)


def _sample(template: str, name: str) -> object:
    """Return a value that fits the format in which a template has it."""
    layouts = [layout for _, one, layout, _ in string.Formatter().parse(template) if one == name and layout]
    return 1234 if layouts else "María"


def test_answers_in_spanish() -> None:
    now, zone = datetime(2026, 11, 30, 12, tzinfo=UTC), ZoneInfo("UTC")
    with speaking("es"):
        assert str(NotConnected()).startswith("Conecta primero tu cuenta de Dialpad.")
        assert str(OtherCompany(say("That call"))).startswith("Esa llamada es de otra empresa")
        assert (how_long(120), how_long(90), say_clock(17 * 60)) == ("2 horas", "90 min", "5:00 p. m.")
        assert (plural(1, "row"), plural(3, "row")) == ("1 fila", "3 filas")
        assert country_name("US") == "Estados Unidos"
        assert parse_period("last 7 days", now, zone).words == "en los últimos 7 días"
        assert Listing("", ()).empty == "No hay nada que mostrar."
        with pytest.raises(NoMoment, match="ya pasó"):
            parse_moment("2026-11-29", now, zone)
    assert country_name("US") == "the United States"


@pytest.mark.parametrize("typed", ["last week", "october", "on friday", "last 3 days", "since monday", "1-15 nov"])
def test_what_a_button_carries_is_read_in_any_language(typed: str) -> None:
    today = date(2026, 11, 30)
    with speaking("es"):
        span = parse_days(typed, today)
    again = parse_days(span.raw, today)
    assert again == parse_days(typed, today)
    assert (again.first, again.last, again.raw) == (span.first, span.last, span.raw)


def test_a_moment_to_choose_is_typed_in_english() -> None:
    now = datetime(2026, 11, 30, 15, tzinfo=UTC)
    with speaking("es"), pytest.raises(NoMoment) as unclear:
        parse_moment("until 5", now, ZoneInfo("UTC"))
    assert [one.text for one in unclear.value.meant] == ["Hasta 5:00 p. m. de hoy", "Hasta 5:00 a. m. de mañana"]
    assert [one.value for one in unclear.value.meant] == ["17:00", "tomorrow 05:00"]
    for one in unclear.value.meant:
        assert parse_moment(one.value, now, ZoneInfo("UTC")) - now < timedelta(days=1)


def test_a_browser_is_answered_in_its_language() -> None:
    assert accepted_language("es-MX,es;q=0.9,en;q=0.8") == "es"
    assert accepted_language("fr-FR,fr;q=0.9,en;q=0.5,es;q=0.4") == "en"
    assert accepted_language("de, es;q=nonsense") == "es"
    assert accepted_language("") == ENGLISH
    assert texts_of("es").single["Disconnect"] == "Desconectar"
