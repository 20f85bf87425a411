"""Connecting a fresh person in the browser or with an API key, and disconnecting again."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sandbox.cast import NOOR, SAM
from bot.sandbox.dialpad import COMPANY_KEY
from tests.flows.browser import Browser, consent_form
from tests.flows.hands import Hands, find_button, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


def link_in(card: dict[str, object]) -> str:
    """Where the card's Connect button leads."""
    label = next(one for one in labels(card) if one.startswith("Connect"))
    return str(find_button(card, label)[0]["url"])


async def test_what_was_asked_before_connecting_runs_after_it_and_is_told(noor: Hands, browser: Browser) -> None:
    card = await noor.type("/dp dnd on")
    assert "Connect your Dialpad account" in said(card)
    assert not noor.account.do_not_disturb

    end = await browser.connect(link_in(card))

    assert "You are connected" in end.text
    assert "Noor Haddad" in end.text
    answer = await noor.settled()
    assert noor.account.do_not_disturb
    assert "off → on" in said(answer)
    assert "Noor Haddad" in said(await noor.told())


@pytest.mark.parametrize("word", ["sms", "status", "block", "dnd on for 30m"])
async def test_nobody_fills_in_a_form_to_learn_that_they_are_not_connected(noor: Hands, word: str) -> None:
    card = await noor.type(f"/dp {word}")
    assert noor.person.modal is None
    assert "Connect your Dialpad account" in said(card)


async def test_a_form_that_was_asked_for_before_connecting_is_offered_after_it(noor: Hands, browser: Browser) -> None:
    await browser.connect(link_in(await noor.type("/dp sms Jordan Lee")))
    await noor.press(await noor.settled(), "Open the form")
    assert "Jordan Lee" in said(await noor.modal())


async def test_a_shortcut_of_somebody_not_connected_leads_to_connecting(noor: Hands) -> None:
    await noor.person.shortcut("shortcuts.send_a_text")
    assert "Connect your Dialpad account" in said(await noor.modal())


async def test_the_page_asks_for_whom_the_link_is_before_dialpad_does(noor: Hands, browser: Browser) -> None:
    page = await browser.get(link_in(await noor.type("/dp connect")))
    assert "Is this you in Slack?" in page.text
    assert "noor@northlight.example" in page.text


async def test_saying_no_at_dialpad_stores_nothing_and_says_so(noor: Hands, browser: Browser) -> None:
    card = await noor.type("/dp connect")
    end = await browser.connect(link_in(card), decision="deny")
    assert end.status_code == 400
    assert "nothing was stored" in end.text
    assert "Connect your Dialpad account" in said(await noor.type("/dp whoami"))


async def test_a_link_that_was_used_says_how_to_get_a_new_one(noor: Hands, browser: Browser) -> None:
    link = link_in(await noor.type("/dp connect"))
    await browser.connect(link)
    again = await browser.get(link)
    assert again.status_code == 410
    assert "/dp connect" in again.text


async def test_a_state_that_comes_back_twice_gets_a_plain_page_and_changes_nothing(
    noor: Hands, browser: Browser
) -> None:
    consent = await browser.consent_page(link_in(await noor.type("/dp connect")))
    decided = await browser.post(
        consent.url.join("/oauth2/authorize"), data=consent_form(consent), follow_redirects=False
    )
    back = decided.headers["location"]
    assert "You are connected" in (await browser.get(back)).text
    before = await noor.demo.bot.store.connections.get(noor.key)
    again = await browser.get(back)
    assert again.status_code == 400
    assert "Not connected" in again.text
    assert await noor.demo.bot.store.connections.get(noor.key) == before


async def test_a_sign_in_carried_into_another_browser_connects_nobody(noor: Hands, browser: Browser) -> None:
    consent = await browser.consent_page(link_in(await noor.type("/dp connect")))
    async with Browser() as stranger:
        end = await stranger.decide(consent)
    assert "another browser" in end.text
    assert await noor.demo.bot.store.connections.get(noor.key) is None


async def test_a_form_posted_without_having_seen_the_page_leads_nowhere(noor: Hands, browser: Browser) -> None:
    refused = await browser.post(link_in(await noor.type("/dp connect")))
    assert refused.status_code == 410
    assert "Open the link in Slack again" in refused.text


