"""What the bot writes for people to type is read as it means: examples, usages, and nearest words."""

from collections.abc import Iterator

import pytest

from bot.basics.words import did_you_mean
from bot.contract.corrections import is_understood
from bot.contract.routing import Route, RouteKind
from bot.sandbox.cast import PRIYA
from tests.corpus.keyboard import slips
from tests.handlers.harness import World, routes

OPPOSITES = (
    ("block", "unblock"), ("connect", "disconnect"), ("add", "remove"), ("on", "off"), ("subscribe", "unsubscribe"),
)  # fmt: skip


def commands() -> Iterator[Route]:
    yield from (route for route in routes().order if route.kind is RouteKind.COMMAND)


@pytest.mark.parametrize("word", [route.word for route in commands() if route.examples])
async def test_every_example_of_a_command_is_read_by_that_command(world: World, word: str) -> None:
    table = world.table
    for example in table.by_word[word].examples:
        found = table.read(example)
        assert found is not None, example
        route, rest = found
        assert route.word == word, example
        assert await is_understood(world.ctx(PRIYA), route, rest), example


def test_every_phrase_leads_to_its_own_command() -> None:
    table = routes()
    for route in commands():
        for phrase in route.phrases:
            found = table.read(phrase)
            assert found is not None, phrase
            assert found[0].id == route.id, phrase


def test_no_slip_of_the_finger_offers_the_opposite_alone() -> None:
    known = {*routes().by_word, *(word for pair in OPPOSITES for word in pair)}
    for pair in OPPOSITES:
        for meant, other in (pair, pair[::-1]):
            for typed in slips(meant):
                if typed in known:
                    continue
                offered = did_you_mean(typed, known)
                assert other not in offered or meant in offered, (typed, offered)
