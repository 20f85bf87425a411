"""Many things at once, from a CSV file: looked at before, done once each, stopped, and gone on with."""

from typing import Any

import pytest
import pytest_asyncio

import handlers.bulk
from bot.basics.company import CompanyKey
from bot.contract.roles import Requirement, Role, RolePolicy
from bot.sandbox.cast import COMPANY_ID, PRIYA, SAM, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))
ADD = "/blockednumbers/add"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def numbers(count: int) -> list[str]:
    return [f"+1415556{number:04}" for number in range(100, 100 + count)]


async def attach(priya: Hands, kind: str, content: bytes, name: str = "list.csv") -> dict[str, Any]:
    """Fill in the form; what it answers."""
    await priya.type("/dp bulk")
    await priya.modal()
    file = priya.person.upload(name, content)
    return await priya.submit({"kind": kind, "file": [file]})


async def start(priya: Hands) -> None:
    preview = await priya.modal()
    assert preview["submit"]["text"] == "Start", said(preview)
    await priya.submit()


async def until_over(priya: Hands, ended: str = "finished") -> dict[str, Any]:
    """The progress message, once it says that it is over and the file is there."""

    def look() -> dict[str, Any] | None:
        is_there = any(f": {ended}." in said(one) and "Result as a file" not in labels(one) for one in priya.from_app)
        shown = [one for one in priya.from_app if f": {ended}" in said(one) and "Result as a file" in labels(one)]
        return shown[-1] if shown and is_there else None

    found: dict[str, Any] = await priya.person.until(look)
    return found


async def test_each_row_is_done_once_and_the_result_is_a_file(priya: Hands, demo: Demo) -> None:
    wanted = numbers(30)
    rows = ["Phone number;Note", *(f"{number};spam" for number in wanted), "nonsense;x", ";", wanted[0] + ";again"]
    await attach(priya, "block", "\n".join(rows).encode())
    shown = said(await priya.modal())
    assert "30 will be done" in shown
    assert "Row 32: “nonsense” is no phone number." in shown
    assert "It is the same as row 2." in shown
    await start(priya)
    over = await until_over(priya)
    assert "30 of 30" in said(over)
    sent = [one.body["numbers"][0] for one in priya.sent("POST", ADD)]
    assert sorted(sent) == sorted(wanted)
    assert "Result as a file" in labels(over)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffNumber\n+14155550161\n".encode(),
        "Number\n+14155550161\n".encode("utf-16"),
        'Caf\xe9,"Phone"\nx,"(415) 555-0161"\n'.encode("latin-1"),
        b"Name\tTel\r\nRita\t415 555 0161\r\n",
        b"sep=;\r\nname;MOBILE\r\nRita;'+14155550161\r\n",
    ],
    ids=["with its mark", "UTF-16", "Latin-1", "tabs", "as spreadsheets write it"],
)
async def test_whatever_a_spreadsheet_made_of_it_is_read(priya: Hands, content: bytes) -> None:
    await attach(priya, "block", content)
    assert "1 will be done" in said(await priya.modal())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04\x00\x00", "is no CSV file"),
        (b"Number\n", "no rows under it"),
        (b"Street\nMain\n", "There is no column Number"),
        (b'Number\n"+1415\n', "quotes do not match"),
    ],
    ids=["no CSV", "no rows", "no such column", "quotes"],
)
async def test_a_spoiled_file_is_refused_at_its_field(priya: Hands, content: bytes, why: str) -> None:
    answer = await attach(priya, "block", content)
    assert why in str(answer) + said(await priya.modal())
    assert not priya.sent("POST", ADD)


async def test_people_and_lines_are_found_by_their_names(priya: Hands, demo: Demo) -> None:
    rows = f"Call centre,Agent,Skill\n{SUPPORT.name},Léo Marchetti,40\n{SUPPORT.name},Nobody Known,1\n"
    await attach(priya, "operators", rows.encode())
    shown = said(await priya.modal())
    assert "No colleague is called “Nobody Known”." in shown
    await start(priya)
    await until_over(priya)
    (sent,) = priya.sent("POST", f"/callcenters/{SUPPORT.id}/operators")
    assert sent.body["skill_level"] == 40


