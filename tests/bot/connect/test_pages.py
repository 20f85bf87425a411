from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette

from bot.connect.pages import connect_routes
from bot.sandbox.cast import ANA, NOOR
from tests.bot.signing_in import BOT, NOOR_KEY, Place, a_place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with a_place(tmp_path) as ready:
        yield ready


async def test_a_person_connects_through_the_pages(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        page = await browser.open(await browser.go_to_dialpad_and_back(url, NOOR))

    assert page.status_code == 200
    assert "You are connected" in page.text
    link = await place.store.connections.get(NOOR_KEY)
    assert link is not None
    assert (link.kind, link.dialpad_name, link.dialpad_user_id) == ("oauth", NOOR.name, str(NOOR.dialpad_id))
    assert link.refresh_token is not None


async def test_the_person_is_told_in_slack_once_connected(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        await browser.open(await browser.go_to_dialpad_and_back(url, NOOR))

    assert [(one.person, one.dialpad_name) for one in place.told] == [(NOOR_KEY, NOOR.name)]


async def test_the_way_to_dialpad_carries_state_and_an_s256_challenge(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        await browser.open(url)
        disconnector = await browser.press_continue(url)

    query = parse_qs(urlsplit(disconnector.headers["location"]).query)
    assert disconnector.status_code == 303
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{BOT}/connect/callback"]
    assert len(query["state"][0]) >= 32
    assert len(query["code_challenge"][0]) == 43


async def test_the_pages_say_whose_slack_it_is_for(place: Place) -> None:
    async with place.browser() as somebody_elses:
        page = await somebody_elses.open(await place.connector.start(NOOR_KEY))

    assert "Is this you" in page.text
    assert NOOR.name in page.text
    assert NOOR.email in page.text


async def test_looking_at_the_page_twice_leaves_it_good(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        await browser.open(url)
        await browser.open(url)
        disconnector = await browser.press_continue(url)

    assert disconnector.status_code == 303


async def test_a_form_posted_by_another_site_does_not_skip_the_question(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as lured:  # never saw the page, so it has no cookie of ours
        answer = await lured.press_continue(url)

    assert answer.status_code == 410
    assert "location" not in answer.headers


async def test_a_posted_form_without_the_cookie_leaves_the_link_good_for_its_owner(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as lured, place.browser() as noors:
        await lured.press_continue(url)
        await noors.open(url)

        assert (await noors.press_continue(url)).status_code == 303


async def test_a_link_is_used_once(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        await browser.open(url)
        await browser.press_continue(url)

        assert (await browser.open(url)).status_code == 410
        assert (await browser.press_continue(url)).status_code == 410


async def test_a_link_ends_after_fifteen_minutes(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    place.clock.pass_(minutes=15)
    async with place.browser() as browser:
        page = await browser.open(url)

    assert page.status_code == 410
    assert "/dp connect" in page.text


async def test_an_invented_link_shows_a_plain_page(place: Place) -> None:
    async with place.browser() as browser:
        page = await browser.open(f"{BOT}/connect/made-up")

    assert page.status_code == 410
    assert "no longer works" in page.text


async def test_a_used_state_shows_a_plain_page_and_stores_nothing(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        back = await browser.go_to_dialpad_and_back(url, NOOR)
        await browser.open(back)
        stored = await place.connections()
        browser.http.cookies.set("dialpad_connect", "again", domain="chatops.example.test", path="/connect")
        again = await browser.open(back)

    assert again.status_code == 400
    assert "already used" in again.text
    assert await place.connections() == stored
    assert len(place.told) == 1


async def test_a_state_older_than_ten_minutes_stores_nothing(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        back = await browser.go_to_dialpad_and_back(url, NOOR)
        place.clock.pass_(minutes=10)
        page = await browser.open(back)

    assert page.status_code == 400
    assert await place.connections() == []
    assert place.asked("/oauth2/token") == 0


async def test_a_state_carried_into_another_browser_stores_nothing(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as noors, place.browser() as victims:
        back = await noors.go_to_dialpad_and_back(url, ANA)
        page = await victims.open(back)

    assert page.status_code == 400
    assert "another browser" in page.text
    assert await place.connections() == []
    assert place.asked("/oauth2/token") == 0


async def test_a_browser_with_its_own_cookie_cannot_finish_somebody_elses_sign_in(place: Place) -> None:
    ours, theirs = await place.connector.start(NOOR_KEY), await place.connector.start(NOOR_KEY)
    async with place.browser() as one, place.browser() as other:
        back = await one.go_to_dialpad_and_back(ours, NOOR)
        await other.open(theirs)
        page = await other.open(back)

    assert page.status_code == 400
    assert await place.connections() == []


async def test_saying_no_at_dialpad_stores_nothing_and_uses_the_state_up(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        back = await browser.go_to_dialpad_and_back(url, NOOR, decision="deny")
        page = await browser.open(back)
        state = parse_qs(urlsplit(back).query)["state"][0]

    assert "error=access_denied" in back
    assert page.status_code == 400
    assert "nothing was stored" in page.text
    assert await place.connections() == []
    assert await place.store.oauth_states.take(state) is None


async def test_a_callback_without_anything_shows_a_plain_page(place: Place) -> None:
    async with place.browser() as browser:
        page = await browser.open(f"{BOT}/connect/callback")

    assert page.status_code == 400
    assert await place.connections() == []


async def test_when_dialpad_is_down_during_the_exchange_nothing_is_stored(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        back = await browser.go_to_dialpad_and_back(url, NOOR)
        place.dialpad.faults.add("POST /oauth2/token", kind="down", times=None)
        page = await browser.open(back)

    assert page.status_code == 400
    assert "/dp connect" in page.text
    assert await place.connections() == []


async def test_when_dialpad_does_not_say_who_it_is_nothing_is_stored(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        back = await browser.go_to_dialpad_and_back(url, NOOR)
        place.dialpad.faults.add("GET /api/v2/users", kind="broken_json", times=None)
        page = await browser.open(back)

    assert page.status_code == 400
    assert await place.connections() == []


async def test_hostile_names_are_shown_as_text(place: Place) -> None:
    hostile = '<script>alert("x")</script>'
    profile = place.people.profiles[NOOR_KEY.user_id]
    place.people.profiles[NOOR_KEY.user_id] = replace(profile, name=hostile, email="<img src=x onerror=y>")
    assert NOOR.dialpad_id is not None
    place.dialpad.state.users[NOOR.dialpad_id].first_name = hostile
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        before = await browser.open(url)
        after = await browser.open(await browser.go_to_dialpad_and_back(url, NOOR))

    assert "<script>" not in before.text + after.text
    assert "<img" not in before.text
    assert "&lt;script&gt;" in before.text
    assert "&lt;script&gt;" in after.text


@pytest.mark.parametrize("path", ["/connect/made-up", "/connect/callback?state=made-up&code=made-up"])
async def test_no_page_is_kept_framed_scripted_or_referred_to(place: Place, path: str) -> None:
    async with place.browser() as browser:
        headers = (await browser.open(BOT + path)).headers

    policy = headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy


async def test_the_redirect_to_dialpad_is_not_kept_by_the_browser(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        await browser.open(url)
        disconnector = await browser.press_continue(url)

    assert disconnector.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("https", "secure"), [(True, True), (False, False)])
async def test_the_cookie_is_for_these_pages_only(place: Place, https: bool, secure: bool) -> None:
    async def tell(_: object) -> None:
        return None

    place.web = Starlette(routes=connect_routes(place.connector, tell, https=https))
    async with place.browser() as browser:
        cookie = (await browser.open(await place.connector.start(NOOR_KEY))).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/connect" in cookie
    assert ("secure" in cookie) is secure


async def test_the_pages_are_in_the_browsers_language(place: Place) -> None:
    url = await place.connector.start(NOOR_KEY)
    async with place.browser() as browser:
        browser.http.headers["accept-language"] = "es-MX,es;q=0.9,en;q=0.5"
        first = await browser.open(url)
        last = await browser.open(await browser.go_to_dialpad_and_back(url, NOOR))
        again = await browser.open(url)

    assert '<html lang="es">' in first.text
    assert "¿Eres tú en Slack?" in first.text
    assert "Sí, continuar a Dialpad" in first.text
    assert "actúa como" in last.text
    assert "Este enlace ya no funciona" in again.text
