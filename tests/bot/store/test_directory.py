"""What is kept of Dialpad's lists: how it is found, who finds it, and that it goes with whoever it belonged to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.basics.company import CompanyKey, own_company
from bot.basics.person import PersonKey
from bot.basics.stored_directory import StoredEntry, StoredList, Viewer
from bot.store.directory_tables import UNASKED_FOR, entries, lists, words
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

COMPANY = CompanyKey("T0NORTHLT", "6100")
ANA = Viewer(COMPANY, "U0ANA0001", "ana's")
SAM = Viewer(COMPANY, "U0SAM0002", "sam's")
STRANGER = Viewer(CompanyKey("T0NORTHLT", "7200"), "U0ANA0001", "ana's")
OURS = replace(LINK, company_id=COMPANY.company)
PEOPLE = (
    "Léo Marchetti", "Leona Quist", "Sam Okafor", "Samuel Okafor", "Dr. Anna Smith-Jones", "Mary O'Brien",
    "Marchetti Brothers", "Jan van der Berg", "Νίκος Παππάς", "Иван Петров", "50% Off", "C_D",
)  # fmt: skip


def entry(name: str, number: int, detail: str = "", *phones: str) -> StoredEntry:
    return StoredEntry(str(number), name, detail, "contact", phones)


async def fill(store: Store, found: Sequence[StoredEntry], viewer: Viewer = ANA) -> StoredList:
    """The company's list, seen by this person, in pages of a few."""
    book = store.directory
    known = await book.open_shared(viewer, "contact")
    await book.begin(known)
    for start in range(0, len(found), 5):
        await book.add_page(known, found[start : start + 5], f"after {start}", first=start == 0)
    await book.finish(known, timedelta(minutes=5), timedelta(0), whole=True)
    await let_see(store, viewer)
    return known


async def let_see(store: Store, viewer: Viewer) -> None:
    await store.directory.note_right(await store.directory.open_own(viewer, "contact"), sees_shared=True)


async def named(store: Store, query: str, viewer: Viewer = ANA, limit: int = 20) -> list[str]:
    return [one.name for one in (await store.directory.search(viewer, "contact", query, limit)).entries]


@pytest.fixture
async def filled(store: Store) -> Store:
    people = [entry(name, number) for number, name in enumerate(PEOPLE)]
    await fill(
        store, [*people, entry("Acme", 90, "Northlight Freight", "+4930123456"), entry("Zed", 91, "zed@b.example")]
    )
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("marchetti", ["Marchetti Brothers", "Léo Marchetti"]),  # what begins with it, then what has such a word
        ("sam okafor", ["Sam Okafor", "Samuel Okafor"]),
        ("sam ok", ["Sam Okafor", "Samuel Okafor"]),
        ("okafor sam", ["Sam Okafor", "Samuel Okafor"]),
        ("o sam", ["Sam Okafor", "Samuel Okafor"]),
        ("smith", ["Dr. Anna Smith-Jones"]),
        ("jones", ["Dr. Anna Smith-Jones"]),
        ("smithjones", ["Dr. Anna Smith-Jones"]),
        ("dr. anna", ["Dr. Anna Smith-Jones"]),
        ("obrien", ["Mary O'Brien"]),
        ("berg", ["Jan van der Berg"]),
        ("light", ["Acme"]),  # inside a word
        ("zed@b", ["Zed"]),
        ("b.example", ["Zed"]),
        ("παππ", ["Νίκος Παππάς"]),
        ("%", []),
        ("50%", ["50% Off"]),
        ("a_b", []),
        ("c_", ["C_D"]),
        ("'; drop table", []),
    ],
)
async def test_what_is_typed_is_found(filled: Store, query: str, found: list[str]) -> None:
    assert await named(filled, query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("markhetti", "Léo Marchetti"),  # a wrong letter
        ("xarchetti", "Léo Marchetti"),
        ("marhetti", "Léo Marchetti"),  # one left out
        ("archetti", "Léo Marchetti"),
        ("marcchetti", "Léo Marchetti"),  # one too many
        ("marcehtti", "Léo Marchetti"),  # two swapped
        ("makchet", "Léo Marchetti"),  # while it is being typed
        ("leo marcheti", "Léo Marchetti"),
        ("okafro sam", "Sam Okafor"),
        ("петроф", "Иван Петров"),
        ("παπάς", "Νίκος Παππάς"),
    ],
)
async def test_a_mistake_still_finds_it(filled: Store, query: str, found: str) -> None:
    assert found in await named(filled, query)


@pytest.mark.parametrize("query", ["+49 30 123456", "030 123456", "4930", "30123", "3456", "0123456", "004"])
async def test_a_number_is_found_by_its_beginning_and_its_end(filled: Store, query: str) -> None:
    assert await named(filled, query) == ([] if query == "004" else ["Acme"])


