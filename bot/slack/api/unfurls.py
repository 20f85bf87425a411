"""Shows previews of links through ``chat.unfurl``, within its limit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError

from bot.basics.request_turns import Window
from bot.slack.conversation.errors import slack_code

A_MINUTE: Final = 45
"""Previews in a workspace: ``chat.unfurl`` is of tier 3, 50 and more a minute."""
_GONE: Final = frozenset(
    {
        "cannot_find_message",
        "cannot_unfurl_message",
        "cannot_unfurl_url",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "message_not_found",
        "invalid_unfurl_id",
    }
)
"""Why a preview is no longer wanted: the message was deleted or changed, or was never sent."""


@dataclass(frozen=True)
class LinkPlace:
    """The message, sent or still being written, in which links stand."""

    channel: str
    ts: str
    unfurl_id: str = ""
    source: str = ""

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "LinkPlace":
        """Read where the links of a ``link_shared`` event stand."""
        names = ("channel", "message_ts", "unfurl_id", "source")
        return cls(*(str(event.get(name) or "") for name in names))

    @property
    def args(self) -> dict[str, str]:
        if self.unfurl_id and self.source:
            return {"unfurl_id": self.unfurl_id, "source": self.source}
        return {"channel": self.channel, "ts": self.ts}


def limits_of_unfurls(team_id: str) -> tuple[Window, ...]:
    """Return the limits on previews of a workspace."""
    return (Window(f"slack {team_id} chat.unfurl", A_MINUTE, 60.0),)


def is_unwanted(problem: SlackApiError) -> bool:
    """Tell whether a preview was refused because there is no place for it any more."""
    return slack_code(problem) in _GONE
