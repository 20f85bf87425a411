"""A change of many things at once, as its rows: what each is to do, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.reply import MessageContent

RowState = Literal["todo", "begun", "done", "failed", "unknown", "wrong"]
"""``wrong`` rows were not to be done: the preview said why. ``begun`` without an end is what a crash leaves."""
BulkState = Literal["draft", "running", "stopping", "stopped", "done"]


@dataclass(frozen=True)
class BulkRow:
    """One row: its number in the file, the action with its values, what was in the file, and what is said of it."""

    number: int
    state: RowState
    slug: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    cells: tuple[str, ...] = field(default=(), repr=False)
    said: str = field(default="", repr=False)


@dataclass(frozen=True)
class BulkJob:
    """One bulk change. ``posted``: where its progress is shown, conversation and ``ts``."""

    id: str
    company: CompanyKey
    person: PersonKey
    kind: str
    state: BulkState
    heading: tuple[str, ...]
    posted: tuple[str, str] | None = None
    approved_by: str = ""


class BulkStore(Protocol):
    """Keeps bulk changes, each row with its state."""

    async def create(
        self, company: CompanyKey, person: PersonKey, kind: str, heading: Sequence[str], rows: Sequence[BulkRow]
    ) -> str:
        """Store one that was not started. Returns its id."""
        ...

    async def get(self, company: CompanyKey, name: str) -> BulkJob | None:
        """Return a bulk change, None for one that is not of this company."""
        ...

    async def counts(self, company: CompanyKey, name: str) -> Mapping[str, int]:
        """Return how many rows are in which state."""
        ...

    async def rows(self, company: CompanyKey, name: str, state: str = "", limit: int = 0) -> Sequence[BulkRow]:
        """Return rows in their order; with ``state`` those in it."""
        ...

    async def move(
        self, company: CompanyKey, name: str, before: Sequence[BulkState], after: BulkState, *, approved_by: str = ""
    ) -> bool:
        """Move one on. False when it is in none of the states ``before``."""
        ...

    async def note_posted(self, company: CompanyKey, name: str, posted: tuple[str, str]) -> None:
        """Store where its progress is shown."""
        ...

    async def step(self, company: CompanyKey, name: str, ended: BulkRow | None, begins: int | None) -> BulkState | None:
        """Store how one row ended and that the next begins, in one transaction. Returns the job's state; None when
        somebody else has begun that row."""
        ...


class PostedMessages(Protocol):
    """Posts a message and changes it."""

    async def post(self, team_id: str, channel: str, content: MessageContent, name: str) -> tuple[str, str]:
        """Post a message, in a channel or to a person. Returns where it is. Raises ChatopsError."""
        ...

    async def update(self, team_id: str, spot: tuple[str, str], content: MessageContent, name: str) -> None:
        """Change it. Raises ChatopsError."""
        ...
