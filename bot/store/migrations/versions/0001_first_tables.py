"""Everything the first version keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "links",
    "oauth_states",
    "connect_links",
    "confirmations",
    "remembered",
    "inbox",
    "preferences",
    "audit",
    "kept",
)


def _person() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("team_id", sa.Text, nullable=False), sa.Column("user_id", sa.Text, nullable=False)


def upgrade() -> None:
    _create_connecting()
    _create_waiting()
    _create_lasting()


def _create_connecting() -> None:
    op.create_table(
        "links",
        *_person(),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("dialpad_user_id", sa.Text),
        sa.Column("dialpad_name", sa.Text, nullable=False),
        sa.Column("company_id", sa.Text),
        sa.Column("is_company_key", sa.Boolean, nullable=False),
        sa.Column("broken", sa.Boolean, nullable=False),
        sa.Column("connected_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_links"),
    )
    op.create_index("ix_links_dialpad_user_id", "links", ["dialpad_user_id"])
    for table, key in (("oauth_states", "state_hash"), ("connect_links", "token_hash")):
        op.create_table(
            table,
            sa.Column(key, sa.Text, nullable=False),
            *_person(),
            sa.Column("sealed", sa.LargeBinary, nullable=False),
            sa.Column("expires_at", sa.BigInteger, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def _create_waiting() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Text, nullable=False),
        *_person(),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
    )
    op.create_index("ix_confirmations_expires_at", "confirmations", ["expires_at"])
    op.create_table(
        "remembered",
        sa.Column("id", sa.Text, nullable=False),
        *_person(),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_remembered"),
    )
    op.create_index("ix_remembered_expires_at", "remembered", ["expires_at"])
    op.create_table(
        "inbox",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("touched_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_table(
        "kept",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        *_person(),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept"),
        sa.UniqueConstraint("id", name="uq_kept_id"),
    )


def _create_lasting() -> None:
    op.create_table(
        "preferences",
        *_person(),
        sa.Column("chosen", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_preferences"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_person(),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
