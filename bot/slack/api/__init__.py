"""Calls to Slack's API: messages, people, files, user groups; and the app's manifest."""
