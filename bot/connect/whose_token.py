"""Builds the connection for a token that was just received, by asking Dialpad whose it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import SecretStr

from bot.basics.errors import BadRequest, DialpadError, NotAllowed, NotFound, TokenRefused
from bot.dialpad.actions.company import GetCompany
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser, ListUsers
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import COMPANY_KEY, DialpadConnection
from bot.dialpad.oauth import Tokens


@dataclass(frozen=True)
class ReceivedConnection:
    """A connection that is not stored yet, with the e-mail addresses that Dialpad knows its user by."""

    link: DialpadConnection
    emails: tuple[str, ...]


async def build_oauth_connection(
    client: DialpadClient, tokens: Tokens, *, email: str, now: datetime
) -> ReceivedConnection:
    """Build the connection for tokens from a consent. Raises ``DialpadError``."""
    return await _build_link(
        client,
        "oauth",
        tokens.access_token,
        email=email,
        now=now,
        refresh_token=tokens.refresh_token,
        expires_at=tokens.expires_at,
        scopes=tuple(tokens.scope.split()),
    )


async def build_key_connection(
    client: DialpadClient, api_key: SecretStr, *, email: str, now: datetime
) -> ReceivedConnection:
    """Build the connection for a pasted API key. Raises ``TokenRefused`` when Dialpad does not know it.

    ``email`` is the person's Slack address; a company key is tied to the Dialpad user who has the same one.
    """
    return await _build_link(client, "api_key", api_key, email=email, now=now)


async def _build_link(
    client: DialpadClient,
    kind: Literal["oauth", "api_key"],
    token: SecretStr,
    *,
    email: str,
    now: datetime,
    refresh_token: SecretStr | None = None,
    expires_at: datetime | None = None,
    scopes: tuple[str, ...] = (),
) -> ReceivedConnection:
    try:
        user: User | None = await client.send(GetUser(), token=token)
        is_company_key = False
    except (BadRequest, NotAllowed, NotFound):
        # "me" means nothing to a company's key. Which of these Dialpad answers is not documented.
        user = await _find_by_email(client, token, email)
        is_company_key = True
    company_id = user.company_id if user else None
    link = DialpadConnection(
        kind=kind,
        access_token=token,
        refresh_token=refresh_token,
        expires_at=expires_at,
        scopes=scopes,
        dialpad_user_id=user.id if user else None,
        dialpad_name=user.name if user else COMPANY_KEY,
        company_id=company_id or (await _company_of(client, token) if is_company_key else None),
        is_company_key=is_company_key,
        broken=False,
        connected_at=now,
    )
    return ReceivedConnection(link, user.emails if user else ())


async def _find_by_email(client: DialpadClient, token: SecretStr, email: str) -> User | None:
    if not email:
        return None
    page = await client.send(ListUsers(email=email), token=token)
    wanted = email.casefold()
    return next((user for user in page.items if wanted in (address.casefold() for address in user.emails)), None)


async def _company_of(client: DialpadClient, token: SecretStr) -> str | None:
    try:
        return (await client.send(GetCompany(), token=token)).id
    except TokenRefused:
        raise
    except DialpadError:
        return None
