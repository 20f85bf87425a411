"""Dialpad's lists on disk: one copy for a company, and what only one person sees beside it.

In clear: a search has to read names and numbers. See ``bot.store.directory_search`` for who sees what.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Connection, Row, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import CompanyKey
from bot.basics.name_search import fold, insides_of, keys_of
from bot.basics.stored_directory import SHARED, FoundEntries, StoredEntry, StoredList, View, Viewer
from bot.store import directory_search
from bot.store.directory_sweep import sweep
from bot.store.directory_tables import entries, lists, read_list, words
from bot.store.processes import Processes
from bot.store.schema import Everywhere, StoreContext, company_values, everywhere, insert_for, within, within_named

T = TypeVar("T")
SHORT: Final = 5
"""Pages of a list that is read anew without a thought."""


class StoredDirectory:
    """The database's ``bot.basics.stored_directory.DirectoryBook``."""

    def __init__(self, context: StoreContext, processes: Processes) -> None:
        self._context = context
        self._processes = processes

    def now(self) -> datetime:
        return self._context.now()

    async def search(self, viewer: Viewer, entity: str, query: str, limit: int) -> FoundEntries:
        def look(connection: Connection, view: View) -> FoundEntries:
            return FoundEntries({entity: view}, tuple(directory_search.search(connection, view, query, limit)))

        return await self._look(viewer, entity, look)

    async def find(self, viewer: Viewer, entities: Sequence[str], text: str) -> FoundEntries:
        def query(connection: Connection) -> FoundEntries:
            views = directory_search.visible_lists(connection, viewer, entities)
            sure, near = directory_search.find(connection, list(views.values()), text)
            return FoundEntries(views, tuple(near), tuple(sure))

        return await self._context.database.read(query)

    async def get(self, viewer: Viewer, entity: str, entry_id: str) -> FoundEntries:
        def look(connection: Connection, view: View) -> FoundEntries:
            found = directory_search.get(connection, view, entry_id)
            return FoundEntries({entity: view}, () if found is None else (found,))

        return await self._look(viewer, entity, look)

    async def by_number(self, viewer: Viewer, entities: Sequence[str], forms: Sequence[str]) -> FoundEntries:
        return await self._keyed(viewer, entities, forms, directory_search.with_number)

    async def by_extension(self, viewer: Viewer, entities: Sequence[str], digits: str) -> FoundEntries:
        return await self._keyed(viewer, entities, [digits], directory_search.with_extension)

    async def _keyed(
        self, viewer: Viewer, entities: Sequence[str], forms: Sequence[str],
        look: Callable[[Connection, View, Sequence[str]], list[StoredEntry]],
    ) -> FoundEntries:  # fmt: skip
        def query(connection: Connection) -> FoundEntries:
            views = directory_search.visible_lists(connection, viewer, entities)
            found = [one for kind in entities for one in look(connection, views[kind], forms)]
            return FoundEntries(views, tuple(found))

        return await self._context.database.read(query)

    async def view(self, viewer: Viewer, entity: str) -> View:
        return await self._look(viewer, entity, lambda _, view: view)

    async def _look(self, viewer: Viewer, entity: str, look: Callable[[Connection, View], T]) -> T:
        def query(connection: Connection) -> T:
            return look(connection, directory_search.visible_lists(connection, viewer, [entity])[entity])

        return await self._context.database.read(query)

    # What is read from Dialpad

    async def open_own(self, viewer: Viewer, entity: str) -> StoredList:
        return await self._open(viewer.company, viewer.user_id, entity, viewer.access, only=lists.c.reader)

    async def open_shared(self, viewer: Viewer, entity: str) -> StoredList:
        return await self._open(viewer.company, SHARED, entity, viewer.user_id, only=None)

    async def _open(
        self, company: CompanyKey, user_id: str, entity: str, reader: str, *, only: Column[str] | None
    ) -> StoredList:
        """Return a list, made if need be; with ``only`` made anew if another reader had it."""
        now = self._context.now()
        names = {**company_values(company), "user_id": user_id, "entity": entity}
        empty = {"sees_shared": False, "first": [], "round": 0, "pages": 0}
        this = _whose(company, user_id, entity)

        def change(connection: Connection) -> StoredList:
            if only is not None:
                connection.execute(delete(lists).where(this, only != reader))
            fresh = insert_for(connection, lists).values(**names, **empty, reader=reader, asked_at=now)
            known = fresh.on_conflict_do_update(index_elements=list(names), set_={"reader": reader, "asked_at": now})
            connection.execute(known)
            return read_list(connection.execute(select(lists).where(this)).one())

        return await self._context.database.write(change)

    def phones_of(self, connection: Connection, company: CompanyKey, entity: str, entry_id: str) -> tuple[str, ...]:
        """Return the numbers of an entry of the company's own list of a kind; none where it is not known."""
        asked = select(entries.c.phones).where(within(entries, company), entries.c.entry_id == entry_id)
        listed = select(lists.c.id).where(_whose(company, SHARED, entity))
        found = connection.execute(asked.where(entries.c.list_id.in_(listed)).limit(1)).scalar_one_or_none()
        return tuple(found or ())

    async def phones_of_kind(self, company: CompanyKey, entity: str) -> tuple[str, ...]:
        asked = {**company_values(company), "kind": entity}

        def query(connection: Connection) -> tuple[str, ...]:
            return tuple(
                phone for phones in connection.execute(_PHONES_OF_KIND, asked).scalars() for phone in phones or ()
            )

        return await self._context.database.look_up(query)

    async def shared(self, company: CompanyKey, entity: str) -> StoredList | None:
        return await self._one(_whose(company, SHARED, entity))

    async def reread(self, known: StoredList) -> StoredList | None:
        return await self._one(_this(known))

    async def _one(self, which: ColumnElement[bool]) -> StoredList | None:
        def query(connection: Connection) -> StoredList | None:
            row = connection.execute(select(lists).where(which)).one_or_none()
            return None if row is None else read_list(row)

        return await self._context.database.read(query)

    async def may_read(self, known: StoredList) -> bool:
        return await self._processes.take(_lease(known))

    async def has_read(self, known: StoredList) -> None:
        await self._processes.release(_lease(known))

    async def begin(self, known: StoredList) -> None:
        following = update(lists).where(_this(known)).values(round=lists.c.round + 1, cursor=None)
        await self._context.run(following)

    async def add_page(
        self, known: StoredList, entries: Sequence[StoredEntry], cursor: str | None, *, first: bool
    ) -> None:
        page = {entry.id: entry for entry in entries}
        fresh = list(page.values())

        def change(connection: Connection) -> None:
            row = connection.execute(select(lists).where(_this(known)).with_for_update()).one_or_none()
            if row is None:
                return  # whose list it is has left
            _put(connection, known, fresh, row.round)
            reached = {"pages": 1, "first": list(page)} if first else {"pages": row.pages + 1}
            connection.execute(update(lists).where(_this(known)).values(cursor=cursor, **reached))

        await self._context.database.write(change)

    async def finish(self, known: StoredList, least: timedelta, a_page: timedelta, *, whole: bool) -> None:
        if whole:
            await self._drop_unseen(known)
        now = self._context.now()

        def change(connection: Connection) -> None:
            pages = connection.execute(select(lists.c.pages).where(_this(known))).scalar_one_or_none() or 0
            fresh_until = now + max(least, pages * a_page)
            done = {"complete_at": now, "fresh_until": fresh_until, "asked_at": now, "cut_short": not whole}
            connection.execute(update(lists).where(_this(known)).values(cursor=None, **done))
            if pages > SHORT and connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"ANALYZE {entries.name}, {words.name}")

        await self._context.database.write(change)

    async def _drop_unseen(self, known: StoredList) -> None:
        rounds = select(lists.c.round).where(_this(known)).scalar_subquery()
        unseen = select(entries.c.id).where(_entries_of(known), entries.c.seen < rounds)

        def query(connection: Connection) -> list[int]:
            return list(connection.execute(unseen).scalars())

        gone = await self._context.database.read(query)
        for start in range(0, len(gone), _AT_ONCE):
            some = entries.c.id.in_(gone[start : start + _AT_ONCE])
            await self._context.database.write(partial(_drop, company=known.company, which=some))

    async def note_right(self, known: StoredList, *, sees_shared: bool) -> None:
        now = self._context.now()
        said = {"sees_shared": sees_shared, "checked_at": now, "asked_at": now}
        await self._context.run(update(lists).where(_this(known)).values(**said))

    async def abandon(self, shared: StoredList) -> None:
        theirs = and_(within(lists, shared.company), lists.c.entity == shared.entity, lists.c.user_id != SHARED)

        def change(connection: Connection) -> None:
            connection.execute(delete(lists).where(_this(shared)))
            connection.execute(update(lists).where(theirs).values(sees_shared=False, checked_at=None))

        await self._context.database.write(change)

    # What has changed

    async def put_shared(self, company: CompanyKey, entry: StoredEntry) -> None:
        await self._put_in(company, _whose(company, SHARED, entry.entity), entry)

    async def put_own(self, viewer: Viewer, entry: StoredEntry) -> None:
        mine = _whose(viewer.company, viewer.user_id, entry.entity)
        await self._put_in(viewer.company, and_(mine, lists.c.reader == viewer.access), entry)

    async def put_where_known(self, company: CompanyKey, entry: StoredEntry) -> int:
        private = and_(within(lists, company), lists.c.entity == entry.entity, lists.c.user_id != SHARED)
        here = and_(within(entries, company), entries.c.list_id.in_(select(lists.c.id).where(private)))
        held = select(entries.c.list_id).where(here, entries.c.entry_id == entry.id)
        return await self._put_in(company, and_(private, lists.c.id.in_(held)), entry)

    async def _put_in(self, company: CompanyKey, which: ColumnElement[bool], entry: StoredEntry) -> int:
        def change(connection: Connection) -> int:
            these = connection.execute(select(lists).where(which).with_for_update()).all()
            for row in these:
                _put(connection, read_list(row), [entry], row.round)
                if not row.first:  # it is not empty any more
                    known = and_(within(lists, company), lists.c.id == row.id)
                    connection.execute(update(lists).where(known).values(first=[entry.id]))
            return len(these)

        return await self._context.database.write(change)

    async def drop(self, company: CompanyKey, entity: str, entry_id: str) -> None:
        theirs = select(lists.c.id).where(within(lists, company), lists.c.entity == entity)
        gone = and_(entries.c.list_id.in_(theirs), entries.c.entry_id == entry_id)
        await self._context.database.write(partial(_drop, company=company, which=gone))

    async def outdate(self, company: CompanyKey, entity: str, at: datetime, *, own_only: bool = False) -> None:
        fresh = and_(within(lists, company), lists.c.entity == entity, lists.c.fresh_until > at)
        if own_only:
            fresh = and_(fresh, lists.c.user_id != SHARED)
        await self._context.run(update(lists).where(fresh).values(fresh_until=at))

    async def outdate_short(self, viewer: Viewer, at: datetime) -> None:
        fresh = and_(_own_and_short(viewer), lists.c.fresh_until > at)
        await self._context.run(update(lists).where(fresh).values(fresh_until=at))

    async def forget(self, viewer: Viewer) -> None:
        these = and_(_own_and_short(viewer), lists.c.cursor.is_(None))
        await self._context.run(update(lists).where(these).values(complete_at=None))

    async def interrupted(self) -> list[StoredList]:
        begun = everywhere(select(lists).where(lists.c.cursor.is_not(None)), Everywhere.DUE)

        def query(connection: Connection) -> list[StoredList]:
            return [read_list(row) for row in connection.execute(begun)]

        return await self._context.database.read(query)

    async def sweep(self) -> int:
        return await sweep(self._context.database)


