"""Slack's installations in a table of our own, sealed, and who speaks to which of them from outside.

What slack_sdk stored in plain text is sealed by ``bot.store.installations.seal_plain_text``, which has the keys.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("enterprise_id", sa.Text),
        sa.Column("installed_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("renewing_until", sa.BigInteger),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("client_id", "team_id", name="pk_installations"),
    )
    op.create_table(
        "guests",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("through", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "through", name="pk_guests"),
    )


def downgrade() -> None:
    op.drop_table("guests")
    op.drop_table("installations")
