"""Names of strangers and colleagues in what is posted, and people's names where Slack shows no mention."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, SAM, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, make_due, miss_a_call, shown
from tests.flows.hands import Hands, said
from tests.flows.stage import OneDemo, inside

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = "Eve\n✅ *Claimed by Sam*\u2028\u202e51\u2066 <!channel> :tada:"
TURNS = "\u2028\u202e\u2066"


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def rename_the_world(demo: Demo) -> None:
    """Everything that somebody can name has a name that lies."""
    state = demo.dialpad.state
    for contact in state.contacts.values():
        contact.first_name = HOSTILE
    state.groups[SUPPORT.id].name = HOSTILE
    assert SAM.dialpad_id is not None
    state.users[SAM.dialpad_id].first_name = HOSTILE
    await inside(demo).forget_lists()


def texts(value: Any) -> Iterator[str]:
    """Every text that somebody reads."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in {"text", "alt_text", "fallback"} and isinstance(one, str):
                yield one
            elif key not in {"value", "private_metadata"}:
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def lies(message: Any) -> list[str]:
    """Texts in which the name begins a line of its own or turns what follows round."""
    shown_here = list(texts(message))
    return [one for one in shown_here if "\n✅" in one or any(turn in one for turn in TURNS)]


async def test_no_name_begins_a_line_or_turns_a_number_round(priya: Hands, demo: Demo) -> None:
    await rename_the_world(demo)
    await priya.subscribe("missed voicemail sms contact escalate 5 first nobody supervisor @U0SAM0002")
    miss_a_call(demo)
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Hello")
    card = await shown(priya, "Missed call")
    await shown(priya, "Hello")
    await make_due(demo, card)
    await demo.bot.poster.settle()
    assert "Eve ✅" in said(card)
    everything = [*board(priya), *demo.slack.person("U0SAM0002").messages("app")]
    assert not [lie for message in everything for lie in lies(message)]


@pytest.mark.parametrize(
    "line",
    ["who {phone}", "oncall", "calls", "whoami", "notify missed", "sms {phone} Hi", "run list users", "call Eve"],
)
async def test_no_answer_shows_one_either(priya: Hands, demo: Demo, line: str) -> None:
    await rename_the_world(demo)
    miss_a_call(demo)
    answer = await priya.type(f"/dp {line.format(phone=JORDAN.phone)}")
    modal = priya.person.modal or {}
    assert answer or modal
    assert not lies(answer)
    assert not lies(modal)


async def test_what_a_phone_shows_names_people(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe("missed escalate 5 first nobody then @U0ANA0001")
    miss_a_call(demo)
    card = await shown(priya, "Missed call")
    await make_due(demo, card)
    nudge = await shown(priya, "Nobody has claimed this call")
    assert nudge["text"].startswith("Ana: Nobody has claimed")
    assert f"<@{ANA.slack_id}>" in json.dumps(nudge["blocks"])

    await ana.press(card, "Claim")
    await shown(priya, "Claimed by")
    await demo.bot.poster.settle()
    listing = await ana.type("/dp notify")
    bodies = [call.args for call in demo.slack.calls if call.method.startswith("chat.")]
    assert not [one["text"] for one in [*bodies, listing] if "U0ANA0001" in str(one.get("text"))]


async def test_no_link_in_what_is_posted_becomes_a_preview(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe("missed sms")
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "See https://example.test/cat.gif")
    await shown(priya, "cat.gif")
    await ana.say_to_app("whoami")
    posts = [call.args for call in demo.slack.calls if call.method == "chat.postMessage"]
    assert posts
    assert all(str(one.get(name)).casefold() == "false" for one in posts for name in ("unfurl_links", "unfurl_media"))
