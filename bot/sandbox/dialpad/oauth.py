"""/oauth2: the consent page, codes for tokens, refreshing, and revoking."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot.sandbox.dialpad.access import Grant, OAuthApp, Tokens
from bot.sandbox.dialpad.api import Received, render_fault
from bot.sandbox.dialpad.consent import render_consent, render_problem
from bot.sandbox.dialpad.faults import Faults
from bot.sandbox.dialpad.refusals import Refusal, bad_request
from bot.sandbox.dialpad.state import State

CODE_LIFETIME = timedelta(minutes=10)
COOKIE = "dialpad_sandbox_user"
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
START_AGAIN = "Go back to Slack and start connecting again."


@dataclass(frozen=True)
class Ask:
    """A consent page that the person has open."""

    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str | None
    expires_at: datetime


@dataclass
class GrantedCode:
    ask: Ask
    user_id: int
    expires_at: datetime
    used: bool = False


class TokenRefusal(Exception):
    """An error of the token endpoint, in OAuth's own shape."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class OAuth:
    def __init__(
        self, app: OAuthApp | None, state: State, tokens: Tokens, faults: Faults, requests: list[Received]
    ) -> None:
        self.app = app
        self._state = state
        self._tokens = tokens
        self._faults = faults
        self._requests = requests
        self._asks: dict[str, Ask] = {}
        self._codes: dict[str, GrantedCode] = {}

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        received = Received(request.method, request.url.path, dict(request.query_params))
        received.body = parse_parameters(raw, request.headers.get("content-type", ""))
        self._requests.append(received)
        fault = self._faults.take(request.method, request.url.path)
        if fault is not None and fault.kind == "slow":
            fault.entered.set()
            await fault.release.wait()
            fault = None
        if fault is not None and not fault.after_effect:
            response = render_fault(fault)
        else:
            response = self._route(request, received)
            response = response if fault is None else render_fault(fault)
        received.status = response.status_code
        return response

    def _route(self, request: Request, received: Received) -> Response:
        fields = received.body if isinstance(received.body, dict) else {}
        match (request.method, request.url.path):
            case ("GET", "/oauth2/authorize"):
                if request.headers.get("authorization"):
                    return self._check_only(received.query)
                return self._show_consent(received.query, unquote(request.cookies.get(COOKIE, "")))
            case ("POST", "/oauth2/authorize"):
                return self._decide(fields)
            case ("POST", "/oauth2/token"):
                return self._answer_token(fields, request.headers.get("authorization"), received)
            case ("POST", "/oauth2/deauthorize"):
                return self._deauthorize(request.headers.get("authorization"))
            case _:
                return JSONResponse(Refusal(404, "resource not found").body, 404)

    # Consent

    def _show_consent(self, query: Mapping[str, str], cookie: str) -> Response:
        """Show the consent page. A wrong client or redirect URI is shown here; other errors go back to the app as
        ``error``."""
        app = self.app
        if app is None or query.get("client_id") != app.client_id:
            return problem("Dialpad does not know the app that sent you here.", "Check its client ID.")
        redirect_uri = query.get("redirect_uri", "")
        if redirect_uri not in app.redirect_uris:
            return problem(
                "The app asked to be answered at an address that is not registered for it.",
                "Check its redirect URI; it must match exactly.",
            )
        state = query.get("state")
        wrong = check_authorize(query)
        if wrong is not None:
            return send_back(redirect_uri, {"error": wrong[0], "error_description": wrong[1], "state": state})
        asked = query.get("scope", "").split()
        scopes = tuple(dict.fromkeys(scope for scope in asked if scope in app.scopes))
        request_id = secrets.token_urlsafe(16)
        self._asks[request_id] = Ask(
            redirect_uri,
            state,
            scopes,
            query.get("code_challenge") or None,
            self._state.now() + CODE_LIFETIME,
        )
        people = [user for user in self._state.users.values() if user.state == "active"]
        chosen = next(
            (
                user.id
                for hint in (query.get("login_hint"), cookie)
                for user in people
                if hint and hint.lower() in (str(user.id), user.emails[0].lower())
            ),
            None,
        )
        return HTMLResponse(render_consent(app, request_id, people, chosen, scopes), headers=PAGE_HEADERS)

    def _check_only(self, query: Mapping[str, str]) -> Response:
        """Answer a program with a token, which needs no page: the documented 204, or why there would be none."""
        app = self.app
        given = {key: value for key, value in query.items() if value}
        if app is None or given.get("client_id") != app.client_id or given.get("redirect_uri") not in app.redirect_uris:
            return JSONResponse(bad_request("unknown client_id or redirect_uri").body, 400)
        wrong = check_authorize(given)
        return Response(status_code=204) if wrong is None else JSONResponse(bad_request(wrong[1]).body, 400)

    def _decide(self, fields: Mapping[str, Any]) -> Response:
        ask = self._asks.pop(str(fields.get("request", "")), None)
        if ask is None or self._state.now() >= ask.expires_at:
            return problem("This page was open too long, or was used already.", START_AGAIN)
        if fields.get("decision") != "allow":
            return send_back(
                ask.redirect_uri,
                {"error": "access_denied", "error_description": "The user said no.", "state": ask.state},
            )
        chosen = str(fields.get("user_id", ""))
        user = self._state.users.get(int(chosen)) if chosen.isascii() and chosen.isdigit() else None
        if user is None or user.state != "active":
            return problem("Nobody was chosen to sign in as.", START_AGAIN)
        code = secrets.token_urlsafe(24)
        self._codes[code] = GrantedCode(ask, user.id, self._state.now() + CODE_LIFETIME)
        response = send_back(ask.redirect_uri, {"code": code, "state": ask.state})
        response.set_cookie(COOKIE, str(user.id), samesite="lax", path="/oauth2")  # the demo's page sets it too
        return response

    # Tokens

    def _answer_token(self, fields: Mapping[str, Any], authorization: str | None, received: Received) -> Response:
        try:
            grant = self._grant(fields, authorization)
        except TokenRefusal as refusal:
            return JSONResponse(
                {"error": refusal.error, "error_description": refusal.description},
                refusal.status,
                headers={"Cache-Control": "no-store"},
            )
        received.person = self._state.users[grant.user_id].emails[0]
        body = {"access_token": grant.access_token, "expires_in": grant.expires_in, "token_type": "bearer"}
        if grant.refresh_token is not None:
            body["refresh_token"] = grant.refresh_token
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    def _grant(self, fields: Mapping[str, Any], authorization: str | None) -> Grant:
        client_id, client_secret = read_client(fields, authorization)
        app = self.app
        if app is None or client_id != app.client_id or not isinstance(client_secret, str):
            raise TokenRefusal("invalid_client", "unknown client", 401)
        if not secrets.compare_digest(client_secret.encode(), app.client_secret.encode()):
            raise TokenRefusal("invalid_client", "wrong client secret", 401)
        match fields.get("grant_type"):
            case "authorization_code":
                return self._redeem_code(fields)
            case "refresh_token":
                return self._refresh(fields)
            case None:
                raise TokenRefusal("invalid_request", "grant_type is missing")
            case _:
                raise TokenRefusal("unsupported_grant_type", "use authorization_code or refresh_token")

    def _redeem_code(self, fields: Mapping[str, Any]) -> Grant:
        given = fields.get("code")
        if not isinstance(given, str) or not given:
            raise TokenRefusal("invalid_request", "code is missing")
        code = self._codes.get(given)
        if code is None:
            raise TokenRefusal("invalid_grant", "the code is not valid")
        if code.used:
            self._tokens.revoke_code(given)
            raise TokenRefusal("invalid_grant", "the code was used before")
        code.used = True
        if self._state.now() >= code.expires_at:
            raise TokenRefusal("invalid_grant", "the code has expired")
        redirect_uri = fields.get("redirect_uri")
        if redirect_uri is not None and redirect_uri != code.ask.redirect_uri:
            raise TokenRefusal("invalid_grant", "redirect_uri does not match")
        if not verifier_fits(code.ask.challenge, fields.get("code_verifier")):
            raise TokenRefusal("invalid_grant", "code_verifier does not match")
        return self._tokens.issue(code.user_id, code.ask.scopes, code=given)

    def _refresh(self, fields: Mapping[str, Any]) -> Grant:
        given = fields.get("refresh_token")
        if not isinstance(given, str) or not given:
            raise TokenRefusal("invalid_request", "refresh_token is missing")
        grant = self._tokens.refresh(given)
        if grant is None:
            raise TokenRefusal("invalid_grant", "the refresh token is not valid")
        return grant

    def _deauthorize(self, authorization: str | None) -> Response:
        """Revoke every token this person gave to the app."""
        try:
            caller = self._tokens.caller(authorization)
            if not caller.from_oauth or caller.user_id is None:
                raise bad_request("this is an API key and not an OAuth token")
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        self._tokens.revoke_user(caller.user_id)
        return Response(status_code=204)


