"""Ending connections: what is at Dialpad goes at once, or as soon as Dialpad answers."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import UserError
from bot.sandbox.cast import ANA, COMPANY_ID, PRIYA, SAM, TEAM_ID, Person
from tests.bot.notifications.having_events import Having, having_events, key_of, link_of


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Having]:
    async with having_events(tmp_path) as made:
        await made.connect(ANA, SAM, PRIYA)
        yield made


def at_dialpad(here: Having) -> int:
    """How much of ours there is."""
    return len(here.webhooks) + len(here.websockets) + sum(here.counts.values())


async def subscription(here: Having, person: Person) -> None:
    made = Subscription(f"w-{person.slack_id}", key_of(person), "C1", company_id=str(COMPANY_ID))
    await here.store.subscriptions.save(made)


async def test_who_disconnects_leaves_nothing_at_dialpad_and_nothing_here(here: Having) -> None:
    setup = await here.hooks().ensure(key_of(PRIYA))
    assert setup.hook.id in here.listener.hooks

    ended = await here.disconnector().disconnect(key_of(PRIYA))
    assert ended is not None
    assert (ended.hooks_left, ended.access_left) == (0, False)
    assert (at_dialpad(here), here.listener.hooks, await here.store.hooks.all()) == (0, {}, [])
    assert await here.store.removals.all() == []


async def test_a_websocket_goes_like_a_webhook(here: Having) -> None:
    await here.hooks("websocket", None).ensure(key_of(PRIYA))
    assert len(here.websockets) == 1

    await here.disconnector().disconnect(key_of(PRIYA))
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


async def test_what_dialpad_did_not_remove_while_it_was_down_it_removes_later(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.faults.add("*", kind="down", times=None)
    ended = await here.disconnector().disconnect(key_of(PRIYA))

    assert ended is not None
    assert ended.hooks_left == 1
    assert await here.store.connections.get(key_of(PRIYA)) is None
    assert at_dialpad(here) > 1
    here.dialpad.faults.clear()
    await here.hooks().reconcile()
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


@pytest.mark.parametrize("what", ["DELETE /api/v2/subscriptions/sms", "DELETE /api/v2/webhooks"])
async def test_what_was_removed_in_part_is_removed_whole_later(here: Having, what: str) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.faults.add(what, kind="down", times=None)
    await here.disconnector().disconnect(key_of(PRIYA))

    assert at_dialpad(here) > 0
    here.dialpad.faults.clear()
    await here.hooks().reconcile()
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


async def test_what_a_killed_process_had_only_written_down_the_next_one_removes(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    await here.store.departures.leave(key_of(PRIYA))

    await here.hooks().reconcile()
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


async def test_a_webhook_that_was_being_made_when_the_process_died_is_found_by_its_address(here: Having) -> None:
    setup = await here.hooks().ensure(key_of(PRIYA))
    await here.store.hooks.remove(setup.hook.id)
    unknown = await here.store.hooks.create(key_of(PRIYA), setup.hook.company, "webhook")
    here.webhooks[0]["hook_url"] = here.webhooks[0]["hook_url"].replace(setup.hook.id, unknown.id)

    await here.disconnector().disconnect(key_of(PRIYA))
    assert at_dialpad(here) == 0


async def test_what_is_set_up_for_somebody_who_leaves_meanwhile_is_removed_again(here: Having) -> None:
    hooks = here.hooks()
    slow = here.dialpad.faults.add("POST /api/v2/subscriptions/changelog", kind="slow")
    setting_up = asyncio.create_task(hooks.ensure(key_of(PRIYA)))
    await slow.entered.wait()
    await here.store.departures.leave(key_of(PRIYA))  # by another process, whose lock this is not
    slow.release.set()
    with pytest.raises(UserError, match="same moment"):
        await setting_up

    assert here.listener.hooks == {}
    await hooks.reconcile()
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


async def test_where_dialpad_has_ended_the_connection_a_colleagues_removes_what_is_ours(here: Having) -> None:
    await here.hooks().ensure(key_of(SAM))
    await here.store.connections.save(key_of(SAM), replace(link_of(SAM), broken=True))

    await here.disconnector().disconnect(key_of(SAM))
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])


async def test_what_nobody_may_remove_does_not_keep_the_rest(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.faults.add("DELETE /api/v2/webhooks", status=403, times=None)
    await here.disconnector().disconnect(key_of(PRIYA))

    assert (here.counts, len(here.webhooks), len(await here.store.removals.all())) == ({}, 1, 1)


async def test_it_is_given_up_after_two_weeks(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.faults.add("*", kind="down", times=None)
    await here.disconnector().disconnect(key_of(PRIYA))

    here.clock.pass_(days=13)
    await here.removals().work_off()
    assert len(await here.store.removals.all()) == 1
    here.clock.pass_(days=2)
    await here.removals().work_off()
    assert await here.store.removals.all() == []


async def test_between_the_tries_there_are_growing_pauses(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.faults.add("*", kind="down", times=None)
    await here.disconnector().disconnect(key_of(PRIYA))
    removals = here.removals()

    async def tries() -> int:
        await removals.work_off(all_=False)
        return (await here.store.removals.all())[0].tries

    assert await tries() == 1
    here.clock.pass_(minutes=2)
    assert await tries() == 2
    here.clock.pass_(minutes=2)
    assert await tries() == 2
    here.clock.pass_(minutes=2)
    assert await tries() == 3


async def test_a_colleague_with_subscriptions_takes_the_companys_hook_over(here: Having) -> None:
    old = await here.hooks().ensure(key_of(PRIYA))
    await subscription(here, SAM)
    await here.disconnector().disconnect(key_of(PRIYA))

    (hook,) = await here.store.hooks.all()
    assert (hook.owner, list(here.listener.hooks)) == (key_of(SAM), [hook.id])
    assert [one["hook_url"].rpartition("/")[2] for one in here.webhooks] == [hook.id]
    assert hook.id != old.hook.id
    assert here.counts == {"call": 1, "sms": 1, "fax": 1}


async def test_a_colleague_takes_over_once_dialpad_answers(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    await subscription(here, SAM)
    here.dialpad.faults.add("*", kind="down", times=None)
    await here.disconnector().disconnect(key_of(PRIYA))
    here.dialpad.faults.clear()
    await here.hooks().reconcile()

    (hook,) = await here.store.hooks.all()
    assert (hook.owner, list(here.listener.hooks), len(here.webhooks)) == (key_of(SAM), [hook.id], 1)


async def test_a_workspace_that_removed_the_app_leaves_nothing_at_dialpad(here: Having) -> None:
    await here.hooks().ensure(key_of(ANA))
    await here.hooks().ensure(key_of(PRIYA))
    await subscription(here, SAM)
    disconnector = here.disconnector()
    await disconnector.leave_workspace(TEAM_ID)
    assert (await here.store.hooks.all(), here.listener.hooks) == ([], {})
    assert await here.store.connections.get(key_of(SAM)) is None

    await disconnector.idle()
    assert (at_dialpad(here), await here.store.removals.all()) == (0, [])
