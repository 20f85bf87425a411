"""When a subscription's next digest is due."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("watches", sa.Column("digest_at", sa.BigInteger))
    op.create_index("ix_watches_digest_at", "watches", ["digest_at"])


def downgrade() -> None:
    op.drop_index("ix_watches_digest_at", "watches")
    op.drop_column("watches", "digest_at")
