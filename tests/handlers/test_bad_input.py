"""For every word a person can type: whatever is wrong is said clearly, and nothing changes that should not.

A new word joins by being in the route table.
"""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any, Final, Literal

import pytest

from bot.basics.errors import ChatopsError, DialpadError, NotConnected, UserError
from bot.contract.doubt import WORDS as TYPED_LINE
from bot.contract.reply import Answer, Confirm, Form, Nothing
from bot.contract.routing import RouteKind, RouteTable, build_table
from bot.sandbox.cast import ANA, NOOR
from handlers import all_routers
from tests.each import for_each
from tests.handlers.harness import World, buttons_of, key_of, words_of

TABLE: Final[RouteTable] = build_table(all_routers())
WORDS: Final = tuple(route.word for route in TABLE.order if route.kind is RouteKind.COMMAND)

GOOD: Final[dict[str, str]] = {
    "": "",
    "dnd": "on for 30m",
    "duty": "off Lunch until 13:00",
    "oncall": "Support",
    "open": "Support",
    "status": "At lunch until 13:00",
    "sms": "+14155550150 Running late",
    "scheduled": "",
    "roles": "",
    "bulk": "",
    "audit": "",
    "call": "+14155550150",
    "hangup": "",
    "transfer": "+14155550151",
    "calls": "today missed",
    "who": "+14155550150",
    "block": "+14155550153",
    "unblock": "+14155550159",
    "blocked": "+14155550159",
    "connect": "",
    "disconnect": "",
    "whoami": "",
    "help": "sms",
    "news": "",
    "run": "DIALPAD_LIST_USERS",
    "notify": 'missed voicemail sms for "Support" except label:spam',
    "labels": "",
    "stats": "me last week",
    "country": "",
    "board": "Support",
    "alerts": "Support",
    "contact": "Rita Moss +14155550161",
    "add": "Noor Haddad to Sales",
    "remove": "Noor Haddad from Support",
    "label": "last call vip",
    "live": "",
    "add-to-call": "+14155550151",
    "park": "",
    "unpark": "",
    "record": "on",
    "note": "Wants a refund",
    "last": "missed",
}
"""What each word is usually followed by."""

HARMLESS: Final = {"sms", "call", "block", "unblock", "disconnect"}
"""Words that ask first: typed alone they never change anything, however good the input."""

ABOUT_A_LIVE_CALL: Final = {"hangup", "transfer"}
"""Words about a call that was started from Slack: where there is none, Dialpad is not asked."""

NEEDS_DIALPAD: Final = tuple(
    word
    for word in WORDS
    if word not in {"", "help", "news", "connect", "disconnect", "labels", "country", *ABOUT_A_LIVE_CALL}
)

BAD_TEXTS: Final = {
    "garbage": "xyzzy ;;; %%% <<>> ``` \\x00 \x07",
    "10,000 characters": "a" * 10_000,
    "10,000 words": "for " * 10_000,
    "a number that is no number": "+1 000 000 0000",
    "a number that is too short": "12",
    "far too many digits": "9" * 400,
    "an emergency number": "911",
    "curly quotes": "“Jordan Lee” ‘hello’ „was“",
    "an unclosed quote": '"Jordan Lee',
    "a wrapped number that is none": "<tel:+000|000>",
    "right to left": "\u202eمرحبا بالعالم\u202c שלום",
    "emoji": "🦊📞👨‍👩‍👧‍👦 🇩🇪",
    "mentions of everybody": "<!channel> <@U0NOBODY1> <#C0GENERAL|general>",
    "a moment that is none": "until the cows come home",
    "SQL and paths": "'; DROP TABLE users; -- ../../etc/passwd {id}",
}

SMS_AND_STATUS_TAKE_ANY_TEXT: Final = {"status", "duty"}
"""Words whose argument is free text: nearly everything is good input there."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong at Dialpad."""

    kind: Literal["status", "down", "broken_json", "silent", "cut"]
    status: int = 500

    def strike(self, world: World) -> None:
        """From now on, for every request."""
        if self.kind in {"silent", "cut"}:
            world.wire.state = "silent" if self.kind == "silent" else "cut"
        else:
            kind: Any = self.kind
            world.sandbox.faults.add("*", kind=kind, status=self.status, times=None)


