"""Everything that knows Slack: transports, payloads, Block Kit and the Web API."""
