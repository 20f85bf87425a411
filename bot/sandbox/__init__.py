"""A Dialpad and a Slack that live in this process, for demos and tests. Loopback only."""
