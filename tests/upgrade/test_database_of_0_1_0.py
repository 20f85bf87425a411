"""A database that version 0.1.0 left behind in the middle of a busy morning: what was in its hands is finished."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, GUS, LEO, NOOR, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.dialpad.model import Call
from tests.flows.browser import Browser
from tests.flows.hands import Hands, find_button, labels, said
from tests.upgrade.in_postgres import WHERE, opened_where
from tests.upgrade.opened import Opened, read_written, texts_in, until
from tests.upgrade.outside import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

VERSION: Final = "version_0_1_0"
WRITTEN: Final = read_written(VERSION)
CALLERS: Final = WRITTEN["callers"]
JORDAN, AMARA = (customer.phone for customer in CUSTOMERS[:2])
PEOPLE: Final = {who.slack_id: who for who in (ANA, SAM, PRIYA, LEO)}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=WHERE)
async def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    """One for all of them: each test looks at things of its own."""
    async with opened_where(request, VERSION, tmp_path_factory.mktemp("old")) as there:
        yield there


async def test_whoever_set_it_up_is_told_of_the_upgrade_once(old: Opened) -> None:
    def told() -> list[Json]:
        seen = [one for who in PEOPLE.values() for one in old.hands(who).person.messages("app")]
        return [one for one in seen if "I was updated to version" in said(one)]

    upgraded = old.demo.bot.store.upgrade.happened  # not where the tables were brought up while they were copied
    await until(lambda: bool(told()) or not upgraded)
    await old.until_done()
    assert len(told()) == int(upgraded)


# At rest

REWORDED: Final = {
    "a daily digest at 10:01 for Support": "a daily digest at 10:01 for Support, in Los Angeles time",
    "a weekly digest on Friday at 17:00 for Support": (
        "a weekly digest on Friday at 17:00 for Support, in Los Angeles time"
    ),
    "missed calls for Billing, quiet from 09:00 to 12:00": (
        "missed calls for Billing, quiet from 9:00 AM to 12:00 PM, in Los Angeles time"
    ),
    "only numbers that begin with +1415, label vip or calls from outside, except": (
        "only numbers that begin with +1415, only label vip, only calls from outside, except"
    ),
    "on Mon, Tue, Wed, Thu and Fri between 08:00 and 18:00": (
        "on Mon, Tue, Wed, Thu and Fri between 8:00 AM and 6:00 PM, in Los Angeles time"
    ),
    "*Tells about*": "*Notifies about*",
    "Nobody is reminded of calls that nobody claims.": "Nobody is reminded about unclaimed calls.",
    "a reminder, then it is free again.": "a reminder, then it is released.",
    "what comes then is posted at": "what arrives then is posted at",
    "holds exactly them and the channel's topic names them.": (
        "is kept in sync and the channel's topic names who is on duty."
    ),
    "They tell about": "They are about",
    "They come as direct messages": "What is on arrives as direct messages",
    "so nothing comes until": "so nothing arrives until",
}
"""What is said in other words since: whose clock it goes by, that all of it has to match, and plainer sentences."""


NOBODY_REMINDED: Final = "*Calls nobody claims*\nNobody is reminded about unclaimed calls."
"""No longer said of what nobody could claim, such as digests."""


_HOURS = re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})\b(?! [AP]M)")
"""Said by the reader's clock since: 5:00 PM."""


def in_words_of_today(text: str) -> str:
    for then, now in REWORDED.items():
        text = text.replace(then, now)
    return _HOURS.sub(by_the_clock, text)


def by_the_clock(found: re.Match[str]) -> str:
    hour = int(found["hour"])
    return f"{hour % 12 or 12}:{found['minute']} {'AM' if hour < 12 else 'PM'}"


@pytest.mark.parametrize(
    "one", WRITTEN["subscriptions"], ids=lambda one: f"{one['user']} {one['channel']} {one['number']}"
)
async def test_a_subscription_reads_as_before(old: Opened, one: dict[str, Any]) -> None:
    hands = old.hands(PEOPLE[str(one["user"])])
    channel = str(one["channel"])
    before = hands.person.ephemerals(channel)
    await hands.person.command(channel, f"/dp notify settings {one['number']}")
    await old.demo.bot.dispatcher.idle()
    shown = [one for one in hands.person.ephemerals(channel) if one not in before]
    told = [texts_in(one["blocks"]) for one in shown if "blocks" in one]  # without: that it takes a moment
    words = [in_words_of_today(text) for text in one["words"]]
    assert words in told or [text for text in words if text != NOBODY_REMINDED] in told


async def test_connections_go_on(old: Opened) -> None:
    for who in (ANA, SAM, PRIYA, LEO):
        assert f"You are {who.name} at Dialpad" in said(await old.hands(who).type("/dp whoami"))
    assert "List people" in said(await old.hands(GUS).type("/dp run DIALPAD_LIST_USERS"))


