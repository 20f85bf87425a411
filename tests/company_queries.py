"""Finds a query that could reach another company's rows, among all that the tests make."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Delete, Engine, Insert, Select, Table, Update, event
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause

import bot.store
from bot.store.schema import EVERYWHERE, metadata
from bot.store.table_rules import all_tables

_STORE: Final = Path(bot.store.__file__).parent
OF_NOBODY: Final = {"removals": "what is left at Dialpad of connections that ended: nobody sees it"}
"""Tables that name a company and show nothing of it to anybody."""


def company_tables() -> frozenset[str]:
    """Names of the tables whose rows belong to a company."""
    return frozenset(table.name for table in all_tables() if "company" in table.c and table.name not in OF_NOBODY)


def watch_every_query() -> None:
    """From now on every query of this process is looked at."""
    event.listen(Engine, "before_execute", _look)


def _look(
    connection: Connection, statement: Any, many: Sequence[Mapping[str, Any]], one: Mapping[str, Any], _: Any
) -> None:
    if not isinstance(statement, (Select, Insert, Update, Delete)) or not _is_the_stores():
        return
    wrong = reaches_others(statement, [*many, one])
    assert not wrong, f"this query does not say whose rows of {', '.join(sorted(wrong))} it is about: {statement}"


def _is_the_stores() -> bool:
    """False for what a test asks the database itself."""
    frame = sys._getframe()
    while frame.f_back is not None and (
        frame.f_code.co_filename == __file__ or "sqlalchemy" in frame.f_code.co_filename
    ):
        frame = frame.f_back
    return Path(frame.f_code.co_filename).is_relative_to(_STORE)


def reaches_others(statement: Any, parameters: Sequence[Mapping[str, Any]] = ()) -> set[str]:
    """Names of the tables of which the query takes rows of any company, without saying why."""
    if statement.get_execution_options().get(EVERYWHERE):
        return set()
    theirs = company_tables()
    found = {name for part in _parts(statement) for name in _unsaid(part) if name in theirs}
    if isinstance(statement, Insert) and not _names_company(statement, parameters):
        found |= {one.name for one in _tables_in(statement.table)} & theirs
    return found


def _parts(statement: Any) -> Iterator[Any]:
    """The query and those inside it."""
    for part in visitors.iterate(statement):
        if isinstance(part, (Select, Update, Delete)):
            yield part


def _unsaid(part: Any) -> set[str]:
    if isinstance(part, Select):
        froms = {one.name for root in part.get_final_froms() for one in _tables_in(root)}
    else:
        froms = {one.name for one in _tables_in(part.table)}
    where = [part.whereclause] if part.whereclause is not None else []
    joins = [join.onclause for join in _joins_in(part)] if isinstance(part, Select) else []
    said = {name for condition in [*where, *joins] for name in _companies_in(condition)}
    return froms - said


def _tables_in(root: Any) -> Iterator[Table]:
    """The tables as the store declares them: migrations, which know others, are about all rows there are."""
    for one in visitors.iterate(root):
        if isinstance(one, Table) and one.metadata is metadata:
            yield one


def _joins_in(part: Any) -> Iterator[Any]:
    for root in part.get_final_froms():
        yield from (one for one in visitors.iterate(root) if one.__visit_name__ == "join")


def _companies_in(condition: Any) -> Iterator[str]:
    """Names of the tables whose company is compared in this condition, not counting queries inside it."""
    stack = [condition]
    while stack:
        one = stack.pop()
        if isinstance(one, Select):
            continue
        if isinstance(one, ColumnClause) and one.name == "company" and one.table is not None:
            yield str(getattr(one.table, "name", ""))
        stack += one.get_children()


def _names_company(statement: Insert, parameters: Sequence[Mapping[str, Any]]) -> bool:
    named = {getattr(key, "key", key) for key in (statement._values or {})}
    rows = [row for row in parameters if row]
    return "company" in named or (bool(rows) and all("company" in row for row in rows))
