"""Whose Home is drawn anew."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.basics.person import PersonKey
from bot.slack.conversation.homes import DRAWN_AT_ONCE, LOOKED_AT_FOR, WATCHED_FOR, Homes
from bot.store.keys import generate_key, parse_keys
from bot.store.open_homes import OpenHomes
from bot.store.store import Store
from tests.bot.store.clock import Clock

ANA = PersonKey("T1", "UANA")
SAM = PersonKey("T1", "USAM")


class Drawings:
    """Who was drawn; a drawing takes until ``go``. Refuses two of one person at once."""

    def __init__(self, others: OpenHomes | None = None) -> None:
        self.now = 0.0
        self.drawn: list[PersonKey] = []
        self.quiet: list[bool] = []
        self.under_way: set[PersonKey] = set()
        self.go = asyncio.Event()
        self.go.set()
        self.homes = Homes(self.draw, lambda: self.now, others)

    async def draw(self, person: PersonKey, *, quiet: bool = False) -> None:
        self.quiet.append(quiet)
        assert person not in self.under_way
        self.under_way.add(person)
        await self.go.wait()
        self.under_way.discard(person)
        self.drawn.append(person)


async def test_only_who_has_looked_is_drawn() -> None:
    drawings = Drawings()
    await drawings.homes.looked(ANA)

    await drawings.homes.changed(ANA)
    await drawings.homes.changed(SAM)

    assert drawings.drawn == [ANA]


async def test_who_looked_long_ago_is_not_drawn_and_who_looks_again_is() -> None:
    drawings = Drawings()
    await drawings.homes.looked(ANA)
    drawings.now += LOOKED_AT_FOR.total_seconds()
    await drawings.homes.changed(ANA)
    assert drawings.drawn == []

    await drawings.homes.looked(ANA)
    await drawings.homes.changed(ANA)
    assert drawings.drawn == [ANA]


async def test_looking_again_starts_the_time_anew() -> None:
    drawings = Drawings()
    await drawings.homes.looked(ANA)
    drawings.now += LOOKED_AT_FOR.total_seconds() - 1
    await drawings.homes.looked(ANA)
    drawings.now += LOOKED_AT_FOR.total_seconds() - 1

    await drawings.homes.changed(ANA)

    assert drawings.drawn == [ANA]


async def test_a_change_during_a_drawing_is_drawn_after_it() -> None:
    drawings = Drawings()
    await drawings.homes.looked(ANA)
    drawings.go.clear()
    both = asyncio.gather(drawings.homes.changed(ANA), drawings.homes.changed(ANA))
    for _ in range(5):
        await asyncio.sleep(0)
    drawings.go.set()
    await both

    assert drawings.drawn == [ANA, ANA]


@pytest.mark.postgres
async def test_a_home_that_another_process_drew_is_drawn_anew_for_two_hours(postgres_url: str) -> None:
    clock, keys = Clock(), parse_keys(generate_key())
    stores = [await Store.open(postgres_url, keys, clock) for _ in range(2)]
    theirs, ours = (Drawings(OpenHomes(one.context, one.preferences, one.processes)) for one in stores)
    await ours.homes.changed(ANA)
    await theirs.homes.looked(ANA)
    await ours.homes.changed(ANA)
    assert ours.drawn == [ANA]

    clock.at += LOOKED_AT_FOR + timedelta(seconds=1)
    await ours.homes.changed(ANA)
    assert ours.drawn == [ANA]
    for one in stores:
        await one.aclose()


async def test_who_opened_theirs_last_is_drawn_first_after_a_start_and_nobody_twice(database_url: str) -> None:
    clock = Clock()
    store = await Store.open(database_url, parse_keys(generate_key()), clock)
    homes = OpenHomes(store.context, store.preferences, store.processes)
    await store.preferences.set(SAM, {"home_opened_at": 1_000})  # by the version before
    await store.preferences.set(ANA, {"home_opened_at": 2_000})
    await store.preferences.set(PersonKey("T1", "UNEVER"), {"region": "US"})
    assert await homes.undrawn() == [ANA, SAM]
    await homes.drawn(ANA)
    assert await homes.undrawn() == [SAM]
    await homes.opened(SAM)
    assert await homes.undrawn() == []
    await store.aclose()


# What others do


class Marks:
    """The open work of everybody's company, and who was asked about."""

    def __init__(self) -> None:
        self.mark = 1
        self.asked: list[PersonKey] = []

    async def of(self, people: Collection[PersonKey]) -> dict[PersonKey, object]:
        self.asked += people
        return dict.fromkeys(people, self.mark)


async def test_what_others_changed_is_drawn_once_for_those_who_have_theirs_open() -> None:
    drawings, marks = Drawings(), Marks()
    await drawings.homes.looked(ANA)
    await drawings.homes.look(marks.of)
    await drawings.homes.look(marks.of)
    assert drawings.drawn == []

    marks.mark = 2
    await drawings.homes.look(marks.of)
    await drawings.homes.look(marks.of)
    assert drawings.drawn == [ANA]


async def test_nobody_is_asked_about_who_has_not_theirs_open_any_more() -> None:
    drawings, marks = Drawings(), Marks()
    await drawings.homes.look(marks.of)
    await drawings.homes.looked(ANA)
    drawings.now += WATCHED_FOR.total_seconds()
    await drawings.homes.look(marks.of)

    assert marks.asked == []


async def test_what_others_did_is_drawn_without_asking_about_the_person_again() -> None:
    drawings, marks = Drawings(), Marks()
    await drawings.homes.looked(ANA)
    await drawings.homes.look(marks.of)
    marks.mark = 2
    await drawings.homes.look(marks.of)
    await drawings.homes.changed(ANA)
    assert drawings.quiet == [True, False]


async def test_of_many_who_look_a_few_are_drawn_at_a_time_and_all_in_the_end() -> None:
    drawings, marks = Drawings(), Marks()
    people = [PersonKey("T1", f"U{number}") for number in range(10)]
    for person in people:
        await drawings.homes.looked(person)
    await drawings.homes.look(marks.of)
    marks.mark = 2
    for turn in range(1, 4):
        drawings.now += 5
        await drawings.homes.look(marks.of)
        assert len(drawings.drawn) == min(turn * DRAWN_AT_ONCE, 10)
    assert set(drawings.drawn) == set(people)
    await drawings.homes.look(marks.of)
    assert len(drawings.drawn) == 10


async def test_a_home_that_changes_all_the_time_keeps_nobody_from_their_turn() -> None:
    drawings, marks = Drawings(), Marks()
    people = [PersonKey("T1", f"U{number}") for number in range(8)]
    for person in people:
        await drawings.homes.looked(person)
    await drawings.homes.look(marks.of)
    for turn in range(4):
        marks.mark += 1
        drawings.now += 5
        await drawings.homes.look(marks.of)
        if turn == 1:
            assert set(drawings.drawn) == set(people)
    assert len(drawings.drawn) == 4 * DRAWN_AT_ONCE
