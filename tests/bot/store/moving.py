"""A row in every table, and the databases they are moved between."""

import os
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Integer, LargeBinary, insert

from bot.store.keys import row_name
from bot.store.schema import SEALED_FOR, MomentColumn
from bot.store.store import Store
from bot.store.subscriptions import subscription_versions
from bot.store.table_rules import With, all_tables, rules_of


def fill_every_table(store: Store, count: int = 3) -> Any:
    """So many rows in each table, with everything a column can hold: bytes, moments, JSON, nothing, emoji."""

    def change(connection: Connection) -> None:
        for table in reversed(all_tables()):
            if table is subscription_versions:
                continue  # filled by the database itself
            for number in range(1, count + 1):
                row = {column.key: _made_up(column, number, store) for column in table.c}
                forget = rules_of(table).forget
                if isinstance(forget, With):
                    row[forget.column] = _made_up(_parent(forget), number, store)
                if "sealed" in table.c:
                    named_by = table.info.get(SEALED_FOR) or [column.key for column in table.primary_key]
                    name = row_name(table.name, *(str(row[key]) for key in named_by))
                    row["sealed"] = store.keys.seal(os.urandom(20), name)
                connection.execute(insert(table).values(**row))

    return store.database.write(change)


def _parent(link: With) -> Column[Any]:
    return next(table for table in all_tables() if table.name == link.table).c[link.its]


def _made_up(column: Column[Any], number: int, store: Store) -> Any:  # noqa: PLR0911  one for each type
    if column.nullable and number == 1:
        return None
    match column.type:
        case MomentColumn():
            return store.now()
        case LargeBinary():
            return bytes([0, number, 255])
        case Boolean():
            return number % 2 == 0
        case JSON():
            return {"ü 😀": [number, None, True, 1.5], "a": {"b": "c"}}
        case Integer():
            return number * 10
        case _:
            return f"{column.table.name}.{column.name} {number} “😀” ' \\ \n"
