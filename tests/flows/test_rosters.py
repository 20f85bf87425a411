"""Rosters that are right: who can be reached, whoever set them up, and one message for what flaps."""

import pytest
import pytest_asyncio

from bot.activity.registers import fragment
from bot.notifications import routing
from bot.sandbox.cast import ANA, PRIYA, SALES, SAM, SUPPORT, Person
from bot.sandbox.demo import Demo
from bot.slack.api import duty_marks
from tests.flows.channel import NORTHLIGHT, board, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import ChangeWait, OneDemo, inside, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLLOW = 'handover for "Support" keep @support-oncall topic'


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def dialpad_id(person: Person) -> int:
    return int(person.dialpad_id or 0)


async def look_at_rosters(demo: Demo) -> None:
    """The next look at who is on duty is due now."""
    store, lines = demo.bot.store, [str(one.id) for one in (SUPPORT, SALES)]
    await store.database.write(lambda connection: store.rosters.hurry(connection, NORTHLIGHT, lines, 0))
    await inside(demo).settle()


async def until_topic(hands: Hands, words: str) -> None:
    channels = hands.demo.slack.workspace.channels
    await hands.person.until(lambda: channels["C0SUPPORT"].topic == words)


def members(demo: Demo) -> set[str]:
    return set(demo.slack.workspace.usergroups["S0ONCALL1"]["users"])


async def test_do_not_disturb_is_said_everywhere_and_pings_nobody(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(FOLLOW)
    await until_topic(ana, "On duty: Ana Ferreira, Sam Okafor")

    await ana.type("/dp dnd on")
    assert "is on duty, do not disturb: phone does not ring" in said(await priya.type("/dp oncall Support"))
    await look_at_rosters(demo)
    await until_topic(ana, "On duty: Sam Okafor, Ana Ferreira (do not disturb)")
    assert members(demo) == {str(SAM.slack_id)}

    await ana.type("/dp dnd off")
    await ana.type("/dp dnd on in Support")
    await look_at_rosters(demo)
    assert members(demo) == {str(SAM.slack_id)}


async def test_with_another_address_in_slack_somebody_is_found_all_the_same(
    priya: Hands, ana: Hands, demo: Demo
) -> None:
    user = demo.dialpad.state.users[dialpad_id(ANA)]
    user.emails = ["a.ferreira@northlight.example", *user.emails]
    await priya.subscribe(FOLLOW)
    await until_topic(ana, "On duty: Ana Ferreira, Sam Okafor")
    await look_at_rosters(demo)

    assert members(demo) == {str(ANA.slack_id), str(SAM.slack_id)}


async def test_somebody_whose_slack_account_has_ended_does_not_freeze_the_group(
    priya: Hands, ana: Hands, demo: Demo, waits: ChangeWait
) -> None:
    await waits(duty_marks, "REFUSED_FOR_S", 0.05)
    sam = demo.slack.workspace.users[str(SAM.slack_id)]
    await priya.subscribe(FOLLOW)
    await until_topic(ana, "On duty: Ana Ferreira, Sam Okafor")
    try:
        sam["deleted"] = True
        demo.dialpad.state.users[dialpad_id(PRIYA)].on_duty = False
        demo.slack.workspace.usergroups["S0ONCALL1"]["users"] = [str(PRIYA.slack_id)]
        await look_at_rosters(demo)
        await look_at_rosters(demo)
        assert members(demo) == {str(ANA.slack_id)}
        assert "I cannot put Sam Okafor into the user group" in said(await priya.told())
    finally:
        sam["deleted"] = False


async def revoke(demo: Demo, hands: Hands) -> None:
    """Dialpad no longer knows this person's token."""
    link = await demo.bot.store.connections.get(hands.key)
    assert link is not None
    await demo.bot.store.connections.mark_broken(hands.key)


async def test_when_whoever_set_it_up_is_gone_a_colleagues_account_reads_it(
    priya: Hands, sam: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe(FOLLOW)
    await until_topic(ana, "On duty: Ana Ferreira, Sam Okafor")
    await revoke(demo, priya)
    demo.dialpad.state.users[dialpad_id(ANA)].on_duty = False
    await look_at_rosters(demo)

    await until_topic(ana, "On duty: Sam Okafor")
    (kept,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert kept.owner == priya.key
    assert kept.follows_as in {sam.key, ana.key}
    helper = sam if kept.follows_as == sam.key else ana
    assert "is now read with yours" in said(await helper.told())


async def test_with_nobody_left_the_channel_is_told_once_and_the_settings_say_so(
    priya: Hands, sam: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe(FOLLOW)
    await until_topic(ana, "On duty: Ana Ferreira, Sam Okafor")
    for hands in (priya, sam, ana):
        await revoke(demo, hands)
    for _ in range(2):
        await look_at_rosters(demo)

    told = await shown(ana, "I cannot see who is on duty", "nobody who is may see it")
    assert len([one for one in board(ana) if "I cannot see" in said(one)]) == 1
    assert "I'll keep trying" in said(await ana.press(told, "Settings"))


async def test_six_changes_of_duty_are_one_message(priya: Hands, ana: Hands, demo: Demo, waits: ChangeWait) -> None:
    await waits(routing, "DUTY_SETTLE_S", 1.0)
    await priya.subscribe('duty for "Support"')
    known = fragment(0, 0, {"on": True})
    await demo.bot.store.cards.absorb(NORTHLIGHT, "agent", [f"agent:{ANA.dialpad_id}"], known, lambda *_: [])
    for number in range(6):
        demo.dialpad.phone.inside.set_duty(dialpad_id(ANA), on=bool(number % 2))
        await until_heard(demo)
    await until_posted(demo)

    await shown(ana, "Ana Ferreira", "on duty")
    assert len(board(ana)) == 1


async def test_cover_by_somebody_with_do_not_disturb_on_is_asked_about(ana: Hands, sam: Hands, demo: Demo) -> None:
    sam.account.on_duty = False
    sam.account.do_not_disturb = True
    await ana.type("/dp oncall cover me for 2h in Support")
    asked = await shown(sam, "Ana Ferreira", " asks for cover on ", "Support")

    answer = await sam.press(asked, "Take over")
    assert {"Turn it off and take over", "Take it anyway"} <= set(labels(answer))
    assert "You are covering for" in said(await sam.press(answer, "Turn it off and take over"))
    assert (sam.account.on_duty, sam.account.do_not_disturb) == (True, False)

    assert "Nobody answers for them now" in said(await sam.type("/dp duty off"))
