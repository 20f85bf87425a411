"""What somebody changes in another person's notifications happens with their own rights, and the owner is told."""

import json
from typing import Any

import pytest
import pytest_asyncio

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Actors, Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import UserError
from bot.sandbox.cast import ANA, COMPANY_ID, PRIYA, SAM, TEAM_ID
from bot.sandbox.demo import Demo
from tests.flows.channel import make_due, miss_a_call, shown
from tests.flows.hands import Hands, find_button, labels, said
from tests.flows.stage import OneDemo

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def edit(who: Hands, **fields: Any) -> dict[str, Any]:
    """Change the channel's only subscription through the form; what the form says. Names are picked as they are
    typed."""
    await who.press(await who.type("/dp notify settings 1"), "Edit")
    more = [label for label in labels(await who.modal()) if label.startswith("More fields")]
    for label in more:
        await who.press(await who.modal(), label)
    for name in fields.keys() & {"supervisor"}:
        fields[name] = await who.pick(name, fields[name])
    if "places" in fields:
        fields["places"] = [await who.pick("places", one) for one in fields["places"]]
    answer = await who.submit(fields)
    if "errors" not in answer and who.person.modal is not None:
        await who.submit()
    return answer


async def kept(owner: Hands) -> Subscription:
    (subscription,) = await owner.demo.bot.store.subscriptions.owned(owner.key)
    return subscription


async def test_a_text_that_ana_adds_leaves_with_anas_account_and_priya_is_told(
    priya: Hands, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await priya.subscribe("missed escalate 5 first nobody")
    answer = await edit(ana, supervisor="sam", last="sms")
    assert "errors" not in answer, answer

    subscription = await kept(priya)
    assert subscription.places == {}, "every line stays every line"
    assert subscription.actors == Actors(escalation=str(ANA.slack_id))
    told = await priya.told()
    assert f"<@{ANA.slack_id}> *changed notifications that you set up in* <#C0SUPPORT>" in said(told)
    assert f"escalation as <@{ANA.slack_id}>" in said(told)

    miss_a_call(demo)
    card = await shown(priya, "Missed call")
    await make_due(demo, card)
    await sam.told()
    await make_due(demo, card)
    await shown(priya, "A text went to the phone of", f"<@{SAM.slack_id}>")
    (text,) = ana.sent("POST", "/sms")
    assert text.person == ANA.email
    (entry,) = await demo.bot.store.audit.recent(
        NORTHLIGHT, about=f"subscription:{subscription.id}", person=ana.key, limit=1
    )
    assert (entry.route, entry.outcome, entry.about.dialpad_user_id) == ("escalation", "done", str(ANA.dialpad_id))


async def test_undo_brings_back_what_the_owner_had_set(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(f"missed escalate 5 first nobody supervisor @{SAM.slack_id} finally sms")
    before = await kept(priya)
    await edit(ana, supervisor="noor")
    assert (await kept(priya)).escalates_as == ana.key

    await priya.press(await priya.told(), "Undo")
    assert await kept(priya) == before
    assert (await kept(priya)).escalates_as == priya.key
    assert "changed again" not in said(await priya.told())


async def test_undo_after_a_later_change_overwrites_nothing(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed voicemail")
    await edit(ana, kinds=["missed"])
    told = await priya.told()
    await edit(priya, kinds=["missed", "answered"])
    await priya.press(told, "Undo")
    assert (await kept(priya)).kinds == {NewsKind.MISSED, NewsKind.ANSWERED}
    assert "changed again since" in said(priya.person.ephemerals("app")[-1])


async def test_nobody_else_can_undo_it(priya: Hands, ana: Hands, sam: Hands) -> None:
    await priya.subscribe("missed voicemail")
    await edit(ana, kinds=["missed"])
    button, _ = find_button(await priya.told(), "Undo")
    notifications = sam.demo.bot.dispatcher.deps.notifications
    assert notifications is not None
    with pytest.raises(UserError, match="can no longer be undone"):
        await notifications.undo_change(sam.key, json.loads(button["value"])["change"])
    assert (await kept(priya)).kinds == {NewsKind.MISSED}


async def test_who_only_narrows_leaves_everything_with_the_owner(priya: Hands, ana: Hands) -> None:
    await priya.subscribe(f"missed voicemail escalate 5 first nobody supervisor @{SAM.slack_id} finally sms")
    await edit(ana, kinds=["missed"], but="label:spam", claim="10")
    subscription = await kept(priya)
    assert subscription.policy.claim == 10
    assert subscription.actors == Actors()
    assert "changed notifications" in said(await priya.told())


async def test_saving_without_a_change_changes_and_tells_nothing(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(f"missed sms escalate 5 supervisor @{SAM.slack_id} finally sms only quiet:22-7 external")
    before = await kept(priya)
    await edit(ana)
    await demo.bot.poster.settle()
    assert await kept(priya) == before
    assert priya.from_app == []


async def test_nobody_shows_more_of_lines_they_do_not_belong_to(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    before = await kept(priya)
    answer = await edit(ana, kinds=["missed", "sms"])
    assert "This is about every line" in answer["errors"]["kinds"]
    answer = await edit(ana, places=["support"])
    assert "Priya chose every line" in answer["errors"]["places"]
    assert await kept(priya) == before


async def test_a_line_that_the_editor_does_not_see_stays(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed for Support and Billing")
    answer = await edit(ana, places=["support"])
    assert "Priya chose Billing" in answer["errors"]["places"]
    assert set((await kept(priya)).places.values()) == {"Support", "Billing"}


async def test_an_admin_may_show_more_and_it_happens_with_their_account(priya: Hands, sam: Hands) -> None:
    await sam.subscribe("missed for Support")
    await edit(priya, kinds=["missed", "voicemail"])
    subscription = await kept(sam)
    assert subscription.owner == sam.key
    assert subscription.shown_as == priya.key
    assert "voicemails" in said(await sam.told())


async def test_removing_somebody_elses_is_told_and_undone(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed voicemail")
    before = await kept(priya)
    await ana.type("/dp notify remove 1")
    await ana.submit()
    told = await priya.told()
    assert "removed notifications" in said(told)
    assert labels(told) == ["Undo"]
    await priya.press(told, "Undo")
    assert await kept(priya) == before


async def test_what_the_owner_paused_is_not_resumed_by_who_may_not_see_it(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    await priya.type("/dp notify pause 1")
    assert "Priya paused this" in said(await ana.type("/dp notify resume 1"))
    assert (await kept(priya)).paused


async def test_what_somebody_else_paused_is_resumed_as_it_was(priya: Hands, ana: Hands, sam: Hands) -> None:
    await priya.subscribe(f"missed escalate 5 supervisor @{SAM.slack_id} finally sms")
    before = await kept(priya)
    await ana.type("/dp notify pause 1")
    await sam.type("/dp notify resume 1")
    assert await kept(priya) == before


async def test_what_the_owner_paused_acts_for_whoever_resumes_it(priya: Hands, sam: Hands) -> None:
    await priya.subscribe(f'missed for "Support" escalate 5 supervisor @{SAM.slack_id} finally sms')
    await priya.type("/dp notify pause 1")
    await sam.type("/dp notify resume 1")
    subscription = await kept(priya)
    assert subscription.actors == Actors(shown=str(SAM.slack_id), escalation=str(SAM.slack_id))


async def test_the_card_says_with_whose_account_it_acts(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed escalate 5 first nobody")
    await edit(ana, supervisor="sam", last="call")
    card = said(await priya.type("/dp notify settings 1"))
    assert f"<@{PRIYA.slack_id}>; in Dialpad, escalation as <@{ANA.slack_id}>" in card
