"""Where previews of links are shown: below the message they stand in, or in the composer while it is written."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.contract.context import Ctx
from bot.contract.reply import Answer, Card, RawArgs, Unfurls
from bot.contract.routing import Route
from bot.slack.api.unfurls import LinkPlace
from bot.slack.blockkit.render import render_message
from bot.slack.conversation.errors import UserMessage
from bot.slack.conversation.screens import LineScreen, ScreenTools

LINK_SHARED = "link_shared"
_COMPOSER = "composer"
_NOBODY_WAITS_S = 3600.0
_log = structlog.get_logger(__name__)


class LinksScreen:
    """Shows previews where Slack told of links. Whatever goes wrong is only logged: nobody asked for anything."""

    def __init__(self, tools: ScreenTools, ctx: Ctx, event: Mapping[str, Any]) -> None:
        self._tools = tools
        self._ctx = ctx
        self._place = LinkPlace.of(event)

    async def answer(self, route: Route | None, answer: Answer) -> None:
        if not isinstance(answer, Unfurls):
            return
        shown = {}
        for url, card in answer.cards.items():
            message = render_message(card, await self._tools.reader(self._ctx, card), current="")
            shown[url] = {"blocks": message.to_json()["blocks"]}
        person, through = self._ctx.person, self._ctx.where.through
        if shown:
            await self._tools.messages.unfurl(person, self._place, shown, through=through)
        if answer.said is not None and self._place.source != _COMPOSER:
            await LineScreen(self._tools, self._ctx).answer(None, answer.said)

    async def trouble(self, route: Route | None, raw: RawArgs, trouble: UserMessage, connect: Card | None) -> None:
        _log.info("links without a preview", expected=trouble.expected)

    def patience(self) -> float:
        return _NOBODY_WAITS_S

    async def busy(self, route: Route) -> None:
        """Say nothing: nobody waits."""
