"""Block Kit validation of blocks and views, with reasons in the words of Slack's ``response_metadata.messages``."""

from bot.sandbox.slack.blockkit.documents import check_attachments, check_message_blocks, check_view

__all__ = ["check_attachments", "check_message_blocks", "check_view"]
