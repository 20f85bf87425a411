"""The labels that settle a call, one row for each company that chose them."""

from sqlalchemy import JSON, Column, Connection, Table, select

from bot.activity.settling import SettlingLabels, from_json, to_json
from bot.basics.company import CompanyKey
from bot.store.schema import company_columns, company_values, insert_for, metadata, within
from bot.store.table_rules import Forever, rules

settling_labels = Table(
    "settling_labels",
    metadata,
    *company_columns(primary_key=True),
    Column("chosen", JSON, nullable=False),
    info=rules(forget=Forever("until the workspace leaves: the team chose them")),
)


def read_settling(connection: Connection, company: CompanyKey, *, lock: bool = False) -> SettlingLabels:
    """Return what a company chose; the usual where it chose nothing."""
    asked = select(settling_labels.c.chosen).where(within(settling_labels, company))
    stored = connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none()
    return SettlingLabels() if stored is None else from_json(stored)


def write_settling(connection: Connection, company: CompanyKey, labels: SettlingLabels) -> None:
    values = {"chosen": to_json(labels)}
    row = insert_for(connection, settling_labels).values(**company_values(company), **values)
    names = [settling_labels.c.team_id, settling_labels.c.company]
    connection.execute(row.on_conflict_do_update(index_elements=names, set_=values))
