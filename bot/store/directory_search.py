"""Finds entries of the directory by what somebody types: a few looks into sorted indexes, however long the lists are.

What a person sees is part of every query here: their own lists, and the company's when Dialpad showed them the same one
(``visible_lists``). In this order: what begins with the text, what has words that begin with its words, what has it
inside a word, whose number it is; and only when there is none of these, what it may have been meant to be.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from rapidfuzz import fuzz
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.name_search import (
    EXTENSION,
    FULL_NUMBER,
    HIGHEST,
    INSIDE,
    LONGEST_KEY,
    SHORTEST_BEGUN,
    SHORTEST_INSIDE,
    digits_of,
    fold,
    misspellings,
    number_beginnings,
)
from bot.basics.stored_directory import SHARED, StoredEntry, StoredList, View, Viewer
from bot.store.directory_tables import entries, lists, read_entry, read_list, words
from bot.store.schema import company_values, within, within_named

SEVERAL: Final = 10
"""How many entries that a typed name may mean are told."""
_CLOSE: Final = 72.0
"""rapidfuzz score from which a name counts as meant with a typing mistake."""
_CANDIDATES: Final = 200
"""How many entries are compared with a text that fits none."""
_INSIDE_WORDS: Final = 40
_WHOLE_NUMBER: Final = 7
"""Digits from which a number is one that somebody may mean, not the beginning of one."""

_BY_ID, _BY_NAME, _BY_NUMBER, _BY_DETAIL, _BY_WORD, _BY_BEGINNING = range(6)
"""By what a text surely means somebody, the surest first."""
_WHOLE: Final[Mapping[int, Callable[[StoredEntry], str]]] = {
    _BY_NAME: lambda entry: entry.name, _BY_DETAIL: lambda entry: entry.detail
}  # fmt: skip
"""What the text must be as a whole."""
_INSIDE_RANK: Final = 2
_MEANT_RANK: Final = 4
_OTHERS: Final = 3
"""Words of a text that are compared in the database, beside the one that is looked up."""
_RANGES: Final = 4
"""One for a word, three for what digits may mean."""
_BEGINNINGS: Final = text(
    "SELECT * FROM (SELECT 0 AS rank, '' AS key, text, id AS entry FROM directory_entries WHERE team_id = :team_id"
    " AND company = :company AND list_id = :list_id AND text >= :text AND text < :text_end"
    " ORDER BY text, id LIMIT :most) AS named"
    " UNION ALL SELECT * FROM (SELECT 1 AS rank, key, text, entry FROM directory_words WHERE list_id = :list_id"
    " AND key >= :begin_0 AND key < :end_0 AND ' ' || text LIKE :other_0 ESCAPE '\\'"
    " AND ' ' || text LIKE :other_1 ESCAPE '\\' AND ' ' || text LIKE :other_2 ESCAPE '\\'"
    " ORDER BY key, text, entry LIMIT :twice) AS worded"  # an entry may have two such words
    " UNION ALL SELECT * FROM (SELECT 3 AS rank, key, text, entry FROM directory_words WHERE list_id = :list_id"
    " AND key >= :begin_1 AND key < :end_1 ORDER BY key, text, entry LIMIT :most) AS full_number"
    " UNION ALL SELECT * FROM (SELECT 3 AS rank, key, text, entry FROM directory_words WHERE list_id = :list_id"
    " AND key >= :begin_2 AND key < :end_2 ORDER BY key, text, entry LIMIT :most) AS part_of_number"
    " UNION ALL SELECT * FROM (SELECT 3 AS rank, key, text, entry FROM directory_words WHERE list_id = :list_id"
    " AND key >= :begin_3 AND key < :end_3 ORDER BY key, text, entry LIMIT :most) AS end_of_number"
)
"""One statement for all that begins with something: each look into an index is cheap, each statement is not."""
_MISSPELT_ON_SQLITE: Final = text(
    "SELECT w.key, w.text, w.entry FROM json_each(:meant) AS m CROSS JOIN directory_words AS w"
    " WHERE w.list_id = :list_id AND w.key >= m.value AND w.key < m.value || :highest LIMIT :most"
)
"""CROSS JOIN keeps SQLite from going through the words first."""
_MISSPELT_ON_POSTGRES: Final = text(
    "SELECT w.key, w.text, w.entry FROM json_array_elements_text(CAST(:meant AS json)) WITH ORDINALITY AS m(value, n)"
    " CROSS JOIN LATERAL (SELECT key, text, entry FROM directory_words WHERE list_id = :list_id AND key >= m.value"
    " AND key < m.value || :highest ORDER BY key, text, entry LIMIT :most) AS w ORDER BY m.n LIMIT :most"
)


def _build_surely() -> CompoundSelect[Any]:
    """Build one statement for all that a text may surely mean, by rank: each look into an index is cheap, each
    statement is not."""
    by, word = entries.c, words.c
    which = bindparam("list", type_=word.list_id.type)
    taken = (by.entry_id, by.name, by.detail, by.phones, by.hours, by.extension)

    def entry(rank: int, *where: ColumnElement[bool], most: int) -> Select[Any]:
        chosen = select(literal_column(str(rank)).label("rank"), *taken).where(within_named(entries), *where)
        return chosen.order_by(by.text, by.id).limit(most)

    def worded(rank: int, key: str, *where: ColumnElement[bool], most: int) -> Select[Any]:
        """A sum, so that the rows are looked up by id and not by list."""
        this = and_(word.list_id == which, word.key == bindparam(key), word.entry == by.id, by.list_id + 0 == which)
        chosen = select(literal_column(str(rank)).label("rank"), *taken).where(within_named(entries), this, *where)
        return chosen.order_by(word.key, word.text, word.entry).limit(most)

    low, here = by.text >= bindparam("wanted"), by.list_id == which
    bare = literal(" ") + word.text
    looks = (
        entry(_BY_ID, here, by.entry_id == bindparam("id"), most=1),
        entry(_BY_NAME, here, low, by.text < bindparam("name_end"), most=_CANDIDATES),
        worded(_BY_NUMBER, "number", most=SEVERAL),
        worded(_BY_DETAIL, "word", word.text.like(bindparam("detail"), escape="\\"), most=SEVERAL + 1),
        worded(_BY_WORD, "whole_word", (bare + " ").like(bindparam("worded"), escape="\\"), most=SEVERAL + 1),
        entry(_BY_BEGINNING, here, low, by.text < bindparam("end"), most=SEVERAL + 1),
    )
    return union_all(*(select(look.subquery()) for look in looks))


_SURELY: Final = _build_surely()
_own: Final = and_(lists.c.user_id == bindparam("user_id"), lists.c.reader == bindparam("reader"))
_VISIBLE: Final = select(lists).where(
    within_named(lists), lists.c.entity.in_(bindparam("kinds", expanding=True)), or_(_own, lists.c.user_id == SHARED)
)


def visible_lists(connection: Connection, viewer: Viewer, kinds: Sequence[str]) -> dict[str, View]:
    """Return a person's views by kind. With ``View.visible`` this decides what somebody sees."""
    whose = {**company_values(viewer.company), "user_id": viewer.user_id, "reader": viewer.access}
    found = [read_list(row) for row in connection.execute(_VISIBLE, {**whose, "kinds": list(kinds)})]
    by_key = {(one.entity, one.viewer): one for one in found}
    return {kind: View(by_key.get((kind, viewer.user_id)), by_key.get((kind, SHARED))) for kind in kinds}


