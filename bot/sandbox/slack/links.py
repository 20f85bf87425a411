"""Links that people post: ``link_shared`` for the app's domains."""

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_event
from bot.sandbox.slack.typed import unescape
from bot.sandbox.slack.workspace import Conversation, Json

_LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>")
SENT, WRITTEN = "conversations_history", "composer"


def send_link_shared(core: Core, channel: Conversation, message: Json) -> None:
    """Tell the app of the links to its domains in a message that a person wrote."""
    links = links_in(core, message["text"])
    if not links:
        return
    unfurl_id = f"C{core.space.new_ts()}.{core.new_secret()[:16]}"
    core.unfurls[unfurl_id] = (SENT, channel.id, message["ts"])
    thread = {"thread_ts": message["thread_ts"]} if message.get("thread_ts") else {}
    _send(
        core, message["user"], channel.id, message["ts"], unfurl_id, SENT, links, in_it=core.app_in(channel), **thread
    )


def write_in_composer(core: Core, user: str, text: str) -> str:
    """Tell the app of the links in what somebody is writing. Returns the id by which a preview is shown."""
    unfurl_id = f"U{core.space.new_ts()}.{core.new_secret()[:16]}"
    core.unfurls[unfurl_id] = (WRITTEN, "COMPOSER", text)
    _send(core, user, "COMPOSER", f"{user}-{core.new_secret()}", unfurl_id, WRITTEN, links_in(core, text), in_it=True)
    return unfurl_id


def _send(
    core: Core, user: str, channel: str, ts: str, unfurl_id: str, source: str, links: list[Json], *, in_it: bool,
    **more: Any,
) -> None:  # fmt: skip
    event = {
        "type": "link_shared", "channel": channel, "is_bot_user_member": in_it, "user": user, "message_ts": ts,
        "unfurl_id": unfurl_id, "source": source, "links": links, "event_ts": core.space.new_ts(), **more,
    }  # fmt: skip
    send_event(core, "link_shared", event)


def links_in(core: Core, text: str) -> list[Json]:
    domains = [str(one) for one in core.manifest.get("features", {}).get("unfurl_domains", ())]
    found = [unescape(one) for one in _LINK.findall(text)] or re.findall(r"https?://\S+", text)
    known = [(url, _domain(url, domains)) for url in dict.fromkeys(found)]
    return [{"domain": domain, "url": url} for url, domain in known if domain]


def _domain(url: str, domains: list[str]) -> str:
    host = (urlsplit(url).hostname or "").casefold()
    return next((one for one in domains if host == one or host.endswith(f".{one}")), "")
