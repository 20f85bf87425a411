"""Slack's formatting of a typed line: escapes, mentions, links, telephone numbers, and rich text blocks."""

import re
from collections.abc import Callable

from bot.sandbox.slack.workspace import SLACKBOT, Conversation, Json, Workspace

_READY = r"<(?:[@#!][^<>\s][^<>]*|tel:[^<>]+|mailto:[^<>]+|https?://[^<>]+)>"
_URL = r"https?://[^\s<>|]+[^\s<>|.,;:!?)'\"]"
_PHONE = r"(?<![\w+])\+\d[\d\s().-]{6,18}\d(?!\w)"
_TOKEN = re.compile(f"(?P<ready>{_READY})|(?P<url>{_URL})|(?P<phone>{_PHONE})|(?P<at>(?<!\\w)@)|(?P<hash>(?<!\\w)#)")
_PARTS = re.compile(r"<([^<>]+)>")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def format_typed(space: Workspace, text: str, *, mentions: bool = True, labels: bool = False) -> str:
    """Format ``text`` as Slack stores and sends it.

    ``mentions`` turns ``@Name`` and ``#channel`` into links, ``labels`` adds the name behind a person's id (slash
    commands with ``should_escape``). Tokens that are links already (``<@U…>``, ``<tel:…|…>``) stay: a person picked
    them from a list.
    """
    pieces: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        if found.start() < position:
            continue
        replaced, end = _replace(space, text, found, mentions=mentions, labels=labels)
        pieces += [escape(text[position : found.start()]), replaced]
        position = end
    pieces.append(escape(text[position:]))
    return "".join(pieces)


def _replace(space: Workspace, text: str, found: "re.Match[str]", *, mentions: bool, labels: bool) -> tuple[str, int]:
    whole, end = found.group(), found.end()
    if found["ready"]:
        return whole, end
    if found["url"]:
        return f"<{whole.replace('&', '&amp;')}>", end
    if found["phone"]:
        digits = "".join(one for one in whole if one.isdigit())
        return (f"<tel:+{digits}|{whole}>", end) if 8 <= len(digits) <= 15 else (escape(whole), end)
    if mentions and found["at"]:
        return _mention(space, text, end, labels=labels) or (whole, end)
    if mentions and found["hash"]:
        return _channel(space, text, end) or (whole, end)
    return whole, end


def _mention(space: Workspace, text: str, start: int, *, labels: bool) -> tuple[str, int] | None:
    for word in ("here", "channel", "everyone"):
        if _stands(text, start, word):
            return f"<!{word}>", start + len(word)
    names = [
        (name, user)
        for user in space.users.values()
        if user["id"] != SLACKBOT
        for name in {user["name"], user["real_name"], user["profile"]["display_name"]}
    ]
    for name, user in sorted(names, key=lambda pair: -len(pair[0])):
        if _stands(text, start, name):
            return (f"<@{user['id']}|{user['name']}>" if labels else f"<@{user['id']}>"), start + len(name)
    for group in space.usergroups.values():
        if _stands(text, start, group["handle"]):
            return f"<!subteam^{group['id']}|@{group['handle']}>", start + len(group["handle"])
    return None


def _channel(space: Workspace, text: str, start: int) -> tuple[str, int] | None:
    named: list[Conversation] = [one for one in space.channels.values() if one.kind in {"channel", "private"}]
    for channel in sorted(named, key=lambda one: -len(one.name)):
        if _stands(text, start, channel.name):
            return f"<#{channel.id}|{channel.name}>", start + len(channel.name)
    return None


def _stands(text: str, start: int, word: str) -> bool:
    end = start + len(word)
    return text[start:end].casefold() == word.casefold() and not text[end : end + 1].isalnum()


def build_rich_text(text: str, block_id: str) -> Json:
    """Build the rich text block Slack puts beside the text a person wrote. ``text`` is already formatted."""
    elements: list[Json] = []
    position = 0
    for found in _PARTS.finditer(text):
        if found.start() > position:
            elements.append({"type": "text", "text": unescape(text[position : found.start()])})
        elements.append(_part(found[1]))
        position = found.end()
    if position < len(text):
        elements.append({"type": "text", "text": unescape(text[position:])})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _part(inner: str) -> Json:
    target, _, label = inner.partition("|")
    kinds: dict[str, Callable[[], Json]] = {
        "@": lambda: {"type": "user", "user_id": target[1:]},
        "#": lambda: {"type": "channel", "channel_id": target[1:]},
        "!": lambda: _special(target[1:]),
    }
    if target[:1] in kinds:
        return kinds[target[0]]()
    link: Json = {"type": "link", "url": unescape(target)}
    return {**link, "text": unescape(label)} if label else link


def _special(target: str) -> Json:
    if target.startswith("subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("subteam^")}
    return {"type": "broadcast", "range": target}
