"""What is forgotten here when somebody leaves, and what is kept for removing the rest at Dialpad."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Integer, LargeBinary, Table, insert, select

from bot.activity.registers import fragment
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import NotConfirmed
from bot.basics.person import PersonKey
from bot.store.keys import KeyProblem, generate_key, parse_keys
from bot.store.postings import NewPosting
from bot.store.schema import MomentColumn
from bot.store.store import Store
from bot.store.table_rules import Otherwise, all_tables, rules_of
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

OTHER_TEAM = "T0OTHER01"
COMPANY = CompanyKey("T0NORTHLT", "61")
OURS = replace(LINK, kind="oauth", company_id=COMPANY.company, broken=False)


def made_up(column: Column[Any], team_id: str, now: datetime) -> Any:
    """A value of the column's type, different for each workspace."""
    match column.type:
        case MomentColumn():
            return now
        case LargeBinary():
            return b"sealed"
        case Boolean():
            return False
        case JSON():
            return {}
        case Integer():
            return int(team_id == OTHER_TEAM)
        case _:
            return team_id if column.name == "team_id" else f"{column.name} in {team_id}"


def with_team() -> list[Table]:
    return [table for table in all_tables() if "team_id" in table.c]


def outliving() -> list[Table]:
    return [table for table in with_team() if isinstance(rules_of(table).workspace, Otherwise)]


async def fill(store: Store, team_id: str) -> None:
    """One row of each table that belongs to a workspace."""

    def change(connection: Connection) -> None:
        for table in with_team():
            if table not in outliving():
                row = {one.key: made_up(one, team_id, store.now()) for one in table.c}
                connection.execute(insert(table).values(**row))

    await store.database.write(change)


async def teams(store: Store, table: Table) -> set[str]:
    def query(connection: Connection) -> set[str]:
        return set(connection.execute(select(table.c.team_id)).scalars())

    return await store.database.read(query)


async def test_a_workspace_that_leaves_is_in_no_table_any_more(store: Store) -> None:
    await fill(store, "T0NORTHLT")
    await fill(store, OTHER_TEAM)

    await store.departures.forget_workspace("T0NORTHLT")
    left = {table.name: await teams(store, table) for table in with_team() if table not in outliving()}
    assert left == {name: {OTHER_TEAM} for name in left}


def test_what_is_to_be_removed_at_dialpad_outlives_the_workspace_and_what_is_swept_right_after() -> None:
    assert sorted(table.name for table in outliving()) == ["directory_entries", "removals"]


async def test_what_came_in_for_a_workspace_goes_with_its_hook(store: Store, ana: PersonKey) -> None:
    hook = await store.hooks.create(ana, COMPANY, "webhook")
    await receive(store, hook.id)
    await store.gaps.add(hook.id, store.now(), store.now(), "stopped")

    await store.departures.forget_workspace(ana.team_id)
    assert (await store.events.waiting(), await store.gaps.recent()) == ([], [])


async def test_what_was_written_late_about_a_workspace_that_left_goes_too(
    store: Store, clock: Clock, ana: PersonKey
) -> None:
    before = store.audit.build_line(ana, route="dnd.dnd", outcome="done", origin="command")
    gone_at = clock.at
    clock.pass_(seconds=5)
    after = store.audit.build_line(ana, route="connect.connect", outcome="done", origin="command")
    await store.audit.write([before, after])  # they have the app again
    await store.departures.forget_late_entries(ana.team_id, gone_at)
    assert [one.route for one in await store.audit.recent_of_all()] == ["connect.connect"]


async def receive(store: Store, hook_id: str) -> None:
    await store.events.receive("call:1", hook_id=hook_id, kind="call", body=b"{}", timed=True, held=False)


