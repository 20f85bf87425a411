"""Open work as people see it: in a list, on Home, and when somebody comes on duty."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SALES, SUPPORT, Line
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
AMARA = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    started = await one_demo.fresh()
    await Hands(started, PRIYA).subscribe('missed, sms for "Support"')
    return started


async def miss(demo: Demo, *numbers: str, line: Line = SUPPORT) -> None:
    for number in numbers:
        demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(number, line.phone).id)
    await until_heard(demo)


async def test_what_waits_here_is_listed_and_taken_from_the_list(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone, AMARA.phone)

    listed = await ana.type("/dp open")
    assert "Open work for this channel: 2" in said(listed)
    first, other = sorted((JORDAN.name, AMARA.name), key=said(listed).index)
    assert labels(listed) == ["Claim", "Open the card", "Claim", "Open the card", "Refresh"]
    assert "It is yours." in said(await ana.press(listed, "Claim"))

    listed = await ana.type("/dp work")
    assert said(listed).index("Yours (1)") < said(listed).index(first) < said(listed).index("has claimed (1)")
    assert labels(listed) == ["Open the card", "Claim", "Open the card", "Refresh"]
    mine = said(await ana.type("/dp open mine"))
    assert (first in mine, other in mine) == (True, False)


async def test_a_row_works_when_the_cards_message_is_gone(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    await until_posted(demo)
    demo.slack._core.space.channels["C0SUPPORT"].messages.clear()

    listed = await ana.type("/dp open")
    opened = await ana.press(listed, "Open the card")
    assert "Missed" in said(opened)
    assert "It is yours." in said(await ana.press(opened, "Claim"))


async def test_a_text_is_opened_with_what_was_written(ana: Hands, demo: Demo) -> None:
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Where is my order?")
    await until_heard(demo)

    listed = await ana.type("/dp open")
    assert "💬 Text" in said(listed)
    opened = await ana.press(listed, "Open the card")
    assert "Where is my order?" in said(opened)
    assert {"Claim", "Reply", "Call"} <= set(labels(opened))


async def test_only_lines_that_one_belongs_to_are_listed(ana: Hands, sam: Hands, demo: Demo) -> None:
    await miss(demo, AMARA.phone, line=SALES)
    await miss(demo, JORDAN.phone)

    assert "You do not belong to Sales" in said(await sam.type("/dp open Sales"))
    everything = said(await sam.type("/dp open all"))
    assert (JORDAN.name in everything, AMARA.name in everything) == (True, False)
    everything = said(await ana.type("/dp open all"))
    assert (JORDAN.name in everything, AMARA.name in everything) == (True, True)
    here = said(await ana.type("/dp open here"))
    assert (JORDAN.name in here, AMARA.name in here) == (True, False)
    assert AMARA.name in said(await Hands(demo, PRIYA).type("/dp open Sales"))


async def test_what_one_has_claimed_is_known_also_while_dialpad_is_down(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    await ana.press(await ana.type("/dp open"), "Claim")
    demo.dialpad.faults.add("/api/", kind="down", times=None)

    assert "Yours (1)" in said(await ana.type("/dp open mine"))


async def test_a_long_list_goes_on_behind_a_button(ana: Hands, demo: Demo) -> None:
    await miss(demo, *(f"+14155550{number}" for number in range(180, 192)))

    listed = await ana.type("/dp open")
    assert labels(listed).count("Claim") == 10
    rest = await ana.press(listed, "… and 2 more")
    assert labels(rest) == ["Claim", "Open the card"] * 2 + ["Refresh"]


async def test_home_begins_with_what_waits_and_changes_when_it_is_taken(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    await miss(demo, AMARA.phone, line=SALES)

    home = await ana.home()
    assert labels(home)[:3] == ["Show all", "Claim", "Claim"]
    await ana.press(await ana.type("/dp open"), "Claim")
    await ana.person.until(lambda: "Claimed by" in said(ana.person.home or {}))
    assert labels(ana.person.home or {})[:3] == ["Show all", "Open the card", "Claim"]


async def test_home_without_open_work_says_so(sam: Hands) -> None:
    assert "Nothing waits for you." in said(await sam.home())


async def test_a_handover_lists_what_is_open_and_each_is_taken_from_there(ana: Hands, sam: Hands, demo: Demo) -> None:
    await Hands(demo, PRIYA).subscribe('handover for "Support"')
    await miss(demo, JORDAN.phone)
    await ana.type("/dp duty off")

    handover = await shown(sam, "went off duty", "Open work (1)", JORDAN.name)
    assert labels(handover)[:2] == ["Claim", "Show all"]
    assert "It is yours." in said(await sam.press(handover, "Claim"))
    assert JORDAN.name in said(await sam.press(handover, "Show all"))


async def test_what_was_put_off_comes_back_on_its_card(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    card = await shown(ana, "Missed", JORDAN.name)
    await ana.press(card, "Put off…")
    await ana.modal()
    await ana.submit({"until": await ana.pick("until", "10m")})
    await shown(ana, "Put off until", JORDAN.name)
    assert "Put off, or waiting for them (1)" in said(await ana.type("/dp open"))

    demo.clock.forward(timedelta(minutes=11))
    assert "Claim" in labels(await shown(ana, "🔴 Missed", JORDAN.name))


async def test_what_was_put_off_and_is_nobodys_is_said_once_to_whoever_did_that(ana: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    card = await shown(ana, "Missed", JORDAN.name)
    await ana.press(card, "Put off…")
    await ana.modal()
    await ana.submit({"until": await ana.pick("until", "10m")})
    await shown(ana, "Put off until", JORDAN.name)

    demo.clock.forward(timedelta(minutes=11))
    await shown(ana, "Put off until now, and nobody has it.")
    demo.clock.forward(timedelta(minutes=30))
    await until_posted(demo)
    back = [one for one in board(ana) if "Put off until now, and nobody has it." in said(one)]
    assert [one["thread_ts"] for one in back] == [card["ts"]]
    assert f"<@{ANA.slack_id}>" in said(back[0])
    assert "It is yours." in said(await ana.press(back[0], "Claim"))


async def test_home_is_drawn_anew_when_a_colleague_takes_something(ana: Hands, sam: Hands, demo: Demo) -> None:
    await miss(demo, JORDAN.phone)
    await sam.home()
    await sam.person.until(lambda: "Claim" in labels(sam.person.home or {}))
    await ana.press(await ana.type("/dp open"), "Claim")

    await sam.person.until(lambda: "Nothing waits for you." in said(sam.person.home or {}))
    await miss(demo, AMARA.phone)
    await sam.person.until(lambda: AMARA.name in said(sam.person.home or {}))
