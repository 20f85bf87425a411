"""From the consent page to a token, and back to nothing."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.sandbox.cast import ANA, NOOR, SAM
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import APP, REDIRECT, Clock, Connect

VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASK = {
    "client_id": APP.client_id,
    "redirect_uri": REDIRECT,
    "response_type": "code",
    "scope": "offline_access calls:list fax_message",
    "state": "s-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
AUTHORIZE = "/oauth2/authorize"
Fields = dict[str, str]


@pytest.fixture
def browser(sandbox: DialpadSandbox) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://dialpad.test")


async def decide(browser: httpx.AsyncClient, ask: Fields, decision: str = "allow") -> Fields:
    """Opens the page, picks Noor, presses a button; what the app is told."""
    page = await browser.get(AUTHORIZE, params=ask)
    request = re.search(r'name="request" value="([^"]+)"', page.text)
    assert request is not None
    form = {"request": request[1], "user_id": str(NOOR.dialpad_id), "decision": decision}
    sent_back = await browser.post(AUTHORIZE, data=form)
    assert sent_back.status_code == 303
    return {key: values[0] for key, values in parse_qs(urlsplit(sent_back.headers["location"]).query).items()}


def redeem(code: str) -> Fields:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": APP.client_id,
        "client_secret": APP.client_secret,
        "code_verifier": VERIFIER,
        "redirect_uri": REDIRECT,
    }


def renew(token: str) -> Fields:
    return {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": APP.client_id,
        "client_secret": APP.client_secret,
    }


async def test_allow_gives_a_code_that_buys_tokens_of_the_chosen_person(
    browser: httpx.AsyncClient, connect: Connect
) -> None:
    told = await decide(browser, ASK)
    assert told["state"] == "s-1"
    tokens = (await browser.post("/oauth2/token", data=redeem(told["code"]))).json()
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] == 3600
    assert (await connect(tokens["access_token"]).get("users/me")).json()["emails"] == [NOOR.email]


async def test_deny_goes_back_with_access_denied(browser: httpx.AsyncClient) -> None:
    told = await decide(browser, ASK, decision="deny")
    assert (told["error"], told["state"]) == ("access_denied", "s-1")


async def test_the_page_names_the_app_the_people_and_only_registered_rights(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(AUTHORIZE, params=ASK)).text
    assert APP.name in page
    assert NOOR.name in page
    assert "list of the company" in page
    assert "fax" not in page.lower()


async def test_the_login_hint_is_chosen_beforehand(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(AUTHORIZE, params={**ASK, "login_hint": SAM.email})).text
    assert f'value="{SAM.dialpad_id}" checked' in page


async def test_without_a_hint_nobody_is_chosen_beforehand(browser: httpx.AsyncClient) -> None:
    assert "checked autofocus" not in (await browser.get(AUTHORIZE, params=ASK)).text


async def test_the_last_choice_is_remembered_by_a_cookie(browser: httpx.AsyncClient) -> None:
    await decide(browser, ASK)
    assert f'value="{NOOR.dialpad_id}" checked' in (await browser.get(AUTHORIZE, params=ASK)).text


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"redirect_uri": REDIRECT + "/"}, {"redirect_uri": ""}])
async def test_a_wrong_app_or_address_is_never_redirected_to(browser: httpx.AsyncClient, wrong: Fields) -> None:
    page = await browser.get(AUTHORIZE, params={**ASK, **wrong})
    assert page.status_code == 400
    assert "location" not in page.headers


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
async def test_other_mistakes_go_back_to_the_app(browser: httpx.AsyncClient, wrong: Fields, error: str) -> None:
    page = await browser.get(AUTHORIZE, params={**ASK, **wrong})
    told = parse_qs(urlsplit(page.headers["location"]).query)
    assert (told["error"], told["state"]) == ([error], ["s-1"])


async def test_the_page_can_be_sent_once_only(browser: httpx.AsyncClient) -> None:
    page = await browser.get(AUTHORIZE, params=ASK)
    request = re.search(r'name="request" value="([^"]+)"', page.text)
    assert request is not None
    form = {"request": request[1], "user_id": str(NOOR.dialpad_id), "decision": "allow"}
    assert (await browser.post(AUTHORIZE, data=form)).status_code == 303
    assert (await browser.post(AUTHORIZE, data=form)).status_code == 400


async def test_a_code_works_once_and_its_second_use_takes_the_tokens_back(
    browser: httpx.AsyncClient, connect: Connect
) -> None:
    code = (await decide(browser, ASK))["code"]
    tokens = (await browser.post("/oauth2/token", data=redeem(code))).json()
    again = await browser.post("/oauth2/token", data=redeem(code))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await connect(tokens["access_token"]).get("users/me")).status_code == 401


async def test_a_code_lives_ten_minutes(browser: httpx.AsyncClient, clock: Clock) -> None:
    code = (await decide(browser, ASK))["code"]
    clock.forward(minutes=10)
    assert (await browser.post("/oauth2/token", data=redeem(code))).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "something else"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://localhost:3000/other"}, 400, "invalid_grant"),
        ({"client_secret": "guess"}, 401, "invalid_client"),
        ({"client_id": "guess"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code": "made-up"}, 400, "invalid_grant"),
    ],
)
async def test_a_code_is_not_redeemed_wrongly(
    browser: httpx.AsyncClient, changes: Fields, status: int, error: str
) -> None:
    right = redeem((await decide(browser, ASK))["code"])
    answer = await browser.post("/oauth2/token", data={**right, **changes})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


async def test_pkce_cannot_be_left_out_once_begun(browser: httpx.AsyncClient) -> None:
    fields = redeem((await decide(browser, ASK))["code"])
    del fields["code_verifier"]
    assert (await browser.post("/oauth2/token", data=fields)).json()["error"] == "invalid_grant"


async def test_tokens_may_be_asked_for_in_json_with_basic_credentials(browser: httpx.AsyncClient) -> None:
    fields = redeem((await decide(browser, ASK))["code"])
    body = {key: fields[key] for key in ("grant_type", "code", "code_verifier")}
    answer = await browser.post("/oauth2/token", json=body, auth=(APP.client_id, APP.client_secret))
    assert answer.status_code == 200


async def test_no_refresh_token_without_offline_access(browser: httpx.AsyncClient) -> None:
    code = (await decide(browser, {**ASK, "scope": "calls:list"}))["code"]
    assert "refresh_token" not in (await browser.post("/oauth2/token", data=redeem(code))).json()


async def test_refreshing_rotates_and_the_old_token_is_dead_at_once(
    sandbox: DialpadSandbox, browser: httpx.AsyncClient, connect: Connect
) -> None:
    old = sandbox.issue_token(ANA)["refresh_token"]
    new = (await browser.post("/oauth2/token", data=renew(old))).json()
    assert new["refresh_token"] != old
    assert (await connect(new["access_token"]).get("users/me")).status_code == 200
    again = await browser.post("/oauth2/token", data=renew(old))
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_the_refreshed_pair_keeps_its_scopes(sandbox: DialpadSandbox, browser: httpx.AsyncClient) -> None:
    old = sandbox.issue_token(ANA, scopes=["offline_access", "calls:list"])["refresh_token"]
    new = (await browser.post("/oauth2/token", data=renew(old))).json()
    assert sandbox.tokens.caller(f"Bearer {new['access_token']}").scopes == {"offline_access", "calls:list"}


async def test_deauthorize_takes_everything_back(
    sandbox: DialpadSandbox, browser: httpx.AsyncClient, connect: Connect
) -> None:
    tokens = sandbox.issue_token(ANA)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.post("/oauth2/deauthorize", headers=bearer)).status_code == 204
    assert (await connect(tokens["access_token"]).get("users/me")).status_code == 401
    assert (await browser.post("/oauth2/token", data=renew(tokens["refresh_token"]))).json()["error"] == "invalid_grant"


async def test_an_api_key_cannot_be_deauthorized(browser: httpx.AsyncClient) -> None:
    bearer = {"Authorization": f"Bearer {ANA.token}"}
    assert (await browser.post("/oauth2/deauthorize", headers=bearer)).status_code == 400


async def test_without_a_registered_app_nobody_can_connect() -> None:
    sandbox = DialpadSandbox()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://dialpad.test") as alone:
        assert (await alone.get(AUTHORIZE, params=ASK)).status_code == 400
        assert (await alone.post("/oauth2/token", data=renew("x"))).status_code == 401
