"""How the alerts of a line stand."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import MomentColumn

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("team_id", sa.Text(), primary_key=True),
        sa.Column("company", sa.Text(), primary_key=True),
        sa.Column("subscription_id", sa.Text(), primary_key=True),
        sa.Column("place", sa.Text(), primary_key=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("due_at", MomentColumn),
    )
    op.create_index("ix_alerts_due_at", "alerts", ["due_at"])


def downgrade() -> None:
    op.drop_table("alerts")
