"""Our own name in a message that we posted in a channel: from it the message is known, also before its ``ts`` is noted.

It is in the message's metadata and in the id of its first block: Slack may hide metadata from an app without
``metadata.message:read``, a scope that reads every app's, and a payload does not bring them.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.slack.blockkit.blocks import Json

EVENT_TYPE: Final = "dialpad_card"
_OURS: Final = "posting:"


def marked(body: Json, name: str) -> Json:
    """Return a message's body with our name in it."""
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": name}}
    if not body.get("blocks"):
        return {**body, "metadata": metadata}
    first, *rest = body["blocks"]
    return {**body, "metadata": metadata, "blocks": [{**first, "block_id": f"{_OURS}{name}"}, *rest]}


def name_in(message: Mapping[str, Any]) -> str:
    """Read our name in a message, "" when there is none."""
    metadata = message.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("event_type") == EVENT_TYPE:
        return str((metadata.get("event_payload") or {}).get("id", ""))
    first, *_ = message.get("blocks") or [{}]
    block_id = str(first.get("block_id", "")) if isinstance(first, Mapping) else ""
    return block_id.removeprefix(_OURS) if block_id.startswith(_OURS) else ""
