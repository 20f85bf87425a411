"""Pictures of texts, uploaded to Slack so that they are seen in the conversation: a link to Dialpad would need a
sign-in.

An uploaded picture is stored with its text, so later posts and changes show the same file. After a crash in between it
is uploaded a second time and shown once.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from bot.activity.texts import keep_picture, pictures_to_fetch
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, Unreadable
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.downloads import Fetched
from bot.store.store import Store

LARGEST: Final = 5_000_000
"""Bytes. Networks carry pictures of up to about 1 MB; this leaves room."""
MOST: Final = 5
"""The most pictures of one text."""
WITHIN_S: Final = 10.0
ALL_WITHIN_S: Final = 25.0
AT_ONCE: Final = 8
"""The most pictures in memory at once."""
_ENDINGS: Final = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}
"""Image types that Slack shows, by the first bytes of the file: the type its sender names proves nothing."""

_log = structlog.get_logger(__name__)


class PictureDownloader(Protocol):
    """The part of ``bot.dialpad.downloads.DialpadDownloads`` that pictures need."""

    async def read_as(self, account: Account, url: str, *, largest: int, within_s: float) -> Fetched: ...


class PictureUploader(Protocol):
    """The part of ``bot.slack.api.files.SlackFiles`` that pictures need."""

    async def keep(self, team_id: str, name: str, content: bytes) -> str: ...


class Pictures:
    """Uploads pictures. Raises only the database's errors: without its picture a text says where to see it."""

    def __init__(self, store: Store, accounts: Accounts, downloads: PictureDownloader, files: PictureUploader) -> None:
        self._store = store
        self._accounts = accounts
        self._downloads = downloads
        self._files = files
        self._busy: set[tuple[CompanyKey, str]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def bring(self, company: CompanyKey, text: str, owners: Sequence[PersonKey]) -> None:
        """Upload the pictures of a text. ``text`` is the name of its card; ``owners`` are tried in turn for a
        connection that may fetch them."""
        if (company, text) in self._busy:
            return  # another event of the same text, while its pictures are being uploaded
        self._busy.add((company, text))
        try:
            card = await self._store.cards.named(company, text)
            addresses = pictures_to_fetch(card.state)[:MOST] if card is not None else ()
            async with asyncio.timeout(ALL_WITHIN_S):
                await asyncio.gather(*(self._bring(company, text, one, owners) for one in addresses))
        except TimeoutError:
            _log.info("pictures took too long")
        finally:
            self._busy.discard((company, text))

    async def _bring(self, company: CompanyKey, text: str, address: str, owners: Sequence[PersonKey]) -> None:
        try:
            async with self._room:
                content = await self._fetch(company, address, owners)
                ending = next((one for head, one in _ENDINGS.items() if content.startswith(head)), None)
                if ending is None:
                    raise Unreadable(reason="no picture that Slack draws")
                file = await self._files.keep(company.team_id, f"picture.{ending}", content)
        except ChatopsError as problem:
            reason = getattr(problem, "reason", "")
            _log.info("a picture is not shown", error=type(problem).__name__, reason=reason)
            return
        await self._store.cards.absorb(company, "text", [text], keep_picture(address, file), lambda *_: [])

    async def _fetch(self, company: CompanyKey, address: str, owners: Sequence[PersonKey]) -> bytes:
        problem: ChatopsError = Unreadable(reason="nobody to fetch it as")
        for owner in owners:
            account = self._accounts.of(owner, within=company)
            try:
                fetched = await self._downloads.read_as(account, address, largest=LARGEST, within_s=WITHIN_S)
            except ChatopsError as refused:
                problem = refused
            else:
                return fetched.content
        raise problem
