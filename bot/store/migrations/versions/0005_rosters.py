"""The last known rosters of call centers, and when those that somebody follows are looked at next."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("call_center", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("problem", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "call_center", name="pk_rosters"),
    )
    op.create_index("ix_rosters_due_at", "rosters", ["due_at"])


def downgrade() -> None:
    op.drop_table("rosters")
