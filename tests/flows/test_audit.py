"""The audit answers who did what to which object, and as whom at Dialpad."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from bot.__main__ import app
from bot.basics.company import CompanyKey
from bot.dialpad.actions.sms import SendSms
from bot.sandbox.cast import ANA, COMPANY_ID, PRIYA, SALES, TEAM_ID
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN
from tests.flows.hands import Hands, said
from tests.flows.stage import OneDemo

NORTHLIGHT = CompanyKey(TEAM_ID, str(COMPANY_ID))

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def test_who_deleted_which_call_center(priya: Hands, demo: Demo) -> None:
    await priya.type(f"/dp run DIALPAD_DELETE_CALL_CENTER_BY_ID id={SALES.id}")
    await priya.modal()
    await priya.submit({"typed": SALES.name})
    await priya.modal()
    await priya.submit()
    (entry,) = [
        one
        for one in await demo.bot.store.audit.recent(NORTHLIGHT, about=f"call center:{SALES.id}")
        if one.action == "DIALPAD_DELETE_CALL_CENTER_BY_ID"
    ]
    assert entry.person == priya.key
    assert (entry.about.dialpad_user_id, entry.about.dialpad_company_id) == (str(PRIYA.dialpad_id), str(COMPANY_ID))
    assert await demo.bot.store.audit.recent(NORTHLIGHT, about="call center")


async def test_a_switch_is_told_with_its_position_and_whose_it_is(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp dnd on")
    (entry,) = [
        one
        for one in await demo.bot.store.audit.recent(NORTHLIGHT, person=ana.key)
        if one.action == "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"
    ]
    assert entry.about.object == f"user:{ANA.dialpad_id}"
    assert entry.about.details["do_not_disturb"] is True


async def test_a_text_leaves_neither_its_words_nor_its_number(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp sms Jordan Lee The code is 1234")
    await ana.submit()
    assert ana.sent("POST", "/sms")
    entries = await demo.bot.store.audit.recent(NORTHLIGHT, person=ana.key)
    (entry,) = [one for one in entries if one.action == SendSms.slug]
    assert {"text", "to_numbers"} <= set(entry.about.details["also"])
    assert not [word for word in (JORDAN.phone, "1234", "Jordan") if word in repr(entries)]


async def test_a_changed_subscription_is_named(ana: Hands, demo: Demo) -> None:
    await ana.subscribe('missed for "Support"')
    await ana.type("/dp notify pause 1")
    (subscription,) = await demo.bot.store.subscriptions.owned(ana.key)
    entries = await demo.bot.store.audit.recent(NORTHLIGHT, about=f"subscription:{subscription.id}")
    assert {one.person for one in entries} == {ana.key}
    assert [dict(one.about.details) for one in entries] == [{}, {"new": True}]


def in_a_terminal(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the command line the settings of the bot."""
    monkeypatch.setenv("DATABASE_URL", demo.bot.settings.database_url)
    if demo.bot.settings.encryption_keys:
        monkeypatch.setenv("ENCRYPTION_KEYS", demo.bot.settings.encryption_keys.get_secret_value())


