"""A company's newest cards without those of all others."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NAME = "ix_cards_team_id_company_kind_changed_at"


def upgrade() -> None:
    op.create_index(_NAME, "cards", ["team_id", "company", "kind", "changed_at"])


def downgrade() -> None:
    op.drop_index(_NAME, "cards")
