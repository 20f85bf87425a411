"""The real bot in a process of its own, killed with signal 9 at every step; whatever happens is told once and whole."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import httpx
import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT
from tests.crashes.outside import OWNER, Outside, Story, outside, tell_at_every_step

JORDAN = CUSTOMERS[0]
KINDS = frozenset({NewsKind.RINGING, NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS})
SUBSCRIPTION = Subscription("w1", OWNER, "C0SUPPORT", kinds=KINDS)
ESCALATING = Subscription(
    "w1", OWNER, "C0SUPPORT", kinds=KINDS, policy=EscalationPolicy(5, supervisor=str(SAM.slack_id), last="sms")
)

LOOK_S: Final = 0.1


async def a_voicemail(here: Outside) -> None:
    call = here.dialpad.phone.ring(JORDAN.phone, str(ANA.phone))
    await here.until_said("Ringing")
    here.dialpad.phone.leave_voicemail(call.id, "Please call me back.")
    await here.until_said("Voicemail", "Jordan Lee", "Please call me back.")
    await here.until_idle()

    assert are_there(here, ["Voicemail"])


async def a_conversation(here: Outside) -> None:
    here.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is it ready?")
    await here.until_said("Is it ready?")
    await answer_in_dialpad(here, "It is")
    await here.until_said("It is", "(delivered)")
    await here.until_idle()

    assert are_there(here, ["Texted", "Is it ready?", "(delivered)"])


async def an_escalation(here: Outside) -> None:
    here.dialpad.phone.hang_up(here.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone).id)
    await here.until_said("Missed call")
    await here.until_idle()
    for _ in range(4):  # the last step, and once more, when there is nothing left to do
        await here.let_time_pass()

    outcomes = ("A text went to the phone of", "nobody knows whether it was sent")
    told = [one for one in outcomes if here.count(one)]
    assert are_there(here, ["Missed call", "Nobody has claimed this call for 5 min.", *told])
    assert len(here.said(SAM)) == here.count("Nobody has claimed this call for 10 min", to=SAM) == 1
    asked = [one for one in here.dialpad.requests if one.method == "POST" and one.path == "/api/v2/sms"]
    texts = [one for one in asked if one.status != 429]  # one that Dialpad puts off is asked for again
    assert len(texts) <= 1
    assert (texts and told) or here.ends
    assert told or not texts


def are_there(here: Outside, heads: Iterable[str]) -> bool:
    """Each of them once and nothing else."""
    return [here.count(one) for one in heads] == [1] * len(here.said())


async def answer_in_dialpad(here: Outside, text: str) -> None:
    body: dict[str, Any] = {"to_numbers": [JORDAN.phone], "from_number": SUPPORT.phone, "text": text}
    async with httpx.AsyncClient(trust_env=False, headers={"authorization": "Bearer sandbox-ana"}) as client:
        address = f"{here.life.outside}/api/v2/sms"
        while (answer := await client.post(address, json=body)).status_code == 429:  # noqa: ASYNC110  the bot used up this second
            await asyncio.sleep(LOOK_S)
        answer.raise_for_status()


@pytest.mark.parametrize("story", [a_voicemail, a_conversation], ids=["voicemail", "conversation"])
async def test_what_happens_is_told_once_wherever_the_bot_is_killed(story: Story) -> None:
    assert await tell_at_every_step(story, SUBSCRIPTION) > 20


async def test_an_escalation_goes_on_once_wherever_the_bot_is_killed() -> None:
    assert await tell_at_every_step(an_escalation, ESCALATING, counts_from="escalation") > 10


async def test_what_slack_took_before_the_bot_was_killed_is_found_and_not_posted_again() -> None:
    async with outside(SUBSCRIPTION) as here:
        assert await here.tell(a_voicemail, dies="after chat.postMessage")
        assert [one.ok for one in here.slack.calls if one.method == "conversations.history"] == [True]


async def test_where_the_channel_may_not_be_read_it_is_said_to_be_doubtful_and_not_posted_again() -> None:
    async def story(here: Outside) -> None:
        here.slack.faults.add("conversations.history", error="missing_scope", times=1_000)
        here.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
        await here.until_said("may or may not have been posted", to=PRIYA)
        await here.until_idle()

        assert len(here.said()) == len(here.said(PRIYA)) == 1

    async with outside(SUBSCRIPTION) as here:
        assert await here.tell(story, dies="after chat.postMessage")
