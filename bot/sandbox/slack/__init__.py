"""An embedded Slack that remembers, delivers and refuses as Slack does, for the demo and for tests."""

from bot.sandbox.slack.inputs import BadValue
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.sandbox import SlackSandbox
from bot.sandbox.slack.surfaces import NotThere

__all__ = ["BadValue", "NotThere", "Person", "SlackSandbox"]
