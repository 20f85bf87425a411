"""Work that was put off comes back by itself: its card is drawn anew, and somebody is asked again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update

from bot.activity.histories import Deed
from bot.activity.registers import value
from bot.activity.subscriptions.subscription import EscalationPolicy
from bot.basics.person import PersonKey
from bot.notifications.escalation import Escalations
from bot.notifications.posted_cards import PostedCardRenderer
from bot.notifications.service import NotificationService
from bot.store.card_rows import StoredCard
from bot.store.histories import histories
from tests.bot.activity.payloads import at, call
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, NoNames, PostingStage, join, stage_posting

SAM = replace(OWNER, user_id="U0SAM0002")
POLICY = EscalationPolicy(claim=5, handle=30, group="S1", on_duty=False)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await join(made, OWNER, SAM)
        nobody = cast(Any, NoNames())
        made.renderer = cast(Any, PostedCardRenderer(made.store, nobody, nobody))
        await made.store.subscriptions.save(replace(SUBSCRIPTION, policy=POLICY))
        await made.happen(call(1, "hangup", 20, date_rang=at(1), date_ended=at(20)))
        await made.run(3)
        yield made


async def the_call(stage: PostingStage) -> StoredCard:
    card = await stage.store.cards.named(COMPANY, "call:1")
    assert card is not None
    return card


async def act(stage: PostingStage, deed: Deed, by: PersonKey = SAM, until: datetime | None = None) -> None:
    service = NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None)
    assert await service.act(await the_call(stage), by, deed, until=until) is not None
    await stage.run(3)


async def pass_minutes(stage: PostingStage, minutes: float) -> int:
    """So long passes; how many items came back."""
    stage.time.move(minutes=minutes)
    woken = await stage.store.histories.redraw_stale()
    nobody = cast(Any, None)
    await Escalations(stage.store, nobody, nobody, nobody).run_due()
    await stage.run(3)
    return woken


async def asked(stage: PostingStage) -> list[tuple[str, list[str]]]:
    """What was said in the call's thread, and whom it alerts."""
    found = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(COMPANY, message.name)
        card = await stage.store.cards.get(COMPANY, posting.card_id) if posting else None
        if card is not None and card.kind == "nudge":
            found.append((str(value(card.state, "text")), list(value(card.state, "ping") or ())))
    return found


async def test_its_card_is_drawn_anew_once_when_its_time_has_come(stage: PostingStage) -> None:
    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=20))
    drawn = len(stage.slack.updates)
    assert await pass_minutes(stage, 19) == 0
    assert len(stage.slack.updates) == drawn

    assert await pass_minutes(stage, 2) == 1
    assert len(stage.slack.updates) == drawn + 1
    assert await pass_minutes(stage, 2) == 0


async def test_a_note_on_what_came_back_does_not_bring_it_back_again(stage: PostingStage) -> None:
    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=20))
    assert await pass_minutes(stage, 21) == 1
    await act(stage, "noted")
    assert await pass_minutes(stage, 1) == 0


async def test_nobody_is_asked_until_then_and_the_escalation_goes_on_after(stage: PostingStage) -> None:
    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=60))
    for _ in range(6):
        await pass_minutes(stage, 9.5)
    assert await asked(stage) == []

    await pass_minutes(stage, 9)
    assert await asked(stage) == [("Nobody has claimed this call for 5 min.", ["S1"])]


async def test_whoever_has_it_is_reminded_at_that_moment(stage: PostingStage) -> None:
    await act(stage, "claimed")
    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=90))
    for _ in range(8):
        await pass_minutes(stage, 11)
    assert await asked(stage) == []

    await pass_minutes(stage, 3)
    ((said, pinged),) = await asked(stage)
    assert said.startswith("Put off until now and still open.")
    assert pinged == [SAM.user_id]


async def test_who_puts_it_off_after_a_reminder_is_reminded_anew_and_keeps_it(stage: PostingStage) -> None:
    await act(stage, "claimed")
    await pass_minutes(stage, 31)
    assert [whom for _, whom in await asked(stage)] == [[SAM.user_id]]

    await act(stage, "snoozed", until=stage.time() + timedelta(minutes=90))
    await pass_minutes(stage, 91)
    assert [whom for _, whom in await asked(stage)] == [[SAM.user_id], [SAM.user_id]]
    ((_, item),) = await stage.store.histories.open(COMPANY)
    assert item.owner == SAM.user_id


async def test_one_that_cannot_be_read_holds_up_no_other(stage: PostingStage) -> None:
    await stage.happen(call(9, "hangup", 25, date_rang=at(2), date_ended=at(25), external_number="+14155550177"))
    until = stage.time() + timedelta(minutes=20)
    await act(stage, "snoozed", until=until)
    service = NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None)
    other = await stage.store.cards.named(COMPANY, "call:9")
    assert other is not None
    await service.act(other, SAM, "snoozed", until=until)
    lost = update(histories).where(histories.c.customer == "+14155550177").values(sealed=b"sealed with another key")
    await stage.store.database.write(lambda connection: connection.execute(lost).rowcount)
    await stage.run(3)
    drawn = len(stage.slack.updates)

    assert await pass_minutes(stage, 21) == 2
    assert len(stage.slack.updates) == drawn + 1
