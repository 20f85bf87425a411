"""How Slack's payloads arrive: signed HTTP or Socket Mode, verified, parsed, acknowledged."""
