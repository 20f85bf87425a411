"""Would Slack take these blocks, or this view? Reasons come in the words of Slack's ``response_metadata.messages``."""

from bot.sandbox.slack.blockkit.documents import check_attachments, check_message_blocks, check_view

__all__ = ["check_attachments", "check_message_blocks", "check_view"]
