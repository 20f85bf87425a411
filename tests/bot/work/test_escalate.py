from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.dialpad.action import Action
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.people import Operators, User
from bot.dialpad.actions.sms import SendSms
from bot.errors import Unavailable
from bot.store.cards import Kept
from bot.watching.registers import value
from bot.watching.watch import Policy
from bot.work.board import NoticeBoard
from bot.work.escalate import Escalations
from tests.bot.watching.payloads import at, call
from tests.bot.work.posting import OWNER, WATCH, Killed, PostingStage, stage_posting

MISSED = call(1, "hangup", 20, date_rang=at(1), date_ended=at(20))
POLICY = Policy(claim=5, handle=30, group="S1", person="U2", supervisor="U3", last="sms")
SAM = replace(OWNER, user_id="U0SAM0002")


@dataclass
class Phones:
    """Dialpad, Slack's people and the directory in one: Ana is on duty, everybody's number is known."""

    sent: list[Action[Any]] = field(default_factory=list)
    down: bool = False

    def of(self, _: object) -> "Phones":
        return self

    async def send(self, action: Action[Any], *, background: bool = False) -> Any:
        if self.down:
            raise Unavailable("down")
        if isinstance(action, SendSms | PlaceCall):
            self.sent.append(action)
            return None
        ana = User(id="101", emails=("ana@x.example",), is_on_duty=True)
        return Operators(users=(ana, User(id="102", emails=("sam@x.example",), is_on_duty=False)))

    async def person_by_email(self, team_id: str, email: str) -> str | None:
        return "U0ANA0001" if email.startswith("ana") else None

    async def profile(self, _: object) -> Any:
        return type("Profile", (), {"email": "sam@x.example"})()

    async def find(self, *_: object) -> Any:
        entry = type("Entry", (), {"phones": ("+14155550112",)})()
        return type("Found", (), {"one": entry, "several": ()})()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await made.store.watches.save(replace(WATCH, policy=POLICY))
        await made.happen(MISSED)
        await made.run(3)
        yield made


@pytest.fixture
def phones() -> Phones:
    return Phones()


def escalations(stage: PostingStage, phones: Phones) -> Escalations:
    """As a process begins."""
    one = cast(Any, phones)
    return Escalations(stage.store, one, one, one, one)


async def pass_minutes(stage: PostingStage, phones: Phones, minutes: float) -> None:
    stage.time.move(minutes=minutes)
    await escalations(stage, phones).run_due()
    await stage.run(3)


async def nudges(stage: PostingStage) -> list[Kept]:
    """Every request so far, the oldest first."""
    found: list[Kept] = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(message.name)
        card = await stage.store.cards.get(posting.card_id) if posting else None
        if card is not None and card.kind == "nudge":
            found.append(card)
    return found


async def pings(stage: PostingStage) -> list[Any]:
    return [value(card.state, "ping") for card in await nudges(stage)]


async def the_call(stage: PostingStage) -> Kept:
    found = await stage.store.cards.named(OWNER.team_id, "call:1")
    assert found is not None
    return found


async def test_nobody_is_asked_before_the_time(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 4)

    assert await nudges(stage) == []


async def test_the_policy_is_gone_through_step_by_step(stage: PostingStage, phones: Phones) -> None:
    for _ in range(8):
        await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], ["S1"], ["U2"], []]
    assert stage.slack.messages[-1].channel == "U3"
    assert [one.to_numbers for one in phones.sent if isinstance(one, SendSms)] == [["+14155550112"]]


async def test_requests_stand_in_the_cards_thread(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)

    assert stage.slack.messages[1].thread_ts == stage.slack.messages[0].ts


async def test_a_claim_stops_it(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)
    board = NoticeBoard(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.claim(await the_call(stage), SAM)
    await pass_minutes(stage, phones, 20)

    assert len(await nudges(stage)) == 1


async def test_a_claim_is_reminded_then_freed_and_it_begins_again(stage: PostingStage, phones: Phones) -> None:
    board = NoticeBoard(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.claim(await the_call(stage), SAM)
    await pass_minutes(stage, phones, 31)
    assert (await the_call(stage)).claimed_by == SAM.user_id
    await pass_minutes(stage, phones, 31)
    assert (await the_call(stage)).claimed_by is None
    await pass_minutes(stage, phones, 6)

    assert await pings(stage) == [[SAM.user_id], None, ["U0ANA0001"]]


async def test_what_was_given_back_is_asked_for_anew(stage: PostingStage, phones: Phones) -> None:
    board = NoticeBoard(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await pass_minutes(stage, phones, 5)
    await board.claim(await the_call(stage), SAM)
    await board.release(await the_call(stage), SAM)
    await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], ["U0ANA0001"]]


async def test_what_is_handled_is_over(stage: PostingStage, phones: Phones) -> None:
    board = NoticeBoard(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.handle(await the_call(stage), SAM)
    for _ in range(3):
        await pass_minutes(stage, phones, 60)

    assert await nudges(stage) == []


async def test_with_dialpad_down_the_step_is_taken_and_says_so(stage: PostingStage, phones: Phones) -> None:
    phones.down = True
    await pass_minutes(stage, phones, 5)

    (nudge,) = await nudges(stage)
    assert "Dialpad does not say who is on duty." in value(nudge.state, "text")


@pytest.mark.parametrize("point", ["before anything", "after the request was written", "after the step was counted"])
async def test_killed_in_the_middle_of_a_step_it_is_taken_once(stage: PostingStage, phones: Phones, point: str) -> None:
    stage.time.move(minutes=5)
    absorb, step = stage.store.cards.absorb, stage.store.postings.step

    async def die(*_: object, **__: object) -> Any:
        raise Killed

    async def count_and_die(*args: Any, **more: Any) -> Any:
        await step(*args, **more)
        raise Killed

    if point == "before anything":
        stage.store.cards.absorb = die  # type: ignore[method-assign]  # the process ends there
    elif point == "after the request was written":
        stage.store.postings.step = die  # type: ignore[method-assign]  # the process ends there
    else:
        stage.store.postings.step = count_and_die  # type: ignore[method-assign]  # the process ends there
    with pytest.raises(Killed):
        await escalations(stage, phones).run_due()
    stage.store.cards.absorb, stage.store.postings.step = absorb, step  # type: ignore[method-assign]  # the next process

    await pass_minutes(stage, phones, 0)
    assert await pings(stage) == [["U0ANA0001"]]
    await pass_minutes(stage, phones, 5)
    assert await pings(stage) == [["U0ANA0001"], ["S1"]]


async def test_processes_side_by_side_take_each_step_once(stage: PostingStage, phones: Phones) -> None:
    stage.time.move(minutes=5)
    for _ in range(3):
        await escalations(stage, phones).run_due()
    await stage.run(3)

    assert len(await nudges(stage)) == 1


async def test_without_a_policy_nobody_is_asked(stage: PostingStage, phones: Phones) -> None:
    await stage.store.watches.save(replace(WATCH, policy=Policy()))
    await stage.happen(call(7, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    await stage.store.watches.delete(WATCH.id)
    await pass_minutes(stage, phones, 60)

    assert await nudges(stage) == []
