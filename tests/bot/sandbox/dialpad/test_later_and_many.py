"""Texts that are sent later, and texts to many at once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, Events, error_of

JORDAN = "+14155550150"
AMARA = "+14155550151"
MANY = [f"+141555502{last:02}" for last in range(51)]


def due(clock: Clock, **parts: float) -> int:
    return round((clock.time + timedelta(**parts)).timestamp())


async def schedule(client: httpx.AsyncClient, clock: Clock, **more: Any) -> dict[str, Any]:
    body = {"to_numbers": [JORDAN], "text": "Hi", "start_date": due(clock, hours=1), **more}
    answer: dict[str, Any] = (await client.post("message/schedule", json=body)).json()
    return answer


async def test_a_scheduled_text_leaves_at_its_time_and_not_before(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock, events: Events
) -> None:
    made = await schedule(ana, clock)
    assert (made["from_number"], made["timezone"], made["status"]) == (ANA.phone, "US/Pacific", "active")
    clock.forward(minutes=59)
    assert (await ana.get("message/schedule")).json()["schedules"][0]["schedule_id"] == made["schedule_id"]
    assert not events
    clock.forward(minutes=1)
    assert "schedules" not in (await ana.get("message/schedule")).json()
    assert [event["text"] for kind, event in events if kind == "sms"] == ["Hi", "Hi"]
    assert (await ana.delete(f"message/schedule/{made['schedule_id']}")).status_code == 409


async def test_it_is_changed_sent_at_once_or_cancelled(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    key = (await schedule(ana, clock))["schedule_id"]
    changed = await ana.patch(f"message/schedule/{key}", json={"text": "Ho", "start_date": due(clock, hours=2)})
    assert (changed.json()["text"], changed.json()["to_numbers"]) == ("Ho", [JORDAN])
    assert (await ana.post(f"message/schedule/{key}/send", json={})).json()["success"] is True
    assert sandbox.phone.snapshot()["threads"][JORDAN][-1]["text"] == "Ho"
    other = (await schedule(ana, clock))["schedule_id"]
    assert (await ana.delete(f"message/schedule/{other}")).json()["schedule_id"] == other
    clock.forward(hours=3)
    assert (await ana.get(f"message/schedule/{other}")).json()["status"] == "deleted"
    assert [text["text"] for text in sandbox.phone.snapshot()["threads"][JORDAN]].count("Hi") == 0


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"start_date": 9}, "10 minutes"),
        ({"to_numbers": MANY[:11]}, "is_bulk"),
        ({"to_numbers": MANY, "is_bulk": True}, "at most 50"),
        ({"from_number": SUPPORT.phone}, "number of the user"),
        ({"channel_hashtag": "general"}, "either"),
        ({"to_numbers": [], "channel_hashtag": "nowhere"}, "channel not found"),
        ({"text": " "}, "text or media"),
    ],
)
async def test_what_cannot_be_scheduled(ana: httpx.AsyncClient, clock: Clock, given: dict[str, Any], why: str) -> None:
    body = {"to_numbers": [JORDAN], "text": "Hi", "start_date": due(clock, minutes=30), **given}
    if "start_date" in given:
        body["start_date"] = due(clock, minutes=given["start_date"])
    assert why in error_of(await ana.post("message/schedule", json=body))["message"]


async def test_scheduled_texts_are_ones_own_page_by_page(
    ana: httpx.AsyncClient, noor: httpx.AsyncClient, sam: httpx.AsyncClient, clock: Clock
) -> None:
    keys = [(await schedule(ana, clock, start_date=due(clock, hours=1 + n)))["schedule_id"] for n in range(3)]
    first = (await ana.request("GET", "message/schedule", json={"limit": 2})).json()
    assert first["has_more"] is True
    second = (await ana.request("GET", "message/schedule", json={"limit": 2, "cursor": first["cursor"]})).json()
    assert [one["schedule_id"] for one in [*first["schedules"], *second["schedules"]]] == keys
    assert (await noor.get(f"message/schedule/{keys[0]}")).status_code == 404
    of_ana = {"user_id": ANA.dialpad_id}
    assert (await noor.request("GET", "message/schedule", json=of_ana)).status_code == 403
    assert len((await sam.request("GET", "message/schedule", json=of_ana)).json()["schedules"]) == 3


async def test_a_bulk_text_leaves_after_the_answer_and_says_what_became_of_each(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    sandbox.phone.set_reachable(AMARA, on=False)
    sandbox.phone.text(MANY[0], SUPPORT.phone, "STOP")
    body = {"from_number": ANA.phone, "to_numbers": [JORDAN, AMARA, MANY[0]], "text": "We are closed", "title": "May"}
    made = (await ana.post("message/bulk", json=body)).json()
    assert (made["success"], made["bulk_message"]["status"]) == (True, "pending")
    key = made["bulk_message"]["bulk_message_id"]
    assert (await ana.patch(f"message/bulk/{key}", json={"text": "We open late"})).json()["success"] is True
    clock.forward(seconds=1)
    sent = (await ana.get(f"message/bulk/{key}")).json()
    assert (sent["status"], sent["sms_has_errors"]) == ("complete", True)
    told = [(one.get("delivery_status"), one.get("error_message")) for one in sent["recipients"]]
    assert told == [("delivered", None), ("failed", None), (None, "The recipient has opted out of texts.")]
    assert (await ana.patch(f"message/bulk/{key}", json={"text": "No"})).status_code == 409
    assert [one["title"] for one in (await ana.get("message/bulk")).json()["bulk_messages"]] == ["May"]


async def test_a_bulk_text_needs_a_registered_number_of_ones_own_and_at_most_50(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    body = {"from_number": ANA.phone, "to_numbers": MANY, "text": "Hi"}
    assert "at most 50" in error_of(await ana.post("message/bulk", json=body))["message"]
    body["to_numbers"] = MANY[:50]
    assert (await ana.post("message/bulk", json={**body, "from_number": SUPPORT.phone})).status_code == 403
    sandbox.state.unregistered.add(ANA.phone or "")
    assert "A2P" in error_of(await ana.post("message/bulk", json=body))["message"]
