"""Reads that the app was removed, and tells whether that still holds: Slack repeats it for up to an hour, in which the
app may have been installed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.conversation.errors import slack_code
from bot.slack.transport.whose import first_authorization, read_whose

_ENDED: Final = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_revoked", "token_expired"})
"""Slack's errors for the token of an app that is no longer installed."""


@dataclass(frozen=True)
class Uninstalled:
    """A removal of the app from a workspace, or from a whole org: then ``team_id`` is None. ``at`` is Slack's time of
    it, in seconds since 1970, None when it is not said."""

    team_id: str | None
    enterprise_id: str | None
    at: float | None = None

    @property
    def key(self) -> str:
        """Return the id of the workspace or org, as people's ``team_id`` has it."""
        return self.team_id or self.enterprise_id or ""


class Installed(Protocol):
    """Tells whether the app is still installed, and deletes its tokens when it is not."""

    async def is_over(self, gone: Uninstalled) -> bool:
        """Tell whether a removal still holds; False when the app was installed again since."""
        ...

    async def forget(self, gone: Uninstalled) -> None:
        """Delete the tokens of that installation."""
        ...


def read_uninstalled(body: Mapping[str, Any]) -> Uninstalled | None:
    """Read that the app was removed; None for everything else that Slack sends. Never raises."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping) or not _ends(event):
        return None
    installation = read_whose(body).installation
    if not installation:
        return None
    enterprise_id = _text(first_authorization(body).get("enterprise_id")) or _text(body.get("enterprise_id"))
    team_id = None if installation == enterprise_id else installation
    at = body.get("event_time")
    return Uninstalled(
        team_id, enterprise_id, float(at) if isinstance(at, int | float) and not isinstance(at, bool) else None
    )


def _ends(event: Mapping[str, Any]) -> bool:
    tokens = event.get("tokens")
    revoked = event.get("type") == "tokens_revoked" and isinstance(tokens, Mapping) and bool(tokens.get("bot"))
    return event.get("type") == "app_uninstalled" or revoked


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


class OneInstallation:
    """The installation whose token is in the settings: Slack is asked whether the token is still valid."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def is_over(self, gone: Uninstalled) -> bool:
        """Tell whether the app was removed, by asking Slack whether the token is valid. Raises SlackApiError when Slack
        does not say."""
        try:
            who = await self._client.auth_test()
        except SlackApiError as error:
            if slack_code(error) in _ENDED:
                return True
            raise
        return gone.key not in {who.get("team_id"), who.get("enterprise_id")}

    async def forget(self, gone: Uninstalled) -> None:
        """Do nothing: the token is in the settings and worth nothing."""
