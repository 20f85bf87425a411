"""Receives Slack's payloads over signed HTTP or Socket Mode: verifies, parses and acknowledges them."""
