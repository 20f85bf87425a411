"""From a Dialpad event to a message in Slack, and what follows from it."""
