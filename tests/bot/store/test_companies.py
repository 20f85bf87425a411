"""What is kept for one Dialpad company, and others who ask for it: of the same workspace, of another, of none."""

from dataclasses import replace
from functools import partial
from typing import Final

import pytest

from bot.activity.histories import Act, CallFact, Told
from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.activity.roster import Agent, Roster
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey, company_of, own_company
from bot.basics.person import PersonKey
from bot.store.connection_requests import Asked
from bot.store.postings import NewPosting, Posting, ask_at
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK

OURS: Final = CompanyKey("T0NORTHLT", "6100")
PRIYA: Final = PersonKey("T0NORTHLT", "U0PRIYA03")
ALONE: Final = PersonKey("T0NORTHLT", "U0GUS0007")
STRANGERS: Final = {
    "another company": CompanyKey("T0NORTHLT", "6200"),
    "another workspace": CompanyKey("T0OTHER", "6100"),
    "no company": own_company(ALONE),
    "no name": CompanyKey("T0NORTHLT", ""),
}
strangers = pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
AGENT: Final = Agent("101", "Ana Ferreira", "ana@x.example", on_duty=True)


async def absorb(store: Store, company: CompanyKey, said: str, *wanted: NewPosting) -> str:
    return await store.cards.absorb(company, "call", ["call:1"], fragment(1, 0, {"said": said}), lambda *_: wanted)


async def the_posting(store: Store, card: str) -> Posting:
    (found,) = await store.postings.of_card(OURS, card)
    return found


@pytest.fixture
def subscription() -> Subscription:
    return Subscription("w1", PRIYA, "C1", kinds=frozenset({NewsKind.MISSED}), company_id=OURS.company)


def test_what_dialpad_does_not_name_is_one_persons_and_not_everybodys() -> None:
    assert company_of(PRIYA, None) == company_of(PRIYA, "") == own_company(PRIYA) != own_company(ALONE)
    assert company_of(PRIYA, "6100") == OURS


@strangers
async def test_the_same_name_is_a_card_in_each_company(store: Store, stranger: CompanyKey) -> None:
    ours, theirs = await absorb(store, OURS, "ours"), await absorb(store, stranger, "theirs")

    assert ours != theirs
    assert await store.cards.get(OURS, theirs) is None
    assert await store.cards.get(stranger, ours) is None
    found = [await store.cards.named(company, "call:1") for company in (OURS, stranger)]
    assert [card and card.id for card in found] == [ours, theirs]


@strangers
async def test_a_card_is_seen_by_its_company_alone(store: Store, stranger: CompanyKey, clock: Clock) -> None:
    card = await absorb(store, OURS, "ours", NewPosting("C1", "w1"))
    posting = await the_posting(store, card)
    await store.postings.posted([posting.id], place="C1", ts="1.0", versions={posting.id: 1}, looks="x")

    assert await store.cards.get(stranger, card) is None
    assert await store.cards.named(stranger, "call:1") is None
    assert await store.cards.at(stranger, "C1", "1.0") is None
    assert [one async for one in store.cards.changed_since(stranger, "call", clock())] == []
    assert await store.cards.at(OURS, "C1", "1.0") == await store.cards.get(OURS, card)


async def test_whose_a_card_is_says_nothing_else(store: Store) -> None:
    card = await absorb(store, OURS, "secret")
    owned = await store.cards.whose(card)

    assert owned is not None
    assert (owned.company, owned.kind) == (OURS, "call")
    assert "secret" not in repr(owned)


@strangers
@pytest.mark.parametrize("what", ["claim", "release", "handle"])
async def test_a_card_is_acted_on_by_its_company_alone(store: Store, stranger: CompanyKey, what: str) -> None:
    card = await absorb(store, OURS, "ours")
    if what == "release":
        await store.cards.claim(OURS, card, "U1")
    before = await store.cards.get(OURS, card)

    assert await getattr(store.cards, what)(stranger, card, "U1") is None
    assert await store.cards.get(OURS, card) == before


