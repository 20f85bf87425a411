"""What is still to be removed at Dialpad after a connection ended here."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removals",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("hooks", sa.JSON, nullable=False),
        sa.Column("access", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", sa.BigInteger),
        sa.Column("held_until", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removals"),
    )
    op.create_index("ix_removals_created_at", "removals", ["created_at"])


def downgrade() -> None:
    op.drop_table("removals")
