"""Processes that are alive, what each of them holds alone, and whose turn it is at Dialpad."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("beat_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "request_turns",
        sa.Column("limit", sa.Text, nullable=False),
        sa.Column("taken", sa.JSON, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("limit", name="pk_request_turns"),
    )
    op.add_column("postings", sa.Column("holder", sa.Text))


def downgrade() -> None:
    op.drop_column("postings", "holder")
    op.drop_table("request_turns")
    op.drop_table("leases")
    op.drop_table("processes")
