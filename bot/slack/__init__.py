"""Everything that speaks Slack: payloads in, Block Kit out, and the transports between."""
