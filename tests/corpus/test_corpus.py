"""The corpus: what people type, and what comes of it."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.basics.grammar import GRAMMAR
from bot.sandbox.cast import PEOPLE
from handlers import IN_HELP
from tests.corpus.__main__ import shown
from tests.corpus.entries import read_all, read_file
from tests.corpus.keyboard import SEED, SLIPS, mistyped
from tests.corpus.running import Typist, judge, typist

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIGHT = 0.95
"""The share of lines that are done or asked right at once."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def typing() -> AsyncIterator[Typist]:
    async with typist() as one:
        yield one


async def test_no_line_does_something_else_and_nearly_all_are_right_at_once(typing: Typist) -> None:
    entries = read_all()
    verdicts = [await judge(typing, entry) for entry in entries]
    others = [shown(one) for one in verdicts if one.kind != "right"]
    counts = Counter(one.kind for one in verdicts)
    assert not counts["wrong"], "\n".join(others)
    assert counts["right"] >= RIGHT * len(entries), "\n".join(others)


async def test_lines_mean_the_same_to_those_who_read_spanish(typing: Typist) -> None:
    people = [typing.demo.slack.person(one.slack_id) for one in PEOPLE if one.slack_id is not None]
    entries = [one for one in read_file("lines.txt") if one.kind in {"done", "form"}]
    try:
        for person in people:
            person.read_in("es-LA")
        verdicts = [await judge(typing, entry) for entry in entries]
    finally:
        for person in people:
            person.read_in("en-US")
        await typing.type("country company")  # a country that one line chose is not left to the other tests
        typing.known.clear()
    own = {"Tú", "Tu empresa"}  # no names
    others = [shown(one) for one in verdicts if one.kind != "right" and dict(one.outcome.args).get("of") not in own]
    assert not others, "\n".join(others)


async def test_it_is_large_and_a_quarter_of_it_are_slips_of_the_finger() -> None:
    entries = read_all()
    assert len(entries) >= 400
    assert len({entry.typed for entry in entries}) == len(entries)
    assert sum(entry.kind == "slip" for entry in entries) >= len(entries) // 5


async def test_the_slips_are_those_that_the_keyboard_makes() -> None:
    made = {(line, entry.typed) for entry, line in mistyped(read_file("lines.txt"), SLIPS, SEED)}
    assert {(entry.typed, entry.said[0]) for entry in read_file("slips.txt")} == made


async def test_every_command_is_in_it() -> None:
    right = [entry for entry in read_all() if entry.kind in {"done", "form"}]
    done = {entry.verb.partition(".")[0] for entry in right} | {entry.typed.split()[0] for entry in right}
    assert set(IN_HELP) - {"menu"} <= done


async def test_every_example_of_the_grammar_is_in_it() -> None:
    typed = {entry.typed for entry in read_all()}
    assert [example for rule in GRAMMAR for example, _ in rule.examples if example not in typed] == []
