"""Reads that a channel got another id, as it does when it is shared with another company or moved in an org."""

from collections.abc import Mapping
from typing import Any


def read_renamed_channel(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the old and the new id; None for everything else that Slack sends. Never raises."""
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, Mapping):
        return None
    if event.get("type") != "channel_id_changed":
        return None
    old, new = event.get("old_channel_id"), event.get("new_channel_id")
    if not (isinstance(old, str) and isinstance(new, str) and old and new):
        return None
    return old, new
