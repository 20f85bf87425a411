"""When a roster was last asked for, by whoever it was; what somebody did last is found by person."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import MomentColumn

revision = "0032"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rosters", sa.Column("asked_at", MomentColumn))
    op.create_index("ix_audit_person", "audit", ["team_id", "user_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_person", "audit")
    op.drop_column("rosters", "asked_at")
