"""The tables of the directory: Dialpad's lists, their entries, and the keys that entries are found by.

An entry is only reached through its list. So a list that goes takes its entries out of sight at once, and the many rows
follow in small transactions (``bot.store.directory_sweep``), between which others write.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, Row, Table, Text, UniqueConstraint

from bot.basics.company import CompanyKey
from bot.basics.stored_directory import StoredEntry, StoredList
from bot.store.schema import MomentColumn, company_columns, metadata
from bot.store.table_rules import Forever, Goes, Otherwise, older_than, rules

UNASKED_FOR: Final = timedelta(days=30)
"""After so long a list that nobody has asked for is deleted."""

_number: Final = BigInteger().with_variant(Integer, "sqlite")
_sorted: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Sorted by code points on both databases, so that what begins alike stands together."""

lists = Table(
    "directory_lists",
    metadata,
    Column("id", _number, primary_key=True, autoincrement=True),
    *company_columns(),
    Column("user_id", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("sees_shared", Boolean, nullable=False),
    Column("checked_at", MomentColumn),
    Column("first", JSON, nullable=False),
    Column("cursor", Text),
    Column("round", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("complete_at", MomentColumn),
    Column("fresh_until", MomentColumn),
    Column("asked_at", MomentColumn, nullable=False),
    Column("cut_short", Boolean),
    UniqueConstraint("team_id", "company", "user_id", "entity"),
    info=rules(forget=older_than("asked_at", UNASKED_FOR), person=Goes()),
)
entries = Table(
    "directory_entries",
    metadata,
    Column("id", _number, primary_key=True, autoincrement=True),
    Column("list_id", _number, nullable=False),
    *company_columns(),
    Column("entry_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("phones", JSON, nullable=False),
    Column("hours", JSON),
    Column("extension", Text),
    Column("text", _sorted, nullable=False),
    Column("seen", Integer, nullable=False),
    UniqueConstraint("list_id", "entry_id"),
    Index(None, "list_id", "text", "id"),
    info=rules(
        forget=Forever("until its list is gone: then they follow in small transactions"),
        workspace=Otherwise("out of sight with their list, and deleted in small transactions right after"),
    ),
)
words = Table(
    "directory_words",
    metadata,
    Column("list_id", _number, primary_key=True, autoincrement=False),
    Column("key", _sorted, primary_key=True),
    Column("text", _sorted, primary_key=True),
    Column("entry", _number, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
    info=rules(
        forget=Forever("until its list is gone: then they follow in small transactions"),
        workspace=Otherwise("out of sight with their list, and deleted in small transactions right after"),
    ),
)
"""``key`` is one of ``bot.basics.name_search``, ``text`` the entry's folded text (so that a search is answered from
this index alone, in order), ``entry`` its row. A key for what is inside a word has the word as text and no entry."""


def read_list(row: Row[Any]) -> StoredList:
    return StoredList(
        id=row.id,
        company=CompanyKey(row.team_id, row.company),
        viewer=row.user_id,
        entity=row.entity,
        reader=row.reader,
        sees_shared=row.sees_shared,
        checked_at=row.checked_at,
        first=tuple(row.first),
        cursor=row.cursor,
        pages=row.pages,
        complete_at=row.complete_at,
        fresh_until=row.fresh_until,
        cut_short=bool(row.cut_short),
    )


def read_entry(row: Row[Any], entity: str) -> StoredEntry:
    return StoredEntry(row.entry_id, row.name, row.detail, entity, tuple(row.phones), row.hours, row.extension or "")