TROUBLES: Final = {
    "401": Trouble("status", 401),
    "402": Trouble("status", 402),
    "403": Trouble("status", 403),
    "404": Trouble("status", 404),
    "409": Trouble("status", 409),
    "413": Trouble("status", 413),
    "429": Trouble("status", 429),
    "500": Trouble("status", 500),
    "503": Trouble("down"),
    "broken JSON": Trouble("broken_json"),
    "no answer in time": Trouble("silent"),
    "no connection": Trouble("cut"),
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.aclose()


async def outcome(world: World, person: Any, text: str) -> Answer | ChatopsError:
    """The answer, or the error that is made for people. Anything else fails the test by itself."""
    return await outcome_of(world.type(person, text))


async def outcome_of(asked: Awaitable[Answer]) -> Answer | ChatopsError:
    """The same, for anything that is awaited."""
    try:
        return await asked
    except (UserError, DialpadError) as problem:
        return problem


def says_something(result: Answer | ChatopsError) -> bool:
    if isinstance(result, UserError):
        return bool(result.text) and len(result.text) < 400
    if isinstance(result, DialpadError):
        return True
    if isinstance(result, ChatopsError | Nothing):
        return False
    return bool(words_of(result).strip())


def test_every_word_has_an_example_of_good_input() -> None:
    assert set(GOOD) == set(WORDS)


@pytest.mark.parametrize("word", WORDS)
async def test_good_input_is_answered(world: World, word: str) -> None:
    result = await outcome(world, ANA, f"{word} {GOOD[word]}".strip())
    assert says_something(result)
    assert not isinstance(result, ChatopsError)


@pytest.mark.parametrize("word", WORDS)
async def test_every_button_leads_to_a_route_that_knows_what_it_carries(world: World, word: str) -> None:
    result = await outcome(world, ANA, f"{word} {GOOD[word]}".strip())
    assert not isinstance(result, ChatopsError)
    for button in buttons_of(result):
        if button.url is None and button.route != TYPED_LINE:
            assert set(button.args) <= set(TABLE.by_id[button.route].arguments), button


@pytest.mark.parametrize("word", WORDS)
async def test_the_word_alone_changes_nothing(world: World, word: str) -> None:
    before = world.snapshot()
    result = await outcome(world, ANA, word)
    assert says_something(result)
    assert world.snapshot() == before
    assert not [one for one in world.later.kept.values() if one.route != "stats.ready"]  # a look is no change


@pytest.mark.parametrize("word", WORDS)
@for_each("bad", BAD_TEXTS)
async def test_bad_text_is_answered_clearly_and_changes_nothing(world: World, word: str, bad: str) -> None:
    before = world.snapshot()
    result = await outcome(world, ANA, f"{word} {BAD_TEXTS[bad]}")
    assert says_something(result), result
    if word not in SMS_AND_STATUS_TAKE_ANY_TEXT:
        assert world.snapshot() == before
        assert not world.later.kept


@pytest.mark.parametrize("word", WORDS)
@for_each("bad", BAD_TEXTS)
async def test_bad_text_in_every_field_of_the_form_is_answered_clearly(world: World, word: str, bad: str) -> None:
    route = TABLE.by_word[word]
    before = world.snapshot()
    for name in route.fields:
        result = await outcome_of(world.submit(ANA, route.id, **{name: BAD_TEXTS[bad]}))
        assert says_something(result)
    if word not in SMS_AND_STATUS_TAKE_ANY_TEXT:
        assert world.snapshot() == before


@pytest.mark.parametrize("word", NEEDS_DIALPAD)
async def test_somebody_not_connected_is_asked_to_connect(world: World, word: str) -> None:
    before = world.snapshot()
    with pytest.raises(NotConnected):
        await world.type(NOOR, f"{word} {GOOD[word]}".strip())
    assert world.snapshot() == before
    assert not world.later.kept


@pytest.mark.parametrize("word", NEEDS_DIALPAD)
async def test_a_broken_connection_says_so(world: World, word: str) -> None:
    await world.dialpad_connections.mark_broken(key_of(ANA))
    with pytest.raises(NotConnected) as caught:
        await world.type(ANA, f"{word} {GOOD[word]}".strip())
    assert caught.value.broken


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_trouble_at_dialpad_is_told_and_changes_nothing(world: World, word: str, trouble: Trouble) -> None:
    before = world.snapshot()
    trouble.strike(world)
    result = await outcome(world, ANA, f"{word} {GOOD[word]}".strip())
    assert says_something(result), result
    assert world.snapshot() == before
    assert not world.later.kept


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_trouble_after_agreeing_is_told_and_changes_nothing(world: World, word: str, trouble: Trouble) -> None:
    asked = await outcome(world, ANA, f"{word} {GOOD[word]}".strip())
    if not isinstance(asked, Confirm) or asked.route == "disconnect.end":
        return
    before = world.snapshot()
    trouble.strike(world)
    assert says_something(await outcome_of(world.agree(ANA, asked)))
    assert world.snapshot() == before


@pytest.mark.parametrize("word", sorted(HARMLESS))
async def test_what_reaches_others_is_only_shown_first(world: World, word: str) -> None:
    before = world.snapshot()
    assert isinstance(await world.type(ANA, f"{word} {GOOD[word]}".strip()), Confirm)
    assert world.snapshot() == before


@pytest.mark.parametrize("word", WORDS)
async def test_a_form_names_a_route_with_fields(world: World, word: str) -> None:
    result = await outcome(world, ANA, word)
    if isinstance(result, Form):
        assert TABLE.by_id[result.route].fields