_AT_ONCE: Final = 100
_FEW: Final = 20
_PHONES_OF_KIND: Final = (
    select(entries.c.phones)
    .where(
        within_named(entries),
        entries.c.list_id.in_(select(lists.c.id).where(within_named(lists), lists.c.entity == bindparam("kind"))),
    )
    .limit(_FEW)
)
"""Built once: where a person's numbers are from is asked with nearly every request."""


def _lease(known: StoredList) -> str:
    return f"directory:{known.id}"


def _this(known: StoredList) -> ColumnElement[bool]:
    return and_(within(lists, known.company), lists.c.id == known.id)


def _own_and_short(viewer: Viewer) -> ColumnElement[bool]:
    short = and_(lists.c.user_id == SHARED, lists.c.pages <= SHORT)
    return and_(within(lists, viewer.company), or_(lists.c.user_id == viewer.user_id, short))


def _whose(company: CompanyKey, user_id: str, entity: str) -> ColumnElement[bool]:
    return and_(within(lists, company), lists.c.user_id == user_id, lists.c.entity == entity)


def _entries_of(known: StoredList) -> ColumnElement[bool]:
    return and_(within(entries, known.company), entries.c.list_id == known.id)


def _text_of(entry: StoredEntry) -> str:
    return fold(f"{entry.name} {entry.detail}")


