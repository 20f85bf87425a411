"""Answer times stand with the posting, on both databases: kept, drawn when they come, passed on and forgotten."""

from datetime import timedelta
from functools import partial

from bot.activity.histories import Act, CallFact, Told
from bot.basics.opening_hours import AnswerTimes, OpeningHours
from bot.basics.person import PersonKey
from bot.basics.stored_directory import Viewer
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry, from_store, to_store
from bot.store.postings import ask_at
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.test_cards import COMPANY, HERE, absorb, part, post, posting_of

MINUTE = timedelta(minutes=1)


def times(clock: Clock, warn: float, by: float) -> AnswerTimes:
    return AnswerTimes(clock() + by * MINUTE, clock() + warn * MINUTE)


async def test_a_card_is_drawn_when_its_answer_is_due_soon_and_when_it_is_overdue(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    await post(store, await posting_of(store, card))
    await store.postings.set_times(await posting_of(store, card), times(clock, 10, 15))
    drawn = []
    for minutes in (0, 1, 9, 3, 3):
        clock.pass_(minutes=minutes)
        drawn.append(await store.postings.redraw_timed())

    assert drawn == [1, 0, 1, 0, 1]
    assert (await posting_of(store, card)).due_at is not None


async def test_the_times_are_those_that_were_stored_and_set_anew_when_they_differ(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    first, other = times(clock, 10, 15), times(clock, 20, 30)
    await store.postings.set_times(await posting_of(store, card), first)
    assert (await posting_of(store, card)).answer_times == first
    assert [one.card_id for one in await store.postings.times_of(COMPANY, [card, "other"])] == [card]

    await store.postings.set_times(await posting_of(store, card), other)
    assert (await posting_of(store, card)).answer_times == other
    await store.postings.set_times(await posting_of(store, card), None)
    assert await store.postings.times_of(COMPANY, [card]) == []


async def test_who_claims_it_ends_them(store: Store, clock: Clock) -> None:
    card = await absorb(store, ["call:1"], part(1, a=1), HERE)
    posting = await posting_of(store, card)
    await store.postings.set_times(posting, times(clock, 10, 15))
    nobody = partial(ask_at, step=0, episode=clock())
    await store.database.write(lambda connection: nobody(connection, COMPANY, posting.id, None))

    found = await posting_of(store, card)
    assert (found.answer_times, found.redraw_at) == (None, None)


async def test_chosen_labels_settle_what_waits_in_one_transaction(store: Store, clock: Clock) -> None:
    fact = CallFact("c1", "callcenter:1", True, clock(), "missed", needs=True, labels=("Junk",))
    told = {"c1": Told("+14155550150", fact)}
    await store.database.write(lambda connection: store.histories.fold(connection, COMPANY, told, {}))
    assert len(await store.histories.open(COMPANY)) == 1
    before = await store.histories.mark_of_open(COMPANY)

    written: list[str] = []
    chosen = await store.histories.choose_settling(COMPANY, ["junk"], "U1", lambda _: written.append("also"))
    assert (set(chosen.now), written) == ({"junk"}, ["also"])
    assert await store.histories.open(COMPANY) == []
    assert await store.histories.mark_of_open(COMPANY) != before
    assert (await store.histories.settling(COMPANY)).by == "U1"


async def test_an_act_is_about_the_line_only_where_the_customer_was_on_it(store: Store, clock: Clock) -> None:
    fact = CallFact("c1", "callcenter:1", True, clock(), "missed", needs=True)
    told = {"c1": Told("+14155550150", fact)}
    await store.database.write(lambda connection: store.histories.fold(connection, COMPANY, told, {}))
    for line, kept in (("callcenter:1", "callcenter:1"), ("callcenter:2", "")):
        act = Act(clock() + MINUTE, "U1", "texted", line, to=f"text to {line}")
        await store.histories.end(COMPANY, ["+14155550150"], "token", act)
        found = await store.histories.get(COMPANY, "+14155550150")
        assert found is not None
        assert found.history.acts[-1].line == kept


async def test_opening_hours_are_kept_with_their_line_and_changed_with_it(store: Store) -> None:
    viewer = Viewer(COMPANY, PersonKey(COMPANY.team_id, "U1").user_id, "access")
    hours = OpeningHours("America/Los_Angeles", (((480, 1080),),) * 5 + ((), ()))
    entry = Entry("11", "Support", "", Entity.CALL_CENTER, ("+14155550101",), hours)
    shared = await store.directory.open_shared(viewer, Entity.CALL_CENTER.value)
    own = await store.directory.open_own(viewer, Entity.CALL_CENTER.value)
    await store.directory.note_right(own, sees_shared=True)
    for one in (entry, Entry("11", "Support", "", Entity.CALL_CENTER, ("+14155550101",))):
        await store.directory.add_page(shared, [to_store(one)], None, first=True)
        found = await store.directory.get(viewer, Entity.CALL_CENTER.value, "11")
        assert from_store(found.entries[0]) == one

    phones = await store.database.read(
        lambda connection: store.directory.phones_of(connection, COMPANY, Entity.CALL_CENTER.value, "11")
    )
    assert phones == ("+14155550101",)
