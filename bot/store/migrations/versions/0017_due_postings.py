"""Indexes of the postings that are due, without the many that are not; no table of channels' turns any more.

A message's turn is among the requests' turns, or in memory.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_postings_due_at", "postings")
    op.drop_index("ix_postings_escalate_at", "postings")
    _create_partly("ix_postings_due_at", ["due_at"], "due_at IS NOT NULL")
    _create_partly("ix_postings_due_in_channel", ["team_id", "channel", "due_at"], "due_at IS NOT NULL")
    _create_partly("ix_postings_escalate_at", ["escalate_at"], "escalate_at IS NOT NULL")
    op.drop_table("turns")


def downgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_turns"),
    )
    for name in ("ix_postings_due_at", "ix_postings_due_in_channel", "ix_postings_escalate_at"):
        op.drop_index(name, "postings")
    op.create_index("ix_postings_due_at", "postings", ["due_at"])
    op.create_index("ix_postings_escalate_at", "postings", ["escalate_at"])


def _create_partly(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "postings", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
