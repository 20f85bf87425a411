"""Every answer and every form, as Slack's JSON, under Slack's own rules as the embedded Slack knows them."""

from typing import Any, Final

import pytest

from bot.contract.reply import Answer, Card, Confirm, Form, Listing, Reply
from bot.contract.routing import RouteKind
from bot.sandbox.cast import ANA, NOOR, PRIYA, SUPPORT, Person
from bot.sandbox.dialpad.model import Contact
from bot.sandbox.slack.blockkit.documents import check_message_blocks, check_view
from bot.slack.blockkit.blocks import Reader
from bot.slack.blockkit.forms import build_form
from bot.slack.blockkit.render import (
    render_confirm_message,
    render_confirm_view,
    render_home,
    render_message,
    render_view,
)
from tests.each import for_each
from tests.handlers.harness import World
from tests.handlers.test_account import open_home
from tests.handlers.test_bad_input import GOOD, TABLE, WORDS

LONG_NAME: Final = "Maximilian-Alexander " * 12


async def check(world: World, person: Person, answer: Answer) -> None:
    if isinstance(answer, Form):
        check_view(await build_form(world.ctx(person), TABLE.by_id[answer.route], answer.args), "modal")
    elif isinstance(answer, Confirm):
        check_view(render_confirm_view(answer, Reader(), metadata="{}", name="c1"), "modal")
        check_message_blocks(render_confirm_message(answer, Reader(), name="c1").blocks)
    elif isinstance(answer, Reply | Card | Listing):
        check_message_blocks(render_message(answer, Reader()).blocks)
        check_view(render_view(answer, Reader(), title="Result", metadata="{}"), "modal")
        check_view(render_home(answer, Reader()), "home")


@pytest.mark.parametrize("person", [ANA, PRIYA], ids=["agent", "admin"])
@pytest.mark.parametrize("word", WORDS)
async def test_answers_fit(world: World, word: str, person: Person) -> None:
    if word == "duty" and person is PRIYA:
        pytest.skip("an admin who is in no call center has no duty")
    if word in {"add", "remove"} and person is ANA:
        pytest.skip("an agent does not choose who answers")
    answer = await world.type(person, f"{word} {GOOD[word]}".strip())
    await check(world, person, answer)
    if isinstance(answer, Confirm):
        await check(world, person, await world.agree(person, answer))


@pytest.mark.parametrize("word", [word for word in WORDS if TABLE.by_word[word].fields])
async def test_empty_forms_fit(world: World, word: str) -> None:
    await check(world, ANA, Form(TABLE.by_word[word].id))


@for_each("route", [route.id for route in TABLE.of_kind(RouteKind.BUTTON) if route.fields])
async def test_forms_of_buttons_fit(world: World, route: str) -> None:
    await check(world, ANA, Form(route))


FILLED: Final[dict[str, dict[str, Any]]] = {
    "dnd.dnd": {"state": "on", "until": "30m", "group": f"callcenter:{SUPPORT.id}"},
    "duty.duty": {"state": "off", "until": "13:00", "colleague": str(NOOR.dialpad_id), "reason": "Lunch"},
    "status.status": {"text": "At lunch", "until": "tomorrow"},
    "sms.sms": {"to": ["+14155550150", "+14155550153", "nobody"], "text": "a" * 1500, "sender": SUPPORT.phone},
    "calls.calls": {"since": "last 7 days", "only": "missed", "who": "+14155550150", "group": f"office:{1}"},
    "block.block": {"numbers": [f"+1415555{number:04d}" for number in range(150, 160)]},
}


@pytest.mark.parametrize("route", FILLED)
async def test_filled_forms_fit(world: World, route: str) -> None:
    await check(world, ANA, Form(route, FILLED[route]))


async def test_a_person_with_everything_pending_still_fits_into_the_home_tab(world: World) -> None:
    for typed in ("dnd on for 1h", "dnd on for 1h in Support", "duty off Lunch for 1h", "status Away for 1h"):
        await world.type(ANA, typed)
    await check(world, ANA, await open_home(world, ANA))


async def test_very_long_names_and_labels_fit(world: World) -> None:
    world.sandbox.state.contacts["long"] = Contact(
        "long", LONG_NAME, LONG_NAME, ["+14155550154"], company_name=LONG_NAME
    )
    for typed in ("who +14155550154", "sms +14155550154 " + "🦊" * 700, "call +14155550154", "block +14155550154"):
        await check(world, PRIYA, await world.type(PRIYA, typed))
    await check(world, PRIYA, Form("sms.sms", {"to": ["+14155550154"]}))


async def test_a_long_transcript_and_voicemail_fit(world: World) -> None:
    for call in world.sandbox.state.calls.values():
        call.voicemail_text = call.voicemail_text and "words " * 2000
        for line in call.transcript:
            line.content = "words " * 500
    listed = await world.type(PRIYA, "calls voicemail")
    await check(world, PRIYA, await world.press(PRIYA, listed, "Details"))
    details = await world.press(PRIYA, await world.type(PRIYA, "calls answered with amara"), "Details")
    await check(world, PRIYA, await world.press(PRIYA, details, "Transcript"))


async def test_ten_recipients_fit(world: World) -> None:
    numbers = " ".join(f"+1415555{number:04d}" for number in range(140, 150))
    await check(world, ANA, await world.type(ANA, f"sms {numbers} hello"))
