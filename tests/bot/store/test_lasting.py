import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.basics.company import CompanyKey, own_company
from bot.basics.person import PersonKey
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

DUE = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


NORTHLIGHT = CompanyKey("T0NORTHLT", "61")


async def test_nobody_has_preferences_at_first(store: Store, ana: PersonKey) -> None:
    assert await store.preferences.get(ana) == {}


async def test_preferences_are_merged_and_none_takes_one_out(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    await store.preferences.set(ana, {"region": "DE", "favourites": ["sms", "dnd"]})
    assert await store.preferences.set(ana, {"region": None, "time_zone": "Europe/Berlin"}) == {
        "favourites": ["sms", "dnd"],
        "time_zone": "Europe/Berlin",
    }

    assert await store.preferences.get(ana) == {"favourites": ["sms", "dnd"], "time_zone": "Europe/Berlin"}
    assert await store.preferences.get(sam) == {}


async def test_preferences_set_at_the_same_moment_all_stay(store: Store, ana: PersonKey) -> None:
    await asyncio.gather(*(store.preferences.set(ana, {f"name{n}": n}) for n in range(12)))

    assert await store.preferences.get(ana) == {f"name{n}": n for n in range(12)}


async def test_the_audit_answers_who_did_what_newest_first(
    store: Store, ana: PersonKey, sam: PersonKey, clock: Clock
) -> None:
    for person in (ana, sam):
        await store.connections.save(person, replace(LINK, company_id=NORTHLIGHT.company))
    await store.audit.record(ana, action="SMS", route="sms.send", outcome="done", origin="form", reference="k3x")
    clock.pass_(minutes=1)
    await store.audit.record(sam, route="dnd.on", outcome="NotAllowed", origin="command")
    await store.audit.record(PersonKey("T0OTHER", "U1"), route="dnd.on", outcome="done", origin="command")

    entries = await store.audit.recent(NORTHLIGHT)

    assert [(one.person, one.route, one.outcome) for one in entries] == [
        (sam, "dnd.on", "NotAllowed"),
        (ana, "sms.send", "done"),
    ]
    assert [one.reference for one in await store.audit.recent(NORTHLIGHT, person=ana)] == ["k3x"]
    assert len(await store.audit.recent(NORTHLIGHT, limit=1)) == 1


async def test_a_line_that_need_not_be_written_at_once_is_there_when_somebody_looks(
    store: Store, ana: PersonKey
) -> None:
    await store.audit.record(ana, route="who.who", outcome="done", origin="typed", at_once=False)
    assert [one.route for one in await store.audit.recent(own_company(ana))] == ["who.who"]


async def test_a_line_that_waits_is_written_before_the_store_closes(database_url: str, ana: PersonKey) -> None:
    keys = parse_keys(generate_key())
    store = await Store.open(database_url, keys)
    await store.migrate()
    await store.audit.record(ana, route="who.who", outcome="done", origin="typed", at_once=False)
    await store.aclose()
    again = await Store.open(database_url, keys)
    try:
        assert [one.route for one in await again.audit.recent(own_company(ana))] == ["who.who"]
    finally:
        await again.aclose()


async def test_the_audit_is_dropped_after_half_a_year(store: Store, ana: PersonKey, clock: Clock) -> None:
    await store.audit.record(ana, route="dnd.on", outcome="done", origin="command")
    clock.pass_(days=179)
    assert (await store.purge())["audit"] == 0
    clock.pass_(days=1)
    await store.audit.chain()
    assert (await store.purge())["audit"] == 1


async def test_a_kept_request_is_found_by_id_and_by_person(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    name, earlier = await store.kept.put("dnd:ana", ana, DUE, "dnd.off", {"group": "5527"}, {"channel": "D1"})

    found = await store.kept.get(name)

    assert earlier is None
    assert found is not None
    assert (found.key, found.person, found.route, found.args, found.place, found.due_at) == (
        "dnd:ana", ana, "dnd.off", {"group": "5527"}, {"channel": "D1"}, DUE,
    )  # fmt: skip
    assert await store.kept.of(ana) == [found]
    assert await store.kept.of(sam) == []


async def test_a_later_request_with_the_same_key_takes_the_place_of_the_earlier(store: Store, ana: PersonKey) -> None:
    first, _ = await store.kept.put("dnd:ana", ana, DUE, "dnd.off", {}, {})
    second, earlier = await store.kept.put("dnd:ana", ana, DUE + timedelta(hours=1), "dnd.off", {"n": 2}, {})

    assert earlier == first
    assert await store.kept.get(first) is None
    assert [one.id for one in await store.kept.of(ana)] == [second]


async def test_dropping_the_earlier_request_leaves_the_later(store: Store, ana: PersonKey) -> None:
    first, _ = await store.kept.put("dnd:ana", ana, DUE, "dnd.off", {}, {})
    second, _ = await store.kept.put("dnd:ana", ana, DUE, "dnd.off", {}, {})

    assert not await store.kept.drop(first)
    assert await store.kept.drop(second)
    assert await store.kept.next_at() is None


async def test_cancelling_says_what_was_waiting(store: Store, ana: PersonKey) -> None:
    name, _ = await store.kept.put("dnd:ana", ana, DUE, "dnd.off", {}, {})

    assert await store.kept.cancel("dnd:ana") == name
    assert await store.kept.cancel("dnd:ana") is None


async def test_requests_of_one_person_come_the_next_first(store: Store, ana: PersonKey) -> None:
    await store.kept.put("late", ana, DUE + timedelta(hours=2), "dnd.off", {}, {})
    await store.kept.put("soon", ana, DUE, "status.clear", {}, {})

    assert [one.key for one in await store.kept.of(ana)] == ["soon", "late"]