async def test_the_hook_goes_on(old: Opened) -> None:
    await old.until_done()
    before = old.ask("SELECT id, endpoint_id FROM hooks")
    call = old.demo.dialpad.phone.ring("+14155550199", SUPPORT.phone)
    await old.demo.dialpad.delivery.idle()
    await old.until_done()

    assert len(old.about("+14155550199", ANA, "#support")) == 2  # a test of the old bot's is there as well
    assert old.ask("SELECT id, endpoint_id FROM hooks") == before
    old.demo.dialpad.phone.hang_up(call.id)


async def test_gaps_are_looked_after(old: Opened) -> None:
    await until(lambda: old.ask("SELECT count(*) FROM gaps WHERE settled_at IS NULL") == [(0,)])


async def test_favourites_and_placed_calls_are_known(old: Opened) -> None:
    priya = old.hands(PRIYA)
    assert "★ List people" in said(await priya.type("/dp run"))
    assert JORDAN in [call.external_number for call in old.demo.dialpad.phone.live]
    await priya.type("/dp hangup")
    assert [one.path for one in priya.sent("PUT", "/call/*/actions/hangup")]


async def test_the_last_known_roster_is_shown_while_dialpad_is_down(old: Opened) -> None:
    await old.until_done()
    fault = old.demo.dialpad.faults.add("GET /api/v2/callcenters", kind="down", times=None)
    shown = said(await old.hands(PRIYA).type("/dp oncall Sales"))
    fault.times = fault.hits
    assert "Léo Marchetti" in shown


# In flight


@pytest.mark.parametrize("caller", [CALLERS["running"], CALLERS["tried again"], *WRITTEN["queued"]])
async def test_an_accepted_event_becomes_its_card_once(old: Opened, caller: str) -> None:
    await old.until_done()
    assert len(old.about(caller, ANA, "#support")) == 1


async def test_what_was_to_be_posted_is_posted_once(old: Opened) -> None:
    await old.until_done()
    assert len(old.about(CALLERS["not posted"], ANA, "app")) == 1


async def test_what_slack_had_taken_is_found_and_not_posted_again(old: Opened) -> None:
    await old.until_done()
    assert len(old.about(CALLERS["interrupted"], LEO, "app")) == 1


async def test_what_was_shown_is_brought_up_to_date(old: Opened) -> None:
    await old.until_done()
    found = old.about(CALLERS["ringing"], ANA, "#support")
    assert len(found) == 1, [said(one) for one in found]
    (card,) = found
    was = old.as_it_was(CALLERS["ringing"])
    assert card["ts"] == was["ts"]
    assert "Hung up before it rang" not in said(was)
    assert "Hung up before it rang" in said(card)


async def test_what_quiet_hours_hold_back_stays_held(old: Opened) -> None:
    await old.until_done()
    assert old.about(CALLERS["held"], PRIYA, "#phones") == []


async def test_what_could_not_be_delivered_can_be_taken_up_again(old: Opened) -> None:
    assert old.about(CALLERS["parked"], ANA, "#support") == []
    assert await old.demo.bot.store.events.unpark() == 3
    await old.until_done()
    assert len(old.about(CALLERS["parked"], ANA, "#support")) == 1


async def test_a_digest_that_was_due_comes_once(old: Opened) -> None:
    await old.until_done()
    texts = [one["text"] for one in old.hands(ANA).person.messages("#support")]
    assert len([text for text in texts if "Daily digest" in text]) == 1


async def test_a_command_that_was_acknowledged_is_done(old: Opened) -> None:
    priya = old.hands(PRIYA)
    await priya.person.until(lambda: any("In a meeting" in said(one) for one in priya.person.ephemerals("#phones")))
    assert priya.account.status_message == "In a meeting"


async def test_a_command_that_was_cut_is_told_and_not_done_again(old: Opened) -> None:
    leo = old.hands(LEO)
    await leo.person.until(lambda: any("restarted in the middle" in said(one) for one in leo.person.ephemerals()))
    assert not leo.account.do_not_disturb


async def test_whoever_is_covered_goes_off_duty(old: Opened) -> None:
    leo = old.hands(LEO)
    await leo.person.until(lambda: any("is covering for you" in said(one) for one in leo.from_app))
    assert not leo.account.on_duty


async def test_statistics_that_were_waited_for_are_asked_for(old: Opened) -> None:
    priya = old.hands(PRIYA)
    await until(lambda: priya.sent("GET", f"/stats/{_stats_request()}"))


def _stats_request() -> str:
    shown = WRITTEN["slack"]["ephemerals"][PRIYA.slack_id]
    (button,) = [find_button(one, "Look now")[0] for one in shown if "Look now" in labels(one)]
    return str(button["value"]).split('"')[3]


# What waited for somebody


async def test_a_question_can_be_answered(old: Opened) -> None:
    ana = old.hands(ANA)
    (question,) = [one for one in ana.person.ephemerals("#support") if "Send this text?" in said(one)]
    await ana.press(question, "Send")
    assert [one.body["text"] for one in ana.sent("POST", "/sms")] == ["Your order is ready"]


