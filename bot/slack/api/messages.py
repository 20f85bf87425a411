"""Shows something to one person in Slack, and falls back to another way when the first has expired."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.errors import UserError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.basics.request_turns import TurnBook, TurnsInMemory
from bot.contract.context import Where
from bot.slack.api.unfurls import LinkPlace, is_unwanted, limits_of_unfurls
from bot.slack.api.web_client import upload
from bot.slack.blockkit.blocks import Json
from bot.slack.blockkit.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES
from bot.slack.blockkit.render import Message
from bot.slack.conversation.errors import slack_code

_log = structlog.get_logger(__name__)

_CLOSED: Final = frozenset({"not_found", "view_not_found"})
_TRIGGER_GONE: Final = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
_NO_EPHEMERAL: Final = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "user_not_in_channel",
        "is_archived",
        "restricted_action",
        "method_not_supported_for_channel_type",
        "thread_not_found",
        "cannot_reply_to_message",
    }
)
NO_PREVIEWS: Final[Mapping[str, Any]] = {"unfurl_links": False, "unfurl_media": False}
"""What we post is whole as it is: a link in a customer's text must not become a picture in the channel."""
_UNFURL_WITHIN_S: Final = 60.0
"""So long a preview of a link waits for its turn; nobody reads it later."""
_POST_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


class Clients(Protocol):
    """Finds the Web API client of a workspace."""

    async def of(self, team_id: str) -> AsyncWebClient: ...


class ResponseUrls:
    """Posts through ``response_url``, at most five times within 30 minutes each."""

    def __init__(self, session: aiohttp.ClientSession, clock: Callable[[], float]) -> None:
        self._session = session
        self._clock = clock
        self._uses: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def post(self, url: str, body: Mapping[str, Any]) -> bool:
        """Post through a ``response_url``. False when it is used up or Slack refused it."""
        if not self._take(url):
            return False
        try:
            async with self._session.post(url, json=body, timeout=_POST_TIMEOUT) as answer:
                return answer.status == 200
        except (TimeoutError, aiohttp.ClientError) as problem:
            _log.warning("response_url failed", error=type(problem).__name__)
            return False

    def _take(self, url: str) -> bool:
        now = self._clock()
        while self._uses and now - next(iter(self._uses.values()))[0] > RESPONSE_URL_SECONDS:
            self._uses.popitem(last=False)
        since, uses = self._uses.get(url, (now, 0))
        if uses >= RESPONSE_URL_USES:
            return False
        self._uses[url] = (since, uses + 1)
        return True


class Trigger:
    """A ``trigger_id``: good once, for 3 s from the click; ``patience`` leaves time for the request to Slack."""

    def __init__(self, name: str, clock: Callable[[], float], *, patience: float) -> None:
        self._name: str | None = name
        self._clock = clock
        self._until = clock() + patience

    def take(self) -> str | None:
        """Use the trigger up and return its id; None when it was used or is too old."""
        name, self._name = self._name, None
        return name if self._clock() < self._until else None

    @property
    def fresh(self) -> bool:
        return self._name is not None and self._clock() < self._until


