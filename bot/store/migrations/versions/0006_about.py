"""What a card asks or tells of another card: it is drawn anew when that one is claimed, released or handled."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("about", sa.Text))
    op.create_index("ix_cards_about", "cards", ["about"])


def downgrade() -> None:
    op.drop_index("ix_cards_about", "cards")
    op.drop_column("cards", "about")
