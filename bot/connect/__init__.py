"""A Slack person's own Dialpad account: connected, used and disconnected."""
