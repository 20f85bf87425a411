"""A workspace with people of two Dialpad companies: what is of one is neither seen nor used by the other.

Gus, of Northlight's Slack, has opened a trial account, of which he is the admin. Noor is not connected at all.
"""

import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
import pytest_asyncio
from sqlalchemy import Connection, update

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import NotConnected, OtherCompany, UserError
from bot.basics.person import PersonKey
from bot.contract.board import Acted
from bot.notifications.service import NotificationService
from bot.sandbox.cast import (
    CUSTOMERS,
    GUS_ON_TRIAL,
    NOOR,
    PRIYA,
    SUPPORT,
    TEAM_ID,
    TRIAL,
    TRIAL_SUPPORT,
)
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.model import Contact
from bot.store.postings import postings
from tests.bot.store.test_connections import LINK
from tests.flows.channel import NORTHLIGHT, board, make_due, miss_a_call, shown
from tests.flows.hands import Hands, Json, find_button, labels, said
from tests.flows.stage import freshen, inside, office_hours, quick_demo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN = CUSTOMERS[0]
THE_TRIAL = CompanyKey(TEAM_ID, str(TRIAL.id))
ELSEWHERE = PersonKey("T0OTHER", "U0GUEST")
OTHERS = "belongs to another Dialpad company"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Demo]:
    async with quick_demo(clock=office_hours(), trial=True) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def demo(running: Demo) -> Demo:
    """As if just started; Gus has connected his trial account and is in the channel."""
    await freshen(running)
    running.slack.workspace.channels["C0SUPPORT"].members.append(str(GUS_ON_TRIAL.slack_id))
    await join(running)
    return running


async def join(demo: Demo, key: str = GUS_ON_TRIAL.token) -> None:
    """Gus pastes an API key."""
    await demo.bot.dispatcher.deps.connections.connect_with_key(gus_key(), key)
    await demo.bot.dispatcher.idle()


def gus_key() -> PersonKey:
    return PersonKey(TEAM_ID, str(GUS_ON_TRIAL.slack_id))


@pytest.fixture
def trial(demo: Demo) -> DialpadSandbox:
    assert demo.trial is not None
    return demo.trial


@pytest.fixture
def gus(demo: Demo) -> Hands:
    return Hands(demo, GUS_ON_TRIAL)


@pytest.fixture
def service(demo: Demo) -> NotificationService:
    found = demo.bot.dispatcher.deps.notifications
    assert isinstance(found, NotificationService)
    return found


async def somebody(demo: Demo, who: str) -> tuple[PersonKey, type[Exception] | None]:
    """Somebody who has no part in Northlight here, and how they are refused; None: for them there is no such thing."""
    match who:
        case "another company":
            return gus_key(), OtherCompany
        case "no company":
            return Hands(demo, NOOR).key, NotConnected
        case _:  # the same company at Dialpad, in another Slack
            await demo.bot.store.connections.save(ELSEWHERE, replace(LINK, company_id=NORTHLIGHT.company))
            return ELSEWHERE, None


async def until_all_heard(demo: Demo) -> None:
    assert demo.trial is not None
    await demo.trial.delivery.idle()
    await until_posted(demo)


def miss_on_trial(trial: DialpadSandbox, caller: str = JORDAN.phone) -> None:
    call = trial.phone.ring(caller, TRIAL_SUPPORT.phone)
    trial.phone.hang_up(call.id)


def told_in_dm(hands: Hands) -> str:
    return " ".join(said(one) for one in hands.from_app)


# Who hears


async def test_an_admin_of_another_company_hears_nothing_of_ours(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.subscribe('missed voicemail sms for "Support"')
    await gus.subscribe("missed voicemail sms recap duty", "app")
    await gus.settled()
    miss_a_call(demo)
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "My secret order")
    await until_all_heard(demo)

    assert len(board(priya)) == 3
    assert "Missed" not in told_in_dm(gus)
    assert "secret order" not in told_in_dm(gus)


