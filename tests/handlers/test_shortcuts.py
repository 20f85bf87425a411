import pytest

from bot.contract.context import Origin
from bot.contract.reply import Answer, Form, Listing, Reply
from bot.contract.routing import RouteKind
from bot.sandbox.cast import ANA
from tests.handlers.harness import World, words_of

MESSAGE = "Please call <tel:+14155550150|(415) 555-0150> back"
TWO = "Either 415-555-0150 or +1 (415) 555-0151 &amp; soon"


async def choose(world: World, name: str, text: str = "") -> Answer:
    route = next(route for route in world.table.order if route.word == name)
    return await world.run(ANA, route, {"text": text} if text else {}, Origin.MESSAGE)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Text this number", Form("sms.sms", {"to": ["+14155550150"]})),
        ("Call this number", Form("call.call", {"to": "+14155550150"})),
        ("Block this number", Form("block.block", {"numbers": ["+14155550150"]})),
    ],
)
async def test_one_number_opens_the_form_with_it(world: World, name: str, form: Form) -> None:
    assert await choose(world, name, MESSAGE) == form


async def test_looking_up_one_number_answers_at_once(world: World) -> None:
    assert words_of(await choose(world, "Look up or save contact", MESSAGE)).startswith("Jordan Lee")


@pytest.mark.parametrize(
    "name", ["Text this number", "Call this number", "Block this number", "Look up or save contact"]
)
async def test_several_numbers_are_a_choice(world: World, name: str) -> None:
    answer = await choose(world, name, TWO)
    assert isinstance(answer, Listing)
    assert [words_of(answer).splitlines()[line] for line in (1, 2)] == [
        "Jordan Lee +14155550150 | ",
        "Amara Osei +14155550151 | ",
    ]


@pytest.mark.parametrize("text", ["Order 12345 is late", "", "🦊" * 1000])
async def test_no_number_is_said(world: World, text: str) -> None:
    assert await choose(world, "Call this number", text) == Reply("There is no phone number in that message.")


async def test_the_global_ones_open_forms(world: World) -> None:
    assert await choose(world, "Send a text") == Form("sms.sms")
    assert await choose(world, "My duty") == Form("duty.duty")


def test_names_and_titles_fit_into_slack() -> None:
    table = World().table
    for route in table.order:
        if route.kind in {RouteKind.SHORTCUT, RouteKind.MESSAGE}:
            assert len(route.word) <= 24
        assert len(route.title) <= 24
        assert len(route.submit) <= 24
        for argument in route.fields.values():
            assert len(argument.label) <= 48
            assert len(argument.placeholder) <= 150
            assert len(argument.hint) <= 150


def test_the_daily_words_have_slash_commands_of_their_own() -> None:
    short = {route.word for route in World().table.order if route.short}
    assert short == {"dnd", "duty", "sms", "call", "calls", "block", "oncall"}


async def test_an_extension_is_said_above_the_form(world: World) -> None:
    answer = await choose(world, "Call this number", "Their desk: +1 415 555 0150 ext. 12")
    assert isinstance(answer, Form)
    assert answer.args == {"to": "+14155550150"}
    assert str(answer.notice).startswith("Dial 12 when they have answered")


async def test_what_follows_up_later_is_about_the_number_or_the_message(world: World) -> None:
    assert await choose(world, "Follow up later", MESSAGE) == Form(
        "shortcuts.remind", {"until": "tomorrow", "channel": "", "ts": "", "number": "+14155550150"}
    )
    assert await choose(world, "Follow up later", "nothing in it") == Form(
        "shortcuts.remind", {"until": "tomorrow", "channel": "", "ts": ""}
    )
    several = await choose(world, "Follow up later", TWO)
    assert isinstance(several, Listing)
    assert [one.label for one in several.buttons] == ["Only the message"]


def test_slack_takes_five_shortcuts_of_each_kind() -> None:
    kinds = [route.kind for route in World().table.order if route.kind in {RouteKind.SHORTCUT, RouteKind.MESSAGE}]
    assert [kinds.count(kind) for kind in (RouteKind.SHORTCUT, RouteKind.MESSAGE)] == [4, 5]
