"""Who has opted out of texts, as far as the bot has seen: the numbers that said STOP, and those that said START since.

It holds for the whole company. Dialpad's own pages differ on whether a STOP is for one line or for all; all is the
wider, and a refusal by Dialpad is noted here as well.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Boolean, Column, Connection, Table, Text, and_, bindparam, select

from bot.basics.company import CompanyKey
from bot.store.histories import Histories
from bot.store.schema import (
    MomentColumn,
    StoreContext,
    company_columns,
    company_values,
    insert_for,
    metadata,
    within,
    within_named,
)
from bot.store.table_rules import Forever, rules

opt_outs = Table(
    "opt_outs",
    metadata,
    *company_columns(primary_key=True),
    Column("number", Text, primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("line", Text, nullable=False),
    Column("at", MomentColumn, nullable=False),
    info=rules(forget=Forever("until they say START, or the workspace leaves: an opt-out does not expire")),
)

_AMONG: Final = select(opt_outs.c.number, opt_outs.c.opted_out).where(
    within_named(opt_outs), opt_outs.c.number.in_(bindparam("numbers", expanding=True))
)
"""Built once: it is asked for each card of a caller."""


@dataclass(frozen=True)
class OptOutWord:
    """What a number said, at ``at``: that it wants no more texts, or wants them again. ``line`` is our number."""

    number: str
    at: datetime
    opted_out: bool
    line: str = ""


class OptOuts:
    """Queries on opt-outs."""

    def __init__(self, context: StoreContext, histories: Histories) -> None:
        self._context = context
        self._histories = histories

    def note(self, connection: Connection, company: CompanyKey, words: Sequence[OptOutWord]) -> None:
        """Keep what numbers said, the newest of each, and make due the cards that show it."""
        newest: dict[str, OptOutWord] = {}
        for one in sorted(words, key=lambda one: (one.at, one.opted_out)):
            newest[one.number] = one
        changed = [one.number for _, one in sorted(newest.items()) if self._keep(connection, company, one)]
        self._histories.show_all(connection, company, changed)

    @staticmethod
    def _keep(connection: Connection, company: CompanyKey, one: OptOutWord) -> bool:
        """Keep one. False when it is older than what is known."""
        values = {"opted_out": one.opted_out, "line": one.line, "at": one.at}
        kept = insert_for(connection, opt_outs).values(number=one.number, **values, **company_values(company))
        newer = kept.on_conflict_do_update(
            index_elements=[opt_outs.c.team_id, opt_outs.c.company, opt_outs.c.number],
            set_=values,
            where=and_(within(opt_outs, company), opt_outs.c.at < one.at),
        )
        return connection.execute(newer.returning(opt_outs.c.number)).first() is not None

    async def add(self, company: CompanyKey, word: OptOutWord) -> None:
        """Keep what is known of a number in another way than by an event."""

        def change(connection: Connection) -> None:
            self.note(connection, company, [word])

        await self._context.database.write(change)

    async def among(self, company: CompanyKey, numbers: Collection[str]) -> dict[str, bool]:
        """Return, for each of these numbers of which something is known, whether it has opted out."""
        asked = {**company_values(company), "numbers": list(numbers)}

        def query(connection: Connection) -> dict[str, bool]:
            return {row.number: row.opted_out for row in connection.execute(_AMONG, asked)}

        return await self._context.database.look_up(query)
