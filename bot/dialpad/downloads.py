"""Downloads of Dialpad's files: from signed addresses, or with a person's own token.

Addresses come out of events and answers, so they are not trusted: a token goes to Dialpad's own host and nowhere else,
and every other host must be a public one, over HTTPS.
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.basics.errors import DialpadError, NotAllowed, TokenRefused, Unavailable, Unreadable
from bot.dialpad.accounts import Account
from bot.dialpad.client import Http, HttpAnswer, NotAnswered, NotSent
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.public_hosts import may_be_public
from bot.dialpad.reading import read_refusal

MOST_HOPS: Final = 3
"""Redirects to follow; Dialpad redirects once, to its storage."""
TOO_LARGE: Final = "too large"
SIGN_IN: Final = "sign in"

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PLAIN: Final = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]*)?(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?", re.IGNORECASE | re.ASCII
)
"""An address without a user name or anything that two parsers could take for different hosts."""
_SIGN_IN_PATH: Final = re.compile(r"/(login|signin|sign-in|accounts?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fetched:
    """A downloaded file. ``kind``: the content type, lower case and without parameters."""

    content: bytes = field(repr=False)
    kind: str


class DialpadDownloads:
    """Downloads files. ``http`` is for Dialpad's own address, which in the demo is on loopback; ``outside`` for all
    others."""

    def __init__(self, http: Http, base_url: str, outside: Http) -> None:
        self._http = http
        self._outside = outside
        self._home = _origin(urlsplit(base_url))

    async def read(self, url: str, *, largest: int) -> bytes:
        """Download a file with a signed address. Raises DialpadError."""
        heard = await self._ask(url, None, largest)
        if heard.status != 200:
            raise DialpadError(status=heard.status)
        return heard.body

    async def read_as(self, account: Account, url: str, *, largest: int, within_s: float) -> Fetched:
        """Download a file that needs a token, as ``account``. Raises NotConnected and DialpadError: NotAllowed with
        ``SIGN_IN`` as its reason where Dialpad shows its sign-in page instead, Unreadable with ``TOO_LARGE``."""
        try:
            async with asyncio.timeout(within_s):
                link = await account.link()
                try:
                    return await self._follow(url, link, largest)
                except TokenRefused:
                    return await self._follow(url, await account.renewed(link), largest)
        except TimeoutError:
            raise Unavailable(reason="no answer in time") from None

    async def _follow(self, url: str, link: DialpadConnection, largest: int) -> Fetched:
        secret = link.access_token.get_secret_value()
        for _ in range(1 + MOST_HOPS):
            heard = await self._ask(url, secret, largest)
            if heard.status == 200:
                kind = heard.headers.get("content-type", "").partition(";")[0].strip().casefold()
                return Fetched(heard.body, kind)
            if heard.status not in _REDIRECTS:
                raise read_refusal(heard.status, heard.headers, heard.body, can_repeat=True, secret=secret)
            url = _next_address(url, heard.headers.get("location", ""))
            if self._is_home(url) and _SIGN_IN_PATH.match(urlsplit(url).path):
                raise NotAllowed(reason=SIGN_IN)
        raise Unreadable(reason="too many redirects")

    async def _ask(self, url: str, secret: str | None, largest: int) -> HttpAnswer:
        headers = {"accept": "*/*"}
        http = self._outside
        if self._is_home(url):
            http = self._http
            headers |= {"authorization": f"Bearer {secret}"} if secret else {}
        elif not _is_out_in_the_open(url):
            raise Unreadable(reason="not an address to fetch from")
        try:
            return await http.ask("GET", url, headers=headers, largest=largest)
        except (NotSent, NotAnswered):
            raise Unavailable(reason="not reached") from None

    def _is_home(self, url: str) -> bool:
        try:
            return bool(_PLAIN.fullmatch(url)) and _origin(urlsplit(url)) == self._home
        except ValueError:
            return False


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # a bracket without its other half
        raise Unreadable(reason="not an address to fetch from") from None


def _origin(url: SplitResult) -> tuple[str, str, int | None]:
    default = {"https": 443, "http": 80}.get(url.scheme)
    return url.scheme, (url.hostname or "").casefold(), url.port or default


def _is_out_in_the_open(url: str) -> bool:
    """Tell whether an address is HTTPS, to a name or a public IP address. Where a name leads is checked on
    connecting."""
    try:
        parts = urlsplit(url) if _PLAIN.fullmatch(url) else None
        host = parts.hostname if parts and parts.scheme == "https" and parts.port in {None, 443} else None
    except ValueError:
        return False
    return host is not None and may_be_public(host)
