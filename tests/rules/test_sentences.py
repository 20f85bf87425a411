"""Everything that changes something says what it changes for whom, not the name of a command."""

import re
from typing import Any, Final

from bot.catalogue.fields import fields_of
from bot.catalogue.saying import Known, asked, done
from bot.catalogue.sentences import SENTENCES
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import ALL

STILL_WITHOUT: Final[frozenset[str]] = frozenset()
"""Actions whose sentences are not written yet, which answer with their name meanwhile. Only ever shorter."""

CHANGING: Final = [action for action in ALL if action.risk is not Risk.READ]


def templates(slug: str) -> list[str]:
    sentence = SENTENCES[slug]
    return [one for said in (sentence.asks, sentence.done) for one in ((said,) if isinstance(said, str) else said)]


def known(action: type[Action[Any]], *, values: bool, own: bool = False) -> Known:
    fields = [field.name for field in fields_of(action)]
    shown = {name: f"Value of {name.replace('_', ' ')}" for name in fields} if values else {}
    mine = frozenset(re.findall(r"\{([\w.]+):", " ".join(templates(action.slug)))) if own else frozenset()
    return Known(shown, {}, dict.fromkeys(fields, "the thing"), mine, "Ana Ferreira")


def test_every_action_that_changes_something_has_its_sentences() -> None:
    missing = {action.slug for action in CHANGING} - set(SENTENCES)
    assert missing <= STILL_WITHOUT, "write them in bot/catalogue/sentences.py"
    assert missing == STILL_WITHOUT, "take those that have one off the list"


def test_no_sentence_is_the_name_of_a_command() -> None:
    assert [a.slug for a in CHANGING if any(a.name.casefold() in t.casefold() for t in SENTENCES[a.slug].done)] == []
    assert not set(SENTENCES) - {action.slug for action in CHANGING}


def test_templates_name_fields_of_the_action_or_of_its_answer() -> None:
    wrong = []
    for action in CHANGING:
        names = {field.name for field in fields_of(action)} | set(action.answer_type().model_fields)
        for template in templates(action.slug):
            used = set(re.findall(r"\{([\w.]+)", template)) | set(re.findall(r"\[([\w.]+)=", template))
            wrong += [f"{action.slug}: {name}" for name in used - names]
    assert wrong == []


def test_sentences_are_whole_with_all_values_with_none_and_of_oneself() -> None:
    wrong = []
    for action in CHANGING:
        for values in (known(action, values=True), known(action, values=False), known(action, values=True, own=True)):
            before, after = asked(action, values), done(action, values)
            for said in (before, after):
                if re.search(r"[{}\[\]|]|  |\byou (is|has|answers)\b|you's|’s's", said):
                    wrong.append(f"{action.slug}: {said}")
            if not after.endswith(".") or before.endswith((".", "?")) or not after[0].isupper():
                wrong.append(f"{action.slug}: {before} / {after}")
    assert wrong == []
