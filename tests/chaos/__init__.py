"""The bot under all kinds of trouble at once, and afterwards what the books of Slack and Dialpad say."""
