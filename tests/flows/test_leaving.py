"""Disconnecting and uninstalling, as Dialpad sees it: nothing of ours stays there, and nothing more is taken in."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
import pytest_asyncio

from bot.app import Bot
from bot.notifications.taking_over import TakeOvers
from bot.sandbox.cast import PEOPLE
from bot.sandbox.demo import Demo
from bot.sandbox.slack.events import send_event
from tests.flows.channel import NORTHLIGHT, board, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.inside import PATIENT_S
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

SUBSCRIPTIONS = ("call", "sms", "agent_status", "contact", "changelog", "fax")
MISSED = "missed"
"""For every line, which only an admin sees: nobody goes on with it."""
OF_SUPPORT = 'missed for "Support"'


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def at_dialpad(demo: Demo) -> list[object]:
    """Webhooks and subscriptions there are."""
    documents = demo.dialpad.state.documents
    return [one for shelf in ("webhook", *(f"{kind} subscription" for kind in SUBSCRIPTIONS))
            for one in documents.all(shelf)]  # fmt: skip


def has_token(demo: Demo, hands: Hands) -> bool:
    """Whether Dialpad knows a token of this person's."""
    return any(grant.user_id == hands.who.dialpad_id for grant in demo.dialpad.tokens._grants())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENT_S):
        while not true():  # noqa: ASYNC110  # the sandbox is asked, it tells nobody
            await asyncio.sleep(0)


async def disconnect(hands: Hands) -> str:
    """What is said in the end."""
    await hands.type("/dp disconnect")
    await hands.modal()
    await hands.submit()
    return said(await hands.settled())


async def test_after_disconnecting_dialpad_has_nothing_of_ours(priya: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    await priya.type("/dp dnd on for 30m")
    assert at_dialpad(demo)
    (webhook,) = demo.dialpad.state.documents.all("webhook")

    await priya.type("/dp disconnect")
    asked = said(await priya.modal())
    assert "Your subscriptions" in asked
    assert "1 change that is still due will not happen" in asked
    await priya.submit()
    assert "Your access, 1 subscription and 1 timed change were removed here." in said(await priya.settled())

    assert (at_dialpad(demo), has_token(demo, priya), await priya.pending()) == ([], False, [])
    assert await demo.bot.store.hooks.all() == []
    assert await demo.bot.store.removals.all() == []
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.post(webhook["hook_url"], content=b"{}")).status_code == 404


