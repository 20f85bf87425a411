"""Authentication: bearer tokens, what they allow, and how long they live."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.cast import NORTHLIGHT, Person
from bot.sandbox.dialpad.refusals import forbidden, unauthorized
from bot.sandbox.dialpad.state import State

COMPANY_KEY = "sandbox-company-key"
ACCESS_TOKEN_SECONDS = 3600
STATIC_TOKEN_SECONDS = 365 * 24 * 3600
"""Without ``offline_access`` Dialpad hands out a long-lived token and no refresh token."""

ALL_SCOPES = frozenset(
    {
        "agent_groups:read",
        "ai_recap",
        "calls:list",
        "change_log",
        "conference:all",
        "conference:read",
        "digital_sessions",
        "fax_message",
        "message_content_export",
        "message_content_export:all",
        "offline_access",
        "recordings_export",
        "screen_pop",
    }
)


@dataclass(frozen=True)
class OAuthApp:
    """An OAuth app as Dialpad registers it; it may use only these redirect URIs and scopes."""

    client_id: str
    client_secret: str
    redirect_uris: Collection[str]
    scopes: Collection[str]
    name: str = "Northlight chat-ops"


@dataclass(frozen=True)
class TokenOwner:
    """The owner of a token. ``user_id`` None is the company itself (a company API key)."""

    user_id: int | None
    scopes: frozenset[str]
    token: str
    from_oauth: bool = False


@dataclass
class Grant:
    """One pair of OAuth tokens. ``code`` is the authorization code it came from."""

    user_id: int
    scopes: frozenset[str]
    access_token: str
    refresh_token: str | None
    expires_at: datetime
    expires_in: int
    code: str | None = None


class Tokens:
    def __init__(self, state: State) -> None:
        self._state = state
        self._static = {person.token: dialpad_id_of(person) for person in state.company.people}
        self._company_key = COMPANY_KEY if state.company is NORTHLIGHT else None
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    def caller(self, header: str | None) -> TokenOwner:
        """Read an Authorization header. Raises a 401 for anything but a token that is valid right now."""
        scheme, _, token = (header or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("Login Required.")
        if token == self._company_key:
            return TokenOwner(None, ALL_SCOPES, token)
        if token in self._static:
            return self._of_user(TokenOwner(self._static[token], ALL_SCOPES, token))
        grant = self._by_access.get(token)
        if grant is None:
            raise unauthorized("Invalid token.")
        if self._state.now() >= grant.expires_at:
            raise unauthorized("Token has expired.")
        return self._of_user(TokenOwner(grant.user_id, grant.scopes, token, from_oauth=True))

    def knows(self, header: str | None) -> bool:
        """Tell whether the token in an Authorization header was ever this company's."""
        token = (header or "").partition(" ")[2].strip()
        return token == self._company_key or token in self._static or token in self._by_access

    def _of_user(self, caller: TokenOwner) -> TokenOwner:
        user = self._state.users.get(caller.user_id or 0)
        if user is None or user.state != "active":
            raise unauthorized("This user is not active.")
        return caller

    def issue(
        self, user_id: int, scopes: Collection[str], *, code: str | None = None, with_refresh: bool | None = None
    ) -> Grant:
        keeps = "offline_access" in scopes if with_refresh is None else with_refresh
        lifetime = ACCESS_TOKEN_SECONDS if keeps else STATIC_TOKEN_SECONDS
        grant = Grant(
            user_id=user_id,
            scopes=frozenset(scopes),
            access_token=f"dpa-{secrets.token_urlsafe(24)}",
            refresh_token=f"dpr-{secrets.token_urlsafe(24)}" if keeps else None,
            expires_at=self._state.now() + timedelta(seconds=lifetime),
            expires_in=lifetime,
            code=code,
        )
        self._by_access[grant.access_token] = grant
        if grant.refresh_token is not None:
            self._by_refresh[grant.refresh_token] = grant
        return grant

    def refresh(self, refresh_token: str) -> Grant | None:
        """Trade a refresh token, which becomes invalid, for a new pair; None when it is not valid."""
        old = self._by_refresh.pop(refresh_token, None)
        if old is None:
            return None
        return self.issue(old.user_id, old.scopes, code=old.code, with_refresh=True)

    def revoke_user(self, user_id: int) -> None:
        self._revoke([grant for grant in self._grants() if grant.user_id == user_id])

    def revoke_code(self, code: str) -> None:
        """Revoke the tokens of an authorization code that was used twice: it was stolen."""
        self._revoke([grant for grant in self._grants() if grant.code == code])

    def _grants(self) -> list[Grant]:
        seen = {id(grant): grant for grant in (*self._by_access.values(), *self._by_refresh.values())}
        return list(seen.values())

    def _revoke(self, grants: list[Grant]) -> None:
        for grant in grants:
            self._by_access.pop(grant.access_token, None)
            if grant.refresh_token is not None:
                self._by_refresh.pop(grant.refresh_token, None)


def dialpad_id_of(person: Person) -> int:
    if person.dialpad_id is None:
        raise ValueError(f"{person.name} has no Dialpad seat")
    return person.dialpad_id


def is_admin(state: State, caller: TokenOwner) -> bool:
    return caller.user_id is None or state.users[caller.user_id].is_super_admin


def supervises(state: State, boss_id: int, user_id: int) -> bool:
    """Tell whether the first leads a group that the second is in."""
    return any(group.members.get(boss_id) in ("supervisor", "admin") for group in state.groups_of(user_id))


def may_act_for(state: State, caller: TokenOwner, user_id: int) -> bool:
    if caller.user_id is None or caller.user_id == user_id or is_admin(state, caller):
        return True
    return supervises(state, caller.user_id, user_id)


def require_may_act_for(state: State, caller: TokenOwner, user_id: int) -> None:
    if not may_act_for(state, caller, user_id):
        raise forbidden("You do not have permission to act on this user.")
