import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from bot.basics.errors import GrantEnded, NotAllowed, TooMany, Unavailable, Unreadable
from bot.dialpad.client import Http
from bot.dialpad.oauth import DialpadOAuth, build_pkce
from tests.bot.dialpad.wire import Wire, bad, good

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def build_oauth(*answers: httpx.Response | Exception, scopes: tuple[str, ...] = ()) -> tuple[DialpadOAuth, Wire]:
    wire = Wire(list(answers))
    oauth = DialpadOAuth(
        "app", "app-secret", "https://dialpad.example/", "https://bot.example/connect/callback", scopes,
        http=Http(wire), clock=lambda: NOW,
    )  # fmt: skip
    return oauth, wire


def test_the_challenge_is_the_hash_of_the_verifier() -> None:
    verifier, challenge = build_pkce()
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64decode(challenge + "=") == digest


def test_no_two_verifiers_are_alike() -> None:
    assert len({build_pkce()[0] for _ in range(50)}) == 50


def test_a_verifier_has_the_length_that_the_standard_wants() -> None:
    assert 43 <= len(build_pkce()[0]) <= 128


def test_the_address_for_consent_has_all_that_dialpad_needs() -> None:
    oauth, _ = build_oauth(scopes=("offline_access", "calls:list"))
    url = urlsplit(oauth.authorize_url("state-1", "challenge-1"))
    assert (url.netloc, url.path, parse_qs(url.query)) == (
        "dialpad.example",
        "/oauth2/authorize",
        {
            "response_type": ["code"],
            "client_id": ["app"],
            "redirect_uri": ["https://bot.example/connect/callback"],
            "state": ["state-1"],
            "code_challenge": ["challenge-1"],
            "code_challenge_method": ["S256"],
            "scope": ["offline_access calls:list"],
        },
    )


async def test_a_code_becomes_tokens() -> None:
    oauth, wire = build_oauth(good({"access_token": "a", "refresh_token": "r", "expires_in": 3600, "scope": "x y"}))
    tokens = await oauth.exchange("code-1", "verifier-1")
    assert (tokens.access_token.get_secret_value(), tokens.expires_at, tokens.scope) == (
        "a",
        NOW + timedelta(hours=1),
        "x y",
    )
    assert dict(parse_qsl(wire.asked[0].body.decode())) == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "code_verifier": "verifier-1",
        "redirect_uri": "https://bot.example/connect/callback",
        "client_id": "app",
        "client_secret": "app-secret",
    }


async def test_tokens_without_an_end_have_none() -> None:
    oauth, _ = build_oauth(good({"access_token": "a"}))
    tokens = await oauth.exchange("c", "v")
    assert (tokens.expires_at, tokens.refresh_token) == (None, None)


async def test_tokens_do_not_show_when_printed() -> None:
    oauth, _ = build_oauth(good({"access_token": "hidden-a", "refresh_token": "hidden-r"}))
    assert "hidden" not in repr(await oauth.exchange("c", "v"))


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(400, json={"error": "invalid_grant", "error_description": "Code used"}),
        httpx.Response(401, json={"error": "invalid_grant"}),
        bad(400, "invalid_grant: token revoked"),
        bad(400, "Token revoked", "invalid_grant"),
    ],
)
async def test_a_grant_that_ended_is_recognised_in_either_shape(refusal: httpx.Response) -> None:
    oauth, _ = build_oauth(refusal)
    with pytest.raises(GrantEnded):
        await oauth.refresh("r")


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), NotAllowed),
        (bad(503), Unavailable),
        (bad(500), Unavailable),
        (bad(429), TooMany),
        (httpx.ReadTimeout(""), Unavailable),
        (httpx.ConnectError(""), Unavailable),
        (good({}), Unreadable),
        (httpx.Response(200, text="<html>"), Unreadable),
    ],
)
async def test_other_trouble_does_not_end_the_grant(trouble: httpx.Response | Exception, kind: type[Exception]) -> None:
    oauth, _ = build_oauth(trouble)
    with pytest.raises(kind):
        await oauth.refresh("r")


async def test_revoking_sends_the_token_as_a_header() -> None:
    oauth, wire = build_oauth(httpx.Response(204))
    await oauth.revoke("a")
    asked = wire.asked[0]
    assert (asked.path, asked.headers["authorization"], asked.body) == ("/oauth2/deauthorize", "Bearer a", b"")


async def test_revoking_what_is_gone_already_is_done() -> None:
    oauth, _ = build_oauth(bad(401))
    await oauth.revoke("a")
