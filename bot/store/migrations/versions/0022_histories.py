"""Histories of customers, the items that follow from them, and which of them each card is a part of."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_UNTOLD = "customer IS NULL AND kind IN ('call', 'talk')"


def upgrade() -> None:
    op.create_table(
        "histories",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_histories"),
    )
    op.create_index("ix_histories_changed_at", "histories", ["changed_at"])
    op.create_index("uq_histories_customer", "histories", ["team_id", "company", "customer"], unique=True)
    op.create_table(
        "items",
        sa.Column("history_id", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("history_id", "line", name="pk_items"),
    )
    op.create_index("ix_items_state", "items", ["team_id", "company", "state", "since"])
    op.add_column("cards", sa.Column("customer", sa.Text))
    untold = sa.text(_UNTOLD)
    op.create_index("ix_cards_without_customer", "cards", ["changed_at"], sqlite_where=untold, postgresql_where=untold)
    op.add_column("postings", sa.Column("episode", sa.BigInteger))
    op.add_column("postings", sa.Column("superseded_by", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("postings") as batch:
        batch.drop_column("superseded_by")
        batch.drop_column("episode")
    op.drop_index("ix_cards_without_customer", "cards")
    with op.batch_alter_table("cards") as batch:
        batch.drop_column("customer")
    op.drop_table("items")
    op.drop_table("histories")
