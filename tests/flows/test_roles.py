"""Who may do what, and a second person's approval, as people meet it in Slack."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.basics.company import CompanyKey
from bot.contract.context import Origin, Where
from bot.contract.roles import STORED_POLICY, Requirement, Role, RolePolicy
from bot.sandbox.cast import ANA, COMPANY_ID, OFFICE, PRIYA, SAM, TEAM_ID
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.slack import SlackSandbox
from bot.slack.conversation.requests import Request
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, inside, quick_demo

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))
LISTED = RolePolicy(admins=(str(PRIYA.slack_id),), supervisors=(str(SAM.slack_id),))
DND = "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"
TEXT = "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def hold(demo: Demo, **rules: Requirement) -> None:
    """These rules hold from now on, as if an admin had saved them."""
    gate = demo.bot.dispatcher.deps.gate
    assert gate is not None
    await gate.save(NORTHLIGHT, replace(LISTED, rules=rules))


async def test_without_any_setting_everybody_does_what_they_did(ana: Hands) -> None:
    await ana.type("/dp dnd on")
    assert ana.account.do_not_disturb


async def test_what_is_for_supervisors_is_refused_to_others_and_says_who_can(
    ana: Hands, sam: Hands, demo: Demo
) -> None:
    await hold(demo, change=Requirement(Role.SUPERVISOR))
    answer = await ana.type("/dp dnd on")
    assert "is for supervisors here, so nothing was done" in said(answer)
    assert "Priya or Sam can" in said(answer)
    assert not ana.sent("PATCH", "/users/*/togglednd")
    await sam.type("/dp dnd on")
    assert sam.account.do_not_disturb


async def test_a_rule_may_be_for_the_people_of_one_office(ana: Hands, demo: Demo) -> None:
    await hold(demo, **{DND: Requirement(office="1", office_name="Lisbon")})
    assert "is for people of Lisbon here, so nothing was done" in said(await ana.type("/dp dnd on"))
    assert not ana.account.do_not_disturb
    await hold(demo, **{DND: Requirement(office=str(OFFICE.id), office_name=OFFICE.name)})
    await ana.type("/dp dnd on")
    assert ana.account.do_not_disturb


@pytest.mark.parametrize("way", ["typed", "mention", "form", "home", "direct"])
async def test_whichever_way_it_is_asked_for(ana: Hands, demo: Demo, way: str) -> None:
    home = await ana.home() if way == "home" else {}
    await hold(demo, **{DND: Requirement(Role.ADMIN)})
    match way:
        case "typed":
            await ana.type("/dp dnd on")
        case "mention":
            await ana.mention("dnd on")
        case "form":
            await ana.type(f"/dp run {DND}")
            if ana.person.modal is not None:
                await ana.submit({"do_not_disturb": "on"})
        case "home":
            label = next(one for one in labels(home) if "disturb" in one.casefold())
            await ana.press(home, label)
        case _:
            await ana.say_to_app("dnd on")
    assert not ana.sent("PATCH", "/users/*/togglednd")
    assert not ana.account.do_not_disturb


async def test_what_is_due_later_is_looked_at_when_it_is_due(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp dnd on for 30m")
    await hold(demo, **{DND: Requirement(Role.ADMIN)})
    await ana.let_time_pass()
    told = await ana.told()
    assert "did not happen" in said(told)
    assert ana.account.do_not_disturb


async def test_a_word_can_have_a_rule(ana: Hands, demo: Demo) -> None:
    await hold(demo, notify=Requirement(Role.SUPERVISOR))
    assert "“notify” is for supervisors here" in said(await ana.type('/dp notify missed for "Support"'))


async def test_what_is_only_for_direct_messages_is_refused_in_a_channel(ana: Hands, demo: Demo) -> None:
    await hold(demo, **{DND: Requirement(where="direct")})
    assert "direct message with me" in said(await ana.type("/dp dnd on"))
    await ana.say_to_app("dnd on")
    assert ana.account.do_not_disturb


async def test_what_is_only_for_chosen_channels_is_refused_elsewhere(ana: Hands, demo: Demo) -> None:
    await hold(demo, **{DND: Requirement(where="channels", channels=("C0SALES01",))})
    assert "one of the channels" in said(await ana.type("/dp dnd on"))
    await hold(demo, **{DND: Requirement(where="channels", channels=("C0SUPPORT",))})
    await ana.type("/dp dnd on")
    assert ana.account.do_not_disturb


async def test_a_user_group_and_dialpads_supervisors_have_the_role(ana: Hands, sam: Hands, demo: Demo) -> None:
    gate = demo.bot.dispatcher.deps.gate
    assert gate is not None
    rules = {"change": Requirement(Role.SUPERVISOR)}
    group = next(iter(demo.slack._core.space.usergroups.values()))
    group["users"] = [str(ANA.slack_id)]
    await gate.save(NORTHLIGHT, RolePolicy(supervisors=(group["id"],), rules=rules))
    await ana.type("/dp dnd on")
    assert ana.account.do_not_disturb
    await sam.type("/dp dnd on")  # supervises a call center at Dialpad
    assert sam.account.do_not_disturb
    await inside(demo).freshen()
    await gate.save(NORTHLIGHT, RolePolicy(dialpad_roles=False, rules=rules))
    assert "is for supervisors here" in said(await sam.type("/dp dnd off"))


# Approval


async def send_text(ana: Hands) -> dict[str, Any]:
    await ana.type("/dp sms +14155550150 Back at nine")
    await ana.submit()
    return await ana.settled()


async def test_a_text_waits_for_somebodys_approval_and_leaves_once_as_whoever_asked(
    ana: Hands, priya: Hands, demo: Demo
) -> None:
    await hold(demo, outward=Requirement(approval=Role.ADMIN))
    assert "needs somebody's approval" in said(await send_text(ana))
    assert not ana.sent("POST", "/sms")
    asked = await priya.told()
    assert "Back at nine" in said(asked)
    assert {"Approve", "Decline"} <= set(labels(asked))
    await priya.press(asked, "Approve")
    told = await ana.told()
    assert len(ana.sent("POST", "/sms")) == 1
    assert "Your text is on its way" in said(told)
    stamped = await priya.told()
    assert "Approved by" in said(stamped)
    assert "Approve" not in labels(stamped)
    entries = await demo.bot.store.audit.recent(NORTHLIGHT, person=ana.key)
    (entry,) = [one for one in entries if one.action == TEXT]
    assert entry.about.details["approved_by"] == PRIYA.slack_id
    assert entry.about.dialpad_user_id == str(ANA.dialpad_id)


async def test_whoever_is_asked_reads_it_in_their_own_language(
    ana: Hands, sam: Hands, priya: Hands, demo: Demo
) -> None:
    await hold(demo, outward=Requirement(approval=Role.SUPERVISOR))
    priya.person.read_in("es-LA")
    try:
        answer = await send_text(ana)
        assert "needs somebody's approval" in said(answer)
        in_spanish, in_english = await priya.told(), await sam.told()
        assert labels(in_spanish) == ["Aprobar", "Rechazar"]
        assert "Aprobación: " in said(in_spanish)
        assert "Pide" in said(in_spanish)
        assert "Send" not in said(in_spanish)
        assert labels(in_english) == ["Approve", "Decline"]
        assert "Approval: Send" in said(in_english)
        await priya.press(in_spanish, "Aprobar")
        assert "Your text is on its way" in said(await ana.told())
        assert "Aprobado por" in said(await priya.told())
        assert "Approved by" in said(await sam.told())
    finally:
        priya.person.read_in("en-US")


async def test_whoever_asks_cannot_approve_it(ana: Hands, priya: Hands, demo: Demo) -> None:
    await hold(demo, outward=Requirement(approval=Role.ADMIN))
    assert demo.bot.dispatcher.deps.gate is not None
    policy = await demo.bot.dispatcher.deps.gate.policy(NORTHLIGHT)
    await demo.bot.dispatcher.deps.gate.save(NORTHLIGHT, replace(policy, ask_in="C0SUPPORT"))
    await send_text(priya)
    asked = next(one for one in priya.person.messages("#support") if "Approve" in labels(one))
    assert "somebody else has to decide" in said(await priya.press(asked, "Approve"))
    assert "Only an admin can decide" in said(await ana.press(asked, "Approve"))
    assert not priya.sent("POST", "/sms")


async def test_two_who_press_at_once_have_it_done_once(ana: Hands, sam: Hands, priya: Hands, demo: Demo) -> None:
    await hold(demo, outward=Requirement(approval=Role.SUPERVISOR))
    await send_text(ana)
    for_sam, for_priya = await sam.told(), await priya.told()

    await asyncio.gather(sam.press(for_sam, "Approve"), priya.press(for_priya, "Approve"))
    await ana.told()
    assert len(ana.sent("POST", "/sms")) == 1
    told = [said(one) for hands in (sam, priya) for one in hands.person.ephemerals("app")]
    assert len([one for one in told if "Approved. It runs now." in one]) == 1
    assert len([one for one in told if "This was approved already" in one]) == 1


async def test_what_is_declined_is_not_done_and_told(ana: Hands, priya: Hands, demo: Demo) -> None:
    await hold(demo, outward=Requirement(approval=Role.ADMIN))
    await send_text(ana)
    await priya.press(await priya.told(), "Decline")
    assert "declined" in said(await ana.told())
    assert not ana.sent("POST", "/sms")


async def test_nobody_decides_what_has_expired(ana: Hands, priya: Hands, demo: Demo) -> None:
    await hold(demo, outward=Requirement(approval=Role.ADMIN))
    await send_text(ana)
    asked = await priya.told()
    await ana.let_time_pass()
    assert "Nobody approved" in said(await ana.told())
    assert labels(asked)
    assert not labels(await priya.told())
    assert "Expired" in said(await priya.told())
    assert not ana.sent("POST", "/sms")


async def test_what_was_begun_when_the_process_ended_is_not_begun_again(ana: Hands, demo: Demo) -> None:
    await hold(demo, outward=Requirement(approval=Role.ADMIN))
    await send_text(ana)
    (waiting,) = [one for one in await ana.pending() if one.route == "roles.expired"]
    name = str(waiting.args["name"])
    approvals, later = demo.bot.store.approvals, demo.bot.dispatcher.deps.later
    assert await approvals.move(NORTHLIGHT, name, "open", "approved", by=str(PRIYA.slack_id))
    assert await approvals.move(NORTHLIGHT, name, "approved", "running")
    await later.at(demo.bot.store.now(), waiting.key, "roles.run_approved", {"name": name}, ana.key, {})
    assert "may or may not have happened" in said(await ana.told())
    assert not ana.sent("POST", "/sms")


async def test_what_was_refused_can_be_asked_for(ana: Hands, sam: Hands, demo: Demo) -> None:
    await hold(demo, **{DND: Requirement(Role.SUPERVISOR)})
    refused = await ana.type("/dp dnd on")
    assert "I asked" in said(await ana.press(refused, "Ask for it"))
    await sam.press(await sam.told(), "Approve")
    await ana.told()
    assert ana.account.do_not_disturb


# Setting them


async def test_an_admin_sets_them_in_a_modal(ana: Hands, priya: Hands, demo: Demo) -> None:
    assert "Only admins see and change" in said(await ana.type("/dp roles"))
    listing = await priya.type("/dp roles")
    assert "everybody, anywhere" in said(listing)
    await priya.press(listing, "Change…")
    await priya.modal()
    await priya.submit({"destructive_who": "admin", "outward_approval": "supervisor"})
    policy = STORED_POLICY.load(await demo.bot.store.role_policies.get(NORTHLIGHT) or {})
    assert policy.rules == {
        "destructive": Requirement(Role.ADMIN), "outward": Requirement(approval=Role.SUPERVISOR),
    }  # fmt: skip
    assert policy.slack_admins
    assert policy.saved_by == PRIYA.slack_id


async def test_nobody_locks_themselves_out(priya: Hands, demo: Demo) -> None:
    await priya.press(await priya.type("/dp roles"), "Change…")
    await priya.modal()
    answer = await priya.submit({"slack_admins": "off", "dialpad_roles": "off"})
    assert "no longer be an admin yourself" in str(answer)
    assert await demo.bot.store.role_policies.get(NORTHLIGHT) is None


async def test_one_action_has_a_rule_of_its_own_until_it_is_removed(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.press(await priya.type("/dp roles"), "Rule for one action…")
    await priya.modal()
    action = await priya.pick("action", "do not disturb")
    await priya.submit({"action": action, "who": "admin"})
    assert "is for admins here" in said(await ana.type("/dp dnd on"))
    await priya.press(await priya.type("/dp roles"), "Remove")
    await ana.type("/dp dnd on")
    assert ana.account.do_not_disturb


async def test_what_was_asked_before_a_restart_can_be_approved_after_it(tmp_path: Path) -> None:
    database, clock = tmp_path / "bot.db", SandboxClock()
    async with quick_demo(database=database, clock=clock) as demo:
        await hold(demo, outward=Requirement(approval=Role.ADMIN))
        ana = Hands(demo, ANA)
        await send_text(ana)
        (waiting,) = [one for one in await ana.pending() if one.route == "roles.expired"]
        before = demo.dialpad

    def go_on(_: SlackSandbox, dialpad: DialpadSandbox) -> None:
        dialpad.tokens._by_access.update(before.tokens._by_access)

    async with quick_demo(database=database, clock=clock, outside=go_on) as demo:
        dispatcher = demo.bot.dispatcher
        assert dispatcher.deps.approvals is not None
        pressed = Request(Hands(demo, PRIYA).key, Where(), Origin.BUTTON)
        ctx = dispatcher._placement.build_ctx(pressed)
        await dispatcher.deps.approvals.decide(ctx, str(waiting.args["name"]), yes=True)
        ana = Hands(demo, ANA)
        assert "Your text is on its way" in said(await ana.told())
        assert len(ana.sent("POST", "/sms")) == 1