def _put(connection: Connection, known: StoredList, fresh: Sequence[StoredEntry], seen: int) -> None:
    """Add entries or change them, a few at a time: on Postgres, what comes between two statements holds up the event
    loop."""
    for start in range(0, len(fresh), _FEW):
        _put_some(connection, known, fresh[start : start + _FEW], seen)


def _put_some(connection: Connection, known: StoredList, fresh: Sequence[StoredEntry], seen: int) -> None:
    """Do so. What is as it was is only marked as seen."""
    wanted = {entry.id: entry for entry in fresh}
    here = and_(_entries_of(known), entries.c.entry_id.in_(list(wanted)))
    stored = {row.entry_id: row for row in connection.execute(select(entries).where(here))}
    connection.execute(update(entries).where(here, entries.c.seen != seen).values(seen=seen))
    changed = [row for row in stored.values() if _differs(row, wanted[row.entry_id])]
    for row in changed:
        _drop_words(connection, known.id, [row])
        entry = wanted[row.entry_id]
        values = {**_values(entry), "seen": seen}
        connection.execute(update(entries).where(_entries_of(known), entries.c.id == row.id).values(**values))
    added = [entry for entry in wanted.values() if entry.id not in stored]
    ids = _insert(connection, known, added, seen)
    found = [*zip(ids, added, strict=True), *((row.id, wanted[row.entry_id]) for row in changed)]
    _add_words(connection, known.id, found)