async def test_a_sign_in_that_was_half_done_connects_and_runs_what_was_asked_before(old: Opened) -> None:
    noor, signing_in = old.hands(NOOR), old.written["browser"]
    async with Browser() as browser:
        browser.cookies.set("dialpad_connect", signing_in["cookie"], domain="localhost.local", path="/connect")
        consent = await browser.get(signing_in["at"])
        end = await browser.decide(consent)
    assert "You are connected" in end.text
    await noor.person.until(lambda: any("off → on" in said(one) for one in noor.person.ephemerals()))
    assert noor.account.do_not_disturb


async def test_a_link_to_connect_still_opens(old: Opened) -> None:
    async with Browser() as browser:
        page = await browser.get(old.written["browser"]["link"])
    assert "noor@northlight.example" in page.text


async def test_an_open_form_of_a_card_is_understood(old: Opened) -> None:
    ana = old.hands(ANA)
    await ana.submit({"labels": "vip"})
    (call,) = _calls_of(old, CALLERS["labelled"])
    assert call.labels == ["vip"]


def _calls_of(old: Opened, caller: str) -> list[Call]:
    calls = old.demo.dialpad.state.calls.values()
    return [one for one in calls if one.external_number == caller and one.entry_point_call_id is None]


async def test_an_open_question_in_a_window_is_understood(old: Opened) -> None:
    sam = old.hands(SAM)
    await sam.submit()
    assert [one.body["phone_number"] for one in sam.sent("POST", "/call")] == [CALLERS["open"]]


async def test_an_open_form_of_a_subscription_keeps_what_is_not_changed(old: Opened) -> None:
    priya = old.hands(PRIYA)
    before = subscriptions_of(old)
    await priya.submit()
    seen = [*priya.person.ephemerals("#phones"), *priya.person.modals]  # what takes long is answered in the window
    assert any("Nothing was changed." in said(one) for one in seen)
    assert subscriptions_of(old) == before


def subscriptions_of(old: Opened) -> list[tuple[Any, int]]:
    found = old.ask("SELECT rule, paused FROM watches ORDER BY id")
    return [(json.loads(rule) if isinstance(rule, str) else rule, paused) for rule, paused in found]


async def test_an_open_form_of_an_action_is_understood(old: Opened) -> None:
    leo = old.hands(LEO)
    await leo.submit({"first_name": "Ida", "last_name": "Novak"})
    assert "Ida Novak" in [one.name for one in old.demo.dialpad.state.contacts.values()]


# Buttons of cards


@pytest.mark.parametrize(
    ("name", "who", "label", "words"),
    [
        ("open", ANA, "Claim", "It is yours"),
        ("given back", SAM, "Claim", "It is yours"),
        ("handled", ANA, "More", "Rang at"),
        ("half way", LEO, "Mark handled", "Done."),
        ("listened", ANA, "More", "Please call me back about the blue one."),
        ("answered", ANA, "More", "Text the tracking number"),
        ("listened", ANA, "Label", "Label the call"),
        ("listened", ANA, "Call back", "Call now?"),
        ("listened", ANA, "Text", "Send a text"),
        ("listened", ANA, "⚙️", "incoming calls"),
        ("escalated", ANA, "⚙️", "Unclaimed for 10 min"),
    ],
)
async def test_a_button_of_an_old_card_does_what_it_did(
    old: Opened, name: str, who: Person, label: str, words: str
) -> None:
    assert words in await old.press(who, old.as_it_was(CALLERS[name]), label)


async def test_an_old_claim_is_given_back_by_whoever_made_it(old: Opened) -> None:
    card = old.as_it_was(CALLERS["claimed"])
    assert "It is claimed by" in await old.press(SAM, card, "Release")
    assert "Given back" in await old.press(ANA, card, "Release")


async def test_cover_that_was_asked_for_can_be_taken_over(old: Opened) -> None:
    (asked,) = [one for one in old.hands(SAM).person.messages("#support") if "asks for cover" in said(one)]
    assert "You are covering for *Ana Ferreira*" in await old.press(SAM, asked, "Take over")


async def test_a_text_goes_into_its_old_thread(old: Opened) -> None:
    await old.until_done()
    ana = old.hands(ANA)
    (channel,) = [one for one in old.written["slack"]["channels"] if one["id"] == "C0SUPPORT"]
    (talk,) = [one for one in channel["messages"].values() if "Texts with" in one["text"]]
    old.demo.dialpad.phone.text(AMARA, SUPPORT.phone, "On my way")
    await ana.person.until(lambda: "On my way" in [one["text"].rpartition(": ")[2] for one in _thread(ana, talk["ts"])])
    await old.until_done()
    head = said(next(one for one in ana.person.messages("#support") if one["ts"] == talk["ts"]))
    assert "New text" in head
    assert "On my way" in head
    assert "It is, come by any time." in head  # written before the upgrade


def _thread(hands: Hands, ts: str) -> list[dict[str, str]]:
    return [one for one in hands.person.messages("#support") if one.get("thread_ts") == ts and one["ts"] != ts]
