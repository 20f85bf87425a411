"""Dialpad in trouble, through the whole stack: one clear sentence where the person looks, and nothing changed."""

import re
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from bot.sandbox.demo import Demo
from tests.flows.hands import Hands, find_button, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Trouble:
    """What every request to Dialpad gets."""

    kind: Literal["status", "down", "broken_json"]
    status: int = 500

    def strike(self, demo: Demo, match: str = "/api/") -> None:
        demo.dialpad.faults.add(match, kind=self.kind, status=self.status, times=None)


TROUBLES = {
    "403": Trouble("status", 403),
    "404": Trouble("status", 404),
    "409": Trouble("status", 409),
    "429": Trouble("status", 429),
    "500": Trouble("status", 500),
    "down": Trouble("down"),
    "broken JSON": Trouble("broken_json"),
}

LINES = {
    "dnd": "/dp dnd on for 30m",
    "duty": "/dp duty off Lunch",
    "oncall": "/dp oncall",
    "open": "/dp open",
    "status": "/dp status At lunch until 13:00",
    "sms": "/dp sms +14155550150 Hello",
    "call": "/dp call +14155550150",
    "calls": "/dp calls today",
    "who": "/dp who +14155550150",
    "block": "/dp block +14155550153",
    "unblock": "/dp unblock +14155550159",
    "blocked": "/dp blocked",
    "whoami": "/dp whoami",
}

CODES = re.compile(r"\b(4\d\d|5\d\d)\b(?! ?\(|-)|Traceback|Error\b|None\b|\bNull\b")
"""What a person must never read. Area codes stand before a bracket or a hyphen."""


def standing(demo: Demo) -> Any:
    """Everything at Dialpad that a command could have changed."""
    state = demo.dialpad.state
    people = {one.id: (one.do_not_disturb, one.status_message, one.on_duty) for one in state.users.values()}
    return people, dict(state.blocked), len(state.messages), len(state.calls)


def words(document: dict[str, Any]) -> str:
    """The text somebody reads, without ids and addresses."""
    found = re.findall(r'"text": "((?:[^"\\]|\\.)*)"', said(document))
    return re.sub(r"<tel:[^>]*>|<!date[^>]*>|\(\d{3}\) \d{3}-\d{4}|\+\d[\d ]+", "", " ".join(found))


async def shown_after(hands: Hands, line: str) -> dict[str, Any]:
    """The modal that opened, else the newest answer in the channel."""
    answer = await hands.type(line)
    return hands.person.modal or answer


# How Slack reaches the bot makes no difference to these two tables, so each is read over one way only.


@pytest.mark.parametrize("running", ["http"], indirect=True, scope="module")
@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_a_command_in_trouble_says_one_clear_sentence_and_changes_nothing(
    ana: Hands, line: str, trouble: Trouble
) -> None:
    before = standing(ana.demo)
    trouble.strike(ana.demo)
    shown = words(await shown_after(ana, line))
    assert shown.strip()
    assert not CODES.search(shown), shown
    assert len(shown) < 500, shown
    assert standing(ana.demo) == before
    assert await ana.pending() == []
    assert ana.person.notices == []


CONFIRMED = {
    "sms": ("sms +14155550150 Hello", "Send", "/api/v2/sms"),
    "call": ("call +14155550150", "Call", "/api/v2/call"),
    "block": ("block +14155550153", "Block", "/api/v2/blockednumbers"),
    "unblock": ("unblock +14155550159", "Unblock", "/api/v2/blockednumbers"),
}


@pytest.mark.parametrize("running", ["socket mode"], indirect=True, scope="module")
@pytest.mark.parametrize(("line", "yes", "path"), CONFIRMED.values(), ids=CONFIRMED.keys())
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_trouble_after_the_yes_is_told_in_place_of_the_question(
    priya: Hands, line: str, yes: str, path: str, trouble: Trouble
) -> None:
    question = await priya.mention(line)
    before = standing(priya.demo)
    trouble.strike(priya.demo, f"POST {path}")
    after = await priya.press(question, yes)
    assert after["ts"] == question["ts"]
    assert not CODES.search(words(after)), words(after)
    assert "⚠️" in said(after)
    assert standing(priya.demo) == before
    with pytest.raises(AssertionError):
        find_button(after, yes)


