"""Two people press at the same moment, whatever the button: one has it, and nobody is told what is not so."""

import asyncio
import re
from collections.abc import Callable
from typing import Final

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, miss_a_call, shown
from tests.flows.hands import Hands, Json, find_button, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

_OWNER: Final = re.compile(r"🙋 Claimed by\*? <@(\w+)>")
THEIRS: Final = "It is yours"
NOT_DONE: Final = (
    "Somebody was faster", "It is claimed by", "This is settled", "Nobody has claimed this", "You have already",
    "It is yours already", "nothing to claim",
)  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    started = await one_demo.fresh()
    await Hands(started, PRIYA).subscribe('missed sms for "Support"')
    return started


async def missed(ana: Hands) -> Json:
    miss_a_call(ana.demo)
    await until_posted(ana.demo)
    return await shown(ana, "Missed call", "Jordan Lee")


async def claimed(ana: Hands) -> Json:
    await ana.press(await missed(ana), "Claim")
    await until_posted(ana.demo)
    return await shown(ana, "🙋 Claimed by")


async def done(ana: Hands) -> Json:
    await ana.press(await missed(ana), "Done")
    await until_posted(ana.demo)
    return await shown(ana, "✅ Done by")


async def waits_for_them(ana: Hands) -> Json:
    await ana.press(await missed(ana), "Put off…")
    await ana.modal()
    await ana.submit({})
    await until_posted(ana.demo)
    return await shown(ana, "Waiting for them")


async def handed(ana: Hands, to: str = SAM.name) -> Json:
    await ana.press(await claimed(ana), "Hand to…")
    await ana.modal()
    await ana.submit({"to": await ana.pick("to", to)})
    await until_posted(ana.demo)
    return await shown(ana, "handed to")


async def both(card: Json, *presses: tuple[Hands, str]) -> list[str]:
    """What each is told who presses at the same moment, in this order."""
    for hands, _ in presses:
        for answer in hands.person.ephemerals("#support"):
            hands.person.dismiss(answer["ts"])
    await asyncio.gather(*(_click(hands, card, label) for hands, label in presses))
    demo = presses[0][0].demo
    await demo.bot.dispatcher.idle()
    await until_posted(demo)
    return [said(hands.person.ephemerals("#support")[-1]) for hands, _ in presses]


async def _click(hands: Hands, card: Json, label: str) -> None:
    element, block_id = find_button(card, label)
    value = element.get("value")
    if element["type"] == "overflow":
        value = next(one["value"] for one in element["options"] if one["text"]["text"] == label)
    await hands.person.press(card, element["action_id"], value, block_id=block_id)


def owners(hands: Hands) -> set[str]:
    """Whom the card names as its owner."""
    return set(_OWNER.findall(said(board(hands)[0])))


def refused(told: list[str]) -> list[bool]:
    return [any(words in one for words in NOT_DONE) for one in told]


@pytest.mark.parametrize(("state", "label"), [(missed, "Claim"), (missed, "Done"), (done, "Reopen")])
async def test_of_two_who_press_the_same_one_does_it_and_the_other_hears_how_it_stands(
    ana: Hands, sam: Hands, state: Callable[[Hands], object], label: str
) -> None:
    card = await state(ana)  # type: ignore[misc]  # each of them is awaited
    told = await both(card, (ana, label), (sam, label))

    assert sorted(refused(told)) == [False, True], told


async def test_of_two_who_end_the_waiting_both_are_right(ana: Hands, sam: Hands) -> None:
    told = await both(await waits_for_them(ana), (ana, "Open again"), (sam, "Open again"))

    assert all("Open again" in one for one in told)
    assert "Claim" in labels(await shown(ana, "Missed call"))


async def test_of_two_who_take_over_one_has_it_and_the_other_hears_who(ana: Hands, sam: Hands, priya: Hands) -> None:
    told = await both(await claimed(ana), (sam, "Take over"), (priya, "Take over"))

    (winner,) = [who for who, words in zip((SAM, PRIYA), told, strict=True) if THEIRS in words]
    assert owners(ana) == {winner.slack_id}
    assert sorted(refused(told)) == [False, True], told


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Give back", "Take over"),
        ("Done", "Take over"),
        ("Give back", "Done"),
        ("Done", "Done"),
        ("Take over", "Take over"),
    ],
)
async def test_an_owner_and_a_supervisor_press_at_once_and_at_most_one_has_it(
    ana: Hands, sam: Hands, mine: str, theirs: str
) -> None:
    told = await both(await claimed(ana), (ana, mine), (sam, theirs))

    named = owners(ana)
    assert len(named) <= 1
    if THEIRS in told[1] and not refused(told)[1]:
        assert named == {SAM.slack_id} or "Done." in told[0]
    for hands, words, wrong in zip((ana, sam), told, refused(told), strict=True):
        if THEIRS in words and not wrong:
            assert named == {hands.who.slack_id}


async def test_two_hand_it_over_at_once_and_one_is_asked(ana: Hands, sam: Hands, priya: Hands) -> None:
    card = await claimed(ana)
    views = []
    for hands, to in ((ana, SAM.name), (priya, ANA.name)):
        await hands.press(card, "Hand to…")
        await hands.modal()
        views.append((hands, hands.person.modal, await hands.pick("to", to)))
    await asyncio.gather(*(hands.person.submit(view, {"to": to}) for hands, view, to in views))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    asked = [hands for hands in (sam, ana) for one in hands.from_app if "Accept" in labels(one)]
    assert len(asked) == 1
    assert f"handed to* <@{asked[0].who.slack_id}>" in said(board(ana)[0]).replace("handed to <", "handed to* <")
    assert owners(ana) >= {ANA.slack_id}


