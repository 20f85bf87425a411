"""The Dialpad company of each change of a subscription and of each connection that waits for somebody's word.

A change is of its subscription's company; a connection, which is sealed, of the company of those who were asked, or of
nobody's but the person's own where they are of none or of several. What Slack delivered names who is told when it can
no longer be read; ``inbox.touched_at`` is read by nobody any more.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OWN = "person:"
TABLES = ("subscription_changes", "connection_requests")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("company", sa.Text))
    op.add_column("connection_requests", sa.Column("asks_admins", sa.Boolean))
    connection = op.get_bind()
    _fill(connection, "subscription_changes", _changes(connection))
    _fill(connection, "connection_requests", _requests(connection))
    connection.execute(sa.update(sa.table("connection_requests", sa.column("asks_admins"))).values(asks_admins=False))
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.alter_column("company", existing_type=sa.Text, nullable=False)
            if table == "connection_requests":
                batch.alter_column("asks_admins", existing_type=sa.Boolean, nullable=False)
    with op.batch_alter_table("inbox") as batch:
        batch.drop_column("touched_at")
        batch.add_column(sa.Column("team_id", sa.Text))
        batch.add_column(sa.Column("user_id", sa.Text))


def downgrade() -> None:
    op.add_column("inbox", sa.Column("touched_at", sa.BigInteger))
    op.execute("UPDATE inbox SET touched_at = received_at")
    with op.batch_alter_table("inbox") as batch:
        batch.alter_column("touched_at", existing_type=sa.BigInteger, nullable=False)
        batch.drop_column("team_id")
        batch.drop_column("user_id")
    _name_companies_in_changes(op.get_bind())
    for table, columns in zip(TABLES, (("company",), ("asks_admins", "company")), strict=True):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)


def _changes(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    changes = sa.table("subscription_changes", sa.column("id"), sa.column("user_id"), sa.column("before", sa.JSON))
    for row in connection.execute(sa.select(changes)).all():
        yield row.id, row.before.get("company") or f"{OWN}{row.user_id}"


def _requests(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    people = connection.execute(sa.text("SELECT team_id, user_id, company_id FROM links")).all()
    known = {(team, user): company for team, user, company in people}
    columns: list[Any] = [sa.column(name) for name in ("id", "team_id", "user_id")]
    requests = sa.table("connection_requests", *columns, sa.column("asked", sa.JSON))
    for row in connection.execute(sa.select(requests)).all():
        companies = {company for one in row.asked if (company := known.get((row.team_id, one)))}
        yield row.id, companies.pop() if len(companies) == 1 else f"{OWN}{row.user_id}"


def _fill(connection: sa.Connection, table: str, companies: Iterator[tuple[str, str]]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column("company"))
    for name, company in companies:
        connection.execute(sa.update(rows).where(rows.c.id == name).values(company=company))


def _name_companies_in_changes(connection: sa.Connection) -> None:
    """Write the company where the version before reads it."""
    documents: tuple[Any, ...] = (sa.column("before", sa.JSON), sa.column("after", sa.JSON))
    changes = sa.table("subscription_changes", sa.column("id"), sa.column("company"), *documents)
    for row in connection.execute(sa.select(changes)).all():
        before = {**row.before, "company": row.company}
        after = sa.null() if row.after is None else {**row.after, "company": row.company}
        this = sa.update(changes).where(changes.c.id == row.id)
        connection.execute(this.values(before=before, after=after))
