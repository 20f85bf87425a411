"""The audit's table, and the chain that its entries make: each carries a hash of itself and of the entry before it.

Entries are chained after they are written, in transactions of their own, so that whoever writes one waits for nobody:
two processes on Postgres that write at once would otherwise take turns on the newest link. Until then, at most a
minute, an entry is not protected. ``audit_chains`` has both ends of each workspace's chain, so that it shows when the
newest are missing, and what was deleted because it was old is known to have been there.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    update,
)

from bot.store.schema import Everywhere, MomentColumn, everywhere, insert_for, metadata, person_columns
from bot.store.table_rules import Forever, Otherwise, Pruned, Retention, rules

AT_ONCE: Final = 500
"""Entries that are chained in one transaction."""
_MOST_NAMED: Final = 5


def prune(connection: Connection, now: datetime, retention: Retention, most: int) -> int:
    """Delete some of the oldest entries that are over, and move the beginning of their chain; how many there were. Only
    what leads up to the first younger one is deleted, so that no link is missing between two that are there."""
    chains = connection.execute(everywhere(select(audit_chains), Everywhere.EXPIRED)).all()
    for chain in chains:
        oldest = (
            select(audit.c.at, audit.c.chain_no, audit.c.chain_hash)
            .where(audit.c.team_id == chain.team_id, audit.c.chain_no > chain.first_no)
            .order_by(audit.c.chain_no)
            .limit(most)
        )
        last = None
        for row in connection.execute(everywhere(oldest, Everywhere.EXPIRED)):
            if row.at > now - retention.audit:
                break
            last = row
        if last is None:
            continue
        over = delete(audit).where(audit.c.team_id == chain.team_id, audit.c.chain_no <= last.chain_no)
        gone = connection.execute(everywhere(over, Everywhere.EXPIRED)).rowcount
        begins = {"first_no": last.chain_no, "first_hash": last.chain_hash}
        connection.execute(update(audit_chains).where(audit_chains.c.team_id == chain.team_id).values(**begins))
        return gone
    return 0


audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", MomentColumn, nullable=False, index=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("object", Text),
    Column("details", JSON),
    Column("dialpad_user_id", Text),
    Column("dialpad_company_id", Text),
    Column("chain_no", BigInteger),
    Column("chain_hash", Text),
    Index("ix_audit_person", "team_id", "user_id", "at"),
    Index("uq_audit_chain", "team_id", "chain_no", unique=True),
    info=rules(forget=Pruned(prune), person=Otherwise("who did what is kept for the admins")),
)
Index(
    "ix_audit_unchained",
    audit.c.id,
    sqlite_where=audit.c.chain_no.is_(None),
    postgresql_where=audit.c.chain_no.is_(None),
)

audit_chains = Table(
    "audit_chains",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("first_no", BigInteger, nullable=False),
    Column("first_hash", Text, nullable=False),
    Column("last_no", BigInteger, nullable=False),
    Column("last_hash", Text, nullable=False),
    info=rules(forget=Forever("as long as the workspace has an audit")),
)
"""The ends of each workspace's chain. ``first`` is the link before the oldest entry that is kept."""

_WAITING: Final = everywhere(select(audit.c.team_id).where(audit.c.chain_no.is_(None)).limit(1), Everywhere.OPERATOR)
_LINK: Final = everywhere(
    update(audit)
    .where(audit.c.id == bindparam("this"))
    .values(chain_no=bindparam("no"), chain_hash=bindparam("hash_")),
    Everywhere.OPERATOR,
)


def has_waiting(connection: Connection) -> bool:
    """Tell whether entries wait to be chained."""
    return connection.execute(_WAITING).first() is not None


def chain_waiting(connection: Connection) -> int:
    """Chain the next entries of one workspace, in the order in which they were written; how many there were. One
    process at a time: the chain's end is locked before it is looked which entries wait."""
    team_id = connection.execute(_WAITING).scalar()
    if team_id is None:
        return 0
    begin = insert_for(connection, audit_chains).values(
        team_id=team_id, first_no=0, first_hash="", last_no=0, last_hash=""
    )
    connection.execute(begin.on_conflict_do_nothing())
    ends = select(audit_chains).where(audit_chains.c.team_id == team_id).with_for_update()
    chain = connection.execute(ends).one()
    waiting = (
        select(audit).where(audit.c.team_id == team_id, audit.c.chain_no.is_(None)).order_by(audit.c.id).limit(AT_ONCE)
    )
    rows = connection.execute(everywhere(waiting, Everywhere.OPERATOR)).all()
    no, hash_ = chain.last_no, chain.last_hash
    links = []
    for row in rows:
        no += 1
        hash_ = hash_of(row, no, hash_)
        links.append({"this": row.id, "no": no, "hash_": hash_})
    if links:
        connection.execute(_LINK, links)
        ends_at = {"last_no": no, "last_hash": hash_}
        connection.execute(update(audit_chains).where(audit_chains.c.team_id == team_id).values(**ends_at))
    return len(links)


