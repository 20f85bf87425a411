"""Identifies a Dialpad company as one Slack workspace knows it."""

from dataclasses import dataclass
from typing import Final

from bot.basics.person import PersonKey

OWN: Final = "person:"
"""Begins the name of a company that Dialpad did not name: it is that one person's, never everybody's."""


@dataclass(frozen=True)
class CompanyKey:
    """A Dialpad company in a Slack workspace. People of several companies may share a workspace, and one company may
    use several; nothing of one key is seen or changed with another."""

    team_id: str
    company: str


def company_of(person: PersonKey, company_id: str | None) -> CompanyKey:
    """Return the company of a person, from Dialpad's id of it; one of their own when Dialpad told none."""
    return CompanyKey(person.team_id, company_id or f"{OWN}{person.user_id}")


def own_company(person: PersonKey) -> CompanyKey:
    """Return the company of what belongs to this person alone, because nobody knows whose else it is."""
    return company_of(person, None)
