"""Identifies a person in Slack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonKey:
    """A person in a Slack workspace, by ids such as ``T0NORTHLT`` and ``U0ANA0001``."""

    team_id: str
    user_id: str


def is_person(slack_id: str) -> bool:
    """Tell whether a Slack id is a person's, where it may as well be a channel's."""
    return slack_id.startswith(("U", "W"))
