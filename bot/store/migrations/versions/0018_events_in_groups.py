"""Events that a process takes in groups, and a number that says whether a company's subscriptions have changed.

The number is written by triggers, so that no statement can forget it. It is drawn by lot and not counted: a number that
was read in a transaction which failed must not come again. On SQLite, a later migration that copies ``watches`` into a
new table has to create the triggers again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INTO = "INTO subscription_versions (team_id, company, version)"
_AGAIN = "ON CONFLICT (team_id, company) DO UPDATE SET version = excluded.version"
_GONE = """
    UPDATE subscription_versions SET version = {lot} WHERE team_id = OLD.team_id AND company = OLD.company;
    DELETE FROM subscription_versions WHERE team_id = OLD.team_id AND company = OLD.company
        AND NOT EXISTS (SELECT 1 FROM watches WHERE team_id = OLD.team_id AND company = OLD.company);
"""
_CHANGES = {
    "insert": "INSERT",
    "update": "UPDATE OF rule, paused, channel, user_id, company",
    "delete": "DELETE",
}


def upgrade() -> None:
    op.add_column("events", sa.Column("holder", sa.Text))
    op.add_column("events", sa.Column("retry_at", sa.BigInteger))
    waits = sa.text("done_at IS NULL")
    op.create_index("ix_events_waiting", "events", ["received_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "subscription_versions",
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "company", name="pk_subscription_versions"),
    )
    op.execute(f"INSERT {_INTO} SELECT DISTINCT team_id, company, 1 FROM watches")  # noqa: S608  our own words
    if op.get_bind().dialect.name == "postgresql":
        _count_on_postgres()
    else:
        _count_on_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER watches_changed ON watches")
        op.execute("DROP FUNCTION watches_changed")
    else:
        for name in _CHANGES:
            op.execute(f"DROP TRIGGER watches_{name}")
    op.drop_table("subscription_versions")
    op.drop_index("ix_events_waiting", "events")
    with op.batch_alter_table("events") as batch:
        batch.drop_column("holder")
        batch.drop_column("retry_at")


def _count_on_sqlite() -> None:
    fresh = f"INSERT {_INTO} VALUES (new.team_id, new.company, random()) {_AGAIN};"  # noqa: S608  our own words
    for name, change in _CHANGES.items():
        does = {"insert": fresh, "update": _GONE.format(lot="random()") + fresh, "delete": _GONE.format(lot="random()")}
        op.execute(f"CREATE TRIGGER watches_{name} AFTER {change} ON watches BEGIN {does[name]} END")


def _count_on_postgres() -> None:
    fresh = f"INSERT {_INTO} VALUES (NEW.team_id, NEW.company, lot) {_AGAIN};"  # noqa: S608  our own words
    op.execute(
        f"""
        CREATE FUNCTION watches_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE lot bigint := (random() * 9e15)::bigint;
        BEGIN
            IF TG_OP <> 'INSERT' THEN {_GONE.format(lot="lot")} END IF;
            IF TG_OP <> 'DELETE' THEN {fresh} END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER watches_changed "
        f"AFTER {' OR '.join(_CHANGES.values())} ON watches FOR EACH ROW EXECUTE FUNCTION watches_changed()"
    )
