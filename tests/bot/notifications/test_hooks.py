from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.basics.errors import NotConnected, Unavailable, UserError
from bot.dialpad.event_kinds import CALL_STATES, EVENT_KINDS
from bot.notifications.hooks import choose_kind
from bot.sandbox.cast import ANA, PRIYA, SAM
from tests.bot.notifications.having_events import PUBLIC_URL, Having, having_events, key_of, link_of

AGENTS = {"call": 1, "sms": 1, "fax": 1}
ADMINS = {"call": 1, "sms": 1, "agent_status": 1, "contact": 2, "changelog": 1, "fax": 1}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Having]:
    async with having_events(tmp_path) as made:
        await made.connect(ANA, SAM, PRIYA)
        yield made


async def test_an_admin_gets_every_kind_of_event(here: Having) -> None:
    setup = await here.hooks().ensure(key_of(PRIYA))

    assert here.counts == ADMINS
    assert setup.subscribed == {kind.word for kind in EVENT_KINDS}
    assert setup.refused == {}


async def test_the_webhook_leads_to_this_hook_and_signs_with_its_secret(here: Having) -> None:
    setup = await here.hooks().ensure(key_of(PRIYA))

    (webhook,) = here.webhooks
    assert setup.hook.secret is not None
    assert webhook["hook_url"] == f"{PUBLIC_URL}/dialpad/events/{setup.hook.id}"
    assert webhook["secret"] == setup.hook.secret.get_secret_value()


async def test_texts_come_in_both_directions_with_their_delivery_and_calls_in_every_state_we_show(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))

    (sms,), (call,) = here.subscriptions("sms"), here.subscriptions("call")
    assert (sms["direction"], sms["status"], sms["target_id"]) == ("all", True, None)
    assert set(call["call_states"]) == set(CALL_STATES)


async def test_an_agent_gets_calls_and_texts_and_hears_what_was_refused(here: Having) -> None:
    setup = await here.hooks().ensure(key_of(ANA))

    assert here.counts == AGENTS
    assert set(setup.refused) == {"agent_status", "contact", "local_contact", "changelog"}


async def test_an_admin_who_connected_without_a_scope_hears_which_it_is(here: Having) -> None:
    scopes = ("offline_access", "calls:list")
    token = SecretStr(here.dialpad.issue_token(PRIYA, scopes=scopes)["access_token"])
    await here.store.connections.save(key_of(PRIYA), replace(link_of(PRIYA), access_token=token, scopes=scopes))
    setup = await here.hooks().ensure(key_of(PRIYA))

    assert setup.refused == {"changelog": ("change_log",), "fax": ("fax_message",)}
    assert setup.hook.reach == "company"


async def test_the_same_again_makes_and_changes_nothing(here: Having) -> None:
    hooks = here.hooks()
    first = await hooks.ensure(key_of(PRIYA))
    again = await hooks.ensure(key_of(PRIYA))

    assert (again.hook.id, again.repaired) == (first.hook.id, ())
    assert (len(here.webhooks), here.counts) == (1, ADMINS)


async def test_colleagues_share_the_companys_hook(here: Having) -> None:
    hooks = here.hooks()
    first = await hooks.ensure(key_of(PRIYA))

    assert (await hooks.ensure(key_of(ANA))).hook.id == first.hook.id
    assert len(here.webhooks) == 1


async def test_an_admin_who_comes_after_an_agent_takes_over_with_more(here: Having) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(ANA))
    setup = await hooks.ensure(key_of(PRIYA))

    assert setup.hook.owner == key_of(PRIYA)
    assert (len(here.webhooks), here.counts) == (1, ADMINS)
    assert list(here.listener.hooks) == [setup.hook.id]


async def test_another_agent_after_an_agent_changes_nothing(here: Having) -> None:
    hooks = here.hooks()
    first = await hooks.ensure(key_of(ANA))

    assert (await hooks.ensure(key_of(SAM))).hook.id == first.hook.id
    assert (len(here.webhooks), here.counts) == (1, AGENTS)