class SlackMessages:
    """Shows messages, modals and Home tabs to one person, through the installation that they spoke to."""

    def __init__(self, clients: Clients, responses: ResponseUrls, turns: TurnBook | None = None) -> None:
        self._clients = clients
        self._turns = turns or TurnsInMemory()
        self.responses = responses

    async def unfurl(
        self, person: PersonKey, place: LinkPlace, cards: Mapping[str, Json], *, through: str | None = None
    ) -> bool:
        """Show previews of links where they stand, when it is the workspace's turn. False when there is no place for
        them any more, or no turn for a minute."""
        team_id = through or person.team_id
        turn = await self._turns.take(limits_of_unfurls(team_id), within_s=_UNFURL_WITHIN_S, good_for_s=0.0)
        if turn.end is None:
            _log.warning("no turn for previews of links")
            return False
        await asyncio.sleep(turn.wait_s)
        client = await self._clients.of(team_id)
        try:
            await client.api_call("chat.unfurl", json={**place.args, "unfurls": dict(cards)})
        except SlackApiError as problem:
            if not is_unwanted(problem):
                raise
            _log.info("previews of links not shown", error=slack_code(problem))
            return False
        return True

    async def open_view(
        self, person: PersonKey, trigger: Trigger, view: Json, *, through: str | None = None
    ) -> str | None:
        """Open a modal; the new view's id, None when the trigger no longer opens anything."""
        return await self._with_trigger(person, "views.open", trigger, view, through)

    async def push_view(
        self, person: PersonKey, trigger: Trigger, view: Json, *, through: str | None = None
    ) -> str | None:
        """Open a view on top of the modal the click came from; its id, None when the trigger is used up."""
        return await self._with_trigger(person, "views.push", trigger, view, through)

    async def _with_trigger(
        self, person: PersonKey, method: str, trigger: Trigger, view: Json, through: str | None
    ) -> str | None:
        name = trigger.take()
        if name is None:
            return None
        client = await self._clients.of(through or person.team_id)
        try:
            answer = await client.api_call(method, json={"trigger_id": name, "view": view})
        except SlackApiError as problem:
            if slack_code(problem) in _TRIGGER_GONE | {"push_limit_reached"}:
                return None
            raise
        return str(answer["view"]["id"])

    async def update_view(self, person: PersonKey, view_id: str, view: Json, *, through: str | None = None) -> bool:
        """Replace an open view. False when the person has closed it."""
        client = await self._clients.of(through or person.team_id)
        try:
            await client.views_update(view_id=view_id, view=view)
        except SlackApiError as problem:
            if slack_code(problem) in _CLOSED:
                return False
            raise
        return True

    async def publish_home(
        self, person: PersonKey, view: Json, *, hash_: str | None = None, through: str | None = None
    ) -> bool:
        """Publish a person's Home tab. With ``hash_``, a tab that changed meanwhile is left as it is: False then."""
        client = await self._clients.of(through or person.team_id)
        try:
            await client.views_publish(user_id=person.user_id, view=view, hash=hash_)
        except SlackApiError as problem:
            if slack_code(problem) != "hash_conflict":
                raise
            return False
        return True

    async def say(self, person: PersonKey, where: Where, message: Message, *, replace: bool = False) -> None:
        """Post a message to this person only, near where they asked: ``response_url``, else ephemeral, else a DM."""
        body = message.to_json()
        if where.response_url:
            kind = "in_channel" if message.shared else "ephemeral"
            thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
            sent = {**body, **thread, **NO_PREVIEWS, "response_type": kind, "replace_original": replace}
            if await self.responses.post(where.response_url, sent):
                return
        client = await self._clients.of(where.through or person.team_id)
        if where.channel and message.shared and not where.is_direct:
            await client.chat_postMessage(channel=where.channel, thread_ts=where.thread_ts, **body, **NO_PREVIEWS)
            return
        if where.channel and where.is_direct:
            await client.chat_postMessage(channel=where.channel, thread_ts=where.thread_ts, **body, **NO_PREVIEWS)
            return
        if where.channel and await self._say_ephemeral(client, person, where, body):
            return
        await client.chat_postMessage(channel=person.user_id, **body, **NO_PREVIEWS)

    async def _say_ephemeral(self, client: AsyncWebClient, person: PersonKey, where: Where, body: Json) -> bool:
        try:
            await client.chat_postEphemeral(
                channel=str(where.channel), user=person.user_id, thread_ts=where.thread_ts, **body
            )
        except SlackApiError as problem:
            if slack_code(problem) in _NO_EPHEMERAL:
                return False
            raise
        return True

    async def send_file(
        self, person: PersonKey, name: str, content: bytes, words: str, *, through: str | None = None
    ) -> None:
        """Send a file in the person's DM. Needs the scope ``files:write``.
        Raises UserError when Slack does not take it."""
        client = await self._clients.of(through or person.team_id)
        opened = await client.conversations_open(users=person.user_id)
        try:
            await upload(client, name, content, channel=str(opened["channel"]["id"]), words=words or None)
        except (TimeoutError, aiohttp.ClientError) as problem:
            _log.warning("slack did not take a file", error=type(problem).__name__)
            raise UserError(say("Slack did not take the file. Try again in a minute.")) from None

    async def remove_pressed(self, where: Where) -> None:
        """Delete the message that was pressed, where Slack allows it."""
        if where.response_url:
            await self.responses.post(where.response_url, {"delete_original": True})


async def within(seconds: float, work: "asyncio.Future[Any]") -> bool:
    """Wait for ``work`` at most so long; whether it is done. It continues when it is not."""
    done, _ = await asyncio.wait({work}, timeout=seconds)
    return bool(done)