def parse_parameters(raw: bytes, content_type: str) -> Any:
    """Parse a JSON or form body into a dictionary; None for none, the text for anything unreadable."""
    if not raw:
        return None
    text = raw.decode(errors="replace")
    if "json" not in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        return json.loads(text)
    except ValueError:
        return text


def check_authorize(query: Mapping[str, str]) -> tuple[str, str] | None:
    if query.get("response_type", "code") != "code":
        return "unsupported_response_type", "response_type must be code"
    method = query.get("code_challenge_method")
    if query.get("code_challenge") and method != "S256":
        return "invalid_request", "code_challenge_method must be S256"
    if method and not query.get("code_challenge"):
        return "invalid_request", "code_challenge is missing"
    return None


def verifier_fits(challenge: str | None, verifier: object) -> bool:
    if challenge is None:
        return True
    if not isinstance(verifier, str):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return secrets.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)


def read_client(fields: Mapping[str, Any], authorization: str | None) -> tuple[object, object]:
    """Read client id and secret from the body, else from a Basic header."""
    if fields.get("client_id") is not None:
        return fields.get("client_id"), fields.get("client_secret")
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None, None
    return unquote(name), unquote(secret)


def problem(what: str, next_step: str) -> Response:
    return HTMLResponse(render_problem(what, next_step), 400, headers=PAGE_HEADERS)


def send_back(redirect_uri: str, answers: Mapping[str, str | None]) -> Response:
    """Redirect to the app, keeping the query its registered address already has."""
    parts = urlsplit(redirect_uri)
    query = [*parse_qsl(parts.query), *((key, value) for key, value in answers.items() if value is not None)]
    location = urlunsplit(parts._replace(query=urlencode(query)))
    return RedirectResponse(location, 303, headers={"Cache-Control": "no-store"})
