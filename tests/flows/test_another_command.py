"""With ``COMMAND=/phone`` everything works under that name, and nothing anybody reads says ``/dp``."""

import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.demo import Demo, running_demo, subscribe_support
from tests.flows.browser import Browser
from tests.flows.channel import NORTHLIGHT
from tests.flows.hands import Hands, said
from tests.flows.stage import freshen
from tests.flows.test_connecting import link_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEFAULT = re.compile(r"/dp\b")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phone() -> AsyncIterator[Demo]:
    """Everything running, under another name."""
    async with running_demo(command="/phone") as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def demo(phone: Demo) -> Demo:
    await freshen(phone)
    return phone


def shown(hands: Hands) -> str:
    """All that this person sees anywhere in Slack."""
    person = hands.person
    places = [person.ephemerals(), person.modals, person.home, person.notices]
    return json.dumps([*places, person.messages("app"), person.messages("#support")], ensure_ascii=False)


@pytest.mark.parametrize(
    "typed",
    [
        "/phone", "/phone help", "/phone help sms", "/phone help nothing", "/phone dnd", "/phone dnd on for 30m",
        "/phone-dnd on", "/phone dnd nonsense", "/phone dndd on", "/phone xyzzy", "/phone duty off Lunch",
        "/phone oncall Support", "/phone oncall cover", "/phone status In a meeting until 17:00", "/phone status",
        "/phone sms Jordan Lee On my way", "/phone-sms", "/phone call Jordan Lee", "/phone hangup", "/phone calls",
        "/phone who 415 555 0150", "/phone blocked", "/phone block +1 415 555 0153", "/phone unblock", "/phone whoami",
        "/phone notify", "/phone notify me", "/phone notify nonsense", "/phone notify daily", "/phone run",
        "/phone country", "/phone country XQ", "/phone open", "/phone labels", "/phone transfer",
        "/phone run call labels", "/phone run nothing at all", "/phone connect", "/phone disconnect",
    ],
)  # fmt: skip
async def test_no_answer_to_a_command_says_the_default_one(ana: Hands, typed: str) -> None:
    await ana.type(typed)
    seen = shown(ana)

    assert ana.person.ephemerals() or ana.person.modals
    assert DEFAULT.findall(seen) == []


async def test_what_is_recommended_is_the_command_that_is_set(ana: Hands) -> None:
    assert "/phone help" in said(await ana.type("/phone"))
    assert "/phone sms &lt;numbers or names&gt;" in said(await ana.type("/phone help /phone-sms"))
    assert "/phone dnd on" in said(await ana.type("/phone dndd on"))
    assert "/phone oncall" in said(await ana.type("/phone oncall cover me until 25:00"))


async def test_a_favourite_and_a_copied_action_name_it_too(ana: Hands) -> None:
    answer = await ana.type("/phone run DIALPAD_GET_CALL_LABELS")
    assert "/phone run DIALPAD_GET_CALL_LABELS" in said(await ana.press(answer, "Copy as command"))
    assert "/phone run" in said(await ana.press(answer, "Save as favorite"))


async def test_home_names_only_the_command_that_is_set(ana: Hands, noor: Hands) -> None:
    for hands in (ana, noor):
        await hands.home()
        assert DEFAULT.findall(shown(hands)) == []


@pytest.mark.parametrize("words", ["whoami", "/phone whoami", "/PHONE whoami", "/phone-whoami"])
async def test_a_whole_command_after_a_mention_is_understood(ana: Hands, words: str) -> None:
    assert "You are Ana Ferreira" in said(await ana.mention(words))


async def test_the_default_command_is_none_after_a_mention(ana: Hands) -> None:
    assert "There is no command" in said(await ana.mention("/dp whoami"))


async def test_the_cards_of_a_channel_name_only_the_command_that_is_set(demo: Demo, priya: Hands) -> None:
    await subscribe_support(demo)
    await priya.type("/phone notify")

    assert await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert DEFAULT.findall(shown(priya)) == []


async def test_the_pages_of_connecting_name_only_the_command_that_is_set(noor: Hands, browser: Browser) -> None:
    link = link_in(await noor.type("/phone connect"))
    denied = await browser.connect(link, decision="deny")
    link = link_in(await noor.type("/phone connect"))
    pages = [denied, await browser.get(link), await browser.connect(link), await browser.get(link)]
    texts = "\n".join(page.text for page in pages)

    assert "Type /phone connect in Slack to try again" in texts
    assert "/phone disconnect ends this" in texts
    assert "Type /phone connect for a new one" in texts
    assert DEFAULT.findall(texts) == []