async def test_the_token_is_revoked_after_everything_it_is_needed_for(priya: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    demo.dialpad.requests.clear()
    await disconnect(priya)

    asked = [(one.method, one.path) for one in demo.dialpad.requests]
    assert [method for method, _ in asked].count("DELETE") > 1
    assert asked[-1] == ("POST", "/oauth2/deauthorize")


async def test_no_card_comes_after_disconnecting(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    await disconnect(priya)
    miss_a_call(demo)
    await until_posted(demo)

    await demo.bot.poster.settle()
    assert [one for one in board(ana) if "Missed call" in said(one)] == []


async def test_the_channel_is_told_what_is_no_longer_posted_and_anyone_sets_it_up_again(
    priya: Hands, sam: Hands, demo: Demo
) -> None:
    await priya.subscribe(MISSED)
    await priya.type("/dp notify me")
    await disconnect(priya)

    told = await shown(sam, "is no longer connected to Dialpad", "missed calls on every line")
    assert len(board(sam)) == 1
    await sam.press(told, "Set it up again")
    await sam.submit()
    await sam.submit()  # what is saved is shown first
    miss_a_call(demo)
    await shown(sam, "Missed call", "Jordan Lee")


async def test_while_dialpad_is_down_disconnecting_works_and_the_rest_follows(
    priya: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe(MISSED)
    demo.dialpad.faults.add("*", kind="down", times=None)
    told = await disconnect(priya)
    assert "Your access and 1 subscription were removed here." in told
    assert "Dialpad has not yet confirmed that it stops sending your events" in told
    assert await demo.bot.store.connections.get(priya.key) is None

    assert at_dialpad(demo)
    miss_a_call(demo)  # Dialpad sends it, and it is not taken in
    await until_posted(demo)
    await demo.bot.poster.settle()
    assert [one for one in board(ana) if "Missed call" in said(one)] == []

    demo.dialpad.faults.clear()
    await demo.bot.hooks.reconcile()
    assert (at_dialpad(demo), has_token(demo, priya)) == ([], False)
    assert await demo.bot.store.removals.all() == []


async def test_a_colleagues_cards_go_on_when_the_hooks_owner_leaves(
    priya: Hands, sam: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe('voicemail for "Support"')
    await sam.subscribe(OF_SUPPORT)
    assert [hook.owner for hook in await demo.bot.store.hooks.all()] == [priya.key]
    await disconnect(priya)

    (hook,) = await demo.bot.store.hooks.all()
    assert hook.owner in {sam.key, ana.key}  # one of them goes on with what Priya had set up, too
    miss_a_call(demo)
    await shown(ana, "Missed call", "Jordan Lee")
    assert len(demo.dialpad.state.documents.all("webhook")) == 1


async def test_what_a_killed_bot_left_the_next_one_removes_at_its_start(priya: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    await demo.bot.store.departures.leave(priya.key)
    await demo.bot.aclose()
    assert at_dialpad(demo)

    again = await Bot.start(demo.bot.settings, now=demo.clock.now)
    try:
        await until(lambda: not at_dialpad(demo) and not has_token(demo, priya))
    finally:
        await again.aclose()


async def test_uninstalling_removes_the_workspace_here_and_at_dialpad(
    priya: Hands, demo: Demo, one_demo: OneDemo
) -> None:
    await priya.subscribe(MISSED)
    demo.slack.uninstall()
    await until(lambda: not at_dialpad(demo) and not demo.dialpad.tokens._grants())

    for person in PEOPLE:
        if person.slack_id:
            assert await demo.bot.store.connections.get(Hands(demo, person).key) is None
    assert await demo.bot.store.hooks.all() == []
    assert await demo.bot.store.subscriptions.of_company(NORTHLIGHT) == []
    await one_demo.aclose()  # nobody can say anything in this workspace any more


async def test_late_word_of_an_uninstalled_app_that_is_there_again_removes_nothing(priya: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    before = at_dialpad(demo)
    for event in ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, {"type": "app_uninstalled"}):
        send_event(demo.slack._core, str(event["type"]), event)
    await demo.slack.delivery.idle()
    await until(lambda: sum(call.method == "auth.test" for call in demo.slack.calls) >= 2)

    await demo.bot.dispatcher.idle()
    assert at_dialpad(demo) == before
    assert await demo.bot.store.connections.get(priya.key) is not None


# A colleague goes on


async def test_what_somebody_set_up_in_a_channel_goes_on_with_a_colleague_who_sees_the_line(
    priya: Hands, sam: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe('missed daily for "Support" escalate 5 supervisor @sam finally sms')
    (before,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    told = await disconnect(priya)

    assert "1 subscription of a channel goes on with a colleague's account" in told
    (after,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert (after.id, after.kinds, after.places) == (before.id, before.kinds, before.places)
    heir = sam if after.owner == sam.key else ana
    assert after.owner == heir.key
    assert after.policy.last == ""  # nobody's number is lent
    note = said(await heir.told())
    assert "these notifications go on with yours" in note
    assert "Nobody is texted or called from your number" in note
    assert "Settings" in labels(await heir.told())
    miss_a_call(demo)
    await shown(ana, "Missed call", "Jordan Lee")
    assert not [one for one in board(ana) if "is no longer connected" in said(one)]


async def test_where_dialpad_ended_an_account_a_colleagues_looks_things_up(
    priya: Hands, sam: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe('missed for "Support"')
    await demo.bot.store.connections.mark_broken(priya.key)
    take_overs = TakeOvers(demo.bot.store, demo.bot.dispatcher.deps.accounts)
    await take_overs.look()

    (after,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert after.owner == priya.key  # they may connect again
    heir = sam if after.shown_as == sam.key else ana
    assert after.shown_as == heir.key
    assert "these notifications go on with yours" in said(await heir.told())
    await take_overs.look()
    await until_posted(demo)
    assert len(heir.from_app) == 1


async def test_where_nobody_sees_the_lines_the_channel_is_told_once(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(MISSED)
    await demo.bot.store.connections.mark_broken(priya.key)
    take_overs = TakeOvers(demo.bot.store, demo.bot.dispatcher.deps.accounts)
    for _ in range(2):
        await take_overs.look()
        await take_overs.look(ask=True)

    told = await shown(ana, "Dialpad no longer accepts the account of", "missed calls on every line")
    assert {"Set it up again", "Settings"} <= set(labels(told))
    await until_posted(demo)
    assert len(board(ana)) == 1


async def test_an_account_that_dialpad_suspends_without_a_word_is_found(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support"')
    take_overs = TakeOvers(demo.bot.store, demo.bot.dispatcher.deps.accounts)
    await take_overs.look(ask=True)
    (subscription,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert subscription.shown_as == priya.key

    demo.dialpad.state.users[priya.who.dialpad_id or 0].state = "suspended"
    await take_overs.look(ask=True)
    (subscription,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert subscription.shown_as != priya.key