async def test_the_way_to_dialpad_carries_a_challenge_and_no_secret(noor: Hands, browser: Browser) -> None:
    link = link_in(await noor.type("/dp connect"))
    await browser.get(link)
    left = await browser.post(link, follow_redirects=False)
    query = parse_qs(urlsplit(left.headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert not {"client_secret", "code_verifier"} & set(query)


async def test_disconnecting_revokes_at_dialpad_then_forgets(ana: Hands) -> None:
    held = await ana.demo.bot.store.connections.get(ana.key)
    assert held is not None
    await ana.type("/dp disconnect")
    assert "Disconnect Dialpad?" in str(await ana.modal())
    assert await ana.demo.bot.store.connections.get(ana.key) is not None
    await ana.submit()
    assert await ana.demo.bot.store.connections.get(ana.key) is None
    assert ana.sent("POST", "/oauth2/deauthorize")
    assert "Disconnected" in said(await ana.settled())
    assert "Connect your Dialpad account" in said(await ana.type("/dp dnd on"))


async def test_disconnecting_while_dialpad_is_down_forgets_here_and_says_what_is_open(ana: Hands) -> None:
    ana.demo.dialpad.faults.add("/oauth2/", kind="down", times=None)
    await ana.type("/dp disconnect")
    await ana.submit()
    assert "has not yet confirmed that your access is revoked" in said(await ana.settled())
    assert await ana.demo.bot.store.connections.get(ana.key) is None


async def test_an_api_key_connects_through_the_form(noor: Hands) -> None:
    card = await noor.type("/dp connect")
    await noor.press(card, "Use an API key")
    await noor.modal()
    await noor.submit({"key": NOOR.token})
    assert "You are connected" in said(await noor.settled())
    await noor.type("/dp dnd on")
    assert noor.account.do_not_disturb


async def test_what_was_asked_before_runs_after_an_api_key_too(noor: Hands) -> None:
    card = await noor.type("/dp dnd on")
    await noor.press(card, "Use an API key")
    await noor.submit({"key": NOOR.token})
    await noor.settled()
    assert noor.account.do_not_disturb


async def test_a_company_key_acts_as_the_person_with_the_same_address(noor: Hands) -> None:
    await noor.press(await noor.type("/dp connect"), "Use an API key")
    await noor.submit({"key": COMPANY_KEY})
    await noor.type("/dp dnd on")
    assert noor.account.do_not_disturb


async def test_a_wrong_key_is_told_at_its_field_and_nothing_is_kept(noor: Hands) -> None:
    await noor.press(await noor.type("/dp connect"), "Use an API key")
    answer = await noor.submit({"key": "no-such-key"})
    assert "did not accept this API key" in answer["errors"]["key"]
    assert "no-such-key" not in answer["errors"]["key"]
    assert await noor.demo.bot.store.connections.get(noor.key) is None


async def test_a_key_while_dialpad_is_down_is_told_at_its_field(noor: Hands) -> None:
    await noor.press(await noor.type("/dp connect"), "Use an API key")
    noor.demo.dialpad.faults.add("*", kind="down", times=None)
    answer = await noor.submit({"key": NOOR.token})
    told = str(answer.get("errors") or said(await noor.modal()))
    assert "try again" in told.casefold()
    assert await noor.demo.bot.store.connections.get(noor.key) is None


async def test_a_connection_ended_at_dialpad_is_told_once_with_a_way_back(sam: Hands) -> None:
    sam.demo.dialpad.tokens.revoke_user(SAM.dialpad_id or 0)
    answer = await sam.type("/dp dnd on")
    assert "Dialpad ended your connection" in said(answer)
    assert link_in(answer)
    await sam.type("/dp dnd on")
    told = [one for one in sam.from_app if "ended your connection" in said(one)]
    assert len(told) == 1
    assert labels(told[0]) == ["Connect again"]


async def test_connecting_again_runs_what_the_broken_connection_refused(sam: Hands, browser: Browser) -> None:
    sam.demo.dialpad.tokens.revoke_user(SAM.dialpad_id or 0)
    card = await sam.type("/dp dnd on")
    await browser.connect(link_in(card), who=SAM)
    await sam.settled()
    assert sam.account.do_not_disturb


async def test_a_forwarded_link_attaches_nobody_elses_account(
    noor: Hands, sam: Hands, ana: Hands, browser: Browser
) -> None:
    end = await browser.connect(link_in(await noor.type("/dp connect")), who=SAM)
    assert "Not connected yet" in end.text
    question = await sam.told()
    assert f"<@{NOOR.slack_id}> signed in to the Dialpad account of" in said(question)
    assert labels(question) == ["Not me", "Yes, that is me"]
    assert await noor.demo.bot.store.connections.get(noor.key) is None

    await sam.press(question, "Not me")
    assert "said no" in said(await noor.told())
    assert await noor.demo.bot.store.connections.get(noor.key) is None
    assert await sam.demo.bot.store.connections.get(sam.key) is not None


async def test_a_pasted_key_of_somebody_else_runs_what_waited_once_they_agree(noor: Hands, sam: Hands) -> None:
    await noor.press(await noor.type("/dp dnd on"), "Use an API key")
    await noor.submit({"key": SAM.token})
    assert "Not connected yet" in said(await noor.settled())
    assert not sam.account.do_not_disturb

    await sam.press(await sam.told(), "Yes, that is me")
    await noor.settled()
    assert sam.account.do_not_disturb
    assert "agreed to it" in said(noor.from_app[-1])