async def test_trouble_in_a_form_is_told_in_the_form_and_keeps_what_was_written(ana: Hands) -> None:
    await ana.type("/dp status")
    ana.demo.dialpad.faults.add("/api/", kind="down", times=None)
    await ana.submit({"text": "At lunch"})
    form = await ana.modal()
    assert form["callback_id"] == "status.status"
    assert "At lunch" in said(form)
    assert "Try again" in words(form)
    ana.demo.dialpad.faults.clear()
    await ana.submit({"text": "At lunch"})
    assert ana.account.status_message == "At lunch"


async def test_an_answer_that_is_lost_after_sending_is_not_sent_again(ana: Hands) -> None:
    question = await ana.mention("sms +14155550150 Hello")
    ana.demo.dialpad.faults.add("POST /api/v2/sms", kind="broken_json", times=None, after_effect=True)
    after = await ana.press(question, "Send")
    assert "may or may not" in words(after)
    assert len(ana.sent("POST", "/sms")) == 1


async def test_a_refused_token_is_renewed_and_the_person_notices_nothing(ana: Hands) -> None:
    ana.demo.dialpad.faults.add("PATCH /api/v2/users", status=401, times=1)
    assert "off → on" in said(await ana.type("/dp dnd on"))
    assert ana.sent("POST", "/oauth2/token")


async def test_a_token_that_stays_refused_says_to_connect_again(ana: Hands) -> None:
    ana.demo.dialpad.faults.add("/api/", status=401, times=None)
    shown = words(await shown_after(ana, "/dp dnd on"))
    assert "connect again" in shown.casefold()
    assert not ana.account.do_not_disturb


@pytest.mark.usefixtures("impatient")
async def test_a_slow_dialpad_is_said_to_be_worked_on_and_then_answered(ana: Hands) -> None:
    slow = ana.demo.dialpad.faults.add("GET /api/v2/users", kind="slow")
    sent = await ana.person.command("#support", "/dp dnd on")
    assert sent["ok"]
    await slow.entered.wait()
    await ana.person.until(lambda: ana.person.ephemerals("#support"))
    (busy,) = ana.person.ephemerals("#support")
    assert "The answer will appear below" in said(
        busy
    )  # it stays: Slack takes back nothing said through a command's address
    slow.release.set()
    assert "off → on" in said(await ana.settled())
    assert len(ana.person.ephemerals("#support")) == 2


@pytest.mark.usefixtures("impatient")
async def test_a_slow_answer_to_a_press_stands_where_it_was_said_to_be_worked_on(ana: Hands) -> None:
    question = await ana.mention("sms Jordan Lee Hello")
    slow = ana.demo.dialpad.faults.add("POST /api/v2/sms", kind="slow")
    button, block_id = find_button(question, "Send")
    await ana.person.press(question, button["action_id"], button.get("value"), block_id=block_id)
    await slow.entered.wait()
    await ana.person.until(lambda: "Working on it" in said(ana.person.ephemerals("#support")[-1]))
    slow.release.set()
    assert "is on its way" in said(await ana.settled())
    assert len(ana.person.ephemerals("#support")) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_slow_answer_to_a_press_leaves_the_card_that_was_pressed(ana: Hands) -> None:
    card = await ana.type("/dp who Jordan Lee")
    slow = ana.demo.dialpad.faults.add("GET /api/v2/users", kind="slow")
    button, block_id = find_button(await ana.type("/dp"), "Do not disturb")
    menu = ana.person.ephemerals("#support")[-1]
    await ana.person.press(menu, button["action_id"], button.get("value"), block_id=block_id)
    await slow.entered.wait()
    await ana.person.until(lambda: "The answer will appear below" in said(ana.person.ephemerals("#support")[-1]))
    slow.release.set()
    assert "Do not disturb is off" in said(await ana.settled())
    assert [one for one in ana.person.ephemerals("#support") if one in (card, menu)] == [card, menu]


@pytest.mark.usefixtures("impatient")
async def test_a_form_submitted_to_a_slow_dialpad_waits_in_the_modal(ana: Hands) -> None:
    await ana.type("/dp status")
    slow = ana.demo.dialpad.faults.add("GET /api/v2/users", kind="slow")
    await ana.person.submit(await ana.modal(), {"text": "At lunch"})
    assert ana.person.modal is not None
    assert "Working on it" in said(ana.person.modal)
    slow.release.set()
    await ana.settled()
    assert ana.account.status_message == "At lunch"
    everywhere = [*ana.person.modals, *ana.person.ephemerals("#support")]
    assert any("At lunch" in said(one) for one in everywhere)
