from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.basics.errors import DialpadError, UserError
from bot.sandbox.cast import ANA, COMPANY_ID, NOOR
from bot.sandbox.dialpad.access import COMPANY_KEY
from tests.bot.signing_in import ANA_KEY, GUS_KEY, NOOR_KEY, Place, a_place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with a_place(tmp_path) as ready:
        yield ready


async def connect(place: Place) -> str:
    """Noor, by OAuth. Returns her refresh token."""
    async with place.browser() as browser:
        await browser.open(await browser.go_to_dialpad_and_back(await place.connector.start(NOOR_KEY), NOOR))
    link = await place.store.connections.get(NOOR_KEY)
    assert link is not None
    assert link.refresh_token is not None
    return link.refresh_token.get_secret_value()


async def test_a_personal_api_key_is_stored_with_whom_it_acts_as(place: Place) -> None:
    attached = await place.connector.connect_with_key(ANA_KEY, ANA.token)

    link = await place.store.connections.get(ANA_KEY)
    assert attached.name == ANA.name
    assert link is not None
    assert (link.kind, link.dialpad_user_id, link.is_company_key) == ("api_key", str(ANA.dialpad_id), False)
    assert link.company_id == str(COMPANY_ID)
    assert link.expires_at is None


async def test_a_company_api_key_finds_the_person_by_slack_email(place: Place) -> None:
    attached = await place.connector.connect_with_key(ANA_KEY, COMPANY_KEY)

    link = await place.store.connections.get(ANA_KEY)
    assert attached.name == ANA.name
    assert link is not None
    assert (link.is_company_key, link.dialpad_user_id) == (True, str(ANA.dialpad_id))


async def test_a_company_api_key_of_someone_without_a_seat_belongs_to_nobody_in_particular(place: Place) -> None:
    await place.connector.connect_with_key(GUS_KEY, COMPANY_KEY)

    link = await place.store.connections.get(GUS_KEY)
    assert link is not None
    assert (link.is_company_key, link.dialpad_user_id) == (True, None)


async def test_an_unknown_api_key_is_refused_in_plain_words_and_not_stored(place: Place) -> None:
    with pytest.raises(UserError, match="did not accept this API key") as refusal:
        await place.connector.connect_with_key(ANA_KEY, "not-a-key")

    assert "not-a-key" not in str(refusal.value)
    assert await place.connections() == []


async def test_a_key_is_not_stored_while_dialpad_is_down(place: Place) -> None:
    place.dialpad.faults.add("*", kind="down", times=None)

    with pytest.raises(DialpadError):
        await place.connector.connect_with_key(ANA_KEY, ANA.token)
    assert await place.connections() == []


async def test_a_new_connection_replaces_the_old_one(place: Place) -> None:
    await place.connector.connect_with_key(NOOR_KEY, NOOR.token)
    await connect(place)

    link = await place.store.connections.get(NOOR_KEY)
    assert link is not None
    assert (link.kind, link.dialpad_name) == ("oauth", NOOR.name)


async def test_disconnecting_revokes_at_dialpad_then_forgets(place: Place) -> None:
    refresh_token = await connect(place)

    assert await place.connector.disconnect(NOOR_KEY)
    assert place.asked("/oauth2/deauthorize") == 1
    assert place.dialpad.tokens.refresh(refresh_token) is None
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_disconnecting_after_the_access_token_has_expired_still_revokes(place: Place) -> None:
    await connect(place)
    place.clock.pass_(minutes=61)

    assert await place.connector.disconnect(NOOR_KEY)
    assert place.dialpad.requests[-1].path == "/oauth2/deauthorize"
    assert place.dialpad.requests[-1].status == 204
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_disconnecting_while_dialpad_is_down_forgets_here_and_revokes_when_it_is_up(place: Place) -> None:
    refresh_token = await connect(place)
    place.dialpad.faults.add("POST /oauth2", kind="down", times=None)

    ended = await place.connector.disconnect(NOOR_KEY)
    assert ended is not None
    assert ended.access_left
    assert await place.store.connections.get(NOOR_KEY) is None

    place.dialpad.faults.clear()
    await place.hooks.reconcile()
    assert place.dialpad.tokens.refresh(refresh_token) is None
    assert await place.store.removals.all() == []


async def test_who_connected_again_meanwhile_keeps_the_new_access(place: Place) -> None:
    await connect(place)
    place.dialpad.faults.add("POST /oauth2/deauthorize", kind="down", times=None)
    await place.connector.disconnect(NOOR_KEY)
    place.dialpad.faults.clear()
    refresh_token = await connect(place)

    await place.hooks.reconcile()
    assert place.dialpad.tokens.refresh(refresh_token) is not None
    assert await place.store.removals.all() == []


async def test_disconnecting_what_dialpad_has_ended_already_forgets_it(place: Place) -> None:
    await connect(place)
    assert NOOR.dialpad_id is not None
    place.dialpad.tokens.revoke_user(NOOR.dialpad_id)

    assert await place.connector.disconnect(NOOR_KEY)
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_disconnecting_an_expired_grant_that_dialpad_has_ended_forgets_it(place: Place) -> None:
    await connect(place)
    assert NOOR.dialpad_id is not None
    place.dialpad.tokens.revoke_user(NOOR.dialpad_id)
    place.clock.pass_(minutes=61)

    assert await place.connector.disconnect(NOOR_KEY)
    assert await place.store.connections.get(NOOR_KEY) is None


async def test_disconnecting_a_pasted_key_asks_dialpad_nothing(place: Place) -> None:
    await place.connector.connect_with_key(ANA_KEY, ANA.token)
    before = len(place.dialpad.requests)

    assert await place.connector.disconnect(ANA_KEY)
    assert len(place.dialpad.requests) == before
    assert await place.store.connections.get(ANA_KEY) is None


async def test_disconnecting_without_a_connection_says_so(place: Place) -> None:
    assert not await place.connector.disconnect(ANA_KEY)


async def test_without_an_oauth_app_only_keys_are_offered(tmp_path: Path) -> None:
    async with a_place(tmp_path, with_oauth=False) as place, place.browser() as browser:
        url = await place.connector.start(NOOR_KEY)
        await browser.open(url)

        assert not place.connector.offers_oauth
        assert (await browser.press_continue(url)).status_code == 410


async def test_nothing_of_a_sign_in_shows_in_repr(place: Place) -> None:
    refresh_token = await connect(place)
    link = await place.store.connections.get(NOOR_KEY)
    assert link is not None

    assert refresh_token not in repr(link)
    assert link.access_token.get_secret_value() not in repr(link)