def _insert(connection: Connection, known: StoredList, added: Sequence[StoredEntry], seen: int) -> list[int]:
    if not added:
        return []
    owner = {"list_id": known.id, "seen": seen, **company_values(known.company)}
    rows = [{**owner, "entry_id": entry.id, **_values(entry)} for entry in added]
    return list(
        connection.execute(insert(entries).returning(entries.c.id, sort_by_parameter_order=True), rows).scalars()
    )


def _values(entry: StoredEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "detail": entry.detail,
        "phones": list(entry.phones),
        "hours": entry.hours,
        "extension": entry.extension or None,
        "text": _text_of(entry),
    }


def _differs(row: Row[Any], entry: StoredEntry) -> bool:
    before = (row.name, row.detail, tuple(row.phones), row.hours, row.extension or "")
    return before != (entry.name, entry.detail, entry.phones, entry.hours, entry.extension)


def _add_words(connection: Connection, list_id: int, found: Iterable[tuple[int, StoredEntry]]) -> None:
    rows: list[dict[str, Any]] = []
    inside: set[tuple[str, str]] = set()
    for row_id, entry in found:
        text = _text_of(entry)
        inside |= insides_of(text)
        keys = keys_of(text, entry.phones, entry.extension)
        rows += [{"list_id": list_id, "key": key, "text": text, "entry": row_id} for key in keys]
    rows += [{"list_id": list_id, "key": key, "text": word, "entry": 0} for key, word in inside]
    if rows:
        connection.execute(insert_for(connection, words).on_conflict_do_nothing(), rows)


def _drop(connection: Connection, company: CompanyKey, which: ColumnElement[bool]) -> None:
    """Delete entries with their words."""
    here = and_(within(entries, company), which)
    gone = connection.execute(select(entries).where(here)).all()
    for row in gone:
        _drop_words(connection, row.list_id, [row])
    ids = [row.id for row in gone]
    connection.execute(delete(entries).where(within(entries, company), entries.c.id.in_(ids)))


def _drop_words(connection: Connection, list_id: int, rows: Iterable[Row[Any]]) -> None:
    for row in rows:
        keys = list(keys_of(row.text, row.phones, row.extension or ""))
        these = and_(words.c.list_id == list_id, words.c.key.in_(keys), words.c.text == row.text)
        connection.execute(delete(words).where(these, words.c.entry == row.id))