async def test_a_terminal_shows_it(priya: Hands, demo: Demo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    await priya.type("/dp dnd on")
    await demo.bot.store.audit.flush()
    in_a_terminal(demo, monkeypatch)

    def run(*args: str) -> Any:
        return CliRunner().invoke(app, ["audit", *args])

    shown = await asyncio.to_thread(run, "--object", "user")
    assert shown.exit_code == 0, shown.output
    assert f"user:{PRIYA.dialpad_id}" in shown.output
    (entry,) = json.loads((await asyncio.to_thread(run, "--object", "user", "--json", "--limit", "1")).stdout)
    assert entry["object"] == f"user:{PRIYA.dialpad_id}"
    assert entry["dialpad_user"] == str(PRIYA.dialpad_id)
    assert "no such entries" in (await asyncio.to_thread(run, "--person", "U0NOBODY1")).output


async def test_an_admin_searches_it_in_their_own_words(ana: Hands, priya: Hands, demo: Demo) -> None:
    await ana.type("/dp dnd on")
    await ana.type("/dp block +14155550153")
    await ana.submit()
    assert "for admins" in said(await ana.type("/dp audit"))
    everything = said(await priya.type("/dp audit"))
    assert "Do not disturb is now on for Ana Ferreira." in everything
    assert "Calls and texts from … no longer reach anybody here." in everything
    by_word = said(await priya.type("/dp audit block today"))
    assert "no longer reach anybody here" in by_word
    assert "Do not disturb" not in by_word
    by_person = said(await priya.type("/dp audit ana today"))
    assert "Do not disturb is now on for Ana Ferreira." in by_person
    assert "There are no such entries" in said(await priya.type("/dp audit ana yesterday"))
    assert "There are no such entries" in said(await priya.type("/dp audit sam block"))
    assert not [word for word in ("4155550153", "555-0153") if word in everything]


async def test_it_has_pages_and_a_file(ana: Hands, priya: Hands) -> None:
    for _ in range(6):
        await ana.type("/dp dnd on")
        await ana.type("/dp dnd off")
    first = await priya.type("/dp audit dnd")
    assert said(first).count("Do not disturb is now") == 10
    older = await priya.press(first, "Older")
    assert said(older).count("Do not disturb is now") == 2
    assert "The file is in our direct messages" in said(await priya.press(older, "As a CSV file"))
    assert "audit-" in str(await priya.told())


async def test_what_is_chained_is_checked_in_a_terminal(
    priya: Hands, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    await priya.type("/dp dnd on")
    await demo.bot.store.audit.flush()
    assert await demo.bot.store.audit.chain()
    in_a_terminal(demo, monkeypatch)
    shown = await asyncio.to_thread(CliRunner().invoke, app, ["db", "check", "--json"])
    (found,) = [one for one in json.loads(shown.stdout) if "Audit chain" in one.values()]
    assert "complete" in str(found)


async def test_an_entry_says_what_changed_for_whom(ana: Hands, priya: Hands) -> None:
    await ana.type("/dp duty off lunch")
    await priya.type("/dp duty off @Léo Marchetti")
    await ana.type("/dp dnd on in Support")
    told = str(await priya.type("/dp audit"))
    assert "Ana Ferreira is now off duty" in told
    assert "Léo Marchetti is now off duty." in told
    assert "Do not disturb is now on for Ana Ferreira in Support." in told
    assert "do_not_disturb" not in told
    assert "on_duty" not in told


async def test_numbers_names_and_texts_are_not_kept_and_the_list_says_so(ana: Hands, priya: Hands) -> None:
    await priya.type("/dp save Dana Fox +14155550177")
    assert "… is now in the contacts with …." in said(await priya.type("/dp audit"))
    await priya.type("/dp status Back at three")
    shown = await priya.type("/dp audit")
    assert "Priya Nair's status is now “…”." in said(shown)
    assert "Back at three" not in str(shown)
    assert "is what the audit does not keep" in str(shown)


async def test_who_did_it_is_named_to_whoever_reads_it(ana: Hands, priya: Hands) -> None:
    await ana.type("/dp call Jordan Lee")
    await ana.submit()
    await ana.type("/dp sms Jordan Lee We are open")
    await ana.submit()
    told = str(await priya.type("/dp audit"))
    assert "Ana Ferreira's phone rings first, then … is called." in told
    assert "The text is on its way to …." in told
    assert not [word for word in ("Me's", ": Me", "Your text") if word in told]


async def test_what_was_refused_is_said_as_a_wish_and_why_it_was_not_done(ana: Hands, priya: Hands) -> None:
    await ana.type("/dp duty off @Léo Marchetti")
    told = str(await priya.type("/dp audit failed"))
    assert "Put Léo Marchetti off duty" in told
    assert "not done: " in told


async def test_what_has_no_sentence_is_said_by_the_word_that_people_type(priya: Hands) -> None:
    await priya.type("/dp run calls")
    told = str(await priya.type("/dp audit everything"))
    assert "Used “run”." in told
    assert "run run" not in told


async def test_what_is_ours_is_said_too(priya: Hands) -> None:
    await priya.subscribe("missed")
    told = str(await priya.type("/dp audit"))
    assert "Set up or changed notifications." in told
    assert "About: missed calls" in told
    assert "notify save" not in told