@strangers
async def test_a_customers_history_is_seen_and_changed_by_its_company_alone(
    store: Store, stranger: CompanyKey, clock: Clock
) -> None:
    call = CallFact("card", "callcenter:1", inbound=True, began=clock(), outcome="missed", needs=True)
    told = {"card": Told("+14155550150", call)}
    await store.database.write(lambda connection: store.histories.fold(connection, OURS, told, {}))
    before = await store.histories.get(OURS, "+14155550150")

    assert await store.histories.get(stranger, "+14155550150") is None
    assert await store.histories.open(stranger) == []
    done = Act(clock(), "U1", "done", "callcenter:1")
    assert await store.histories.act(stranger, "+14155550150", "callcenter:1", done, lambda _: True) == (None, True)
    assert await store.histories.get(OURS, "+14155550150") == before
    assert [item.number for _, item in await store.histories.open(OURS)] == ["+14155550150"]


@strangers
async def test_postings_are_seen_and_changed_by_their_company_alone(store: Store, stranger: CompanyKey) -> None:
    card = await absorb(store, OURS, "ours", NewPosting("C1", "w1", escalate_s=60))
    before = await the_posting(store, card)

    assert await store.postings.of_card(stranger, card) == []
    assert await store.postings.get(stranger, before.id) is None
    assert await store.postings.unposted(stranger, "w1") == (0, 0)
    await store.postings.due_anew(stranger, "w1", 1.0)
    asked = partial(ask_at, step=3, episode=store.now())
    await store.database.write(lambda connection: asked(connection, stranger, before.id, store.now()))
    await store.postings.forget_unposted(stranger, "w1")
    await store.postings.drop_waiting(stranger, "w1")
    assert not await store.postings.step(replace(before, company=stranger), to=9, next_s=None)
    assert await the_posting(store, card) == before


@strangers
async def test_a_message_of_several_calls_is_one_companys(store: Store, stranger: CompanyKey) -> None:
    posting = await the_posting(store, await absorb(store, OURS, "ours", NewPosting("C1", "w1")))
    await store.postings.attempt([posting.id], "b1")

    assert await store.postings.bundled(stranger, "b1") == []
    assert [one.id for one in await store.postings.bundled(OURS, "b1")] == [posting.id]


@strangers
async def test_a_subscription_is_seen_by_its_company_alone(
    store: Store, stranger: CompanyKey, subscription: Subscription
) -> None:
    await store.subscriptions.save(subscription)

    assert await store.subscriptions.get(stranger, "w1") is None
    assert await store.subscriptions.here(stranger, "C1") == []
    assert await store.subscriptions.of_company(stranger) == []
    assert await store.subscriptions.of_company(OURS) == [subscription]
    assert await store.subscriptions.whose("w1") == OURS


@strangers
async def test_a_subscription_is_changed_by_its_company_alone(
    store: Store, stranger: CompanyKey, subscription: Subscription
) -> None:
    await store.subscriptions.save(subscription)

    assert await store.subscriptions.switch(stranger, "w1", NewsKind.SMS, on=True) is None
    assert not await store.subscriptions.note_problem(stranger, "w1", "is_archived")
    assert not await store.subscriptions.delete(stranger, "w1")
    assert await store.subscriptions.get(OURS, "w1") == subscription


async def test_the_company_of_a_subscription_never_changes(store: Store, subscription: Subscription) -> None:
    await store.subscriptions.save(subscription)
    await store.subscriptions.save(replace(subscription, paused=True))

    assert await store.subscriptions.whose("w1") == OURS


async def test_a_new_subscription_is_of_the_company_its_owner_is_connected_to(store: Store) -> None:
    for person, company_id in ((PRIYA, OURS.company), (ALONE, None)):
        await store.connections.save(person, replace(LINK, company_id=company_id))
        await store.subscriptions.save(Subscription(f"w-{person.user_id}", person, "C1"))
    await store.connections.save(PRIYA, replace(LINK, company_id="6200"))
    await store.subscriptions.save(Subscription(f"w-{PRIYA.user_id}", PRIYA, "C1", paused=True))

    assert await store.subscriptions.whose(f"w-{PRIYA.user_id}") == OURS
    assert await store.subscriptions.whose(f"w-{ALONE.user_id}") == own_company(ALONE)


