"""A browser without a screen: it follows the pages of connecting, keeps cookies and submits their forms."""

import re
from html import unescape

import httpx

from bot.sandbox.cast import NOOR, Person


class Browser(httpx.AsyncClient):
    """One browser with its own cookies."""

    def __init__(self) -> None:
        super().__init__(follow_redirects=True, trust_env=False, timeout=20)

    async def consent_page(self, link: str) -> httpx.Response:
        """From the link in Slack over "Is this you?" to Dialpad's question."""
        page = await self.get(link)
        assert page.status_code == 200, page.text
        return await self.post(link)

    async def decide(self, consent: httpx.Response, decision: str = "allow", who: Person = NOOR) -> httpx.Response:
        """Answer Dialpad's question; the page at the end."""
        return await self.post(consent.url.join("/oauth2/authorize"), data=consent_form(consent, decision, who))

    async def connect(self, link: str, decision: str = "allow", who: Person = NOOR) -> httpx.Response:
        """All of it."""
        return await self.decide(await self.consent_page(link), decision, who)


def consent_form(consent: httpx.Response, decision: str = "allow", who: Person = NOOR) -> dict[str, str]:
    """What a browser would post from the consent page."""
    found = re.search(r'name="request" value="([^"]+)"', consent.text)
    assert found, consent.text
    return {"request": unescape(found[1]), "user_id": str(who.dialpad_id), "decision": decision}
