"""Dialpad's OAuth: authorization code with PKCE, refresh with rotation, revocation."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.basics.errors import DialpadError, GrantEnded, NotAllowed, TokenRefused, Unavailable, Unreadable
from bot.dialpad.client import Http, HttpAnswer, NotAnswered, NotSent
from bot.dialpad.reading import parse_message, read_refusal


@dataclass(frozen=True)
class Tokens:
    """Tokens from Dialpad. ``expires_at`` is aware UTC; ``refresh_token`` comes only with ``offline_access``."""

    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: datetime | None
    scope: str


def build_pkce() -> tuple[str, str]:
    """Generate a ``(verifier, challenge)`` for method S256."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class DialpadOAuth:
    """One registered OAuth app. Methods that ask Dialpad raise ``DialpadError``."""

    def __init__(
        self,
        client_id: str,
        client_secret: SecretStr | str,
        base_url: str,
        redirect_uri: str,
        scopes: Sequence[str],
        *,
        http: Http,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret if isinstance(client_secret, SecretStr) else SecretStr(client_secret)
        self._base_url = base_url.rstrip("/")
        self._redirect_uri = redirect_uri
        self._scopes = tuple(scopes)
        self._http = http
        self._clock = clock

    def authorize_url(self, state: str, code_challenge: str) -> str:
        """Return the address where the person gives consent in their browser."""
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        if self._scopes:
            query["scope"] = " ".join(self._scopes)
        return f"{self._base_url}/oauth2/authorize?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """Exchange the code from the callback for tokens. ``GrantEnded`` when the code is used up or somebody
        else's."""
        return await self._ask_for_tokens(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": self._redirect_uri,
            }
        )

    async def refresh(self, refresh_token: SecretStr | str) -> Tokens:
        """Refresh the tokens; this uses the old pair up. ``GrantEnded`` when the person has to connect again."""
        value = refresh_token.get_secret_value() if isinstance(refresh_token, SecretStr) else refresh_token
        return await self._ask_for_tokens({"grant_type": "refresh_token", "refresh_token": value})

    async def revoke(self, access_token: SecretStr | str) -> None:
        """Make Dialpad forget the app's tokens of this person. A token that is gone already counts as done."""
        value = access_token.get_secret_value() if isinstance(access_token, SecretStr) else access_token
        headers = {"authorization": f"Bearer {value}", "accept": "application/json"}
        try:
            await self._post("/oauth2/deauthorize", headers, None)
        except TokenRefused:
            return

    async def _ask_for_tokens(self, fields: Mapping[str, str]) -> Tokens:
        form = {
            **fields,
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
        }
        heard = await self._post("/oauth2/token", {"accept": "application/json"}, form)
        return self._read_tokens(heard.body)

    async def _post(self, path: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> HttpAnswer:
        try:
            heard = await self._http.ask("POST", self._base_url + path, headers=headers, form=form)
        except (NotSent, NotAnswered):
            # Never OutcomeUnknown: what the person asked for has not been sent yet.
            raise Unavailable(reason="no answer") from None
        if 200 <= heard.status < 300:
            return heard
        raise _read_oauth_refusal(heard)

    def _read_tokens(self, body: bytes) -> Tokens:
        try:
            data = json.loads(body)
        except ValueError:
            raise Unreadable(reason="no JSON") from None
        access = data.get("access_token") if isinstance(data, dict) else None
        if not isinstance(access, str) or not access:
            raise Unreadable(reason="no access token")
        refresh = data.get("refresh_token")
        scope = data.get("scope")
        return Tokens(
            access_token=SecretStr(access),
            refresh_token=SecretStr(refresh) if isinstance(refresh, str) and refresh else None,
            expires_at=self._end_of(data.get("expires_in")),
            scope=scope if isinstance(scope, str) else " ".join(self._scopes),
        )

    def _end_of(self, expires_in: Any) -> datetime | None:
        try:
            seconds = float(expires_in)
        except (TypeError, ValueError):
            return None
        return self._clock() + timedelta(seconds=seconds) if seconds > 0 else None


def _read_oauth_refusal(heard: HttpAnswer) -> DialpadError:
    """Turn a refusal into an exception by OAuth's own ``error`` codes: they say more than the status, which differs
    between servers."""
    message, reason = parse_message(heard.body)
    if reason == "invalid_grant" or "invalid_grant" in message:
        return GrantEnded(message, status=heard.status, reason="invalid_grant")
    if reason in {"invalid_client", "unauthorized_client"}:
        return NotAllowed(message, status=heard.status, reason=reason)
    return read_refusal(heard.status, heard.headers, heard.body, can_repeat=True)
