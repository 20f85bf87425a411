"""Who has opted out of texts, and when an item looks different without anything happening."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("opted_out", sa.Boolean, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "company", "number", name="pk_opt_outs"),
    )
    op.add_column("items", sa.Column("stale_at", sa.BigInteger))
    op.create_index("ix_items_stale_at", "items", ["stale_at"])


def downgrade() -> None:
    op.drop_index("ix_items_stale_at", "items")
    with op.batch_alter_table("items") as batch:
        batch.drop_column("stale_at")
    op.drop_table("opt_outs")
