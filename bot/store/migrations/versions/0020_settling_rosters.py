"""By when a roster is looked at, at the latest, while people come and go: a look waits until that has settled."""

import sqlalchemy as sa
from alembic import op

from bot.store.schema import MomentColumn

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rosters", sa.Column("settled_by", MomentColumn))


def downgrade() -> None:
    op.drop_column("rosters", "settled_by")
