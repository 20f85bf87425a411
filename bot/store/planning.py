"""Tells SQLite how the tables look once they have grown, so that it plans each query the same on the first day as then.

Without statistics SQLite takes it that ten rows agree in the first column of an index, whichever column that is. Ours
often begin with the workspace and the company: a query for eleven cards by their ids, of one company, then reads all
the cards that this company ever had. ANALYZE would count what is there, which in a young database is as wrong, and a
connection that is open keeps the numbers that it read at its begin. So the numbers are fixed, which SQLite provides
for: https://sqlite.org/lang_analyze.html#fixed_results_of_analyze. Postgres counts by itself.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, TextClause, bindparam, text

from bot.store.table_rules import all_tables

_ROWS: Final = 10_000_000
_ROWS_IN_PART: Final = 1_000
"""Of an index on some rows only, such as what is due."""
_VALUES: Final = {"team_id": 100, "list_id": 100, "company": 1, "kind": 8, "state": 4, "user_id": 100}
"""How many different values of a column there are among the rows that agree in the columns before it."""
_ALIKE: Final = 10
"""How many rows agree in any other column."""


_INDEXED: Final = text(
    'SELECT t.name AS "table", l.name AS "index", l."unique", l.partial, c.name AS "column" '
    "FROM sqlite_master AS t, pragma_index_list(t.name) AS l, pragma_index_info(l.name) AS c "
    "WHERE t.type = 'table' AND t.name IN :ours ORDER BY l.name, c.seqno"
).bindparams(bindparam("ours", expanding=True))


def fix_plans(connection: Connection) -> None:
    """Write down how large the tables are to be taken for, and use it at once. Changes nothing where it is so."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE sqlite_master")  # makes the table if there is none
    ours = {"ours": [table.name for table in all_tables()]}
    wanted = dict(_statistics(connection.execute(_INDEXED, ours).all()))
    found = connection.execute(_those("SELECT tbl, idx, stat"), ours)
    if {(row.tbl, row.idx): row.stat for row in found} == wanted:
        return
    connection.execute(_those("DELETE"), ours)
    rows = [{"table": table, "index": index, "said": said} for (table, index), said in wanted.items()]
    connection.execute(text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :said)"), rows)
    connection.exec_driver_sql("ANALYZE sqlite_master")  # reads what the table says


def _those(verb: str) -> TextClause:
    return text(f"{verb} FROM sqlite_stat1 WHERE tbl IN :ours").bindparams(bindparam("ours", expanding=True))


def _statistics(columns: Iterable[Row[Any]]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield for each table's indexes how many rows there are in all, and how many agree in the first column, in the
    first two and so on."""
    for name, some in groupby(columns, key=lambda column: (column.table, column.index)):
        its = list(some)
        said = [_ROWS_IN_PART if its[0].partial else _ROWS]
        for one in its:
            alike = said[-1] // _VALUES[one.column] if one.column in _VALUES else min(said[-1], _ALIKE)
            said.append(max(1, alike))
        if its[0].unique:
            said[-1] = 1
        yield name, " ".join(str(one) for one in said)
