"""A Dialpad account with another e-mail address is attached to nobody without a word from whose it is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.connect.account_owners import is_same_address, is_same_mailbox
from bot.contract.reply import Reply
from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM, Person
from bot.sandbox.dialpad.access import COMPANY_KEY
from bot.store.connection_requests import connection_requests
from tests.bot.signing_in import ANA_KEY, GUS_KEY, NOOR_KEY, Place, a_place, key_of

SAM_KEY, PRIYA_KEY = key_of(SAM), key_of(PRIYA)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with a_place(tmp_path) as ready:
        yield ready


def rename(place: Place, person: Person, email: str | None) -> None:
    """Give somebody another address in Slack."""
    assert person.slack_id is not None
    place.people.profiles[person.slack_id] = replace(place.people.profiles[person.slack_id], email=email)


def asked(place: Place) -> tuple[PersonKey, Reply, str]:
    """The newest question: to whom, and its request."""
    person, reply = next(one for one in reversed(place.messages.told) if one[1].buttons[:1])
    return person, reply, str(reply.buttons[0].args["request"])


@pytest.mark.parametrize(
    ("one", "other", "address", "mailbox"),
    [
        ("ana@northlight.example", "Ana@Northlight.Example ", True, True),
        ("ana+slack@northlight.example", "ana@northlight.example", False, True),
        ("ana@northlight.example", "ana@elsewhere.example", False, False),
        ("+ana@northlight.example", "+sam@northlight.example", False, False),
        ("", "", False, False),
    ],
)
def test_when_addresses_are_the_same(one: str, other: str, address: bool, mailbox: bool) -> None:
    assert (is_same_address(one, other), is_same_mailbox(one, other)) == (address, mailbox)


async def test_a_key_of_somebody_else_waits_for_the_word_of_its_owner(place: Place) -> None:
    attached = await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    assert (attached.name, attached.asked) == (SAM.name, SAM.name)
    assert await place.store.connections.get(NOOR_KEY) is None

    person, question, request = asked(place)
    assert person == SAM_KEY
    assert [one.label for one in question.buttons] == ["Not me", "Yes, that is me"]

    await place.connector.decide(SAM_KEY, request, yes=True)
    link = await place.store.connections.get(NOOR_KEY)
    assert link is not None
    assert (link.dialpad_name, link.access_token.get_secret_value()) == (SAM.name, SAM.token)
    assert place.messages.told[-1][0] == NOOR_KEY


async def test_who_says_not_me_ends_it_for_both(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    await place.connector.decide(SAM_KEY, request, yes=False)
    await place.connector.decide(SAM_KEY, request, yes=True)
    assert await place.connections() == []
    assert place.messages.told[-1][0] == NOOR_KEY


@pytest.mark.parametrize("decider", [NOOR_KEY, ANA_KEY, PersonKey("T0OTHER01", SAM_KEY.user_id)])
async def test_nobody_but_who_was_asked_decides(place: Place, decider: PersonKey) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    await place.connector.decide(decider, request, yes=True)
    assert await place.connections() == []


async def test_an_answer_after_a_day_connects_nobody(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    place.clock.pass_(minutes=24 * 60)
    await place.connector.decide(SAM_KEY, request, yes=True)
    assert await place.connections() == []


async def test_a_second_try_replaces_the_first(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, first = asked(place)
    await place.connector.connect_with_key(NOOR_KEY, ANA.token)
    await place.connector.decide(SAM_KEY, first, yes=True)
    assert await place.connections() == []


async def test_a_sign_in_of_somebody_else_waits_and_is_revoked_when_refused(place: Place) -> None:
    async with place.browser() as browser:
        url = await place.connector.start(NOOR_KEY)
        page = await browser.open(await browser.go_to_dialpad_and_back(url, SAM))
    assert "Not connected yet" in page.text
    assert place.told == []

    _, _, request = asked(place)
    await place.connector.decide(SAM_KEY, request, yes=False)
    assert place.asked("/oauth2/deauthorize") == 1


async def test_a_refused_sign_in_leaves_the_owners_own_connection_alone(place: Place) -> None:
    async with place.browser() as browser:
        await browser.open(await browser.go_to_dialpad_and_back(await place.connector.start(SAM_KEY), SAM))
    async with place.browser() as browser:
        await browser.open(await browser.go_to_dialpad_and_back(await place.connector.start(NOOR_KEY), SAM))
    _, _, request = asked(place)
    await place.connector.decide(SAM_KEY, request, yes=False)
    assert place.asked("/oauth2/deauthorize") == 0
    assert await place.store.connections.get(SAM_KEY) is not None


async def test_without_its_owner_in_slack_an_admin_is_asked(place: Place) -> None:
    await place.connector.connect_with_key(ANA_KEY, ANA.token)
    await place.connector.connect_with_key(PRIYA_KEY, PRIYA.token)
    rename(place, NOOR, "noor@home.example")
    attached = await place.connector.connect_with_key(NOOR_KEY, NOOR.token)
    assert attached.asked == "Dialpad admins of your company"

    person, question, request = asked(place)
    assert person == PRIYA_KEY
    assert [one.label for one in question.buttons] == ["Do not allow", "Allow"]
    await place.connector.decide(PRIYA_KEY, request, yes=True)
    assert await place.store.connections.get(NOOR_KEY) is not None


@pytest.mark.parametrize("company_id", ["6200", None], ids=["another company", "no company"])
async def test_an_admin_who_has_left_the_company_says_nothing_for_it_any_more(
    place: Place, company_id: str | None
) -> None:
    await place.connector.connect_with_key(PRIYA_KEY, PRIYA.token)
    rename(place, NOOR, "noor@home.example")
    await place.connector.connect_with_key(NOOR_KEY, NOOR.token)
    _, _, request = asked(place)
    link = await place.store.connections.get(PRIYA_KEY)
    assert link is not None
    await place.store.connections.save(PRIYA_KEY, replace(link, company_id=company_id))

    told = await place.connector.decide(PRIYA_KEY, request, yes=True)
    assert "Nothing was changed" in str(told.text)
    await place.store.connections.delete(PRIYA_KEY)
    await place.connector.decide(PRIYA_KEY, request, yes=True)
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_a_connection_whose_key_is_missing_is_told_to_both(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    lost = update(connection_requests).values(sealed=b"sealed with another key")
    await place.store.database.write(lambda connection: connection.execute(lost).rowcount)

    answer = await place.connector.decide(SAM_KEY, request, yes=True)
    assert "was told to connect again" in str(answer.text)
    person, told = place.messages.told[-1]
    assert person == NOOR_KEY
    assert "encryption key of your sign-in is missing" in str(told.text)
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_with_nobody_to_ask_nothing_is_connected_and_it_says_what_to_do(place: Place) -> None:
    rename(place, NOOR, "noor@home.example")
    with pytest.raises(UserError, match="Have your Slack address added to that Dialpad user"):
        await place.connector.connect_with_key(NOOR_KEY, NOOR.token)
    assert await place.connections() == []


async def test_an_address_that_slack_does_not_share_is_looked_up_the_other_way(place: Place) -> None:
    hidden = place.people.with_email

    async def with_email(team_id: str, email: str) -> str | None:
        return NOOR_KEY.user_id if email == NOOR.email else await hidden(team_id, email)

    place.people.with_email = with_email  # type: ignore[method-assign]  # Slack knows it, and does not put it in the profile
    rename(place, NOOR, None)
    assert not (await place.connector.connect_with_key(NOOR_KEY, NOOR.token)).asked


async def test_any_of_several_addresses_will_do(place: Place) -> None:
    assert NOOR.dialpad_id is not None
    place.dialpad.state.users[NOOR.dialpad_id].emails.append("noor@home.example")
    rename(place, NOOR, "Noor@Home.example")
    assert not (await place.connector.connect_with_key(NOOR_KEY, NOOR.token)).asked


async def test_a_tagged_address_is_the_same_mailbox_unless_slack_knows_its_owner(place: Place) -> None:
    rename(place, NOOR, "noor+slack@northlight.example")
    assert not (await place.connector.connect_with_key(NOOR_KEY, NOOR.token)).asked
    rename(place, ANA, "sam+slack@northlight.example")
    assert (await place.connector.connect_with_key(ANA_KEY, SAM.token)).asked == SAM.name


async def test_a_company_key_acts_as_nobody_else(place: Place) -> None:
    await place.connector.connect_with_key(GUS_KEY, COMPANY_KEY)
    link = await place.store.connections.get(GUS_KEY)
    assert link is not None
    assert link.dialpad_user_id is None


async def test_two_people_who_act_as_one_are_both_told(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    await place.connector.decide(SAM_KEY, request, yes=True)
    place.messages.told.clear()

    await place.connector.connect_with_key(SAM_KEY, SAM.token)
    assert {person for person, _ in place.messages.told} == {NOOR_KEY, SAM_KEY}


async def test_who_was_agreed_to_connects_again_without_a_question(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, SAM.token)
    _, _, request = asked(place)
    await place.connector.decide(SAM_KEY, request, yes=True)
    assert not (await place.connector.connect_with_key(NOOR_KEY, SAM.token)).asked


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://chatops.example.test.evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://chatops.example.test", "sec-fetch-site": "same-origin"}, 303),
        ({}, 303),
    ],
)
async def test_a_form_that_another_site_posted_is_refused(place: Place, headers: dict[str, str], status: int) -> None:
    async with place.browser() as browser:
        url = await place.connector.start(NOOR_KEY)
        await browser.open(url)
        assert (await browser.http.post(url, headers=headers)).status_code == status
        if status == 403:
            assert (await browser.press_continue(url)).status_code == 303, "the link is still good"