async def test_when_the_owners_connection_ended_a_colleague_takes_over(here: Having) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    await here.store.connections.mark_broken(key_of(PRIYA))

    setup = await hooks.ensure(key_of(ANA))
    assert (setup.hook.owner, list(here.listener.hooks)) == (key_of(ANA), [setup.hook.id])
    assert [hook.id for hook in await here.store.hooks.all()] == [setup.hook.id]


async def test_who_may_not_subscribe_for_all_gets_their_own_line(here: Having) -> None:
    for kind in ("call", "sms"):
        here.dialpad.faults.add(f"POST /api/v2/subscriptions/{kind}", status=403)

    setup = await here.hooks().ensure(key_of(ANA))

    (call,) = here.subscriptions("call")
    assert (setup.hook.reach, call["target_type"], call["target_id"]) == ("person", "user", ANA.dialpad_id)


async def test_who_may_subscribe_to_nothing_hears_it_and_nothing_is_left(here: Having) -> None:
    here.dialpad.faults.add("POST /api/v2/subscriptions/", status=403, times=None)

    with pytest.raises(UserError, match="admin"):
        await here.hooks().ensure(key_of(ANA))
    assert (here.webhooks, await here.store.hooks.all(), here.listener.hooks) == ([], [], {})


async def test_who_is_not_connected_hears_it(here: Having) -> None:
    await here.store.connections.delete(key_of(ANA))

    with pytest.raises(NotConnected):
        await here.hooks().ensure(key_of(ANA))


@pytest.mark.parametrize("what", ["webhooks", "subscriptions/call", "subscriptions/sms"])
async def test_an_answer_that_was_lost_makes_no_second_one(here: Having, what: str) -> None:
    here.dialpad.faults.add(f"POST /api/v2/{what}", status=502, after_effect=True)
    hooks = here.hooks()
    try:
        await hooks.ensure(key_of(PRIYA))
    except Unavailable:
        await hooks.ensure(key_of(PRIYA))

    assert (len(here.webhooks), here.counts) == (1, ADMINS)


async def test_without_a_public_address_it_is_a_websocket(here: Having) -> None:
    setup = await here.hooks("websocket", None).ensure(key_of(PRIYA))

    assert (setup.hook.kind, len(here.websockets), here.webhooks, here.counts) == ("websocket", 1, [], ADMINS)


async def test_what_was_removed_at_dialpad_is_made_again(here: Having) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    documents = here.dialpad.state.documents
    documents.remove("call subscription", here.subscriptions("call")[0]["id"])

    (checked,) = await hooks.reconcile()
    assert checked.setup is not None
    assert checked.setup.repaired == ("call subscribed",)
    assert here.counts == ADMINS


async def test_a_webhook_that_is_gone_is_made_again_under_the_old_subscriptions(here: Having) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    here.dialpad.state.documents.remove("webhook", here.webhooks[0]["id"])

    await hooks.reconcile()
    (webhook,) = here.webhooks
    assert {one["endpoint_id"] for one in here.subscriptions("call")} == {webhook["id"]}
    assert here.counts == ADMINS


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("call", {"enabled": False}),
        ("call", {"call_states": ["missed"]}),
        ("call", {"group_calls_only": True}),
        ("call", {"target_type": "user", "target_id": 1}),
        ("sms", {"status": False}),
        ("sms", {"direction": "inbound"}),
        ("agent_status", {"enabled": False}),
        ("contact", {"enabled": False}),
        ("changelog", {"enabled": False}),
    ],
)
async def test_what_was_changed_at_dialpad_is_put_right(here: Having, kind: str, change: dict[str, object]) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    here.subscriptions(kind)[0].update(change)

    await hooks.reconcile()
    (after,) = await hooks.reconcile()
    assert after.setup is not None
    found = here.subscriptions(kind)[0]
    assert found["enabled"] is True
    if "target_id" not in change:  # an absent target cannot be sent, so the subscription is made anew
        assert after.setup.repaired == ()


