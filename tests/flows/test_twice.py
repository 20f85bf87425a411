"""Doing something twice, late, or with somebody else's button."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.sandbox.slack.delivery import sign
from bot.store.confirmations import confirmations
from tests.flows.hands import Hands, find_button, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_clicks_on_send_let_one_text_leave_and_explain_the_second(ana: Hands) -> None:
    preview = await ana.mention("sms Jordan Lee Hello")
    button, block_id = find_button(preview, "Send")
    await asyncio.gather(
        *(
            ana.person.press(preview, button["action_id"], button["value"], block_id=block_id)
            for _ in range(2)
        )
    )  # fmt: skip
    await ana.settled()
    assert len(ana.sent("POST", "/sms")) == 1
    everything = " ".join(said(one) for one in ana.person.ephemerals("#support"))
    assert "is on its way" in everything
    assert "already confirmed once" in everything


async def test_two_submits_of_the_preview_let_one_text_leave(ana: Hands) -> None:
    await ana.type("/dp sms Jordan Lee Hello")
    view = await ana.modal()
    await asyncio.gather(*(ana.person.submit(view) for _ in range(2)), return_exceptions=True)
    await ana.settled()
    assert len(ana.sent("POST", "/sms")) == 1


async def test_an_old_preview_of_a_dm_explains_that_it_was_used(ana: Hands) -> None:
    preview = dict(await ana.say_to_app("sms Jordan Lee Hello"))
    button, block_id = find_button(preview, "Send")
    await ana.press(preview, "Send")
    assert len(ana.sent("POST", "/sms")) == 1
    # Somebody's second device still shows the old message: the same press once more.
    message = ana.demo.slack.workspace.channels[preview["channel"]].messages[preview["ts"]]
    message["blocks"] = preview["blocks"]
    await ana.person.press(preview, button["action_id"], button["value"], block_id=block_id)
    await ana.demo.bot.dispatcher.idle()
    assert len(ana.sent("POST", "/sms")) == 1
    assert "already confirmed once" in " ".join(said(one) for one in ana.from_app + ana.person.ephemerals())


async def test_after_ten_minutes_a_confirmation_does_nothing_and_says_so(ana: Hands) -> None:
    preview = await ana.mention("sms Jordan Lee Hello")
    button, _ = find_button(preview, "Send")
    late = (
        confirmations.update()
        .where(confirmations.c.id == button["value"])
        .values(expires_at=ana.demo.bot.store.now() - timedelta(seconds=1))
    )
    await ana.demo.bot.store.database.write(lambda connection: connection.execute(late).rowcount)
    after = await ana.press(preview, "Send")
    assert "longer than 10 minutes" in said(after)
    assert ana.sent("POST", "/sms") == []


async def test_somebody_elses_confirmation_does_nothing_and_says_so(ana: Hands, sam: Hands) -> None:
    button, block_id = find_button(await ana.mention("sms Jordan Lee Hello"), "Send")
    theirs = await sam.mention("sms Jordan Lee Hi")
    # A forged press: Sam's own message, Ana's id.
    shown = next(one for one in sam.person.ephemerals() if one["ts"] == theirs["ts"])
    own, own_block = find_button(shown, "Send")
    own["value"] = button["value"]
    await sam.person.press(shown, own["action_id"], button["value"], block_id=own_block)
    after = await sam.settled()
    assert "Only the person who asked" in said(after)
    assert sam.sent("POST", "/sms") == []
    assert block_id


async def test_what_needs_a_yes_is_never_run_by_a_forged_press_alone(priya: Hands) -> None:
    menu = await priya.type("/dp")
    shown = priya.person.ephemerals("#support")[-1]
    button, block_id = find_button(shown, "Help")
    button["action_id"], button["value"] = "block.block_now", '{"numbers": ["+14155550153"]}'
    await priya.person.press(shown, "block.block_now", button["value"], block_id=block_id)
    await priya.settled()
    assert "+14155550153" not in priya.demo.dialpad.state.blocked
    assert menu


async def test_a_press_on_an_old_button_is_explained(ana: Hands) -> None:
    await ana.type("/dp")
    shown = ana.person.ephemerals("#support")[-1]
    button, block_id = find_button(shown, "Help")
    button["action_id"] = "gone.gone"
    await ana.person.press(shown, "gone.gone", "{}", block_id=block_id)
    assert "older version" in said(await ana.settled())


async def test_dnd_pressed_twice_stays_on(ana: Hands) -> None:
    answer = await ana.type("/dp dnd")
    assert "Turn on" in labels(answer)
    button, block_id = find_button(answer, "Turn on")
    await asyncio.gather(
        *(ana.person.press(answer, button["action_id"], button["value"], block_id=block_id) for _ in range(2))
    )
    await ana.settled()
    assert ana.account.do_not_disturb


@pytest.mark.parametrize("age_s", [0, 301])
async def test_a_forged_or_old_request_gets_401_and_changes_nothing(ana: Hands, age_s: int) -> None:
    body = f"command=%2Fdp&text=dnd+on&team_id={ana.key.team_id}&user_id={ana.key.user_id}&channel_id=C0SUPPORT"
    stamp = str(int(ana.demo.slack.timers.now()) - age_s)
    secret = "sandbox-signing-secret" if age_s else "guessed"
    headers = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": sign(secret, stamp, body),
        "content-type": "application/x-www-form-urlencoded",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{ana.demo.url}/slack/events", content=body, headers=headers)
    assert answer.status_code == 401
    await ana.demo.bot.dispatcher.idle()
    assert not ana.account.do_not_disturb


async def test_an_event_that_slack_sends_again_is_answered_once(ana: Hands) -> None:
    app = ana.demo.slack.workspace.app["user_id"]
    event = {
        "type": "app_mention", "user": ana.key.user_id, "text": f"<@{app}> dnd on", "channel": "C0SUPPORT",
        "ts": "1795441957.000100", "event_ts": "1795441957.000100",
    }  # fmt: skip
    envelope = {
        "type": "event_callback", "event_id": f"Ev0TWICE{ana.demo.slack.delivery.request_url is None:d}",
        "team_id": ana.key.team_id, "api_app_id": "A0DIALPAD1", "event_time": 1795441957, "event": event,
        "authorizations": [{"team_id": ana.key.team_id, "user_id": app, "is_bot": True}],
    }  # fmt: skip
    for attempt in range(2):
        await ana.demo.slack.delivery.send("events_api", envelope, attempt=attempt, why="http_timeout")
        await ana.demo.bot.dispatcher.idle()
    assert len(ana.person.ephemerals("#support")) == 1
