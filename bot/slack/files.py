"""Files that people put into forms, read with the bot's token."""

from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.context import Attachment
from bot.errors import UserError
from bot.person import PersonKey
from bot.slack.voice import Clients

_GONE: Final = "That file can no longer be read. Attach it again."
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)


class SlackFiles:
    """Needs the scope ``files:read``. Only the file's own owner can hand it in."""

    def __init__(self, clients: Clients, session: aiohttp.ClientSession) -> None:
        self._clients = clients
        self._session = session

    async def read(self, person: PersonKey, file_id: str, *, largest: int) -> Attachment:
        """Raises UserError when it is gone, too large, or somebody else's."""
        client = await self._clients.of(person.team_id)
        try:
            file = (await client.files_info(file=file_id))["file"]
        except SlackApiError:
            raise UserError(_GONE) from None
        size, owner = int(file.get("size") or 0), file.get("user")
        if owner != person.user_id:
            raise UserError("That file was attached by somebody else. Attach one of your own.")
        if size > largest:
            raise UserError(f"The file has {size / 1000:,.0f} kB; at most {largest / 1000:,.0f} kB fit.")
        address = str(file.get("url_private_download") or file.get("url_private") or "")
        try:
            async with self._session.get(
                address, headers={"authorization": f"Bearer {client.token}"}, timeout=_TIMEOUT, allow_redirects=False
            ) as answer:
                content = await answer.content.read(largest + 1) if answer.status == 200 else b""
                while answer.status == 200 and len(content) <= largest and (more := await answer.content.read(65_536)):
                    content += more
        except (TimeoutError, aiohttp.ClientError):
            raise UserError(_GONE) from None
        if not content or len(content) > largest:
            raise UserError(_GONE)
        return Attachment(str(file.get("name") or "file"), len(content), content)
