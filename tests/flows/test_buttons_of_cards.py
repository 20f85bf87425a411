"""Every button of a card, pressed by whoever may not, too late, twice, or by two at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.cast import NOOR, PRIYA
from bot.sandbox.demo import Demo
from bot.store.card_rows import cards
from tests.flows.channel import miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import quick_demo

_A_MONTH_AGO = cards.update().values(changed_at=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    async with quick_demo() as started:
        await Hands(started, PRIYA).subscribe('missed for "Support"')
        miss_a_call(started)
        yield started


async def press_all(card: dict[str, Any], hands: Hands) -> dict[str, str]:
    """By label, what each button of a card says to this person, in whatever way."""
    heard = {}
    for label in labels(card):
        for answer in hands.person.ephemerals("#support"):
            hands.person.dismiss(answer["ts"])
        answered = await hands.press(card, label)
        modal = hands.person.modal
        heard[label] = said(modal) if modal else said(answered)
        if modal:
            await hands.person.close(modal, everything=True)
    return heard


async def test_every_button_of_a_card_asks_who_is_not_connected_to_connect(demo: Demo) -> None:
    noor = Hands(demo, NOOR)
    card = await shown(noor, "Missed call")

    heard = await press_all(card, noor)
    assert [label for label, words in heard.items() if "Connect your Dialpad account" not in words] == []
    assert await shown(noor, "Missed call") == card


async def test_what_is_known_of_a_call_has_a_value_and_a_name_of_ours(ana: Hands, demo: Demo) -> None:
    opened = await ana.press(await shown(ana, "Missed call"), "More…")
    facts = [field["text"].partition("\n") for block in opened["blocks"] for field in block.get("fields", ())]
    assert facts
    assert [name for name, _, value in facts if not value.strip()] == []
    assert not {"*Legs*", "*Waited*"} & {name for name, _, _ in facts}


async def test_every_button_of_a_call_that_was_forgotten_says_so_or_still_works(ana: Hands, demo: Demo) -> None:
    card = await shown(ana, "Missed call")
    await demo.bot.poster.settle()
    await demo.bot.store.database.write(lambda connection: connection.execute(_A_MONTH_AGO).rowcount)
    assert (await demo.bot.store.purge())["cards"] > 0

    heard = await press_all(card, ana)
    about_us = [label for label, words in heard.items() if "I no longer have this" in words]
    assert about_us == ["Claim", "Done", "More…"]
    assert all(heard.values())


async def test_a_click_that_slack_delivers_twice_is_one_click(ana: Hands, demo: Demo) -> None:
    card = await shown(ana, "Missed call")
    send = demo.slack.delivery.send

    async def twice(*args: Any, **kwargs: Any) -> Any:
        await send(*args, **kwargs)
        return await send(*args, **kwargs)

    demo.slack.delivery.send = twice  # type: ignore[method-assign]  # the same request again
    await ana.press(card, "Claim")

    heard = [said(one) for one in ana.person.ephemerals("#support")]
    assert [("It is yours" in one, "already" in one) for one in heard] == [(True, False)]


async def test_a_call_is_marked_as_handled_by_one_however_many_press_at_once(
    ana: Hands, sam: Hands, demo: Demo
) -> None:
    card = await shown(ana, "Missed call")

    await asyncio.gather(ana.press(card, "Done"), sam.press(card, "Done"))
    heard = [said(hands.person.ephemerals("#support")[-1]) for hands in (ana, sam)]
    assert sum("Done." in one for one in heard) == 1
    assert sum("This is settled: Done by" in one for one in heard) == 1
    assert "Reopen" in labels(await shown(ana, "Done by"))
