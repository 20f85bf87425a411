"""What an entry of the audit was about, with which arguments, and as whom at Dialpad."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("object", sa.Text))
    op.add_column("audit", sa.Column("details", sa.JSON))
    op.add_column("audit", sa.Column("dialpad_user_id", sa.Text))
    op.add_column("audit", sa.Column("dialpad_company_id", sa.Text))


def downgrade() -> None:
    for name in ("dialpad_company_id", "dialpad_user_id", "details", "object"):
        op.drop_column("audit", name)
