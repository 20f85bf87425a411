"""Texts to many at once: the exact preview, who is left out, and what became of each."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, until_heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN, AMARA = CUSTOMERS[0], CUSTOMERS[1]
MANY = [JORDAN.phone, AMARA.phone, *(f"+141555502{last:02}" for last in range(10))]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def preview(ana: Hands, numbers: list[str], text: str = "We are closed today") -> Json:
    answer = await ana.type(f"/dp sms {', '.join(numbers)} {text}")
    return ana.person.modal or answer


async def agree(ana: Hands) -> Json:
    if ana.person.modal is not None:
        await ana.submit()
        return await ana.settled()
    return await ana.press(ana.person.ephemerals("#support")[-1], "Send")


async def test_more_than_ten_are_a_bulk_text_from_ones_own_number(ana: Hands, demo: Demo) -> None:
    shown = str(await preview(ana, MANY))
    assert "Send it to 12 people?" in shown
    assert all(number in shown for number in MANY)
    assert JORDAN.name in shown
    assert str(ANA.phone) in shown
    assert not ana.sent("POST", "/message/bulk")

    told = await agree(ana)
    assert "on its way to 12 people" in said(told)
    (sent,) = ana.sent("POST", "/message/bulk")
    assert sent.body == {"from_number": ANA.phone, "to_numbers": MANY, "text": "We are closed today"}


async def test_what_became_of_each_is_told(ana: Hands, demo: Demo) -> None:
    demo.dialpad.phone.set_reachable(AMARA.phone, on=False)
    await preview(ana, MANY)
    told = await agree(ana)
    waiting = await ana.press(told, "Who got it")
    assert "On its way" in said(waiting)
    demo.clock.forward(timedelta(seconds=2))
    done = said(await ana.press(waiting, "Look again"))
    assert "Delivered" in done
    assert "unreachable destination handset" in done
    assert "Text them again…" in labels(ana.person.ephemerals("#support")[-1])


async def test_who_opted_out_is_left_out_and_named(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe("texts")
    demo.dialpad.phone.text(AMARA.phone, SUPPORT.phone, "STOP")
    await until_heard(demo)
    shown = str(await preview(ana, MANY))
    assert "Send it to 11 people?" in shown
    assert "Left out, because they opted out" in shown
    await agree(ana)
    assert AMARA.phone not in ana.sent("POST", "/message/bulk")[0].body["to_numbers"]


async def test_ten_are_an_ordinary_text(ana: Hands, demo: Demo) -> None:
    assert "Send this text?" in str(await preview(ana, MANY[:10]))


async def test_fifty_one_are_too_many(ana: Hands, demo: Demo) -> None:
    numbers = [f"+141555503{last:02}" for last in range(51)]
    assert "more than 50 recipients" in str(await preview(ana, numbers))


async def test_a_number_that_is_not_registered_is_said_with_what_it_takes(ana: Hands, demo: Demo) -> None:
    demo.dialpad.state.unregistered.add(ANA.phone or "")
    await preview(ana, MANY)
    await agree(ana)
    told = str([*ana.person.ephemerals("#support"), ana.person.modal])
    assert "A2P" in told
    assert "Your company's Dialpad account needs" in told


async def test_many_can_be_texted_later(ana: Hands, demo: Demo) -> None:
    await preview(ana, MANY, "at 5pm: We are closed tomorrow")
    if ana.person.modal is not None:
        await ana.submit()
    else:
        await ana.press(ana.person.ephemerals("#support")[-1], "Schedule")
    (sent,) = ana.sent("POST", "/message/schedule")
    assert (sent.body["is_bulk"], len(sent.body["to_numbers"])) == (True, 12)
