"""``chat.unfurl``: previews of links in a message."""

from typing import Any

from bot.sandbox.slack.blockkit import check_message_blocks
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.links import SENT, WRITTEN, links_in
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.posting import name_parts
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID, BOT_ID
from bot.sandbox.slack.workspace import Json


def unfurl(core: Core, args: Args) -> Json:
    """Show previews of links in a message, or of what is being written."""
    unfurls = args.document("unfurls", "cannot_parse_attachment")
    if not unfurls or not isinstance(unfurls, dict):
        raise Refused("missing_unfurls")
    source, channel_id, where = _place(core, args)
    channel = core.space.channels.get(channel_id)
    message = channel.messages.get(where) if channel is not None else None
    if source == SENT and message is None:
        raise Refused("cannot_find_message")
    text = where if message is None else str(message["text"])
    posted = {one["url"] for one in links_in(core, text)}
    made: list[Json] = []
    for url, content in unfurls.items():
        if url not in posted:
            raise Refused("cannot_unfurl_url")
        ours = {"is_app_unfurl": True, "bot_id": BOT_ID, "app_id": APP_ID, "fallback": "[no preview available]"}
        made.append({**_checked(core, content), **ours, "from_url": url, "app_unfurl_url": url, "id": len(made) + 1})
    if message is None or channel is None:
        core.previews[args.text("unfurl_id")] = made
        return {}
    kept = [one for one in message.get("attachments", ()) if one.get("from_url") not in unfurls]
    message["attachments"] = [*kept, *made]
    core.space.change_message(channel, message)
    return {}


def _place(core: Core, args: Args) -> tuple[str, str, str]:
    unfurl_id, source = args.text("unfurl_id"), args.text("source")
    if unfurl_id or source:
        if not source:
            raise Refused("missing_source")
        if source not in {SENT, WRITTEN}:
            raise Refused("invalid_source")
        if not unfurl_id:
            raise Refused("missing_unfurl_id")
        known = core.unfurls.get(unfurl_id)
        if known is None or known[0] != source:
            raise Refused("invalid_unfurl_id")
        return known
    if not args.text("channel"):
        raise Refused("missing_channel")
    if not args.text("ts"):
        raise Refused("missing_ts")
    return SENT, args.text("channel"), args.text("ts")


def _checked(core: Core, content: Any) -> Json:
    if not isinstance(content, dict):
        raise Refused("cannot_parse_attachment")
    if content.get("blocks") is None:
        return dict(content)
    check_message_blocks(content["blocks"])
    return {**content, "blocks": name_parts(core, content["blocks"])}
