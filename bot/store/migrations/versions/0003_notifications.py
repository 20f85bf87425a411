"""Who wants to hear of what, the cards that tell it, and where they were posted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
    )
    op.create_index("ix_watches_channel", "watches", ["channel"])
    _create_cards()
    _create_postings()


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("handled_by", sa.Text),
        sa.Column("handled_at", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
    )
    op.create_index("ix_cards_changed_at", "cards", ["changed_at"])
    op.create_table(
        "card_names",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("card_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "name", name="pk_card_names"),
    )
    op.create_index("ix_card_names_card_id", "card_names", ["card_id"])


def _create_postings() -> None:
    op.create_table(
        "postings",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("card_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("watch_id", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("ts", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("bundle", sa.Text),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("looks", sa.Text),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("attempted_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Boolean, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("escalate_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_postings"),
    )
    op.create_index("ix_postings_card_id_channel", "postings", ["card_id", "channel"], unique=True)
    op.create_index("ix_postings_due_at", "postings", ["due_at"])
    op.create_index("ix_postings_escalate_at", "postings", ["escalate_at"])
    op.create_index("ix_postings_channel_ts", "postings", ["channel", "ts"])
    op.create_table(
        "turns",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_turns"),
    )


def downgrade() -> None:
    for table in ("turns", "postings", "card_names", "cards", "watches"):
        op.drop_table(table)
