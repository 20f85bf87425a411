"""What is offered for a line that was not understood does something else than ask the same again."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.basics.likely_lines import likely_lines
from tests.corpus.entries import Entry, read_all
from tests.corpus.running import Typist, typist

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TWICE = re.compile(r"\(\(|\)\)")
NONSENSE = ("xyzzy", "qwerty asdf", "R&D", "what's the weather", "open the pod bay doors", "zzz 12", "🙂", "...",
            "dnd zz", "board zz", "stats zz zz", "oncall zz", "duty zz")  # fmt: skip


READ_BY_THEMSELVES = ("add ", "who ", "labels ", "notify ")
"""Commands whose words their handler reads, or that are for supervisors alone: that it is nothing is known only once it
is typed."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def typing() -> AsyncIterator[Typist]:
    async with typist() as one:
        yield one


async def test_a_suggestion_does_something_else_than_ask_the_same_again(typing: Typist) -> None:
    wrong: list[str] = []
    for entry in _asked():
        outcome = await typing.type(entry.typed, entry.who)
        if _TWICE.search(outcome.text):
            wrong.append(f"{entry.typed}: {outcome.text}")
        for label in outcome.labels:
            if not label.startswith("/dp ") or label.endswith("…"):
                continue
            line = label.removeprefix("/dp ")
            then = await typing.type(line, entry.who)
            if line.casefold() == entry.typed.casefold() or (then.kind, then.text) == (outcome.kind, outcome.text):
                wrong.append(f"{entry.typed}: {label} asks the same again")
            if then.kind == "refused" and not line.startswith(READ_BY_THEMSELVES):
                wrong.append(f"{entry.typed}: {label} is refused: {then.text[:100]}")
    assert wrong == []


def _asked() -> list[Entry]:
    return [one for one in read_all() if one.kind in {"asked", "refused", "slip"}]


@pytest.mark.parametrize("line", NONSENSE)
async def test_a_line_that_means_nothing_is_answered_with_buttons_that_help(typing: Typist, line: str) -> None:
    outcome = await typing.type(line)
    assert outcome.kind != "done"
    assert len(outcome.labels) >= 2 or outcome.kind in {"asked", "form"}, outcome


@pytest.mark.parametrize(
    "said", ["lunch", "lunch 30m", "off training", "back", "busy 20m", "on", "settings", "faxes", "hello", "log out"]
)
async def test_every_line_that_is_offered_for_words_without_a_command_is_understood(typing: Typist, said: str) -> None:
    for line in next(likely_lines(said)):
        outcome = await typing.type(line)
        assert outcome.kind in {"done", "form"}, (line, outcome)
