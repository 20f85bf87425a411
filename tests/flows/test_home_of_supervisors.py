"""Home as the place from which supervisors look after their call centers."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, NOOR, SALES, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, until_heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def until_home(hands: Hands, *words: str) -> Json:
    """This person's Home, once it says all of this."""

    def look() -> Json | None:
        home = hands.person.home or {}
        return home if all(word in said(home) for word in words) else None

    try:
        found: Json = await hands.person.until(look)
    except TimeoutError:
        raise AssertionError(f"{words} not in {said(hands.person.home or {})}") from None
    return found


async def opened(hands: Hands) -> Json:
    """This person's Home after they have opened it, maybe once more."""
    await hands.person.open_home()
    await hands.demo.slack.delivery.idle()
    await hands.demo.bot.dispatcher.idle()
    return await until_home(hands)


async def test_it_says_who_one_is_and_how_connected(sam: Hands, priya: Hands) -> None:
    home = said(await opened(sam))
    assert "Sam Okafor at Dialpad" in home
    assert "supervisor of Support" in home
    assert "Northlight HQ" in home
    assert "connected since" in home
    assert "company admin" in said(await opened(priya))


async def test_a_supervisor_sees_their_call_center_and_an_agent_none(sam: Hands, ana: Hands) -> None:
    home = await opened(sam)
    assert "🟢 Support" in said(home)
    assert "2 on duty" in said(home)
    assert "Ana Ferreira" in said(home)
    assert {"People…", "Add somebody…", "Settings…"} <= set(labels(home))
    assert "Sales" not in said(home)
    agents = await opened(ana)
    assert "Call centers" not in said(agents)
    assert "People…" not in labels(agents)


async def test_an_admin_sees_every_call_center(priya: Hands) -> None:
    home = said(await opened(priya))
    assert SUPPORT.name in home
    assert SALES.name in home


async def test_buttons_that_are_alike_are_told_apart_by_a_screen_reader(priya: Hands) -> None:
    home = await opened(priya)
    spoken = [
        element.get("accessibility_label")
        for block in home["blocks"]
        for element in block.get("elements", ())
        if element.get("text", {}).get("text") == "People…"
    ]
    assert sorted(spoken) == ["People: Sales", "People: Support"]


async def test_somebody_is_taken_off_duty_in_two_presses_and_home_shows_it(sam: Hands) -> None:
    await sam.press(await opened(sam), "People…")
    people = await sam.modal()
    assert "Ana Ferreira is on duty" in said(people).replace("*", "")
    button = next(
        (element, block["block_id"])
        for block in people["blocks"]
        for element in block.get("elements", ())
        if element.get("accessibility_label") == "Take off duty: Ana Ferreira"
    )
    await sam.person.press(people, button[0]["action_id"], button[0]["value"], block_id=button[1])
    await sam.settled()
    assert not sam.demo.dialpad.state.users[ANA.dialpad_id or 0].on_duty
    sam.demo.clock.forward(timedelta(seconds=16))
    await until_home(sam, "1 on duty")


async def test_what_is_rare_stands_behind_more(sam: Hands) -> None:
    await sam.press(await opened(sam), "People…")
    people = await sam.modal()
    await sam.press(people, "More…")
    one = await sam.modal()
    assert {"Skill…", "Make supervisor…", "Let a coach listen in…", "Take out…"} <= set(labels(one))
    await sam.press(one, "Skill…")
    assert "Set an operator" in said(await sam.modal()) or "Skill" in said(await sam.modal())


async def test_an_agent_may_not_look_after_others(ana: Hands, sam: Hands) -> None:
    await opened(sam)
    table, later = ana.demo.bot.dispatcher.table, ana.demo.bot.later
    await later.at(
        ana.demo.bot.store.now(), "x", "supervise.people", {"group": f"callcenter:{SUPPORT.id}"}, ana.key, {}
    )
    assert "supervise.people" in table.by_id
    assert "Only supervisors of Support" in said(await ana.told())


