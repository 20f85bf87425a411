"""Links to messages in Slack."""

import structlog
from slack_sdk.errors import SlackApiError

from bot.basics.person import PersonKey
from bot.slack.api.messages import Clients
from bot.slack.conversation.errors import slack_code

_log = structlog.get_logger(__name__)


class Permalinks:
    """``bot.contract.context.MessageLinks`` on Slack's Web API."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def permalink(self, person: PersonKey, channel: str, ts: str) -> str:
        """Ask Slack, which knows no link to a message in a channel that the app is not in: the person's own Slack finds
        that by its ids."""
        client = await self._clients.of(person.team_id)
        try:
            return str((await client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
        except SlackApiError as problem:
            _log.info("no permalink", error=slack_code(problem))
            return f"https://slack.com/app_redirect?team={person.team_id}&channel={channel}&message_ts={ts}"
