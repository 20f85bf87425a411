"""What ends for good reaches whoever waits for it, with what to do."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from bot.activity.cover import Cover, read_cover
from bot.activity.registers import value
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.reply import Reply
from bot.notifications.intake import TRIES
from bot.notifications.personal_notices import tell_person
from bot.notifications.upgrades import tell_of_upgrade
from bot.sandbox.cast import PRIYA
from bot.slack.api.channel_messages import PostRefused
from bot.store.card_rows import StoredCard, cards
from bot.store.postings import NewPosting, postings
from bot.store.store import Store
from tests.bot.activity.payloads import at, call
from tests.bot.notifications.arriving import Recorder, arrival
from tests.bot.notifications.having_events import having_events, key_of
from tests.bot.notifications.posting import OWNER, SUBSCRIPTION, PostingStage, join, stage_posting
from tests.payloads import payload


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        yield made


async def miss(stage: PostingStage, number: int) -> StoredCard:
    await stage.happen(call(number, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    card = await stage.store.cards.named(SUBSCRIPTION.company, f"call:{number}")
    assert card is not None
    return card


def told(stage: PostingStage, user_id: str = OWNER.user_id) -> list[str]:
    shown = [one.content.shown for one in stage.slack.in_(user_id)]
    return [str(one.text) for one in shown if isinstance(one, Reply)]


async def posted_anywhere(store: Store) -> list[Row[Any]]:
    return await store.database.read(lambda connection: list(connection.execute(select(postings))))


async def noticed(store: Store, user_id: str) -> list[str]:
    """What was put on disk to be posted to somebody."""
    rows = await posted_anywhere(store)
    found = {one.card_id: CompanyKey(one.team_id, one.company) for one in rows if one.channel == user_id}
    cards_ = [await store.cards.get(company, card_id) for card_id, company in found.items()]
    return [str(value(card.state, "text")) for card in cards_ if card is not None]


@pytest.mark.parametrize("channel", ["C1", OWNER.user_id])
async def test_a_card_that_cannot_be_shown_is_told_to_its_owner_once(stage: PostingStage, channel: str) -> None:
    await stage.store.subscriptions.delete(SUBSCRIPTION.company, SUBSCRIPTION.id)
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, channel=channel))
    for number in (1, 2):
        stage.renderer.poison.add((await miss(stage, number)).id)
    await stage.run(5)
    assert told(stage) == [
        "A notification cannot be shown because of a bug in this app. You can find them in Dialpad's own history."
    ]


async def test_a_card_whose_key_is_missing_is_told_to_its_owner(stage: PostingStage) -> None:
    card = await miss(stage, 1)
    resealed = update(cards).where(cards.c.id == card.id).values(sealed=b"sealed with another key")
    await stage.store.database.write(lambda connection: connection.execute(resealed).rowcount)
    await stage.run(5)
    assert ["encryption key is missing" in one for one in told(stage)] == [True]


async def test_a_reply_whose_thread_is_gone_comes_in_a_new_one(stage: PostingStage) -> None:
    card = await miss(stage, 1)
    await stage.run(3)
    wanted = NewPosting("C1", SUBSCRIPTION.id, parent=card.id)
    stage.slack.trouble["C1"] = [PostRefused("thread_not_found")]
    await stage.store.cards.absorb(
        SUBSCRIPTION.company, "notice", ["n1"], {"about": (0, 0, "contact")}, lambda *_: [wanted]
    )
    await stage.run(5)
    _, head, reply = stage.slack.in_("C1")
    assert (head.thread_ts, reply.thread_ts) == (None, head.ts)
    assert told(stage) == []


async def test_cover_that_was_never_asked_for_is_told_to_who_needs_it(stage: PostingStage) -> None:
    stage.slack.outages["C1"] = PostRefused("is_archived")
    cover = Cover("U0ANA0001", "Ana", stage.time.now + timedelta(hours=60), {"callcenter:1": "Support"})
    wanted = [NewPosting("C1", "")]
    await stage.store.cards.absorb(SUBSCRIPTION.company, "cover", ["c1"], read_cover(cover), lambda *_: wanted)
    poster, _ = stage.start()
    for _ in range(60):
        await poster.settle()
        stage.time.move(minutes=30)
    await poster.settle()
    text = "Your request for cover was not posted: that channel is archived. You are still on duty. Ask again."
    assert await noticed(stage.store, "U0ANA0001") == [text]
    assert len(stage.slack.in_("U0ANA0001")) == 1


async def test_a_notice_is_posted_once_slack_takes_it_and_only_once(stage: PostingStage) -> None:
    ana = PersonKey(OWNER.team_id, "U0ANA0001")
    stage.slack.outages["*"] = PostRefused("internal_error")
    for _ in range(2):
        await tell_person(stage.store, ana, "n1", "It ended.", [("What is set now", "whoami.whoami")])
    await stage.run(3)
    stage.slack.outages.clear()
    await stage.run(60)
    assert await noticed(stage.store, ana.user_id) == ["It ended."]
    assert len(stage.slack.in_(ana.user_id)) == 1


async def test_a_parked_event_is_told_to_who_receives_it_once_a_day(sqlite_url: str) -> None:
    recorder = Recorder()
    async with arrival(sqlite_url, recorder) as here:
        recorder.errors = [ValueError("boom") for _ in range(2 * TRIES)]
        for number in (1, 2):
            await here.arrives(payload("call missed", call_id=number))
        await recorder.until_tried(2 * TRIES)
        async with asyncio.timeout(20):
            while not await noticed(here.store, here.hook.owner.user_id):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0)
        await here.intake.drain()
        (text,) = await noticed(here.store, here.hook.owner.user_id)
        assert "could not be shown in Slack" in text


async def test_what_stays_at_dialpad_for_good_is_told(tmp_path: Path) -> None:
    async with having_events(tmp_path) as here:
        heard: list[tuple[PersonKey, str]] = []

        async def tell(person: PersonKey, text: str) -> None:
            heard.append((person, text))

        await here.connect(PRIYA)
        await here.hooks().ensure(key_of(PRIYA))
        here.dialpad.faults.add("*", kind="down", times=None)
        await here.disconnector().disconnect(key_of(PRIYA))
        here.clock.pass_(days=15)
        removals = here.removals()
        removals._tell = tell
        await removals.work_off()
        assert [(person, "Ask a Dialpad admin" in text) for person, text in heard] == [(key_of(PRIYA), True)]


async def test_cover_that_cannot_be_shown_says_that_it_is_our_mistake(stage: PostingStage) -> None:
    cover = Cover("U0ANA0001", "Ana", stage.time.now + timedelta(hours=1), {"callcenter:1": "Support"})
    wanted = [NewPosting("C1", "")]
    card = await stage.store.cards.absorb(SUBSCRIPTION.company, "cover", ["c1"], read_cover(cover), lambda *_: wanted)
    stage.renderer.poison.add(card)
    await stage.run(3)
    assert ["this app has a bug" in one for one in await noticed(stage.store, "U0ANA0001")] == [True]


# Upgrades

FIRST, SECOND, ELSEWHERE = PersonKey("T1", "U1"), PersonKey("T1", "U2"), PersonKey("T2", "U3")


@pytest.fixture
async def upgraded(stage: PostingStage) -> PostingStage:
    """Two workspaces; in the first somebody connected a day before somebody else."""
    for person, days in ((SECOND, 0), (FIRST, 1), (ELSEWHERE, 0)):
        await join(stage, person)
        link = await stage.store.connections.get(person)
        assert link is not None
        since = stage.store.now() - timedelta(days=days)
        await stage.store.connections.save(person, replace(link, connected_at=since))
    stage.store.upgrade.happened = True
    return stage


async def told_of_it(stage: PostingStage) -> dict[str, int]:
    return {one.user_id: len(await noticed(stage.store, one.user_id)) for one in (FIRST, SECOND, ELSEWHERE)}


async def test_in_each_workspace_the_first_is_told_once(upgraded: PostingStage) -> None:
    for _ in range(2):
        await tell_of_upgrade(upgraded.store)

    assert await told_of_it(upgraded) == {"U1": 1, "U2": 0, "U3": 1}


async def test_nobody_is_told_where_the_tables_were_this_versions(upgraded: PostingStage) -> None:
    upgraded.store.upgrade.happened = False
    await tell_of_upgrade(upgraded.store)

    assert await told_of_it(upgraded) == {"U1": 0, "U2": 0, "U3": 0}
