"""A board, alerts and Home with two processes, of which one is killed at the worst moment."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT
from bot.sandbox.slack.person import Person
from tests.crashes.several import Several, several
from tests.flows.hands import find_button, labels, said

pytestmark = pytest.mark.postgres

PATIENCE_S = 120.0


@pytest.fixture
async def place(tmp_path: Path, postgres_url: str) -> AsyncIterator[Several]:
    async with several(tmp_path, postgres_url) as made:
        yield made


def title_of(person: Person) -> str:
    return str(person.modal["title"]["text"]) if person.modal is not None else ""


def is_other(person: Person, title: str) -> bool:
    return title_of(person) not in {"", title}


async def save(person: Person, line: str) -> None:
    """Type a line that opens a form or a preview, and agree to all of it."""
    before = len(person.ephemerals("#support"))
    await person.command("#support", line)
    title = ""
    while not title.startswith("Save"):
        await person.until(partial(is_other, person, title), PATIENCE_S)
        title = title_of(person)
        assert person.modal is not None
        await person.submit(person.modal)
    await person.until(lambda: len(person.ephemerals("#support")) > before, PATIENCE_S)


def alerts_of(person: Person) -> list[str]:
    return [said(one) for one in person.messages("#support") if "🚨" in said(one)]


@pytest.mark.parametrize("victim", [0, 1])
async def test_an_alert_is_raised_once_and_the_board_and_home_go_on(place: Several, victim: int) -> None:
    processes = [await place.start(), await place.start()]
    priya, sam = (place.slack.person(str(one.slack_id)) for one in (PRIYA, SAM))
    await save(priya, "/dp board Support")
    await save(priya, "/dp alerts Support")
    await sam.open_home()
    await sam.until(lambda: "2 on duty" in said(sam.home or {}), PATIENCE_S)

    slow = place.slack.faults.add("chat.postMessage", slow=True)
    for person in (ANA, SAM):
        place.dialpad.phone.inside.set_duty(person.dialpad_id or 0, on=False, reason="Lunch")
    await slow.entered.wait()
    await place.kill(processes[victim])
    slow.release.set()

    await priya.until(lambda: alerts_of(priya), PATIENCE_S)
    await priya.until(
        lambda: any("🟥 Support: nobody is on duty" in said(one) for one in priya.messages("#support")), PATIENCE_S
    )
    await sam.open_home()
    await sam.until(lambda: "Nobody on duty" in said(sam.home or {}), PATIENCE_S)
    alert = next(one for one in priya.messages("#support") if "🚨" in said(one))
    button, block_id = find_button(alert, "Acknowledge")
    await priya.press(alert, button["action_id"], button["value"], block_id=block_id)
    await priya.until(lambda: any("Acknowledged by" in one for one in alerts_of(priya)), PATIENCE_S)
    assert len(alerts_of(priya)) == 1
    assert "Acknowledge" not in labels(next(one for one in priya.messages("#support") if "🚨" in said(one)))
    assert SUPPORT.name in said(sam.home or {})
