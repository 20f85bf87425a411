"""All texts that people read go through one catalogue, and each language has every one of them."""

import importlib.util
import string
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from bot.basics.language import ENGLISH, LANGUAGES, say, say_count, say_day, speaking
from bot.contract.prose import sentence
from bot.contract.reply import Bold

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
    missing = [f"{text.place}: {one!r}" for one, text in wanted.items() if one not in said and text.room not in AWAITED]
    assert not missing, f"{len(missing)} without a translation (make texts):\n" + "\n".join(missing[:20])
    assert not set(said) - set(wanted), "translations of texts that nothing says: make texts"


AWAITED: Final = frozenset(
    {"arguments", "basics", "bot", "catalogue", "connect", "contract", "handlers", "notifications"}
)  # fmt: skip
"""Files whose translation is under way."""


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_and_the_edges_of_its_text(texts: ModuleType, language: str) -> None:
    wrong, wanted = [], texts.every_text()
    for one, said in texts.translations(language).items():
        forms = (said,) if isinstance(said, str) else said
        many = wanted[one].many or one
        if wanted[one].room != "sentences" and "{" in one:
            wrong += [form for form in forms if names(form) != names(one) and names(form) != names(many)]
        edges = (one[: len(one) - len(one.lstrip())], one[len(one.rstrip()) :])
        wrong += [form for form in forms if not (form.startswith(edges[0]) and form.endswith(edges[1]))]
    assert not wrong, "\n".join(wrong)


def test_counts_and_days_go_by_the_languages_own_rules() -> None:
    with speaking("es"):
        assert say_day(date(2026, 11, 30), "EEEE d MMMM") == "lunes 30 noviembre"
    assert say_count("{count} call", "{count} calls", 1) == "1 call"
    assert say_count("{count} call", "{count} calls", 2_000) == "2,000 calls"


def test_a_sentence_takes_parts_where_its_template_names_them() -> None:
    said = sentence("{who} has {count:,} calls{more}.", who=Bold("Sam"), count=1_200, more="")
    assert said == (Bold("Sam"), " has 1,200 calls.")
    assert say("100 % {of it}") == "100 % {of it}"
