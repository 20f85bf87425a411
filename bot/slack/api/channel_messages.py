"""Posts messages in channels exactly once, finds them again and updates them.

Slack gives a post no key that would make it harmless to repeat, so each carries our own name in its metadata and in its
first block: a post whose outcome nobody knows is looked for by it before anything is sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.errors import ChatopsError
from bot.basics.language import speaking, spoken
from bot.basics.person import is_person
from bot.contract.context import People
from bot.contract.reply import MessageContent, Reply
from bot.slack.api.messages import NO_PREVIEWS, Clients
from bot.slack.api.names import Groups, find_names, mentioned
from bot.slack.api.web_client import build_impatient_client
from bot.slack.blockkit.blocks import Reader, called, escape, parts_of
from bot.slack.blockkit.limits import CHARTS
from bot.slack.blockkit.marks import marked, name_in
from bot.slack.blockkit.render import render_message
from bot.slack.conversation.errors import slack_code

_log = structlog.get_logger(__name__)

CLOCK_SLACK: Final = timedelta(minutes=6)
"""How far Slack's clock and ours may differ when a message is searched for: a little more than the five minutes beyond
which nothing that Slack signs is accepted."""
_LOOKED_AT: Final = 200
_PAGES: Final = 20
"""Most pages read; Slack may return as few as 15 messages in one."""
_BLIND: Final = frozenset({"missing_scope", "not_allowed_token_type", "access_denied", "no_permission"})
_UNDECIDED: Final = frozenset({"", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_REFUSED_BLOCKS: Final = frozenset({"invalid_blocks", "invalid_blocks_format"})
_THROTTLED: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_WAIT_S: Final = 30.0


class PostRefused(ChatopsError):
    """Slack refused, and nothing was posted. ``code`` is Slack's error, such as ``is_archived``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PostThrottled(ChatopsError):
    """Slack's rate limit was reached. ``wait_s``: seconds until the next attempt."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"{wait_s} s")
        self.wait_s = wait_s


class PostNotSent(ChatopsError):
    """Slack could not be reached, so nothing was posted."""


class InDoubt(ChatopsError):
    """The outcome is unknown: Slack was asked and did not answer, so the message may be there or not."""


class CannotLook(ChatopsError):
    """Slack does not let the app see whether a message is there, now or later."""


class CannotShow(ChatopsError):
    """The message could not be built, by a mistake of ours. Nothing was sent."""


@dataclass(frozen=True)
class MessagePlace:
    """Where a message is: the conversation's id and the message's ``ts``."""

    place: str
    ts: str


class ChannelMessages:
    """Posts, changes and finds messages in channels, with the token of their workspace."""

    def __init__(
        self, clients: Clients, region: str, people: People | None = None, groups: Groups | None = None
    ) -> None:
        """``people`` and ``groups`` say the names that stand in the text of a notification."""
        self._clients = clients
        self._people = people
        self._groups = groups
        self._reader = Reader(region=region)
        self._without_charts: set[str] = set()

    async def post(
        self, team_id: str, channel: str, content: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace:
        """Post a message in a channel or thread.
        Raises PostRefused, PostThrottled, PostNotSent, InDoubt or CannotShow."""
        more: dict[str, Any] = {"channel": channel, **NO_PREVIEWS}
        if thread_ts:
            more |= {"thread_ts": thread_ts, "reply_broadcast": content.broadcast}
        answer = await self._show(team_id, "chat.postMessage", more, content, name)
        return MessagePlace(str(answer["channel"]), str(answer["ts"]))

    async def update(self, team_id: str, spot: MessagePlace, content: MessageContent, *, name: str) -> None:
        """Update a posted message; trying again is harmless."""
        await self._show(team_id, "chat.update", {"channel": spot.place, "ts": spot.ts}, content, name)

    async def _show(
        self, team_id: str, method: str, more: Mapping[str, Any], content: MessageContent, name: str
    ) -> Any:
        """Send a message, without what Slack refuses to draw: charts become text, from then on at once, and pictures
        are
        left out."""
        client = build_impatient_client(await self._clients.of(team_id))
        reader = await self._reader_of(team_id, content)
        body = self._body(content, name, charts=0 if team_id in self._without_charts else CHARTS, reader=reader)
        bare, charted = _without_pictures(content), _has_chart(body)
        try:
            return await ask(client, method, {**more, **body})
        except PostRefused as refused:
            if refused.code not in _REFUSED_BLOCKS or (bare is content and not charted):
                raise
            _log.warning("slack does not draw it", refused=refused.code)
        answer = await ask(client, method, {**more, **self._body(bare, name, charts=0, reader=reader)})
        if charted:
            self._without_charts.add(team_id)
        return answer

    async def find(
        self, team_id: str, channel: str, *, name: str, since: datetime, thread_ts: str | None = None
    ) -> MessagePlace | None:
        """Find the message with our name in it, posted after ``since``.

        Raises CannotLook, PostRefused, PostThrottled or PostNotSent: all but the first may pass.
        """
        client = build_impatient_client(await self._clients.of(team_id))
        place = channel
        try:
            if is_person(channel):
                place = str((await ask(client, "conversations.open", {"users": channel}))["channel"]["id"])
            where: dict[str, Any] = {"channel": place, "limit": _LOOKED_AT, "include_all_metadata": True}
            if thread_ts:
                return await _look(client, "conversations.replies", {**where, "ts": thread_ts}, name)
            oldest = f"{(since - CLOCK_SLACK).timestamp():.6f}"
            return await _look(client, "conversations.history", {**where, "oldest": oldest}, name)
        except PostRefused as problem:
            if problem.code in _BLIND:
                raise CannotLook(problem.code) from None
            raise
        except InDoubt as problem:
            raise PostNotSent(str(problem)) from None  # asking changed nothing: it is asked again

    async def _reader_of(self, team_id: str, content: MessageContent) -> Reader:
        if self._people is None:
            return self._reader
        return replace(self._reader, names=await find_names(self._people, self._groups, team_id, mentioned(content)))

    def _body(self, content: MessageContent, name: str, charts: int, reader: Reader | None = None) -> dict[str, Any]:
        reader = reader or self._reader
        try:
            with speaking(content.language or spoken()):
                message = render_message(content.shown, reader, stamp=content.stamp, charts=charts)
        except Exception as mistake:
            _log.exception("a message cannot be rendered")
            raise CannotShow(type(mistake).__name__) from mistake
        body: dict[str, Any] = message.to_json()
        pings = " ".join(filter(None, map(called, content.ping)))
        if pings:
            section = {"type": "section", "text": {"type": "mrkdwn", "text": pings}}
            whom = ", ".join(reader.name_of(one) for one in content.ping if called(one))
            body |= {"text": f"{escape(whom)}: {body['text']}", "blocks": [section, *message.blocks]}
        return marked(body, name)

    async def is_in(self, team_id: str, channel: str) -> bool | None:
        """Tell whether the app is a member of a channel; None when Slack does not say. Needs ``channels:read``."""
        try:
            found = await ask(await self._clients.of(team_id), "conversations.info", {"channel": channel})
        except PostRefused as problem:
            return False if problem.code == "channel_not_found" else None
        except ChatopsError:
            return None
        return bool(found["channel"].get("is_member"))


def _has_chart(body: Mapping[str, Any]) -> bool:
    return any(block["type"] == "data_visualization" for block in body["blocks"])


def _without_pictures(content: MessageContent) -> MessageContent:
    if not isinstance(content.shown, Reply) or not content.shown.pictures:
        return content
    lines = [part for one in content.shown.pictures[:1] for part in ("\n", one.instead)]
    return replace(content, shown=replace(content.shown, text=(*parts_of(content.shown.text), *lines), pictures=()))


async def _look(client: AsyncWebClient, method: str, where: Mapping[str, Any], name: str) -> MessagePlace | None:
    cursor = ""
    for _ in range(_PAGES):
        found = await ask(client, method, {**where, **({"cursor": cursor} if cursor else {})})
        for message in found["messages"]:
            if name_in(message) == name:
                return MessagePlace(str(where["channel"]), str(message["ts"]))
        cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None
    raise CannotLook("too many messages")


async def ask(client: AsyncWebClient, method: str, body: Mapping[str, Any]) -> Any:
    """Call one method of Slack's. Raises PostRefused, PostThrottled, PostNotSent or InDoubt."""
    try:
        if method.startswith("chat."):
            return await client.api_call(method, json=dict(body))
        return await client.api_call(method, params={k: _param(v) for k, v in body.items()})
    except SlackApiError as problem:
        raise _read(problem) from None
    except aiohttp.ClientConnectorError:
        raise PostNotSent("Slack cannot be reached") from None
    except (TimeoutError, aiohttp.ClientError) as problem:
        _log.warning("slack did not answer", method=method, error=type(problem).__name__)
        raise InDoubt(type(problem).__name__) from None


def _param(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _read(problem: SlackApiError) -> ChatopsError:
    code = slack_code(problem)
    status = getattr(problem.response, "status_code", 200)
    if code in _THROTTLED or status == 429:
        headers = getattr(problem.response, "headers", None) or {}
        wait = next((str(value) for key, value in headers.items() if str(key).casefold() == "retry-after"), "")
        digits = "".join(one for one in wait if one.isdigit())
        return PostThrottled(float(digits) if digits else _WAIT_S)
    if code in _UNDECIDED or status >= 500:
        return InDoubt(code or f"HTTP {status}")
    return PostRefused(code)
