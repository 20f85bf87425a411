"""The rows of cards: their tables, and how one is read.

What is known of a card is sealed; who has claimed or handled it is not.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Row, Table, Text, and_, or_, text
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.registers import State, from_json
from bot.basics.company import CompanyKey
from bot.store.keys import Keyring, row_name
from bot.store.schema import MomentColumn, company_columns, metadata, within
from bot.store.table_rules import Retained, Retention, With, rules

LONGEST_NAME: Final = 200
"""Longest name stored as it is, in characters; ids and numbers have about 20, and Postgres indexes no more than
2,700 bytes."""

UNTOLD: Final = "customer IS NULL AND kind IN ('call', 'talk')"
"""Calls and conversations that are in no history yet: those of a version without histories."""

TEXTS: Final = ("text", "talk")
"""The kinds of cards that hold what was written."""


def _are_over(table: Table, now: datetime, retention: Retention) -> ColumnElement[bool]:
    """Select cards that did not change for as long as their kind is kept. Their messages in Slack stay."""
    written = table.c.kind.in_(TEXTS)
    return or_(
        and_(written, table.c.changed_at <= now - retention.texts),
        and_(~written, table.c.changed_at <= now - retention.calls),
    )


cards = Table(
    "cards",
    metadata,
    Column("id", Text, primary_key=True),
    *company_columns(),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", MomentColumn),
    Column("handled_by", Text),
    Column("handled_at", MomentColumn),
    Column("changed_at", MomentColumn, nullable=False, index=True),
    Column("about", Text, index=True),
    Column("customer", Text),
    Index(None, "team_id", "company", "kind", "changed_at"),
    Index(
        "ix_cards_without_customer",
        "changed_at",
        sqlite_where=text(UNTOLD),
        postgresql_where=text(UNTOLD),
    ),
    info=rules(forget=Retained(_are_over)),
)
card_names = Table(
    "card_names",
    metadata,
    *company_columns(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("card_id", Text, nullable=False, index=True),
    info=rules(forget=With("card_id", "cards")),
)


@dataclass(frozen=True)
class StoredCard:
    """One stored card. ``claimed_by`` and ``handled_by`` are Slack ids; ``about`` is the id of the card that this
    one asks or tells about, None for one that stands for itself. ``customer`` names the history that a call or
    conversation is a part of, "" for none."""

    id: str
    company: CompanyKey
    kind: str
    state: State = field(repr=False)
    version: int
    claimed_by: str | None
    claimed_at: datetime | None
    handled_by: str | None
    handled_at: datetime | None
    about: str | None = None
    customer: str | None = None


def is_card(company: CompanyKey, card_id: str) -> ColumnElement[bool]:
    return and_(within(cards, company), cards.c.id == card_id)


def are_about(company: CompanyKey, card_ids: Collection[str]) -> ColumnElement[bool]:
    """Select the company's cards that ask or tell about one of these."""
    return and_(within(cards, company), cards.c.about.in_(card_ids))


def key_of(name: str) -> str:
    """Return a name as it is stored: itself, or a digest if it is too long for an index or holds what no database
    accepts."""
    if len(name) <= LONGEST_NAME and name.isprintable():
        return name
    return sha256(name.encode(errors="surrogatepass")).hexdigest()


def read_card(keys: Keyring, row: Row[Any]) -> StoredCard:
    """Read a row. Raises KeyProblem."""
    return StoredCard(
        id=row.id,
        company=CompanyKey(row.team_id, row.company),
        kind=row.kind,
        state=from_json(keys.open_json(row.sealed, row_name(cards.name, row.id))),
        version=row.version,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        handled_by=row.handled_by,
        handled_at=row.handled_at,
        about=row.about,
        customer=row.customer,
    )
