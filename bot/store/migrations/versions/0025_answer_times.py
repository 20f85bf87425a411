"""Opening hours of lines, until when what a message is about is to be answered, and which labels settle a call."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_REDRAW = "redraw_at IS NOT NULL"


def upgrade() -> None:
    op.add_column("directory_entries", sa.Column("hours", sa.JSON))
    # Lists that were read before know no hours yet: they are read again with the next question.
    op.execute("UPDATE directory_lists SET fresh_until = 0 WHERE entity IN ('call center', 'department', 'office')")
    for name in ("timed_from", "answer_by", "warn_at", "redraw_at"):
        op.add_column("postings", sa.Column(name, sa.BigInteger))
    op.create_table(
        "settling_labels",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("chosen", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "company", name="pk_settling_labels"),
    )
    due = sa.text(_REDRAW)
    op.create_index("ix_postings_redraw_at", "postings", ["redraw_at"], sqlite_where=due, postgresql_where=due)


def downgrade() -> None:
    op.drop_table("settling_labels")
    op.drop_index("ix_postings_redraw_at", "postings")
    with op.batch_alter_table("postings") as batch:
        for name in ("redraw_at", "warn_at", "answer_by", "timed_from"):
            batch.drop_column(name)
    with op.batch_alter_table("directory_entries") as batch:
        batch.drop_column("hours")
