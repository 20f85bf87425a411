"""Dialpad's lists as they are kept: the entries, whose list it is, and the interface to where they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from bot.basics.company import CompanyKey

SHARED: Final = ""
"""The viewer of the list that a company's people share."""


@dataclass(frozen=True)
class StoredEntry:
    """One entry of a list. ``entity`` is the list's; ``phones`` are E.164."""

    id: str
    name: str
    detail: str
    entity: str
    phones: tuple[str, ...] = ()
    hours: Mapping[str, Any] | None = None
    """Opening hours, as JSON."""
    extension: str = ""
    """The digits that colleagues dial, "" for none."""


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person of a company, by Slack's id. ``access`` stands for their Dialpad account: with another one
    they may see other things."""

    company: CompanyKey
    user_id: str
    access: str


@dataclass(frozen=True)
class StoredList:
    """One of Dialpad's lists, as far as it is read.

    ``viewer`` is the Slack id of the one person who sees it, or ``SHARED``. ``reader`` is whose token reads it: of a
    person's own list their access, of a shared one the Slack id of who read it last.
    ``sees_shared``: this person sees the company's list of this kind, as Dialpad said at ``checked_at``. ``first``: the
    ids of the first page. ``cursor``: where reading goes on, None when nothing is being read. ``pages``: how many there
    were when it was last read, or have come so far. ``complete_at`` is None until all of it was read once;
    ``fresh_until``: when it is to be read again. ``cut_short``: Dialpad refused its own cursor when it was read last,
    so that something is missing.
    """

    id: int
    company: CompanyKey
    viewer: str
    entity: str
    reader: str
    sees_shared: bool
    checked_at: datetime | None
    first: tuple[str, ...]
    cursor: str | None
    pages: int
    complete_at: datetime | None
    fresh_until: datetime | None
    cut_short: bool = False


@dataclass(frozen=True)
class View:
    """What one person has of one kind: their own list, and the company's. The company's counts for them only while
    ``own`` says that they see it."""

    own: StoredList | None = None
    shared: StoredList | None = None

    @property
    def visible(self) -> tuple[StoredList, ...]:
        """Return the lists that the person sees."""
        sees = self.own is not None and self.own.sees_shared
        return tuple(one for one in (self.own, self.shared if sees else None) if one is not None)


@dataclass(frozen=True)
class FoundEntries:
    """What was found, best first, and the views by kind in which it was looked for. ``sure``: what a typed name means
    without a doubt, or several that it means equally."""

    views: Mapping[str, View]
    entries: tuple[StoredEntry, ...] = ()
    sure: tuple[StoredEntry, ...] = ()


class DirectoryBook(Protocol):
    """Where the lists of all companies are kept, for all processes. Whoever asks says who they are, and finds
    nothing that this person may not see."""

    def now(self) -> datetime:
        """Return the time that lists are marked with."""

    async def search(self, viewer: Viewer, entity: str, query: str, limit: int) -> FoundEntries:
        """Find entries whose name, detail or number matches, best first; all by name for an empty query."""

    async def find(self, viewer: Viewer, entities: Sequence[str], text: str) -> FoundEntries:
        """Find what a typed name, number, e-mail address or id means among these kinds. What it may mean is looked for
        only when it surely means nothing."""

    async def get(self, viewer: Viewer, entity: str, entry_id: str) -> FoundEntries:
        """Find the entry with this id."""

    async def by_number(self, viewer: Viewer, entities: Sequence[str], forms: Sequence[str]) -> FoundEntries:
        """Find the entries of these kinds with a number whose digits are one of these."""

    async def phones_of_kind(self, company: CompanyKey, entity: str) -> tuple[str, ...]:
        """Return numbers of the company's entries of a kind, whoever sees them; for what they have in common only."""

    async def by_extension(self, viewer: Viewer, entities: Sequence[str], digits: str) -> FoundEntries:
        """Find the entries of these kinds with this extension."""

    async def view(self, viewer: Viewer, entity: str) -> View:
        """Return what a person has of this kind."""

    async def open_own(self, viewer: Viewer, entity: str) -> StoredList:
        """Return a person's own list, made if it was not there, and anew if it was read with another access."""

    async def open_shared(self, viewer: Viewer, entity: str) -> StoredList:
        """Return the company's list, made if it was not there. This person reads it."""

    async def shared(self, company: CompanyKey, entity: str) -> StoredList | None:
        """Return the company's list of this kind, whoever may see it."""

    async def reread(self, known: StoredList) -> StoredList | None:
        """Return a list as it is now; None when it is gone."""

    async def may_read(self, known: StoredList) -> bool:
        """Take the right to read a list, which one process has at a time."""

    async def has_read(self, known: StoredList) -> None:
        """Give that right back."""

    async def begin(self, known: StoredList) -> None:
        """Begin to read a list from its first page."""

    async def add_page(
        self, known: StoredList, entries: Sequence[StoredEntry], cursor: str | None, *, first: bool
    ) -> None:
        """Add a page and where reading goes on, in one transaction. ``first``: it is the list's first page."""

    async def finish(self, known: StoredList, least: timedelta, a_page: timedelta, *, whole: bool) -> None:
        """Note that a list is read to its end, and fresh for so long a page, and at ``least`` so long. With ``whole``
        what it no longer held is deleted."""

    async def note_right(self, known: StoredList, *, sees_shared: bool) -> None:
        """Note whether the person with this own list sees the company's."""

    async def abandon(self, shared: StoredList) -> None:
        """Delete a shared list, and let everybody who saw it be checked before they see another."""

    async def put_shared(self, company: CompanyKey, entry: StoredEntry) -> None:
        """Add an entry to the company's list of its kind or change it there, if that is known."""

    async def put_own(self, viewer: Viewer, entry: StoredEntry) -> None:
        """Add an entry to a person's own list of its kind or change it there, if that is known."""

    async def put_where_known(self, company: CompanyKey, entry: StoredEntry) -> int:
        """Change an entry in those people's own lists that hold it; return in how many."""

    async def drop(self, company: CompanyKey, entity: str, entry_id: str) -> None:
        """Delete an entry from all lists of a company."""

    async def outdate(self, company: CompanyKey, entity: str, at: datetime, *, own_only: bool = False) -> None:
        """Let all lists of a kind that a company has be read again from this moment on, or only those of one person
        each."""

    async def outdate_short(self, viewer: Viewer, at: datetime) -> None:
        """Let a person's own lists, and the company's short ones, be read again from this moment on."""

    async def forget(self, viewer: Viewer) -> None:
        """Let a person's own lists, and the company's short ones, count as not read yet."""

    async def interrupted(self) -> list[StoredList]:
        """Return the lists that somebody began to read and did not finish."""

    async def sweep(self) -> int:
        """Delete what belongs to no list any more, a little at a time; return how many entries that were."""