def search(connection: Connection, view: View, query: str, limit: int) -> list[StoredEntry]:
    """Find what matches in the lists of a view, best first."""
    found = [one for known in _filled(view) for one in _search_in(connection, known, query, limit)]
    found.sort(key=lambda one: one[0])
    return _fetch(connection, view, [entry for _, entry in found])[:limit]


def find(connection: Connection, views: Sequence[View], typed: str) -> tuple[list[StoredEntry], list[StoredEntry]]:
    """Return what ``typed`` surely means in these views, and what it may mean when that is nothing."""
    wanted = fold(typed)
    if not wanted:
        return [], []
    if sure := [one for view in views for one in _surely(connection, view, wanted, typed)]:
        return sure, []
    return [], [one for view in views for one in search(connection, view, typed, SEVERAL // 2)]


def _surely(connection: Connection, view: View, wanted: str, typed: str) -> list[StoredEntry]:
    """Return what the text means: by the id, else by whole name or number, by detail, by a word, by the beginning."""
    found = [(row, known) for known in _filled(view) for row in _all_it_may_be(connection, known, wanted, typed)]
    meant = [(row.rank, read_entry(row, known.entity)) for row, known in found]
    fits = [(rank, entry) for rank, entry in meant if rank not in _WHOLE or fold(_WHOLE[rank](entry)) == wanted]
    first = min((rank for rank, _ in fits), default=None)
    return list({entry.id: entry for rank, entry in fits if rank == first}.values())[: SEVERAL + 1]


def _all_it_may_be(connection: Connection, known: StoredList, wanted: str, typed: str) -> Sequence[Any]:
    digits, word = digits_of(typed), wanted.split(maxsplit=1)[0][:LONGEST_KEY]
    bounds = {
        **company_values(known.company),
        "list": known.id,
        "id": typed.strip(),
        "wanted": wanted,
        "name_end": f"{wanted} {HIGHEST}",
        "end": wanted + HIGHEST,
        "number": FULL_NUMBER + digits if len(digits) >= _WHOLE_NUMBER else "",
        "word": word,
        "detail": f"% {_plain(wanted)}",
        "whole_word": "" if " " in wanted else word,
        "worded": f"% {_plain(wanted)} %",
    }
    return connection.execute(_SURELY, bounds).all()


def get(connection: Connection, view: View, entry_id: str) -> StoredEntry | None:
    """Return the entry with Dialpad's id."""
    for known in _filled(view):
        here = and_(within(entries, known.company), entries.c.list_id == known.id)
        row = connection.execute(select(entries).where(here, entries.c.entry_id == entry_id)).one_or_none()
        if row is not None:
            return read_entry(row, known.entity)
    return None


def with_number(connection: Connection, view: View, forms: Sequence[str]) -> list[StoredEntry]:
    """Return the entries with a number whose digits are one of these."""
    return _with_key(connection, view, [FULL_NUMBER + digits for digits in forms])


def with_extension(connection: Connection, view: View, forms: Sequence[str]) -> list[StoredEntry]:
    """Return the entries with one of these extensions."""
    return _with_key(connection, view, [EXTENSION + digits for digits in forms])


def _with_key(connection: Connection, view: View, keys: Sequence[str]) -> list[StoredEntry]:
    these = words.c.key.in_(keys)
    found = [one.entry for known in _filled(view) for one in _keyed(connection, known, these, SEVERAL)]
    return _fetch(connection, view, list(dict.fromkeys(found)))


def _filled(view: View) -> list[StoredList]:
    """Return the lists of a view that hold something: most people have no contacts of their own."""
    return [known for known in view.visible if known.first or known.pages > 1]


def _search_in(
    connection: Connection, known: StoredList, query: str, limit: int
) -> list[tuple[tuple[int, str, str], int]]:
    """Return rows with what they are sorted by, best first."""
    wanted = fold(query)
    ranked: dict[int, tuple[int, str, str]] = {}

    def add(rank: int, rows: Iterable[Any]) -> None:
        for row in rows:
            ranked.setdefault(row.entry, (rank, row.key, row.text))

    for row in _beginnings(connection, known, wanted, query, limit):
        add(row.rank, [row])
    if wanted and len(ranked) < limit and len(max(wanted.split(), key=len)) >= SHORTEST_INSIDE:
        add(_INSIDE_RANK, _inside(connection, known, wanted, limit))
    if wanted and not ranked:
        add(_MEANT_RANK, _meant(connection, known, wanted))
    return [(rank, entry) for entry, rank in ranked.items()]


def _beginnings(connection: Connection, known: StoredList, wanted: str, query: str, limit: int) -> list[Any]:
    """Find what begins with the text, has words that begin with its words, or a number that its digits begin or end.

    The longest word is looked up: it fits the fewest."""
    parts = wanted.split()
    longest = max(reversed(parts), key=len, default="")
    others = [part for part in dict.fromkeys(parts) if part != longest]
    bounds: dict[str, Any] = {"team_id": known.company.team_id, "company": known.company.company, "list_id": known.id}
    bounds |= {"text": wanted, "text_end": wanted + HIGHEST, "most": limit, "twice": 2 * limit}
    ranges = [longest[:LONGEST_KEY], *number_beginnings(query)]
    for number in range(_RANGES):
        begin = ranges[number] if number < len(ranges) else ""
        bounds |= {f"begin_{number}": begin, f"end_{number}": begin and begin + HIGHEST}
    for number in range(_OTHERS):
        bounds[f"other_{number}"] = f"% {_plain(others[number])}%" if number < len(others) else "%"
    found = connection.execute(_BEGINNINGS, bounds).all()
    rest = [f" {part}" for part in (*others[_OTHERS:], longest[LONGEST_KEY:] and longest) if part]
    return [row for row in found if row.rank != 1 or all(part in f" {row.text}" for part in rest)]


def _keyed(connection: Connection, known: StoredList, where: ColumnElement[bool], most: int) -> Sequence[Any]:
    found = select(words.c.key, words.c.text, words.c.entry).where(words.c.list_id == known.id, where)
    return connection.execute(found.order_by(words.c.key, words.c.text, words.c.entry).limit(most)).all()


def _begins(key: str) -> ColumnElement[bool]:
    return and_(words.c.key >= key, words.c.key < key + HIGHEST)


def _has(part: str) -> ColumnElement[bool]:
    """Tell whether a word of the text begins with ``part``."""
    return (literal(" ") + words.c.text).like(f"% {_plain(part)}%", escape="\\")


def _plain(part: str) -> str:
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _with_words(connection: Connection, known: StoredList, parts: Sequence[str], limit: int) -> Sequence[Any]:
    """Find entries of which a word begins with each part. The longest part is looked up: it fits the fewest."""
    longest = max(reversed(parts), key=len)
    others = [part for part in dict.fromkeys(parts) if part != longest]
    where = and_(_begins(longest[:LONGEST_KEY]), *map(_has, others))
    if len(longest) > LONGEST_KEY:
        where = and_(where, _has(longest))
    return _keyed(connection, known, where, 2 * limit)  # an entry may have two such words


def _inside(connection: Connection, known: StoredList, wanted: str, limit: int) -> Sequence[Any]:
    longest = max(wanted.split(), key=len)
    led = [row.text for row in _keyed(connection, known, _begins(INSIDE + longest), _INSIDE_WORDS)]
    if not led:
        return []
    where = and_(words.c.key.in_(sorted(set(led))), words.c.text.like(f"%{_plain(wanted)}%", escape="\\"))
    return _keyed(connection, known, where, limit)


def _meant(connection: Connection, known: StoredList, wanted: str) -> list[Any]:
    """Find what may have been meant, closest first: one mistake in one of the words, or most of the words."""
    parts = sorted(dict.fromkeys(wanted.split()), key=len, reverse=True)
    for part in parts:
        others = [f" {one}" for one in parts if one != part]
        near = [row for row in _misspelt(connection, known, part) if all(one in f" {row.text}" for one in others)]
        if near:
            return sorted(near, key=lambda row: (-fuzz.ratio(part, row.key), row.text))[:SEVERAL]
    near = [*_misspelt(connection, known, parts[0]), *_with_words(connection, known, parts[:1], _CANDIDATES)]
    scored = [(fuzz.WRatio(wanted, row.text), row) for row in near]
    close = sorted((-score, row.text, row.entry, row) for score, row in scored if score >= _CLOSE)
    return [row for *_, row in close][:SEVERAL]


def _misspelt(connection: Connection, known: StoredList, part: str) -> Sequence[Any]:
    meant = misspellings(part[:LONGEST_KEY])
    if not meant:
        return []
    if len(part) < SHORTEST_BEGUN:
        return _keyed(connection, known, words.c.key.in_([one for one in meant if len(one) >= len(part)]), SEVERAL)
    statement = _MISSPELT_ON_POSTGRES if connection.dialect.name == "postgresql" else _MISSPELT_ON_SQLITE
    bounds = {"meant": json.dumps(meant), "list_id": known.id, "highest": HIGHEST, "most": _CANDIDATES}
    return connection.execute(statement, bounds).all()


def _fetch(connection: Connection, view: View, ids: Sequence[int]) -> list[StoredEntry]:
    """Return the entries with these rows, in this order, as far as the view shows them."""
    kinds = {known.id: known.entity for known in view.visible}
    if not ids or not kinds:
        return []
    theirs = (entries.c.list_id + 0).in_(kinds)  # a sum, so that the rows are looked up by id and not by list
    here = and_(within(entries, view.visible[0].company), theirs, entries.c.id.in_(ids))
    rows = {row.id: row for row in connection.execute(select(entries).where(here))}
    found = [read_entry(rows[one], kinds[rows[one].list_id]) for one in ids if one in rows]
    return list({entry.id: entry for entry in found}.values())
