"""Identifies a person in Slack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonKey:
    """A person in a Slack workspace, by ids such as ``T0NORTHLT`` and ``U0ANA0001``."""

    team_id: str
    user_id: str