def hash_of(row: Row[Any], no: int, before: str) -> str:
    """Return the hash of an entry behind another one. Its company is left out: it may become known later."""
    said = [
        before, no, row.id, row.at.isoformat(), row.team_id, row.user_id, row.action, row.route, row.outcome,
        row.origin, row.reference, row.object, row.details, row.dialpad_user_id, row.dialpad_company_id,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass
class ChainReport:
    """What looking through the chains has shown: how many entries are chained and how many are not yet, what is wrong,
    and the end of each workspace's chain, to be noted somewhere else."""

    chained: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)


def check_chains(connection: Connection) -> ChainReport:
    """Look through all chains. Changes nothing."""
    report = ChainReport()
    waiting = select(func.count()).select_from(audit).where(audit.c.chain_no.is_(None))
    report.waiting = connection.execute(everywhere(waiting, Everywhere.OPERATOR)).scalar_one()
    chains = {row.team_id: row for row in connection.execute(select(audit_chains).order_by(audit_chains.c.team_id))}
    teams = select(audit.c.team_id).where(audit.c.chain_no.is_not(None)).distinct().order_by(audit.c.team_id)
    for team_id in connection.execute(everywhere(teams, Everywhere.OPERATOR)).scalars().all():
        if team_id not in chains:
            report.problems.append(f"the ends of the chain of {team_id} are missing")
    for team_id, chain in chains.items():
        problems = list(_check_chain(connection, team_id, chain, report))
        report.problems += problems[:_MOST_NAMED]
        if len(problems) > _MOST_NAMED:
            report.problems.append(f"and {len(problems) - _MOST_NAMED} more in {team_id}")
        report.ends.append(f"{team_id} {chain.last_no}:{chain.last_hash[:16]}")
    return report


def _check_chain(connection: Connection, team_id: str, chain: Row[Any], report: ChainReport) -> Iterator[str]:
    """Yield what is wrong with one workspace's chain, by the numbers and times of its links."""
    no: int = chain.first_no
    before: str | None = chain.first_hash
    for rows in _links(connection, team_id):
        for row in rows:
            report.chained += 1
            if row.chain_no <= no or row.chain_no > chain.last_no:
                yield f"link {row.chain_no} of {team_id} was added ({_told(row)})"
                continue
            if row.chain_no > no + 1:
                yield _say_missing(no + 1, row.chain_no - 1, team_id, f"before {row.at:%Y-%m-%d %H:%M} UTC")
                before = None  # what this one is linked to is lost with them
            if before is not None and hash_of(row, row.chain_no, before) != row.chain_hash:
                yield f"link {row.chain_no} of {team_id} was changed ({_told(row)})"
            no, before = row.chain_no, row.chain_hash
    if no < chain.last_no:
        yield _say_missing(no + 1, chain.last_no, team_id, "at the end")
    elif before is not None and before != chain.last_hash:
        yield f"link {no} of {team_id}, the last, was changed"


def _links(connection: Connection, team_id: str) -> Iterator[Sequence[Row[Any]]]:
    chained = select(audit).where(audit.c.team_id == team_id, audit.c.chain_no.is_not(None)).order_by(audit.c.chain_no)
    found = connection.execution_options(yield_per=1_000).execute(everywhere(chained, Everywhere.OPERATOR))
    yield from found.partitions()


def _say_missing(first: int, last: int, team_id: str, where: str) -> str:
    return (
        f"link {first} of {team_id} is missing {where}"
        if first == last
        else (f"links {first} to {last} of {team_id} are missing {where}")
    )


def _told(row: Row[Any]) -> str:
    return f"{row.at:%Y-%m-%d %H:%M} UTC, {row.user_id}, {row.action or row.route}"
