"""A call center's board in a channel: kept up to date, loud when something is wrong, one at a time."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SAM, SUPPORT, Person
from bot.sandbox.demo import Demo
from tests.flows.channel import announcements, board, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, inside

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALM, AMBER, RED = "🟢 Support", "🔶 Support", "🟥 Support"


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def put_up(hands: Hands) -> Json:
    """Post Support's board; the message."""
    await hands.type("/dp board Support")
    assert "A board is one message" in said(await hands.modal())
    await hands.submit()
    return await shown(hands, "Support", "on duty", "queue")


def talk(demo: Demo, customer: int, person: Person) -> int:
    """Let a customer call Support and be answered; the call's id."""
    phone = demo.dialpad.phone
    call = phone.ring(CUSTOMERS[customer].phone, SUPPORT.phone)
    phone.answer(call.id, person)
    return call.id


async def everybody_busy_and_one_waits(demo: Demo) -> int:
    """Both who are on duty talk, and a third customer waits; the id of their call."""
    talk(demo, 0, ANA)
    talk(demo, 1, SAM)
    waiting = demo.dialpad.phone.ring(CUSTOMERS[2].phone, SUPPORT.phone)
    await inside(demo).settle()
    return waiting.id


async def test_it_says_who_answers_and_how_the_day_goes(sam: Hands) -> None:
    await put_up(sam)
    posted = await shown(sam, CALM, "2 on duty")
    assert "Ana Ferreira" in said(posted)
    assert "2 off duty" in said(posted)
    assert {"Who is on duty", "Change duty…", "Open work", "Statistics of today"} <= set(labels(posted))

    call = talk(sam.demo, 0, ANA)
    again = await shown(sam, CALM, "1 call going on")
    assert "Transfer…" in labels(await sam.press(again, "Live calls"))
    assert again["ts"] == posted["ts"]
    sam.demo.dialpad.phone.hang_up(call)
    await shown(sam, CALM, "1 call, 1 answered (100%), 0 missed")


async def test_a_missed_call_is_open_work_on_it(sam: Hands) -> None:
    await put_up(sam)
    phone = sam.demo.dialpad.phone
    phone.hang_up(phone.ring(CUSTOMERS[0].phone, SUPPORT.phone).id)
    await shown(sam, "0 answered (0%), 1 missed", "Open work: 1, 1 unclaimed")


async def test_who_waits_too_long_makes_it_amber_and_then_red(sam: Hands) -> None:
    await put_up(sam)
    waiting = await everybody_busy_and_one_waits(sam.demo)
    await shown(sam, AMBER, "nobody is free", "1 caller waits since")
    sam.demo.clock.forward(timedelta(seconds=61))
    await shown(sam, AMBER, "somebody waits over 1 min")
    sam.demo.clock.forward(timedelta(minutes=2))
    await shown(sam, RED, "somebody waits over 3 min")
    sam.demo.dialpad.phone.hang_up(waiting)
    await shown(sam, AMBER, "Nobody waits in the queue")


async def test_nobody_on_duty_is_red_until_somebody_has_seen_it(sam: Hands, ana: Hands) -> None:
    await put_up(sam)
    await ana.type("/dp duty off Lunch")
    await sam.type("/dp duty off")
    sam.demo.clock.forward(timedelta(seconds=16))
    red = await shown(sam, RED, "nobody is on duty")
    await ana.press(red, "Seen, with a note…")
    await ana.submit({"note": "Mei comes on at 3"})
    stamped = await shown(sam, RED, "Seen by", "Mei comes on at 3")
    assert "Seen" not in labels(stamped)
    sam.demo.clock.forward(timedelta(minutes=31))
    await sam.person.until(lambda: "Seen by" not in said(next(m for m in board(sam) if m["ts"] == red["ts"])))
    await ana.type("/dp duty on")
    sam.demo.clock.forward(timedelta(seconds=16))
    await shown(sam, CALM, "1 on duty")


async def test_nobody_whose_phone_rings_is_red(sam: Hands, ana: Hands) -> None:
    await ana.type("/dp dnd on")
    await sam.type("/dp dnd on")
    await sam.type("/dp board Support")
    await sam.submit()
    await shown(sam, RED, "nobody's phone rings", "(do not disturb)")


async def test_the_same_board_is_not_posted_twice_but_again_at_the_end(sam: Hands, ana: Hands) -> None:
    first = await put_up(sam)
    answer = await ana.type("/dp board Support")
    assert "already gets this" in said(answer)
    await ana.press(answer, "Post it again down here")
    await shown(sam, "not kept up here any more")
    second = await shown(sam, CALM)
    assert second["ts"] > first["ts"]
    assert "not kept up here any more" in said(next(one for one in board(sam) if one["ts"] == first["ts"]))
    talk(sam.demo, 0, ANA)
    assert (await shown(sam, "1 call going on"))["ts"] == second["ts"]


async def test_removed_or_paused_it_says_that_it_is_not_kept_up(sam: Hands) -> None:
    posted = await put_up(sam)
    await sam.type("/dp notify pause 1")
    await shown(sam, "not kept up here any more")
    await sam.type("/dp notify resume 1")
    assert (await shown(sam, CALM))["ts"] == posted["ts"]
    await sam.type("/dp notify remove 1")
    if sam.person.modal is not None:
        await sam.submit()
    await shown(sam, "not kept up here any more")
    assert any("removed" in said(one) for one in announcements(sam))


async def test_the_channels_line_is_meant_where_none_is_named(sam: Hands, priya: Hands) -> None:
    await sam.type("/dp board")
    assert "Which line is the board for?" in said(await sam.modal())
    await sam.person.close(await sam.modal())
    await priya.subscribe('missed for "Support"')
    await sam.type("/dp board")
    assert "a board for Support" in said(await sam.modal())


async def test_who_does_not_belong_to_it_cannot_post_it(sam: Hands) -> None:
    assert "You do not belong to Sales" in said(await sam.type("/dp board Sales"))


async def test_it_can_be_typed_as_a_notification_too(sam: Hands) -> None:
    await sam.subscribe('board for "Support"')
    await shown(sam, CALM)


@pytest.mark.parametrize("line", ["board off", "remove board", "stop board Support"])
async def test_a_board_is_taken_down_after_a_look(sam: Hands, line: str) -> None:
    await put_up(sam)
    await sam.type(f"/dp {line}")
    assert "Support" in said(await sam.modal())
    await sam.submit()
    assert "There is no board here" in said(await sam.type("/dp board off"))


async def test_a_boards_card_says_nothing_of_unclaimed_calls(sam: Hands) -> None:
    await put_up(sam)
    listed = await sam.type("/dp notify")
    assert "unclaimed" not in said(await sam.press(listed, "Settings"))