@strangers
async def test_a_roster_is_one_companys(store: Store, stranger: CompanyKey, clock: Clock) -> None:
    await store.rosters.note(OURS, Roster("11", "Support", clock(), (AGENT,)))
    await store.rosters.follow(stranger, ["11"])
    (followed,) = await store.rosters.due()
    await store.rosters.looked(followed, Roster("11", "Theirs", clock(), ()), changed=True, next_s=120)

    ours, theirs = [await store.rosters.get(company, "11") for company in (OURS, stranger)]
    assert ours is not None
    assert theirs is not None
    assert (ours.agents, theirs.agents) == ((AGENT,), ())
    assert [one.name for one in await store.rosters.of_company(stranger)] == ["Theirs"]


@strangers
async def test_hooks_are_one_companys(store: Store, stranger: CompanyKey) -> None:
    hook = await store.hooks.create(PRIYA, OURS, "webhook")
    await store.hooks.note(hook.id, endpoint_id="7", subscriptions={"call": "8"}, reach="company")

    assert await store.hooks.of_company(stranger) == []
    assert [one.id for one in await store.hooks.of_company(OURS)] == [hook.id]


@pytest.mark.parametrize("company_id", ["6200", None], ids=["another company", "no company"])
async def test_nobody_is_served_by_the_hook_of_another_company(store: Store, company_id: str | None) -> None:
    hook = await store.hooks.create(PRIYA, OURS, "webhook")
    await store.hooks.note(hook.id, endpoint_id="7", subscriptions={"call": "8"}, reach="company")
    await store.connections.save(ALONE, replace(LINK, company_id=company_id, broken=False))
    await store.subscriptions.save(Subscription("w2", ALONE, "C1", company_id=company_id or ""))

    assert await store.hooks.unheard() == [ALONE]


@strangers
async def test_gaps_are_those_of_the_companys_hooks(store: Store, stranger: CompanyKey, clock: Clock) -> None:
    ours = await store.hooks.create(PRIYA, OURS, "webhook")
    theirs = await store.hooks.create(PersonKey(stranger.team_id, "U9"), stranger, "webhook")
    began = clock()
    clock.pass_(minutes=5)
    for hook in (ours, theirs):
        await store.gaps.add(hook.id, began, clock(), "stopped")

    lost = await store.gaps.lost_between([hook.id for hook in await store.hooks.of_company(OURS)], began, clock())
    assert [gap.hook_id for gap in lost] == [ours.id]


@strangers
async def test_an_event_is_of_the_company_of_its_hook(store: Store, stranger: CompanyKey) -> None:
    ours = await store.hooks.create(PRIYA, OURS, "webhook")
    theirs = await store.hooks.create(PersonKey(stranger.team_id, "U9"), stranger, "webhook")
    for hook in (ours, theirs):
        assert await store.events.receive("call:1:hangup", hook_id=hook.id, kind="call", body=b"{}", timed=True)
    for name, _ in await store.events.waiting():
        await store.events.park(name, tries=1)

    assert {(one.hook_id, one.company) for one in await store.events.parked()} == {
        (ours.id, OURS.company),
        (theirs.id, stranger.company),
    }
    await store.departures.forget_workspace(OURS.team_id)
    left = {theirs.id} if stranger.team_id != OURS.team_id else set()
    assert {one.hook_id for one in await store.events.parked()} == left


@strangers
async def test_a_change_of_a_subscription_is_seen_by_its_company_alone(
    store: Store, stranger: CompanyKey, subscription: Subscription
) -> None:
    change = await store.subscription_changes.add(subscription, None, ALONE.user_id)

    assert await store.subscription_changes.get(stranger, change) is None
    found = await store.subscription_changes.get(OURS, change)
    assert found is not None
    assert found.before == subscription


