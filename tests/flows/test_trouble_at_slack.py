"""Slack refusing what the bot wants to show: the person still hears of it."""

import pytest

from tests.flows.hands import Hands, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"])
async def test_an_ephemeral_that_slack_refuses_comes_as_a_dm(ana: Hands, provoked: set[str], error: str) -> None:
    provoked.add(error)
    ana.demo.slack.faults.add("chat.postEphemeral", error=error)
    app = ana.demo.slack.workspace.app["user_id"]
    await ana.person.say("#support", f"<@{app}> dnd on")
    assert "off → on" in said(await ana.told())


async def test_a_form_that_slack_opens_too_late_is_offered_as_a_button(ana: Hands, provoked: set[str]) -> None:
    provoked.add("expired_trigger_id")
    ana.demo.slack.faults.add("views.open", error="expired_trigger_id")
    answer = await ana.type("/dp sms")
    assert labels(answer) == ["Open the form"]
    await ana.press(answer, "Open the form")
    assert (await ana.modal())["callback_id"] == "sms.sms"


async def test_a_preview_that_slack_opens_too_late_comes_as_a_message(ana: Hands, provoked: set[str]) -> None:
    provoked.add("expired_trigger_id")
    ana.demo.slack.faults.add("views.open", error="expired_trigger_id")
    answer = await ana.type("/dp sms Jordan Lee Hello")
    assert labels(answer) == ["Send", "Edit", "Send later…", "Cancel"]
    await ana.press(answer, "Send")
    assert len(ana.sent("POST", "/sms")) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_modal_closed_while_dialpad_was_slow_answers_in_the_channel(ana: Hands, provoked: set[str]) -> None:
    provoked.add("not_found")
    await ana.type("/dp status")
    slow = ana.demo.dialpad.faults.add("GET /api/v2/users", kind="slow")
    view = await ana.modal()
    await ana.person.submit(view, {"text": "At lunch"})
    assert ana.person.modal is not None
    await ana.person.close(ana.person.modal, everything=True)
    slow.release.set()
    assert "At lunch" in said(await ana.settled())


async def test_a_pause_that_slack_asks_for_is_kept_and_the_answer_still_comes(ana: Hands, provoked: set[str]) -> None:
    provoked.add("ratelimited")
    ana.demo.slack.faults.add("chat.postEphemeral", status=429, retry_after=1)
    assert "off → on" in said(await ana.mention("dnd on"))


async def test_a_refusal_nobody_expected_leaves_the_change_done_and_the_bot_alive(
    ana: Hands, provoked: set[str]
) -> None:
    provoked.add("team_access_not_granted")
    ana.demo.slack.faults.add("chat.postEphemeral", error="team_access_not_granted", times=3)
    app = ana.demo.slack.workspace.app["user_id"]
    await ana.person.say("#support", f"<@{app}> dnd on")
    await ana.person.until(lambda: any(call.error for call in ana.demo.slack.calls))
    await ana.demo.bot.dispatcher.idle()
    assert ana.account.do_not_disturb
    ana.demo.slack.faults.clear()
    assert "still on" in said(await ana.type("/dp dnd on"))
