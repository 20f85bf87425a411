"""Turns answers into Block Kit: messages, modals, Home tabs, within Slack's limits."""