@strangers
async def test_a_connection_that_waits_is_decided_for_its_company_alone(store: Store, stranger: CompanyKey) -> None:
    link = replace(LINK, company_id=OURS.company)
    name = await store.connection_requests.add(ALONE, link, [PRIYA.user_id], asks_admins=True)

    assert await store.connection_requests.asked(name, PersonKey(stranger.team_id, "U9")) is None
    assert await store.connection_requests.asked(name, ALONE) is None
    assert await store.connection_requests.take(stranger, name, PRIYA) is None
    assert await store.connection_requests.asked(name, PRIYA) == Asked(OURS, as_admin=True)
    assert await store.connection_requests.take(OURS, name, PRIYA) is not None


@strangers
async def test_whom_to_ask_is_of_the_company(store: Store, stranger: CompanyKey) -> None:
    await store.connections.save(PRIYA, replace(LINK, company_id=OURS.company))

    assert await store.connection_requests.of_company(stranger) == []
    assert await store.connection_requests.of_company(OURS) == [PRIYA]


@pytest.mark.parametrize("company_id", ["6200", None], ids=["another company", "no company"])
async def test_a_timed_change_is_one_persons_and_ends_when_they_leave_the_company(
    store: Store, company_id: str | None
) -> None:
    await store.connections.save(PRIYA, replace(LINK, company_id=OURS.company))
    await store.connections.save(ALONE, replace(LINK, company_id=company_id))
    for person in (PRIYA, ALONE):
        await store.kept.put(f"dnd:{person.user_id}", person, store.now(), "dnd.off", {}, {})

    assert [one.person for one in await store.kept.of(ALONE)] == [ALONE]
    await store.departures.leave(PRIYA, moving=True)
    assert (await store.kept.of(PRIYA), len(await store.kept.of(ALONE))) == ([], 1)


@strangers
async def test_the_audit_is_read_by_its_company_alone(store: Store, stranger: CompanyKey) -> None:
    await store.connections.save(PRIYA, replace(LINK, company_id=OURS.company))
    for at_once in (True, False):
        await store.audit.record(PRIYA, route="dnd.on", outcome="done", origin="typed", at_once=at_once)

    assert await store.audit.recent(stranger) == []
    assert await store.audit.recent(stranger, person=PRIYA) == []
    assert len(await store.audit.recent(OURS)) == 2


async def test_what_is_one_persons_goes_to_the_company_once_it_is_known(store: Store, clock: Clock) -> None:
    own = own_company(ALONE)
    posted = await absorb(store, own, "theirs", NewPosting("C1", "w1"))
    await store.cards.absorb(own, "call", ["call:2"], fragment(1, 0, {"said": "x"}), lambda *_: [])
    await absorb(store, OURS, "a colleague's")
    await store.subscriptions.save(Subscription("w1", ALONE, "C1"))
    hook = await store.hooks.create(ALONE, own, "webhook")
    (mine,) = await store.subscriptions.of_company(own)
    change = await store.subscription_changes.add(mine, mine, PRIYA.user_id)
    for call_center in ("11", "12"):
        await store.rosters.note(own, Roster(call_center, "Support", clock(), (AGENT,)))
    await store.rosters.note(OURS, Roster("11", "Support", clock(), ()))
    await store.departures.rename(ALONE, OURS)

    assert await store.cards.get(OURS, posted) is not None
    colleagues = await store.cards.named(OURS, "call:1")
    assert colleagues is not None
    assert colleagues.id != posted  # it has the name already
    assert await store.cards.named(OURS, "call:2") is not None
    assert [one.card_id for one in await store.postings.of_card(OURS, posted)] == [posted]
    assert [one.id for one in await store.subscriptions.of_company(OURS)] == ["w1"]
    assert [one.id for one in await store.hooks.of_company(OURS)] == [hook.id]
    changed = await store.subscription_changes.get(OURS, change)
    assert changed is not None
    assert [changed.before, changed.after] == await store.subscriptions.of_company(OURS) * 2
    assert [one.call_center for one in await store.rosters.of_company(OURS)] == ["11", "12"]
