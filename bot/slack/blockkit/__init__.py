"""Answers as Block Kit: messages, modals, Home tabs, within Slack's limits."""
