"""The Dialpad company that each card, posting, subscription, roster and audit row belongs to.

A subscription belongs to its owner's company, or to its owner alone where Dialpad named none; a card to the company of
the subscriptions that show it or, shown by none, to the only company of its workspace.
"""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWN = "person:"
NOBODYS = ""


def upgrade() -> None:
    for table in ("watches", "cards", "card_names", "postings", "audit"):
        op.add_column(table, sa.Column("company", sa.Text))
    connection = op.get_bind()
    of_person = _companies_of_people(connection)
    _fill_by_person(connection, "hooks", of_person, only=sa.column("company") == "")
    _fill_by_person(connection, "watches", of_person)
    _fill_by_person(connection, "audit", of_person)
    _fill_cards(connection)
    _fill_rosters(connection)
    for table in ("watches", "cards", "postings", "audit"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("company", existing_type=sa.Text, nullable=False)
    _lengthen_key("card_names", ["team_id", "company", "name"])
    _lengthen_key("rosters", ["team_id", "company", "call_center"])
    op.create_index("ix_postings_place_ts", "postings", ["place", "ts"])


def downgrade() -> None:
    op.drop_index("ix_postings_place_ts", "postings")
    _shorten_key("card_names", ["team_id", "name"])
    _shorten_key("rosters", ["team_id", "call_center"])
    for table in ("watches", "cards", "card_names", "postings", "audit"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("company")


def _companies_of_people(connection: sa.Connection) -> Callable[[str, str], str]:
    """Return whose company somebody is of: what they are connected to, else what their hook was made for."""
    known: dict[tuple[str, str], str] = {}
    for team, user, company in connection.execute(sa.text("SELECT team_id, user_id, company FROM hooks")):
        known.setdefault((team, user), company or "")
    for team, user, company in connection.execute(sa.text("SELECT team_id, user_id, company_id FROM links")):
        known[team, user] = company or ""
    return lambda team, user: known.get((team, user)) or f"{OWN}{user}"


def _fill_by_person(
    connection: sa.Connection, table: str, of_person: Callable[[str, str], str], only: Any = None
) -> None:
    rows = sa.table(table, sa.column("team_id"), sa.column("user_id"), sa.column("company"))
    where = sa.true() if only is None else only
    people = connection.execute(sa.select(rows.c.team_id, rows.c.user_id).where(where).distinct()).all()
    for team, user in people:
        theirs = sa.and_(rows.c.team_id == team, rows.c.user_id == user, where)
        connection.execute(sa.update(rows).where(theirs).values(company=of_person(team, user)))


def _fill_cards(connection: sa.Connection) -> None:
    """Fill cards from the subscriptions that show them, and names and postings from their cards."""
    cards = sa.table("cards", sa.column("id"), sa.column("company"))
    for card, company in _companies_that_show(connection):
        connection.execute(sa.update(cards).where(cards.c.id == card).values(company=company))
    for team, company in _only_companies(connection):
        alone = "UPDATE cards SET company = :company WHERE company IS NULL AND team_id = :team"
        connection.execute(sa.text(alone), {"company": company, "team": team})
    # Cards of no known company: their buttons tell everybody that it is somebody else's.
    connection.execute(sa.text("UPDATE cards SET company = :nobodys WHERE company IS NULL"), {"nobodys": NOBODYS})
    for name in ("card_names", "postings"):
        table = sa.table(name, sa.column("card_id"), sa.column("company"))
        of_card = sa.select(cards.c.company).where(cards.c.id == table.c.card_id).scalar_subquery()
        connection.execute(sa.update(table).values(company=sa.func.coalesce(of_card, NOBODYS)))


def _companies_that_show(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Yield each posted card with the company of the subscriptions that show it. Those for every line showed cards of
    other companies as well, so the ones for chosen lines decide."""
    postings = sa.table("postings", sa.column("card_id"), sa.column("watch_id"))
    watches = sa.table("watches", sa.column("id"), sa.column("company"), sa.column("rule", sa.JSON))
    by_id = {
        row.id: (row.company, bool((row.rule.get("only") or {}).get("places")))
        for row in connection.execute(sa.select(watches.c.id, watches.c.company, watches.c.rule))
    }
    shown: dict[str, set[tuple[str, bool]]] = {}
    for card, watch in connection.execute(sa.select(postings.c.card_id, postings.c.watch_id)):
        if watch in by_id:
            shown.setdefault(card, set()).add(by_id[watch])
    for card, found in shown.items():
        sure = {company for company, chosen in found if chosen} or {company for company, _ in found}
        if len(sure) == 1:
            yield card, sure.pop()


def _only_companies(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return the workspaces in which everybody is of one company, each with it."""
    found = connection.execute(
        sa.text(
            "SELECT team_id, MIN(company), COUNT(DISTINCT company) FROM ("
            "SELECT team_id, company FROM hooks UNION ALL "
            "SELECT team_id, company FROM watches UNION ALL "
            "SELECT team_id, COALESCE(NULLIF(company_id, ''), 'person:' || user_id) FROM links"
            ") AS everybody GROUP BY team_id"
        )
    )
    return [(team, company) for team, company, count in found if count == 1]


def _fill_rosters(connection: sa.Connection) -> None:
    """Give a roster that was never fetched to the company of the subscriptions that follow it, if it is one."""
    watches = sa.table("watches", sa.column("team_id"), sa.column("company"), sa.column("rule", sa.JSON))
    followers: dict[tuple[str, str], set[str]] = {}
    for team, company, rule in connection.execute(sa.select(watches.c.team_id, watches.c.company, watches.c.rule)):
        for place in (rule.get("only") or {}).get("places") or {}:
            followers.setdefault((team, str(place).removeprefix("callcenter:")), set()).add(company)
    rosters = sa.table("rosters", sa.column("team_id"), sa.column("call_center"), sa.column("company"))
    unknown = sa.select(rosters.c.team_id, rosters.c.call_center).where(rosters.c.company == "")
    for team, call_center in connection.execute(unknown).all():
        companies = followers.get((team, call_center), set())
        if len(companies) == 1:
            this = sa.and_(rosters.c.team_id == team, rosters.c.call_center == call_center)
            connection.execute(sa.update(rosters).where(this).values(company=companies.pop()))


def _lengthen_key(table: str, columns: list[str]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.alter_column("company", existing_type=sa.Text, nullable=False)
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", columns)


def _shorten_key(table: str, columns: list[str]) -> None:
    """Go back to a key without the company. Of two rows of one name, the one of the first company stays."""
    same = " AND ".join(f"other.{column} = {table}.{column}" for column in columns)
    op.execute(
        f"DELETE FROM {table} WHERE EXISTS "  # noqa: S608
        f"(SELECT 1 FROM {table} AS other WHERE {same} AND other.company < {table}.company)"
    )
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", columns)
