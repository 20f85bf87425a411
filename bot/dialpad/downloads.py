"""Files that Dialpad hands out by a signed address: fetched as they are, without anybody's token."""

from bot.dialpad.client import Http, NotAnswered, NotSent
from bot.errors import DialpadError, Unavailable, Unreadable


class DialpadDownloads:
    """Only over HTTPS, except from Dialpad's own address, which in the demo is on loopback."""

    def __init__(self, http: Http, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    async def read(self, url: str, *, largest: int) -> bytes:
        """Raises DialpadError."""
        if not url.startswith("https://") and not url.startswith(self._base_url + "/"):
            raise Unreadable(reason="not an address to fetch from")
        try:
            heard = await self._http.ask("GET", url, headers={"accept": "*/*"})
        except (NotSent, NotAnswered):
            raise Unavailable(reason="not reached") from None
        if heard.status != 200:
            raise DialpadError(status=heard.status)
        if len(heard.body) > largest:
            raise Unreadable(reason="too large")
        return heard.body