async def test_who_leaves_takes_along_what_is_theirs(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    for person in (ana, sam):
        await store.connections.save(person, OURS)
        await store.subscriptions.save(Subscription(f"w-{person.user_id}", person, "C1", company_id=COMPANY.company))
        await store.kept.put(f"dnd:{person.user_id}", person, store.now(), "dnd.off", {}, {})
        await store.remembered.save(person, {"text": "dnd on"})
    question = await store.confirmations.create(ana, "sms.send", {})
    wanted = [NewPosting("C1", f"w-{ana.user_id}"), NewPosting("C2", f"w-{sam.user_id}")]
    card = await store.cards.absorb(COMPANY, "call", ["call:1"], fragment(1, 0, {"a": 1}), lambda *_: wanted)
    gone = await store.departures.leave(ana)

    assert gone is not None
    assert ([subscription.id for subscription in gone.subscriptions], gone.timed) == (["w-U0ANA0001"], 1)
    assert await store.connections.get(ana) is None
    assert (await store.subscriptions.owned(ana), await store.kept.of(ana), await store.remembered.take_all(ana)) == (
        [], [], [],
    )  # fmt: skip
    with pytest.raises(NotConfirmed):
        await store.confirmations.take(question, ana)
    assert [posting.channel for posting in await store.postings.of_card(COMPANY, card)] == ["C2"]
    assert (len(await store.subscriptions.owned(sam)), len(await store.kept.of(sam))) == (1, 1)
    assert await store.connections.get(sam) == OURS


async def test_who_is_not_connected_has_nothing_to_leave(store: Store, ana: PersonKey) -> None:
    assert await store.departures.leave(ana) is None


async def test_what_is_at_dialpad_is_listed_with_the_token_it_can_be_removed_with(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, OURS)
    hook = await store.hooks.create(ana, COMPANY, "webhook")
    await store.hooks.note(hook.id, endpoint_id="7", subscriptions={"call": "8"}, reach="company")
    await store.departures.leave(ana)

    (removal,) = await store.removals.all()
    assert [(one.endpoint_id, one.subscriptions) for one in removal.hooks] == [("7", {"call": "8"})]
    assert removal.access
    assert removal.link is not None
    assert removal.link.access_token == OURS.access_token
    assert removal.link.refresh_token == OURS.refresh_token
    assert await store.hooks.all() == []


async def test_the_token_lies_sealed_and_is_wiped_with_the_access(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, OURS)
    hook = await store.hooks.create(ana, COMPANY, "webhook")
    await store.departures.leave(ana)
    (removal,) = await store.removals.all()

    def everything(connection: Connection) -> str:
        return repr(connection.exec_driver_sql("SELECT * FROM removals").all())

    assert OURS.access_token.get_secret_value() not in await store.database.read(everything)
    await store.removals.access_gone(removal.id)
    (removal,) = await store.removals.all()
    assert (removal.link, removal.access, len(removal.hooks)) == (None, False, 1)
    await store.removals.hook_gone(removal.id, hook.id)
    assert await store.removals.all() == []


async def test_only_one_process_works_on_a_removal_at_a_time(store: Store, ana: PersonKey, clock: Clock) -> None:
    await store.connections.save(ana, OURS)
    await store.departures.leave(ana)
    (removal,) = await store.removals.all()

    assert [await store.removals.hold(removal.id) for _ in range(2)] == [True, False]
    await store.removals.let_go(removal.id)
    assert await store.removals.hold(removal.id)
    clock.pass_(minutes=3)  # whoever held it has died
    assert await store.removals.hold(removal.id)


async def test_a_key_that_seals_a_removal_is_missed_and_can_be_changed(
    store: Store, database_url: str, ana: PersonKey
) -> None:
    await store.connections.save(ana, OURS)
    await store.departures.leave(ana)
    stranger = await Store.open(database_url, parse_keys(generate_key()), store.now)
    with pytest.raises(KeyProblem, match="1 stored"):
        await stranger.check_keys()
    assert (await stranger.rotate(drop_unreadable=True)).dropped == 1
    await stranger.aclose()


async def test_what_nobody_gave_up_is_purged_in_the_end(store: Store, ana: PersonKey, clock: Clock) -> None:
    await store.connections.save(ana, OURS)
    await store.departures.leave(ana)

    clock.pass_(days=14)
    assert (await store.purge())["removals"] == 0
    clock.pass_(days=1)
    assert (await store.purge())["removals"] == 1


async def test_a_hook_that_serves_a_colleague_passes_to_them_with_what_waits(
    store: Store, ana: PersonKey, sam: PersonKey
) -> None:
    for person in (ana, sam):
        await store.connections.save(person, OURS)
    await store.subscriptions.save(Subscription("w1", sam, "C1", company_id=COMPANY.company))
    old = await store.hooks.create(ana, COMPANY, "webhook")
    await receive(store, old.id)
    await store.departures.leave(ana)

    (hook,) = await store.hooks.all()
    assert (hook.owner, hook.endpoint_id, hook.secret == old.secret) == (sam, None, False)
    ((name, _),) = await store.events.waiting()
    (event,) = await store.events.take(10)
    assert (event.key, event.hook_id) == (name, hook.id)


@pytest.mark.parametrize("why", ["another company", "a broken connection", "no subscription", "a paused one"])
async def test_who_cannot_or_need_not_hear_takes_no_hook_over(
    store: Store, ana: PersonKey, sam: PersonKey, why: str
) -> None:
    await store.connections.save(ana, OURS)
    changed = {"another company": {"company_id": "62"}, "a broken connection": {"broken": True}}.get(why, {})
    await store.connections.save(sam, replace(OURS, **changed))  # type: ignore[arg-type]  # one change each
    if why != "no subscription":
        await store.subscriptions.save(
            Subscription("w1", sam, "C1", paused=why == "a paused one", company_id=COMPANY.company)
        )
    old = await store.hooks.create(ana, COMPANY, "webhook")
    await receive(store, old.id)
    await store.departures.leave(ana)

    assert (await store.hooks.all(), await store.events.waiting()) == ([], [])


async def test_people_for_whom_nothing_comes_in_are_known(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    for person in (ana, sam):
        await store.connections.save(person, OURS)
        await store.subscriptions.save(Subscription(f"w-{person.user_id}", person, "C1", company_id=COMPANY.company))
    assert set(await store.hooks.unheard()) == {ana, sam}
    hook = await store.hooks.create(ana, COMPANY, "webhook")
    await store.hooks.note(hook.id, endpoint_id="7", subscriptions={"call": "8"}, reach="person")
    assert await store.hooks.unheard() == [sam]
    await store.hooks.note(hook.id, endpoint_id="7", subscriptions={"call": "8"}, reach="company")
    assert await store.hooks.unheard() == []