@pytest.mark.parametrize("change", [{"secret": "of somebody else"}, {"hook_url": "https://elsewhere.example/"}])
async def test_a_webhook_with_another_secret_or_address_is_put_right(here: Having, change: dict[str, str]) -> None:
    hooks = here.hooks()
    setup = await hooks.ensure(key_of(PRIYA))
    before = dict(here.webhooks[0])
    here.webhooks[0].update(change)

    await hooks.reconcile()
    assert here.webhooks == [before]
    assert setup.hook.endpoint_id == str(before["id"])


async def test_a_websocket_with_another_secret_is_put_right(here: Having) -> None:
    hooks = here.hooks("websocket", None)
    await hooks.ensure(key_of(PRIYA))
    before = dict(here.websockets[0])
    here.websockets[0]["secret"] = "of somebody else"

    await hooks.reconcile()
    assert here.websockets == [before]


async def test_one_too_many_of_ours_is_removed(here: Having) -> None:
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    here.dialpad.state.documents.add("call subscription", dict(here.subscriptions("call")[0]))

    await hooks.reconcile()
    assert here.counts == ADMINS


async def test_what_is_not_ours_is_never_touched(here: Having) -> None:
    documents = here.dialpad.state.documents
    theirs = documents.add("webhook", {"hook_url": "https://crm.example/dialpad/events/x", "secret": "crm"})
    call = documents.add(
        "call subscription", {"endpoint_id": theirs["id"], "enabled": False, "call_states": ["missed"]}
    )
    before = [dict(theirs), dict(call)]
    hooks = here.hooks()
    await hooks.ensure(key_of(PRIYA))
    await hooks.reconcile()

    assert before[0] in here.webhooks
    assert before[1] in here.subscriptions("call")


async def test_what_is_gone_already_does_not_hinder_removing(here: Having) -> None:
    await here.hooks().ensure(key_of(PRIYA))
    here.dialpad.state.documents.remove("webhook", here.webhooks[0]["id"])

    await here.hooks("websocket", None).reconcile()
    assert (here.webhooks, len(here.websockets), here.counts) == ([], 1, ADMINS)


async def test_what_an_owner_who_left_has_left_behind_is_swept_up_later(here: Having) -> None:
    hooks = here.hooks()
    old = await hooks.ensure(key_of(ANA))
    await here.store.connections.delete(key_of(ANA))
    await here.store.hooks.remove(old.hook.id)

    await hooks.ensure(key_of(PRIYA))
    await hooks.reconcile()
    assert (len(here.webhooks), here.counts) == (1, ADMINS)


async def test_an_owner_who_must_act_is_named(here: Having) -> None:
    hooks = here.hooks()
    setup = await hooks.ensure(key_of(PRIYA))
    await here.store.connections.mark_broken(key_of(PRIYA))

    (checked,) = await hooks.reconcile()
    assert (checked.hook.id, checked.problem) == (setup.hook.id, "NotConnected")


async def test_a_new_public_address_turns_a_websocket_into_a_webhook(here: Having) -> None:
    await here.hooks("websocket", None).ensure(key_of(PRIYA))
    await here.hooks().reconcile()

    assert (here.websockets, len(here.webhooks), here.counts) == ([], 1, ADMINS)


@pytest.mark.parametrize(
    ("public", "dialpad", "kind"),
    [
        (None, "https://dialpad.com", "websocket"),
        ("https://bot.example", "https://dialpad.com", "webhook"),
        ("http://bot.example", "https://dialpad.com", "websocket"),
        ("http://localhost:3000", "https://dialpad.com", "websocket"),
        ("https://localhost:3000", "https://dialpad.com", "websocket"),
        ("http://localhost:3000", "http://localhost:4000", "webhook"),
        ("http://127.0.0.1:3000", "http://localhost:4000", "webhook"),
    ],
)
def test_a_webhook_is_chosen_where_dialpad_can_reach_us(public: str | None, dialpad: str, kind: str) -> None:
    assert choose_kind(public, dialpad) == kind
