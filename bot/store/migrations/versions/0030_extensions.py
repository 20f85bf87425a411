"""The extensions by which colleagues reach each other."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("directory_entries", sa.Column("extension", sa.Text()))
    op.execute("UPDATE directory_lists SET fresh_until = NULL")  # what is stored does not say; it is read again


def downgrade() -> None:
    op.drop_column("directory_entries", "extension")