async def test_it_stops_and_goes_on(priya: Hands, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers.bulk, "SHOWN_EVERY_S", 0.0)
    held = demo.dialpad.faults.add(f"POST /api/v2{ADD}", kind="slow")
    wanted = numbers(40)
    await attach(priya, "block", "\n".join(["Number", *wanted]).encode())
    await start(priya)
    await held.entered.wait()
    progress = await priya.person.until(lambda: next((one for one in priya.from_app if "Stop" in labels(one)), None))
    await priya.press(progress, "Stop")
    held.release.set()
    demo.dialpad.faults.clear()
    stopped = await until_over(priya, "stopped")
    assert ": stopped" in said(stopped)
    done = len(priya.sent("POST", ADD))
    assert done < len(wanted)
    await priya.press(stopped, "Go on")
    await until_over(priya)
    sent = [one.body["numbers"][0] for one in priya.sent("POST", ADD)]
    assert sorted(set(sent)) == sorted(wanted)


async def test_who_may_not_do_it_one_by_one_may_not_do_it_in_bulk(ana: Hands, demo: Demo) -> None:
    gate = demo.bot.dispatcher.deps.gate
    assert gate is not None
    rules = {"DIALPAD_ADD_BLOCKED_PHONE_NUMBERS": Requirement(Role.ADMIN)}
    await gate.save(NORTHLIGHT, RolePolicy(admins=(str(PRIYA.slack_id),), rules=rules))
    await attach(ana, "block", b"Number\n+14155550161\n")
    await ana.settled()
    assert not ana.sent("POST", ADD)


async def test_a_bulk_change_is_approved_as_a_whole(priya: Hands, sam: Hands, demo: Demo) -> None:
    gate = demo.bot.dispatcher.deps.gate
    assert gate is not None
    rules = {"change": Requirement(approval=Role.SUPERVISOR)}
    await gate.save(NORTHLIGHT, RolePolicy(supervisors=(str(SAM.slack_id),), rules=rules))
    wanted = numbers(5)
    await attach(priya, "block", "\n".join(["Number", *wanted]).encode())
    await start(priya)
    asked = await sam.told()
    assert "In bulk: Block numbers" in said(asked)
    assert not priya.sent("POST", ADD)
    await sam.press(asked, "Approve")
    await until_over(priya)
    assert len(priya.sent("POST", ADD)) == len(wanted)


def asked_about(priya: Hands, name: str) -> dict[str, Any] | None:
    return next((one for one in priya.from_app if f"Run {name} as a bulk change?" in said(one)), None)


async def test_a_file_in_a_direct_message_is_run_after_a_look(priya: Hands) -> None:
    file = priya.person.upload("numbers.csv", "\n".join(["Phone number", *numbers(3)]).encode())
    await priya.person.share("app", file)
    asked = await priya.person.until(lambda: asked_about(priya, "numbers.csv"))
    assert {"Block numbers", "Unblock numbers"} <= set(labels(asked))
    assert "Save shared contacts" not in labels(asked)  # it has no names
    assert not priya.sent("POST", ADD)
    await priya.press(asked, "Block numbers")
    await start(priya)
    await until_over(priya)
    assert len(priya.sent("POST", ADD)) == 3


async def test_a_file_beside_the_word_is_asked_about_where_it_is(priya: Hands) -> None:
    app = priya.demo.slack.workspace.app["user_id"]
    file = priya.person.upload("numbers.csv", "\n".join(["Number", *numbers(3)]).encode())
    await priya.person.share("#support", file, f"<@{app}> bulk")
    await priya.person.until(lambda: any("Run numbers.csv" in said(one) for one in priya.person.ephemerals("#support")))


async def test_of_a_file_that_means_nothing_it_is_said_and_other_files_are_left_alone(priya: Hands) -> None:
    await priya.person.share("app", priya.person.upload("photo.png", b"\x89PNG"))
    await priya.person.share("app", priya.person.upload("odd.csv", b"Color,Taste\nred,sour"))

    def answer() -> dict[str, Any] | None:
        return next((one for one in priya.from_app if "odd.csv has no column" in said(one)), None)

    told = await priya.person.until(answer)
    assert "Open the form" in labels(told)
    assert not any("photo.png" in said(one) for one in priya.from_app)
