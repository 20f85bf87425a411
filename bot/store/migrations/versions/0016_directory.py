"""Dialpad's lists on disk, one copy for a company; the news about copies in memory are needed no longer."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_WHOSE = ("team_id", "company", "user_id", "entity")


def _number(name: str, *, autoincrement: bool = False) -> "sa.Column[int]":
    kind = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column(name, kind, nullable=False, autoincrement=autoincrement)


def _sorted(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False)


def upgrade() -> None:
    op.drop_table("list_changes")
    op.create_table(
        "directory_lists",
        _number("id", autoincrement=True),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("sees_shared", sa.Boolean, nullable=False),
        sa.Column("checked_at", sa.BigInteger),
        sa.Column("first", sa.JSON, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("complete_at", sa.BigInteger),
        sa.Column("fresh_until", sa.BigInteger),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_lists"),
        sa.UniqueConstraint(*_WHOSE, name=f"uq_directory_lists_{'_'.join(_WHOSE)}"),
    )
    op.create_table(
        "directory_entries",
        _number("id", autoincrement=True),
        _number("list_id"),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("phones", sa.JSON, nullable=False),
        _sorted("text"),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_entries"),
        sa.UniqueConstraint("list_id", "entry_id", name="uq_directory_entries_list_id_entry_id"),
    )
    op.create_index("ix_directory_entries_list_id_text_id", "directory_entries", ["list_id", "text", "id"])
    op.create_table(
        "directory_words",
        _number("list_id"),
        _sorted("key"),
        _sorted("text"),
        _number("entry"),
        sa.PrimaryKeyConstraint("list_id", "key", "text", "entry", name="pk_directory_words"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for name in ("directory_words", "directory_entries", "directory_lists"):
        op.drop_table(name)
    op.create_table(
        "list_changes",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("process", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", "entity", name="pk_list_changes"),
    )
