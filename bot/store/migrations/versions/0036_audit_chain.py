"""Each entry of the audit is a link of a chain. What is there already is chained once the bot runs."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_WAITING = sa.text("chain_no IS NULL")


def upgrade() -> None:
    op.add_column("audit", sa.Column("chain_no", sa.BigInteger))
    op.add_column("audit", sa.Column("chain_hash", sa.Text))
    op.create_index("uq_audit_chain", "audit", ["team_id", "chain_no"], unique=True)
    op.create_index("ix_audit_unchained", "audit", ["id"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "audit_chains",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("first_no", sa.BigInteger, nullable=False),
        sa.Column("first_hash", sa.Text, nullable=False),
        sa.Column("last_no", sa.BigInteger, nullable=False),
        sa.Column("last_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_audit_chains"),
    )


def downgrade() -> None:
    op.drop_table("audit_chains")
    op.drop_index("ix_audit_unchained", "audit")
    op.drop_index("uq_audit_chain", "audit")
    with op.batch_alter_table("audit") as batch:
        batch.drop_column("chain_hash")
        batch.drop_column("chain_no")
