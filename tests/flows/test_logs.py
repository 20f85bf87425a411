"""What a whole day's work leaves in the logs: no token, no number, nothing anybody wrote."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Literal

import pytest

from bot.basics.logs import set_up_logging
from bot.sandbox.cast import ANA, CUSTOMERS, NOOR, PEOPLE, PRIYA, SAM
from tests.flows.browser import Browser
from tests.flows.hands import Hands, find_button, labels
from tests.flows.stage import quick_demo


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, down to DEBUG, by us and by every library."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logging("json", level=logging.DEBUG)
    stream = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


SECRET_WORDS = ("Meet behind the harbour", "Dentist at noon", "wrong-api-key-1234")


@pytest.mark.parametrize("transport", ["socket mode", "http"])
async def test_a_full_day_leaves_no_secret_in_the_logs(
    log: io.StringIO, transport: Literal["socket mode", "http"]
) -> None:
    async with quick_demo(over_http=transport == "http") as demo, Browser() as browser:
        ana, noor, sam, priya = (Hands(demo, who) for who in (ANA, NOOR, SAM, PRIYA))
        await ana.type(f"/dp sms Jordan Lee {SECRET_WORDS[0]}")
        await ana.submit()
        await ana.type(f"/dp status {SECRET_WORDS[1]} for 1h")
        await ana.type("/dp call +1 415 555 0151")
        await ana.submit()
        await ana.type("/dp hangup")
        await ana.type("/dp who +1 415 555 0153")
        await ana.type("/dp nonsense +14155550150")
        await ana.say_to_app(f"sms +14155550152 {SECRET_WORDS[0]}")
        await ana.home()
        await priya.type("/dp block +14155550153")
        await priya.submit()
        await priya.press(await priya.type("/dp calls today missed"), "Details")
        card = await noor.type("/dp dnd on")
        await noor.press(card, "Use an API key")
        await noor.submit({"key": SECRET_WORDS[2]})
        link = find_button(card, next(one for one in labels(card) if one.startswith("Connect")))[0]["url"]
        await browser.connect(link)
        demo.dialpad.faults.add("POST /api/v2/sms", status=500, times=None)
        await ana.mention(f"sms +14155550150 {SECRET_WORDS[0]}")
        await ana.press(ana.person.ephemerals("#support")[-1], "Send")
        await priya.type("/dp run DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET")
        demo.dialpad.faults.clear()
        demo.dialpad.tokens.revoke_user(SAM.dialpad_id or 0)
        await sam.type("/dp whoami")
        await ana.settled()
        tokens = {
            token for grant in demo.dialpad.tokens._grants() for token in (grant.access_token, grant.refresh_token)
        }
        connections = [await demo.bot.store.connections.get(one.key) for one in (ana, noor, sam, priya)]
        tokens |= {one.access_token.get_secret_value() for one in connections if one}
    written = log.getvalue()
    assert "handled" in written
    numbers = {one.phone for one in (*PEOPLE, *CUSTOMERS) if one.phone}
    secrets = {token for token in tokens if token} | {
        NOOR.token,
        "xoxb-sandbox",
        "xapp-sandbox",
        link.rpartition("/")[2],
    }
    forbidden = secrets | set(SECRET_WORDS) | numbers | {number.removeprefix("+1") for number in numbers}
    forbidden |= {"555-01", "sandbox-signing-secret", "sandbox-client-secret"}
    assert [word for word in forbidden if word in written] == []
    assert re.search(r"/events/\d{8}", written) is None
