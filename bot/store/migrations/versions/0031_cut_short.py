"""Which lists Dialpad gave only a part of."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("directory_lists", sa.Column("cut_short", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("directory_lists", "cut_short")
