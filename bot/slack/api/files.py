"""Reads and uploads files in Slack with the bot's token: files that people put into forms, and pictures for
messages."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.errors import ChatopsError, UserError
from bot.basics.language import mark, say
from bot.basics.person import PersonKey
from bot.contract.context import Upload
from bot.slack.api.messages import Clients
from bot.slack.api.web_client import upload
from bot.slack.conversation.errors import slack_code

_GONE: Final = mark("That file can no longer be read. Attach it again.")
_UNREADABLE: Final = mark(
    "This app was installed without the permission files:read, so it cannot read what you attach. Ask whoever runs it "
    "to add it and install it again."
)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)


_LOOK_AFTER_S: Final = (0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds before each check of an uploaded picture: Slack takes a moment to accept messages that show it
(https://github.com/slackapi/slack-github-action/issues/413)."""


class NotKept(ChatopsError):
    """Slack refused the file. ``reason`` is Slack's error, such as ``missing_scope``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SlackFiles:
    """Reads files that people put into forms, and puts pictures into the workspace.

    Needs the scopes ``files:read`` and ``files:write``. Only the file's own owner can hand it in."""

    def __init__(
        self,
        clients: Clients,
        session: aiohttp.ClientSession,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clients = clients
        self._session = session
        self._sleep = sleep

    async def keep(self, team_id: str, name: str, content: bytes) -> str:
        """Upload a picture to the workspace, shared with nobody yet; its id, once messages can show it. Raises
        NotKept."""
        client = await self._clients.of(team_id)
        try:
            file = await upload(client, name, content)
            await self._until_it_is_one(client, file)
        except SlackApiError as problem:
            raise NotKept(slack_code(problem)) from None
        except (TimeoutError, aiohttp.ClientError) as problem:
            raise NotKept(type(problem).__name__) from None
        return file

    async def _until_it_is_one(self, client: AsyncWebClient, file: str) -> None:
        for seconds in (*_LOOK_AFTER_S, None):
            try:
                known = (await client.files_info(file=file))["file"]
            except SlackApiError as problem:
                if slack_code(problem) == "missing_scope":
                    return  # Slack does not let the app see it; if it is too early, the text is posted without it
                raise
            if known.get("mimetype"):
                return
            if seconds is not None:
                await self._sleep(seconds)
        raise NotKept("not processed in time")

    async def read(self, person: PersonKey, file_id: str, *, largest: int) -> Upload:
        """Read a file that the person put into a form.
        Raises UserError when it is gone, too large, or somebody else's."""
        client = await self._clients.of(person.team_id)
        try:
            file = (await client.files_info(file=file_id))["file"]
        except SlackApiError as problem:
            raise UserError(say(_UNREADABLE if slack_code(problem) == "missing_scope" else _GONE)) from None
        size, owner = int(file.get("size") or 0), file.get("user")
        if owner != person.user_id:
            raise UserError(say("That file was attached by somebody else. Attach one of your own."))
        if size > largest:
            raise UserError(
                say(
                    "The file has {size:,.0f} kB; the limit is {largest:,.0f} kB.",
                    size=size / 1000,
                    largest=largest / 1000,
                )
            )
        address = str(file.get("url_private_download") or file.get("url_private") or "")
        try:
            async with self._session.get(
                address, headers={"authorization": f"Bearer {client.token}"}, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                content = await answer.content.read(largest + 1) if answer.status == 200 else b""
                while answer.status == 200 and len(content) <= largest and (more := await answer.content.read(65_536)):
                    content += more
        except (TimeoutError, aiohttp.ClientError):
            raise UserError(say(_GONE)) from None
        if not content or len(content) > largest:
            raise UserError(say(_GONE))
        return Upload(str(file.get("name") or "file"), len(content), content)
