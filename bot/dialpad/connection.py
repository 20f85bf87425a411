"""A person's connection to Dialpad, and the interface to stored ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from pydantic import SecretStr

from bot.basics.company import CompanyKey, company_of
from bot.basics.errors import NotAllowed
from bot.basics.language import mark, say
from bot.basics.person import PersonKey

COMPANY_KEY: Final = mark("Company key")
"""What a key is called that is nobody's own."""


@dataclass(frozen=True)
class DialpadConnection:
    """A person's Dialpad connection: what is needed to act at Dialpad for one Slack person.

    ``expires_at`` and ``connected_at`` are aware UTC; ``expires_at`` None means that Dialpad named no end.
    ``dialpad_user_id`` is None for a company key whose owner Dialpad does not know by the Slack e-mail address.
    """

    kind: Literal["oauth", "api_key"]
    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: datetime | None
    scopes: tuple[str, ...]
    dialpad_user_id: str | None
    dialpad_name: str
    company_id: str | None
    is_company_key: bool
    broken: bool
    connected_at: datetime

    @property
    def name(self) -> str:
        """Return what they are called at Dialpad, in the language spoken now where they are no person."""
        return say(self.dialpad_name) if self.dialpad_name == COMPANY_KEY else self.dialpad_name

    def company_of(self, person: PersonKey) -> CompanyKey:
        """Return the company that ``person``, whose connection this is, belongs to."""
        return company_of(person, self.company_id)

    def lacks(self, scopes: Collection[str], refused: NotAllowed) -> tuple[str, ...]:
        """Return the missing scopes among ``scopes`` that made Dialpad refuse, as far as can be told; () when it was
        not that. Either the connection was granted others, or Dialpad says so: a pasted key does not know its own
        scopes."""
        lacking = set(scopes) - set(self.scopes) if self.scopes else set()
        if not lacking and "scope" in refused.message.casefold():
            lacking = set(scopes)
        return tuple(sorted(lacking))


class DialpadConnections(Protocol):
    """Stored connections, encrypted."""

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        """Return the person's connection, broken or not."""

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        """Store a connection; it is on disk when this returns."""

    async def mark_broken(self, key: PersonKey) -> bool:
        """Mark the connection as ended by Dialpad. True the first time, so that the person is told once."""

    async def delete(self, key: PersonKey) -> None:
        """Delete the connection."""
