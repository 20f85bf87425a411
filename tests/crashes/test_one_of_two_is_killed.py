"""Two processes on one database, one of which is killed at work: the other goes on, and nothing is done twice."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from bot.app import Bot
from bot.contract.roles import Requirement, Role, RolePolicy
from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SUPPORT
from bot.sandbox.dialpad.model import Call
from bot.sandbox.slack.person import Person
from tests.crashes.outside import hold
from tests.crashes.several import Several, several
from tests.crashes.test_several_processes import click, newest, told_ana, until
from tests.flows.hands import said, save_preview

pytestmark = pytest.mark.postgres

PATIENT_S: Final = 240.0
ROWS: Final = 80
NUMBERS: Final = [f"+1415556{number:04}" for number in range(ROWS)]
ADMIN_APPROVES: Final = RolePolicy(admins=(str(PRIYA.slack_id),), rules={"outward": Requirement(approval=Role.ADMIN)})
MAY_HAVE: Final = "may or may not have happened"
TOO_MANY: Final = 429


@pytest.fixture
async def place(tmp_path: Path, postgres_url: str) -> AsyncIterator[Several]:
    async with several(tmp_path, postgres_url) as made:
        # On a busy machine a window opens late; that Slack no longer opens it then is not what this is about.
        made.slack.delivery.ack_seconds = made.slack._core.tickets.trigger_seconds = PATIENT_S
        yield made


def of(place: Several, slack_id: str | None) -> Person:
    return place.slack.person(str(slack_id))


def asked(place: Several, path: str) -> list[Any]:
    """What Dialpad was asked to do at this path, without what it refused because it was asked too much at once."""
    found = [one for one in place.dialpad.requests if one.method == "POST" and one.path.endswith(path)]
    return [one for one in found if one.status != TOO_MANY]


async def talk(place: Several) -> Call:
    """Ana talks to a customer, and the channel shows it."""
    priya = of(place, PRIYA.slack_id)
    await priya.command("#support", "/dp notify ringing missed answered")
    await save_preview(priya, "#support")
    call = place.dialpad.phone.ring(CUSTOMERS[0].phone, SUPPORT.phone)
    place.dialpad.phone.answer(call.id, ANA)
    await priya.until(lambda: newest(priya, "#support", "Park"), PATIENT_S)
    return call


# Previews of links


async def test_a_link_gets_its_preview_from_the_other_one(place: Several) -> None:
    busy = await place.start()
    call = await talk(place)
    place.dialpad.phone.hang_up(call.id)
    ana = of(place, ANA.slack_id)
    await ana.until(lambda: any("Answered by Ana" in said(one) for one in ana.messages("#support")), PATIENT_S)
    slow = place.slack.faults.add("chat.unfurl", slow=True)
    posted = await ana.say("#support", f"https://dialpad.com/callhistory/callreview/{call.id}")
    await slow.entered.wait()
    await place.start()
    await place.kill(busy)
    slow.release.set()

    def previews() -> list[Any]:
        (message,) = [one for one in ana.messages("#support") if one["ts"] == posted["ts"]]
        return list(message.get("attachments") or ())

    await ana.until(previews, PATIENT_S)
    (preview,) = previews()
    assert "Answered by Ana" in str(preview)
    assert MAY_HAVE not in told_ana(place)


# Live calls


async def test_a_press_on_a_live_call_that_its_process_did_not_outlive_is_explained_and_done_once(
    place: Several,
) -> None:
    busy = await place.start()
    call = await talk(place)
    ana = of(place, ANA.slack_id)
    slow = place.dialpad.faults.add(f"POST /api/v2/call/{call.id}/transfer", kind="slow")
    await click(ana, newest(ana, "#support", "Park") or {}, "Park")
    await slow.entered.wait()
    await place.start()
    await place.kill(busy)
    await until(lambda: MAY_HAVE in told_ana(place), PATIENT_S, else_=lambda: told_ana(place))
    slow.release.set()
    await ana.until(lambda: newest(ana, "#support", "Take the call"), PATIENT_S)
    assert call.state == "parked"
    assert len(asked(place, f"/call/{call.id}/transfer")) == 1


# Approvals


async def ask_for_a_text(place: Several) -> Any:
    """Ana wants to send a text that an admin has to approve; the message that asks Priya."""
    ana, priya = of(place, ANA.slack_id), of(place, PRIYA.slack_id)
    await ana.command("#support", "/dp sms +14155550150 Back at nine")
    await ana.submit(await ana.until(lambda: ana.modal, PATIENT_S))
    return await priya.until(lambda: newest(priya, "app", "Approve"), PATIENT_S)


async def hold_rules(place: Several) -> None:
    bot = await Bot.start(place.settings)
    await hold(bot, ADMIN_APPROVES)
    await bot.aclose()


def said_to_ana(place: Several) -> str:
    return str([said(one) for one in of(place, ANA.slack_id).messages("app")])


@pytest.mark.parametrize("victim", [0, 1])
async def test_what_one_asked_for_is_approved_at_the_other_and_done_once(place: Several, victim: int) -> None:
    await hold_rules(place)
    processes = [await place.start(), await place.start()]
    request = await ask_for_a_text(place)
    await place.kill(processes[victim])
    priya = of(place, PRIYA.slack_id)
    await click(priya, request, "Approve")
    await until(lambda: "is on its way" in said_to_ana(place), PATIENT_S, else_=lambda: said_to_ana(place))
    await priya.until(lambda: any("Approved by" in said(one) for one in priya.messages("app")), PATIENT_S)
    assert newest(priya, "app", "Approve") is None
    assert len(asked(place, "/sms")) == 1


async def test_what_was_approved_and_begun_is_explained_by_the_other_and_not_done_again(place: Several) -> None:
    await hold_rules(place)
    busy = await place.start()
    request = await ask_for_a_text(place)
    slow = place.dialpad.faults.add("POST /api/v2/sms", kind="slow")
    await click(of(place, PRIYA.slack_id), request, "Approve")
    await slow.entered.wait()
    await place.start()
    await place.kill(busy)
    await until(lambda: MAY_HAVE in said_to_ana(place), PATIENT_S, else_=lambda: said_to_ana(place))
    slow.release.set()
    assert len(asked(place, "/sms")) == 1
    ana = of(place, ANA.slack_id)
    assert len([one for one in ana.messages("app") if MAY_HAVE in said(one)]) == 1


# Bulk


def blocked(place: Several) -> list[str]:
    """The numbers that Dialpad was asked to block and did."""
    return [
        number for one in asked(place, "/blockednumbers/add") if one.status == 200 for number in one.body["numbers"]
    ]


async def test_each_row_of_a_file_is_done_once_although_whoever_works_is_killed(place: Several) -> None:
    processes = [await place.start(), await place.start()]
    priya = of(place, PRIYA.slack_id)
    await priya.command("#support", "/dp bulk")
    form = await priya.until(lambda: priya.modal if "bulk.bulk" in str(priya.modal) else None, PATIENT_S)
    file = priya.upload("list.csv", "\n".join(["Number", *NUMBERS]).encode())
    await priya.submit(form, {"kind": "block", "file": [file]})
    await priya.submit(await priya.until(lambda: preview_of(priya), PATIENT_S))

    for share, victim in enumerate(processes, 1):  # whichever of them works, it is killed
        await until(lambda share=share: len(blocked(place)) >= share * ROWS // 4, PATIENT_S)  # type: ignore[misc]
        await place.kill(victim)
        await place.start()

    def finished() -> list[Any]:
        return [one for one in priya.messages("app") if ": finished" in said(one)]

    await priya.until(lambda: any("100%" in said(one) for one in finished()), PATIENT_S)
    assert Counter(blocked(place)) == Counter(NUMBERS)
    assert len([one for one in finished() if "100%" in said(one)]) == 1
    assert f"{ROWS} of {ROWS}" in said(finished()[0])


def preview_of(person: Person) -> Any:
    shown = person.modal
    return shown if shown is not None and (shown.get("submit") or {}).get("text") == "Start" else None