async def test_each_company_hears_its_own_in_the_same_channel(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    await priya.subscribe('missed for "Support"')
    await gus.subscribe("missed")
    miss_a_call(demo)
    miss_on_trial(trial)
    await until_all_heard(demo)

    assert len([one for one in board(priya) if "Missed call" in said(one)]) == 2
    assert [one.company for one in await demo.bot.store.subscriptions.in_channel(TEAM_ID, "C0SUPPORT")] == [
        NORTHLIGHT,
        THE_TRIAL,
    ]


async def test_the_same_call_id_in_both_companies_is_two_calls(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    """Whoever holds a hook's secret can write any id into an event of it."""
    await priya.subscribe('missed voicemail for "Support"')
    await gus.subscribe("missed voicemail")
    trial.state._next_id = demo.dialpad.state._next_id
    ours = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    theirs = trial.phone.ring("+14155550155", TRIAL_SUPPORT.phone)
    assert ours.id == theirs.id
    demo.dialpad.phone.hang_up(ours.id)
    trial.phone.hang_up(theirs.id)
    await until_all_heard(demo)

    cards = [await demo.bot.store.cards.named(key, f"call:{ours.id}") for key in (NORTHLIGHT, THE_TRIAL)]
    assert None not in cards
    assert len({card.id for card in cards if card}) == 2
    assert len([one for one in board(priya) if "Missed call" in said(one)]) == 2


async def test_a_text_of_the_same_customer_is_a_conversation_in_each_company(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    await priya.subscribe('sms for "Support"')
    await gus.subscribe("sms")
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "To Northlight")
    trial.phone.text(JORDAN.phone, TRIAL_SUPPORT.phone, "To Gus")
    await until_all_heard(demo)

    heads = [one for one in board(priya) if "New text" in said(one)]
    threads = [
        " ".join(said(one) for one in board(priya) if one.get("thread_ts") == head["ts"] != one["ts"]) for head in heads
    ]
    assert len(heads) == 2
    assert sum("To Northlight" in thread for thread in threads) == 1
    assert not any("To Northlight" in thread and "To Gus" in thread for thread in threads)


async def test_many_calls_of_two_companies_are_never_in_one_message(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    await priya.subscribe('missed for "Support"')
    await gus.subscribe("missed")
    for number in range(5):
        demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(f"+1415555016{number}", SUPPORT.phone).id)
        miss_on_trial(trial, f"+1415555018{number}")
    await until_all_heard(demo)

    texts = [said(one) for one in board(priya)]
    assert any("555-016" in text for text in texts)
    assert any("555-018" in text for text in texts)
    assert not [text for text in texts if "555-016" in text and "555-018" in text]


async def test_a_digest_counts_the_calls_of_its_own_company(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    await priya.subscribe('missed for "Support"')
    await gus.subscribe("daily")
    miss_a_call(demo)
    miss_on_trial(trial)
    await until_all_heard(demo)
    await gus.type("/dp notify test 1")
    await demo.bot.poster.settle()

    (told,) = [said(one) for one in board(priya) if "digest" in said(one).casefold()]
    assert "*1 call*" in told


async def test_no_button_of_a_digest_works_for_another_company(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.subscribe('missed daily for "Support"')
    await priya.type("/dp notify test 1")
    await demo.bot.poster.settle()
    (digest,) = [one for one in board(priya) if "digest" in said(one).casefold()]
    assert labels(digest)
    for label in labels(digest):
        assert OTHERS in said(await gus.press(digest, label)), label


# Who acts


async def a_card(priya: Hands, demo: Demo) -> Json:
    await priya.subscribe('missed voicemail for "Support" escalate 5')
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    demo.dialpad.phone.leave_voicemail(call.id, "My secret address")
    await until_all_heard(demo)
    card = await shown(priya, "Claim", "My secret address")
    await demo.bot.poster.settle()  # and the bot knows that it stands there
    return card


async def test_no_button_of_a_card_works_for_another_company(priya: Hands, gus: Hands, demo: Demo) -> None:
    card = await a_card(priya, demo)
    assert len(labels(card)) > 5
    for label in labels(card):
        answer = await gus.press(card, label)
        assert OTHERS in said(answer), label
        assert gus.person.modal is None, label
        gus.person.dismiss(answer["ts"])
    assert await owner_of(demo, card) == ""
    assert "secret" not in "".join(said(one) for one in gus.person.ephemerals("#support"))


async def test_no_button_works_for_another_company_before_it_is_noted_where_the_card_is(
    priya: Hands, gus: Hands, ana: Hands, demo: Demo
) -> None:
    card = await a_card(priya, demo)
    await demo.bot.poster.settle()
    await arrived_only(demo, card["ts"])

    for label in labels(card):
        answer = await gus.press(card, label)
        assert OTHERS in said(answer), label
        gus.person.dismiss(answer["ts"])
    assert "It is yours" in said(await ana.press(card, "Claim"))
    assert "Claimed by" in said(await shown(ana, "Claimed by"))


async def arrived_only(demo: Demo, ts: str) -> None:
    """As after Slack took the message and before that is written down."""

    def change(connection: Connection) -> None:
        now = demo.bot.store.now()
        unknown = {"ts": None, "place": None, "attempted_at": now, "due_at": now + timedelta(hours=1)}
        connection.execute(update(postings).where(postings.c.ts == ts).values(**unknown))

    await demo.bot.store.database.write(change)


@pytest.mark.parametrize("shortcut", ["text_number", "call_number", "look_up", "block_number"])
async def test_no_shortcut_on_a_card_works_for_another_company(
    priya: Hands, gus: Hands, demo: Demo, shortcut: str
) -> None:
    card = await a_card(priya, demo)
    await gus.person.message_shortcut(f"shortcuts.{shortcut}", "#support", card["ts"])
    told = said(await gus.settled()) + said(gus.person.modal or {})
    assert OTHERS in told
    assert JORDAN.phone not in told


async def test_for_somebody_who_is_not_connected_they_lead_to_connecting(priya: Hands, demo: Demo, noor: Hands) -> None:
    card = await a_card(priya, demo)
    for label in ("Claim", "More…"):
        assert "Connect" in said(await noor.press(card, label)), label
    assert await owner_of(demo, card) == ""


async def test_colleagues_of_the_same_company_go_on_as_ever(priya: Hands, ana: Hands, demo: Demo) -> None:
    card = await a_card(priya, demo)
    assert "It is yours" in said(await ana.press(card, "Claim"))


@pytest.mark.parametrize("what", ["card", "claimed", "done", "noted"])
@pytest.mark.parametrize("who", ["another company", "no company", "another workspace"])
async def test_a_card_opens_for_its_company_alone_however_it_is_asked_for(
    priya: Hands, demo: Demo, service: NotificationService, what: Literal["card", "claimed", "done", "noted"], who: str
) -> None:
    card = await demo.bot.store.cards.at(NORTHLIGHT, "C0SUPPORT", (await a_card(priya, demo))["ts"])
    assert card is not None
    person, refusal = await somebody(demo, who)
    ask = service.card(person, card.id) if what == "card" else service.act(card, person, what)
    with pytest.raises(refusal) if refusal else nullcontext():
        assert await ask in {None, Acted(None)}
    item = await service.item(card)
    assert item is not None
    assert [step.what for step in item.steps] == ["left a voicemail"]


async def owner_of(demo: Demo, message: Json) -> str:
    """Who has claimed what this message shows."""
    card = await demo.bot.store.cards.at(NORTHLIGHT, "C0SUPPORT", message["ts"])
    customer = await demo.bot.store.histories.of_card(card) if card is not None else None
    item = customer.item(card.id) if card is not None and customer is not None else None
    assert item is not None
    return item.owner


async def test_a_thread_of_texts_is_answered_by_its_own_company(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Are you open?")
    head = await shown(priya, "New text")
    await demo.bot.poster.settle()
    answer = await gus.mention("Yes, come over", head["ts"])

    assert OTHERS in said(answer)
    assert "Yes, come over" not in said(answer)


# Subscriptions


async def test_the_list_of_a_channel_shows_the_own_companys(priya: Hands, gus: Hands, noor: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" only +1415')
    listed = said(await gus.type("/dp notify list"))
    assert "+1415" not in listed
    assert "1 more here belongs to another Dialpad company" in listed
    assert "+1415" in said(await priya.type("/dp notify list"))
    assert "+1415" in said(await noor.type("/dp notify list"))


@pytest.mark.parametrize("verb", ["settings", "pause", "resume", "test", "remove"])
async def test_a_subscription_is_used_by_its_company_alone(
    priya: Hands, gus: Hands, noor: Hands, demo: Demo, verb: str
) -> None:
    await priya.subscribe('missed for "Support"')
    assert "no notifications yet" in said(await gus.subscribe(f"{verb} 1"))
    unconnected = said(await noor.subscribe(f"{verb} 1"))
    assert ("Notifications here" if verb == "settings" else "Connect your Dialpad account") in unconnected
    (kept,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    assert not kept.paused


@pytest.mark.parametrize("who", ["another company", "no company", "another workspace"])
async def test_a_change_is_undone_by_its_owner_alone(
    priya: Hands, ana: Hands, demo: Demo, service: NotificationService, who: str
) -> None:
    await priya.subscribe('missed for "Support"')
    await ana.type("/dp notify remove 1")
    await ana.submit()
    button, _ = find_button(await priya.told(), "Undo")
    person, _ = await somebody(demo, who)

    with pytest.raises(UserError, match="can no longer be undone"):
        await service.undo_change(person, json.loads(button["value"])["change"])
    assert await demo.bot.store.subscriptions.of_company(NORTHLIGHT) == []


@pytest.mark.parametrize("who", ["another company", "no company", "another workspace"])
async def test_a_question_about_an_account_is_answered_by_who_was_asked_alone(
    priya: Hands, demo: Demo, who: str
) -> None:
    connector = demo.bot.dispatcher.deps.connections
    await connector.connect_with_key(Hands(demo, NOOR).key, PRIYA.token)
    await demo.bot.dispatcher.idle()
    button, _ = find_button(await priya.told(), "Yes, that is me")
    person, _ = await somebody(demo, who)

    answer = await connector.decide(person, json.loads(button["value"])["request"], yes=True)
    assert "Nothing was changed" in str(answer.text)
    assert await demo.bot.store.connections.get(Hands(demo, NOOR).key) is None


@pytest.mark.parametrize("who", ["another company", "no company", "another workspace"])
async def test_a_timed_change_is_seen_by_nobody_else(ana: Hands, demo: Demo, who: str) -> None:
    """Whoever keeps things as they are names one of those that they see."""
    await ana.type("/dp dnd on for 30m")
    person, _ = await somebody(demo, who)
    later = demo.bot.dispatcher.deps.later

    assert await later.pending(person) == []
    assert len(await later.pending(ana.key)) == 1


@pytest.mark.parametrize("who", ["another company", "no company", "another workspace"])
async def test_a_subscription_opens_for_its_company_alone_however_it_is_asked_for(
    priya: Hands, demo: Demo, service: NotificationService, who: str
) -> None:
    await priya.subscribe('missed for "Support"')
    (kept,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    person, refusal = await somebody(demo, who)
    with pytest.raises(OtherCompany) if refusal is OtherCompany else nullcontext():
        found = await service.subscription(person, kept.id)
        assert found == (kept if who == "no company" else None)


async def test_a_group_or_topic_that_one_company_keeps_is_not_anothers(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.subscribe('handover for "Support" keep @support-oncall topic')
    for mark in ("keep @support-oncall", "topic"):
        await gus.subscribe(f'handover for "Support" {mark}')
        assert "nother Dialpad company" in said(gus.person.modal or {}), mark
    assert await demo.bot.store.subscriptions.of_company(THE_TRIAL) == []


async def test_rosters_and_names_are_those_of_the_own_company(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    trial.state.contacts["7"] = Contact("7", "Jo", "From Gus", [JORDAN.phone])
    assert "Ana Ferreira" in said(await priya.type("/dp oncall Support"))
    on_trial = said(await gus.type("/dp oncall Support"))
    assert "Gus" in on_trial
    assert "Ana Ferreira" not in on_trial
    assert [one.name for one in await demo.bot.store.rosters.of_company(THE_TRIAL)] == ["Support"]
    await inside(demo).forget_lists()
    assert "Jo From Gus" in said(await gus.type(f"/dp who {JORDAN.phone}"))
    assert "Jo From Gus" not in said(await priya.type(f"/dp who {JORDAN.phone}"))


async def test_a_field_offers_the_people_and_contacts_of_the_own_company(gus: Hands, ana: Hands) -> None:
    assert "Sam Okafor" in str(await offered(ana, "sam"))
    assert "Jordan Lee" in str(await offered(ana, "jordan"))
    assert await offered(gus, "sam") == await offered(gus, "jordan") == []


async def offered(hands: Hands, query: str) -> list[Json]:
    """What the form of a text offers as recipients."""
    await hands.type("/dp sms")
    form = await hands.modal()
    (element,) = [block["element"] for block in form["blocks"] if block.get("block_id") == "to"]
    found: list[Json] = (await hands.person.options(form, element["action_id"], query))["options"]
    await hands.person.close(form, everything=True)
    return found


async def test_a_supervisor_who_has_left_the_company_is_told_nothing_of_it(
    priya: Hands, gus: Hands, demo: Demo
) -> None:
    await priya.subscribe('missed for "Support" escalate 5')
    (kept,) = await demo.bot.store.subscriptions.of_company(NORTHLIGHT)
    policy = replace(kept.policy, on_duty=False, supervisor=gus.key.user_id)
    await demo.bot.store.subscriptions.save(replace(kept, policy=policy))
    miss_a_call(demo)
    await make_due(demo, await shown(priya, "Missed call"))
    await shown(priya, "uses another Dialpad company now")

    assert "Jordan" not in told_in_dm(gus)


async def test_cover_is_taken_by_colleagues_alone(priya: Hands, ana: Hands, gus: Hands, demo: Demo) -> None:
    await ana.type("/dp oncall cover me until 18:00")
    await demo.bot.poster.settle()
    asked = await shown(ana, "Take over") if board(ana) else await shown(ana, "cover")
    assert OTHERS in said(await gus.press(asked, "Take over"))


async def test_the_audit_is_kept_for_each_company(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.type("/dp whoami")
    await gus.type("/dp whoami")
    by_company = [
        {one.person for one in await demo.bot.store.audit.recent(key)}
        for key in (NORTHLIGHT, THE_TRIAL, CompanyKey("T0OTHER", NORTHLIGHT.company))
    ]
    assert by_company == [{priya.key}, {gus.key}, set()]


# Moving


async def test_whoever_connects_to_another_company_leaves_the_one_before_and_is_told(
    priya: Hands, gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    await gus.subscribe("missed")
    assert len(await demo.bot.store.hooks.of_company(THE_TRIAL)) == 1
    await join(demo, PRIYA.token)
    await priya.press(await priya.told(), "Yes, that is me")
    await demo.bot.dispatcher.idle()

    assert await demo.bot.store.subscriptions.owned(gus.key) == []
    assert await demo.bot.store.hooks.of_company(THE_TRIAL) == []
    assert await demo.bot.store.connections.company(gus.key) == NORTHLIGHT
    assert "another Dialpad company now, so what you had in the one before has ended: 1 subscription" in told_in_dm(gus)
    miss_on_trial(trial)
    await until_all_heard(demo)
    assert [one for one in board(priya) if "Missed call" in said(one)] == []


async def test_connecting_again_to_the_same_company_keeps_everything(gus: Hands, demo: Demo) -> None:
    await gus.subscribe("missed")
    await join(demo)
    assert len(await demo.bot.store.subscriptions.of_company(THE_TRIAL)) == 1


async def test_what_dialpad_named_no_company_for_is_one_persons_and_goes_along_once_it_does(
    gus: Hands, demo: Demo, trial: DialpadSandbox
) -> None:
    link = await demo.bot.store.connections.get(gus.key)
    assert link is not None
    await demo.bot.store.connections.save(gus.key, replace(link, company_id=None))
    await gus.subscribe("missed")
    (alone,) = await demo.bot.store.subscriptions.owned(gus.key)
    assert alone.company == CompanyKey(TEAM_ID, f"person:{gus.key.user_id}")
    miss_on_trial(trial)
    await until_all_heard(demo)
    card = await shown(gus, "Missed call")
    assert "It is yours" in said(await gus.press(card, "Claim"))

    await join(demo)
    assert [one.id for one in await demo.bot.store.subscriptions.of_company(THE_TRIAL)] == [alone.id]
    assert "Given back" in said(await gus.press(await shown(gus, "Give back"), "Give back"))


async def test_a_subscription_whose_owner_moved_acts_with_nobodys_account(demo: Demo) -> None:
    await demo.bot.store.subscriptions.save(
        Subscription("w-old", gus_key(), "C0SUPPORT", company_id=NORTHLIGHT.company)
    )
    with pytest.raises(NotConnected):
        await demo.bot.dispatcher.deps.accounts.of(gus_key(), within=NORTHLIGHT).link()


async def test_a_preview_counts_no_calls_of_another_company(priya: Hands, gus: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(demo)
    await until_all_heard(demo)
    await gus.type("/dp notify missed")
    assert "I have no calls from yesterday to compare with." in said(await gus.modal())
    assert "Today so far" not in said(await gus.modal())