async def test_home_follows_the_queue_without_being_asked(sam: Hands) -> None:
    await opened(sam)
    await until_home(sam, "Calls are not listened to yet")
    await sam.subscribe('missed for "Support"')
    await opened(sam)
    await until_home(sam, "Nobody waits in the queue")
    phone = sam.demo.dialpad.phone
    call = phone.ring(CUSTOMERS[0].phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    await until_heard(sam.demo)
    await until_home(sam, "1 call going on")
    phone.hang_up(call.id)
    await until_heard(sam.demo)
    await until_home(sam, "1 answered (100%)")


async def test_ten_who_look_at_a_line_ask_dialpad_once(sam: Hands, priya: Hands) -> None:
    for _ in range(5):
        await opened(sam)
        await opened(priya)
    assert len(sam.sent("GET", f"/callcenters/{SUPPORT.id}/operators")) == 1
    sam.demo.clock.forward(timedelta(seconds=16))
    await opened(sam)
    await opened(priya)
    assert len(sam.sent("GET", f"/callcenters/{SUPPORT.id}/operators")) == 2


async def test_without_dialpad_what_is_known_is_shown_and_it_says_so(sam: Hands) -> None:
    for _ in range(2):  # with two processes, each of them has seen it
        await opened(sam)
    sam.demo.dialpad.faults.add("/api/", kind="down", times=None)
    await opened(sam)
    home = await until_home(sam, "is not responding")
    assert "Support" in said(home)
    assert "Ana Ferreira" in said(home)
    assert "Add somebody…" not in labels(home)
    sam.demo.dialpad.faults.clear()


async def test_what_somebody_opens_is_drawn_anew_when_another_process_drew_meanwhile(sam: Hands) -> None:
    await opened(sam)
    held = sam.demo.dialpad.faults.add("GET /api/v2/users/me", kind="slow")
    await sam.person.open_home()
    await held.entered.wait()
    older = {"type": "home", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "As it was"}}]}
    await sam.demo.bot.dispatcher.tools.messages.publish_home(sam.key, older)
    sam.demo.dialpad.faults.clear()
    assert "As it was" not in said(await until_home(sam, "Sam Okafor at Dialpad"))


async def test_what_one_did_lately_and_starred_is_one_press_away(sam: Hands) -> None:
    await sam.type("/dp dnd on")
    home = await opened(sam)
    assert "Favorites and recent actions" in said(home)
    assert "ran lately" in said(home)


async def test_what_is_posted_to_one_is_listed(sam: Hands) -> None:
    await sam.subscribe('missed for "Support"')
    home = await opened(sam)
    assert "missed calls for Support" in said(home)


async def test_what_others_post_about_ones_lines_is_listed_too(ana: Hands, sam: Hands, priya: Hands) -> None:
    await priya.subscribe('voicemail for "Sales"')
    await ana.subscribe('missed for "Support"')
    of_sam = await opened(sam)
    assert "missed calls for Support" in said(of_sam)
    assert f"Set up by <@{ana.key.user_id}>" in said(of_sam)
    assert "Settings" not in labels(of_sam)  # it is changed in its channel, or by an admin
    assert "Settings" in labels(await opened(priya))
    assert "for Sales" not in said(of_sam)


async def test_all_notifications_are_a_press_away_however_many(sam: Hands) -> None:
    await sam.subscribe('missed for "Support"')
    kept = sam.demo.bot.store.subscriptions
    (first,) = await kept.owned(sam.key)
    for _ in range(39):
        await kept.save(replace(first, id=kept.new_id()))
    home = await opened(sam)
    assert "… and 37 more" in said(home)
    await sam.press(home, "All notifications")
    page = await sam.modal()
    assert "Notifications: 40" in said(page)
    assert "Settings" in labels(page)
    await sam.press(page, "… and 25 more")
    await sam.press(await sam.modal(), "… and 10 more")
    assert len([one for one in labels(await sam.modal()) if one == "Settings"]) == 10


async def test_who_connects_finds_home_ready(noor: Hands) -> None:
    assert noor.person.home is None
    await noor.press(await noor.type("/dp connect"), "Use an API key")
    await noor.modal()
    await noor.submit({"key": NOOR.token})
    await until_home(noor, "Noor Haddad at Dialpad")
