"""What a screen reader says of buttons: what each does and to whom, and never the same of two that do different
things."""

from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SALES, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import shown
from tests.flows.hands import Hands, Json
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def buttons(document: Json) -> list[Json]:
    return [
        element
        for block in document.get("blocks", ())
        for element in [*block.get("elements", ()), block.get("accessory") or {}]
        if element.get("type") == "button"
    ]


def heard(document: Json) -> list[str]:
    """What is said of a document's buttons, once it is made sure that each is told apart."""
    said: dict[str, Any] = {}
    for one in buttons(document):
        label, target = one["accessibility_label"], (one["action_id"].partition(":")[0], one.get("value"))
        assert len(label) <= 75, label
        assert any(letter.isalpha() for letter in one["text"]["text"]), f"{one['text']['text']} is no word"
        assert said.setdefault(label, target) == target, f"{label!r} is said of two: {target} and {said[label]}"
    return list(said)


async def missed(demo: Demo, number: int) -> None:
    phone = demo.dialpad.phone
    phone.hang_up(phone.ring(CUSTOMERS[number].phone, SUPPORT.phone).id)
    await until_posted(demo)


async def test_cards_in_a_channel_say_whose_call_each_button_is_about(ana: Hands, sam: Hands, demo: Demo) -> None:
    await ana.subscribe('missed for "Support"')
    await missed(demo, 0)
    await missed(demo, 1)
    first, second = [await shown(sam, "Missed call", one.name) for one in CUSTOMERS[:2]]
    for card, who in zip((first, second), CUSTOMERS[:2], strict=True):
        (claim,) = [one for one in heard(card) if one.startswith("Claim: ")]
        assert claim.startswith(f"Claim: Missed call, {who.name} ")
    assert not set(heard(first)) & set(heard(second))


async def test_each_row_of_open_work_is_told_apart(ana: Hands, demo: Demo) -> None:
    await ana.subscribe('missed for "Support"')
    for number in range(3):
        await missed(demo, number)
    listing = await ana.type("/dp open")
    assert sum(one.startswith("Claim: ") for one in heard(listing)) == 3
    for line in ("/dp help", "/dp whoami", "/dp calls", "/dp who Jordan Lee", "/dp notify", "/dp dnd", "/dp nonsense"):
        assert heard(await ana.type(line))


async def test_a_board_home_and_what_opens_from_them(sam: Hands, priya: Hands, demo: Demo) -> None:
    await sam.type("/dp board Support")
    assert heard(await sam.modal()) == ["Change: Save this? a board for Support"]
    await sam.submit()
    board = heard(await shown(sam, "Support", "on duty", "queue"))
    assert {f"{one}: Support" for one in ("Who is on duty", "Change duty", "Live calls", "Open work")} <= set(board)
    lines = {f"{one}: {line.name}" for one in ("People", "Settings") for line in (SUPPORT, SALES)}
    home = heard(await priya.home())
    assert {*lines, "Send a text", "Refresh", "Status: none", "Go on duty: Duty: Off"} <= set(home)
    heard(await sam.home())
    await sam.press(sam.person.home or {}, "People…")
    assert f"Take off duty: {ANA.name}" in heard(await sam.modal())


async def test_forms_previews_and_questions(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp notify missed")
    heard(await ana.modal())
    await ana.type("/dp run DIALPAD_CREATE_NEW_CONTACT_ENTRY")
    assert "Add to favorites: Save a contact" in heard(await ana.modal())
    asked = await ana.mention(f"sms {CUSTOMERS[0].name} We ship today.")
    assert f"Send: Send this text? {CUSTOMERS[0].name} (415) 555-0150" in heard(asked)
