"""Posts a message that says how far something is, and changes it as it goes on."""

from dataclasses import dataclass

from bot.contract.reply import MessageContent
from bot.slack.api.channel_messages import ChannelMessages, MessagePlace


@dataclass
class ProgressMessages:
    """Messages by handlers, in channels or to people."""

    messages: ChannelMessages

    async def post(self, team_id: str, channel: str, content: MessageContent, name: str) -> tuple[str, str]:
        spot = await self.messages.post(team_id, channel, content, name=name)
        return spot.place, spot.ts

    async def update(self, team_id: str, spot: tuple[str, str], content: MessageContent, name: str) -> None:
        await self.messages.update(team_id, MessagePlace(*spot), content, name=name)
