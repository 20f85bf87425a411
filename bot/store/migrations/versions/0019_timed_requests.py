"""Timed requests that processes take as rows, without a workflow engine; the boot in which a delivery was received.

The engine's tables go from SQLite files, which are the bot's own. On Postgres its schema ``dbos`` may serve other
programs too, and stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_THE_ENGINES = (
    "streams", "workflow_events_history", "workflow_events", "notifications", "operation_outputs", "workflow_input",
    "workflow_output", "workflow_schedules", "workflow_status", "queues", "application_versions", "dbos_migrations",
)  # fmt: skip
"""What refers to another before it."""


def upgrade() -> None:
    op.add_column("kept", sa.Column("next_at", sa.BigInteger))
    op.add_column("kept", sa.Column("attempt", sa.Integer))
    op.add_column("kept", sa.Column("holder", sa.Text))
    op.execute("UPDATE kept SET next_at = due_at, attempt = 1")
    with op.batch_alter_table("kept") as batch:
        batch.alter_column("next_at", existing_type=sa.BigInteger, nullable=False)
        batch.alter_column("attempt", existing_type=sa.Integer, nullable=False)
    op.create_index("ix_kept_next_at", "kept", ["next_at"])
    op.add_column("inbox", sa.Column("boot", sa.Text))
    if op.get_bind().dialect.name == "sqlite" and sa.inspect(op.get_bind()).has_table("dbos_migrations"):
        for name in _THE_ENGINES:
            op.execute(f"DROP TABLE IF EXISTS {name}")


def downgrade() -> None:
    with op.batch_alter_table("inbox") as batch:
        batch.drop_column("boot")
    op.drop_index("ix_kept_next_at", "kept")
    with op.batch_alter_table("kept") as batch:
        for name in ("next_at", "attempt", "holder"):
            batch.drop_column(name)