async def test_nothing_is_invisible_because_a_list_is_long(store: Store) -> None:
    await fill(store, [entry(f"Person {number:04d}", number) for number in range(1_000)])
    for number in (0, 499, 999):
        assert await named(store, f"Person {number:04d}") == [f"Person {number:04d}"]
    assert await named(store, "", limit=3) == ["Person 0000", "Person 0001", "Person 0002"]


async def test_only_who_sees_the_companys_list_finds_anything_in_it(filled: Store) -> None:
    for viewer in (SAM, STRANGER, replace(ANA, access="another account")):
        assert await named(filled, "marchetti", viewer) == []
        found = await filled.directory.by_number(viewer, ["contact"], ["4930123456"])
        assert (found.entries, found.sure) == ((), ())
        assert (await filled.directory.get(viewer, "contact", "90")).entries == ()
        assert (await filled.directory.find(viewer, ["contact"], "acme")).sure == ()
    await let_see(filled, SAM)
    assert await named(filled, "acme", SAM) == ["Acme"]
    await filled.directory.abandon((await filled.directory.view(SAM, "contact")).visible[1])
    await fill(filled, [entry("Acme", 90)])
    assert await named(filled, "acme", SAM) == []


async def test_what_one_person_has_alone_nobody_else_finds(filled: Store) -> None:
    await let_see(filled, SAM)
    await filled.directory.put_own(SAM, entry("Dentist", 200, "", "+14155550177"))
    assert await named(filled, "dentist", SAM) == ["Dentist"]
    assert await named(filled, "dentist") == []
    assert (await filled.directory.by_number(ANA, ["contact"], ["14155550177"])).entries == ()


async def test_an_entry_that_is_changed_is_found_by_what_it_is_now(filled: Store) -> None:
    await filled.directory.put_shared(COMPANY, entry("Leona Miller", 1, "", "+14155550166"))
    assert await named(filled, "quist") == []
    assert await named(filled, "miller") == await named(filled, "0166") == ["Leona Miller"]
    await filled.directory.drop(COMPANY, "contact", "1")
    assert await named(filled, "miller") == await named(filled, "0166") == []


async def test_a_page_that_comes_twice_adds_nothing(filled: Store) -> None:
    before = await count(filled)
    await fill(filled, [entry(name, number) for number, name in enumerate(PEOPLE)])
    after = await count(filled)
    assert after["directory_entries"] == len(PEOPLE)
    assert after["directory_words"] < before["directory_words"]


async def count(store: Store) -> dict[str, int]:
    def query(connection: Connection) -> dict[str, int]:
        tables = (lists, entries, words)
        return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}

    return await store.database.read(query)


NOTHING: dict[str, Any] = {"directory_lists": 0, "directory_entries": 0, "directory_words": 0}


async def test_the_last_of_a_company_takes_its_names_along(filled: Store, ana: PersonKey, sam: PersonKey) -> None:
    await let_see(filled, SAM)
    for person in (ana, sam):
        await filled.connections.save(person, OURS)
    await filled.departures.leave(ana)
    await filled.directory.sweep()
    assert await named(filled, "acme", SAM) == ["Acme"]
    assert await named(filled, "acme") == []
    await filled.departures.leave(sam)
    assert await named(filled, "acme", SAM) == []
    assert await filled.directory.sweep() == len(PEOPLE) + 2
    assert await count(filled) == NOTHING


async def test_a_workspace_that_leaves_takes_its_names_along(filled: Store) -> None:
    await filled.departures.forget_workspace(COMPANY.team_id)
    await filled.directory.sweep()
    assert await count(filled) == NOTHING


async def test_a_list_that_nobody_asks_for_is_forgotten(filled: Store, clock: Clock) -> None:
    clock.at += UNASKED_FOR + timedelta(minutes=1)
    await filled.purge()
    await filled.directory.sweep()
    assert await count(filled) == NOTHING


async def test_what_a_person_had_before_their_company_was_known_is_read_again(store: Store, ana: PersonKey) -> None:
    own = own_company(ana)
    await fill(store, [entry("Acme", 1)], replace(ANA, company=own))
    await store.departures.rename(ana, COMPANY)
    await store.directory.sweep()
    assert await count(store) == NOTHING


async def test_an_extension_is_found_by_all_of_it_and_changes_with_its_owner(store: Store) -> None:
    with_one = replace(entry("Mei", 1), extension="116")
    known = await fill(store, [with_one, replace(entry("Léo", 2), extension="1167")])
    found = await store.directory.by_extension(ANA, ["contact"], "116")
    assert [(one.name, one.extension) for one in found.entries] == [("Mei", "116")]
    assert await named(store, "116") == ["Mei", "Léo"]
    assert (await store.directory.by_extension(SAM, ["contact"], "116")).entries == ()
    await store.directory.begin(known)
    await store.directory.add_page(known, [replace(with_one, extension="118")], None, first=True)
    assert (await store.directory.by_extension(ANA, ["contact"], "116")).entries == ()
    assert len((await store.directory.by_extension(ANA, ["contact"], "118")).entries) == 1
