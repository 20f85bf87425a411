"""Who somebody is on Slack's side."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonKey:
    """One Slack person: ids such as ``T0NORTHLT`` and ``U0ANA0001``."""

    team_id: str
    user_id: str