@pytest.mark.parametrize(
    ("pressed", "told"), [("Accept", "took this over from you: "), ("Decline", "declined to take this over: ")]
)
async def test_whoever_asked_hears_what_the_other_one_said(ana: Hands, sam: Hands, pressed: str, told: str) -> None:
    await handed(ana)
    asked = await sam.told()
    assert "asks you to take this over: Jordan Lee <tel:" in said(asked)
    await sam.press(asked, pressed)
    await until_posted(ana.demo)

    assert f"<@{SAM.slack_id}> {told}Jordan Lee <tel:" in said(ana.from_app[-1])
    assert labels(ana.from_app[-1]) == ["Show the call"]


async def test_somebody_who_accepts_twice_has_it_once(ana: Hands, sam: Hands) -> None:
    await handed(ana)
    asked = await sam.told()
    await asyncio.gather(_click(sam, asked, "Accept"), _click(sam, asked, "Accept"))
    await sam.demo.bot.dispatcher.idle()
    await until_posted(sam.demo)

    assert owners(ana) == {SAM.slack_id}
    assert labels(sam.from_app[-1]) == []


@pytest.mark.parametrize("meanwhile", ["Give back", "Done", "Take over"])
async def test_what_is_accepted_while_something_else_happens_has_one_owner_or_none(
    ana: Hands, sam: Hands, priya: Hands, meanwhile: str
) -> None:
    card = await handed(ana)
    asked = await sam.told()
    other = priya if meanwhile == "Take over" else ana
    await asyncio.gather(_click(sam, asked, "Accept"), _click(other, card, meanwhile))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    assert len(owners(ana)) <= 1
    assert not any("Accept" in labels(one) for one in sam.from_app)


async def test_one_accepts_while_the_other_press_of_theirs_declines(ana: Hands, sam: Hands) -> None:
    await handed(ana)
    asked = await sam.told()
    await asyncio.gather(_click(sam, asked, "Accept"), _click(sam, asked, "Decline"))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    assert owners(ana) in ({SAM.slack_id}, {ANA.slack_id})
    assert not any("Accept" in labels(one) for one in sam.from_app)


async def test_two_put_it_off_at_once_and_the_card_says_one_time(ana: Hands, sam: Hands) -> None:
    card = await missed(ana)
    for hands in (ana, sam):
        await hands.press(card, "Put off…")
        await hands.modal()
    views = [(one, one.person.modal, await one.pick("until", until)) for one, until in ((ana, "30m"), (sam, "2h"))]
    await asyncio.gather(*(hands.person.submit(view, {"until": until}) for hands, view, until in views))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    heading, *_ = (await shown(ana, "Put off until"))["blocks"]  # its buttons say the same to screen readers
    assert str(heading).count("Put off until") == 1


async def test_one_claims_while_another_puts_it_off(ana: Hands, sam: Hands) -> None:
    card = await missed(ana)
    await ana.press(card, "Put off…")
    await ana.modal()
    until = await ana.pick("until", "30m")
    await asyncio.gather(ana.person.submit(ana.person.modal, {"until": until}), _click(sam, card, "Claim"))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    assert owners(ana) == {SAM.slack_id}


async def test_two_open_the_reply_at_once_and_the_card_names_both(ana: Hands, sam: Hands, demo: Demo) -> None:
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is it ready?")
    await until_posted(demo)
    card = await shown(ana, "New text", "Is it ready?")
    await asyncio.gather(_click(ana, card, "Reply"), _click(sam, card, "Reply"))
    await demo.bot.dispatcher.idle()
    await until_posted(demo)

    words = said(board(ana)[0])
    assert "are answering" in words
    assert {f"<@{one.slack_id}>" in words for one in (ANA, SAM)} == {True}


async def test_two_call_back_at_once_and_one_call_is_placed(ana: Hands, sam: Hands, demo: Demo) -> None:
    card = await missed(ana)
    for hands in (ana, sam):
        await hands.press(card, "Call back")
        await hands.modal()
    views = [(hands, hands.person.modal) for hands in (ana, sam)]
    await asyncio.gather(*(hands.person.submit(view) for hands, view in views))
    await demo.bot.dispatcher.idle()
    await until_posted(demo)

    outside = [one for one in demo.dialpad.phone.live if one.external_number == JORDAN.phone]
    assert len(outside) == 1
    assert any("Still call them?" in str(hands.person.modal) for hands in (ana, sam))


async def test_two_notes_at_once_are_both_kept(ana: Hands, sam: Hands) -> None:
    card = await missed(ana)
    for hands in (ana, sam):
        await hands.press(await hands.press(card, "More…"), "Note…")
        await hands.modal()
    views = [(hands, hands.person.modal) for hands in (ana, sam)]
    await asyncio.gather(*(one.person.submit(view, {"words": f"Note of {one.who.name}"}) for one, view in views))
    await ana.demo.bot.dispatcher.idle()
    await until_posted(ana.demo)

    words = said(await shown(ana, "Missed call"))
    assert "Note of Ana Ferreira" in words
    assert "Note of Sam Okafor" in words
