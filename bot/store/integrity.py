"""Checks a database: the file, its version, rows that belong to nothing, sealed values, and how much there is."""

from dataclasses import dataclass

from sqlalchemy import URL, Connection, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store import migrate
from bot.store.audit_chain import check_chains
from bot.store.database import DatabaseProblem, say_error
from bot.store.keys import KeyProblem, Keyring
from bot.store.schema import Everywhere, everywhere, name_row
from bot.store.table_rules import With, all_metadata, all_tables, rules_of
from bot.store.transfer import open_as_it_is


@dataclass(frozen=True)
class Checked:
    """The result of one check. ``said`` is what was found or, when not ``ok``, what is wrong."""

    what: str
    ok: bool
    said: str


def check_database(url: URL, keys: Keyring) -> list[Checked]:
    """Run every check on a database as it is at this moment. Raises DatabaseProblem when it cannot be read at all."""
    try:
        with open_as_it_is(url) as connection:
            return check(connection, keys)
    except SQLAlchemyError as error:
        raise DatabaseProblem(f"The database cannot be read: {say_error(error)}.") from error


def check(connection: Connection, keys: Keyring) -> list[Checked]:
    """Run every check; nothing is changed. Of another version's tables only the file is checked."""
    found = [*_check_file(connection)]
    if not migrate.is_current(connection):
        return [*found, Checked("Version", False, "another version's tables. Run dialpad-chatops db upgrade")]
    found.append(Checked("Version", True, "this version's tables"))
    for table in all_tables():
        found.append(_check_table(connection, table, keys))
    found.append(_check_audit(connection))
    return found


def _check_audit(connection: Connection) -> Checked:
    """Check that no entry of the audit was changed, taken out or put in."""
    report = check_chains(connection)
    if report.problems:
        return Checked("Audit chain", False, "; ".join(report.problems))
    waiting = f", {report.waiting} not chained yet" if report.waiting else ""
    ends = f"; ends: {', '.join(report.ends)}" if report.ends else ""
    return Checked("Audit chain", True, f"{report.chained} links, complete{waiting}{ends}")


def _check_file(connection: Connection) -> list[Checked]:
    if connection.dialect.name != "sqlite":
        return []
    said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    torn = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    return [
        Checked("File", list(said) == ["ok"], "undamaged" if list(said) == ["ok"] else "; ".join(said[:3])),
        Checked("References", not torn, "complete" if not torn else f"{len(torn)} lead nowhere"),
    ]


def _check_table(connection: Connection, table: Table, keys: Keyring) -> Checked:
    counted = everywhere(select(func.count()).select_from(table), Everywhere.OPERATOR)
    rows = connection.execute(counted).scalar_one()
    wrong = []
    if orphans := _count_orphans(connection, table):
        wrong.append(f"{orphans} belong to nothing in {_parent_of(table)}")
    if sealed := _count_sealed_for_good(connection, table, keys):
        wrong.append(f"{sealed} cannot be read with today's keys")
    said = f"{rows} rows" if rows != 1 else "1 row"
    return Checked(table.name, not wrong, ", ".join([said, *wrong]))


def _parent_of(table: Table) -> str:
    forget = rules_of(table).forget
    return forget.table if isinstance(forget, With) else ""


def _count_orphans(connection: Connection, table: Table) -> int:
    """Count rows that are to be deleted with another table's row which is not there."""
    link = rules_of(table).forget
    if not isinstance(link, With):
        return 0
    parents = select(all_metadata().tables[link.table].c[link.its])
    lost = select(func.count()).select_from(table).where(table.c[link.column].not_in(parents))
    return connection.execute(everywhere(lost, Everywhere.OPERATOR)).scalar_one()


def _count_sealed_for_good(connection: Connection, table: Table, keys: Keyring) -> int:
    if "sealed" not in table.c:
        return 0
    statement = everywhere(select(table).where(table.c.sealed.is_not(None)), Everywhere.OPERATOR)
    lost = 0
    for row in connection.execute(statement):
        try:
            keys.open(row.sealed, name_row(table, row))
        except KeyProblem:
            lost += 1
    return lost
