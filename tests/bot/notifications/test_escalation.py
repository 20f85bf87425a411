import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from bot.activity.histories import Deed
from bot.activity.items import Item
from bot.activity.registers import value
from bot.activity.roster import Agent, Roster
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import QuietHoursFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.basics.company import CompanyKey, own_company
from bot.basics.errors import NotAllowed, NotConnected, OutcomeUnknown, TooMany, Unavailable
from bot.contract.context import Profile
from bot.contract.reply import MessageContent
from bot.dialpad.action import Action, Entity, Page
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.people import Operators, User
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import GetUser, ListUsers
from bot.dialpad.directory import NameMatch
from bot.dialpad.entries import Entry
from bot.notifications.escalation import Escalations
from bot.notifications.posted_cards import STOPPED_BY, PostedCardRenderer
from bot.notifications.service import NotificationService
from bot.slack.api.channel_messages import PostRefused
from bot.store.card_rows import StoredCard
from bot.store.postings import Posting
from tests.bot.activity.payloads import at, call
from tests.bot.notifications.posting import (
    COMPANY,
    OWNER,
    SUBSCRIPTION,
    Killed,
    PlainRenderer,
    PostingStage,
    join,
    stage_posting,
)
from tests.bot.store.test_connections import LINK

MISSED = call(1, "hangup", 20, date_rang=at(1), date_ended=at(20))
POLICY = EscalationPolicy(claim=5, handle=30, group="S1", person="U2", supervisor="U3", last="sms")
SAM = replace(OWNER, user_id="U0SAM0002")


@dataclass
class Phones:
    """Dialpad, Slack's people and the directory in one: Ana is on duty, Sam's number is known.

    ``down`` fails every request; ``trouble`` those that reach a phone; ``on_the_way`` is done before one leaves.
    """

    sent: list[Action[Any]] = field(default_factory=list)
    down: bool = False
    trouble: BaseException | None = None
    on_the_way: Callable[[], Awaitable[object]] | None = None
    email: str | None = "sam@x.example"
    ana: dict[str, Any] = field(default_factory=dict)
    """What else Dialpad says of Ana, and ``sam``: of Sam; ``listed``: whom it lists for an address."""
    sam: dict[str, Any] = field(default_factory=dict)
    gone: bool = False
    """Whether the colleagues that a policy names have left Slack."""
    members: tuple[str, ...] | None = ("U0ANA0001",)
    """Who is in any user group, None for one that is switched off."""
    listed: tuple[User, ...] = ()
    known: tuple[Entry, ...] = (Entry("102", "Sam Okafor", "Sam@x.example", Entity.USER, ("+14155550112",)),)

    def of(self, _: object, within: object = None) -> "Phones":
        return self

    used = None

    async def send(self, action: Action[Any], *, background: bool = False) -> Any:
        if self.down:
            raise Unavailable("down")
        if isinstance(action, SendSms | PlaceCall):
            if self.trouble is not None:
                raise self.trouble
            self.sent.append(action)
            return None
        if self.on_the_way is not None:
            await self.on_the_way()
        if isinstance(action, ListUsers):
            return Page(items=self.listed)
        if isinstance(action, GetUser):
            return User.model_validate({"id": action.id, "display_name": "Sam Okafor", **self.sam})
        usual = {"id": "101", "display_name": "Ana", "emails": ("a@x.example", "ana@x.example"), "is_on_duty": True}
        ana = User.model_validate(usual | self.ana)
        return Operators(users=(ana, User(id="102", emails=("sam@x.example",), is_on_duty=False)))

    async def is_in(self, team_id: str, channel: str) -> bool:
        return True

    async def with_email(self, team_id: str, email: str) -> str | None:
        return "U0ANA0001" if email.startswith("ana") else None

    async def profile(self, _: object) -> Profile:
        return Profile("Sam", self.email, ZoneInfo("UTC"), is_gone=self.gone)

    async def in_group(self, _team: str, _group: str) -> tuple[str, ...] | None:
        return self.members

    async def find(self, *_: object) -> NameMatch:
        if self.down:
            raise Unavailable("down")
        if self.on_the_way is not None:
            await self.on_the_way()
        return NameMatch(one=self.known[0]) if len(self.known) == 1 else NameMatch(several=self.known)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await join(made, OWNER, SAM)
        await made.store.subscriptions.save(replace(SUBSCRIPTION, policy=POLICY))
        await made.happen(MISSED)
        await made.run(3)
        yield made


@pytest.fixture
def phones() -> Phones:
    return Phones()


def escalations(stage: PostingStage, phones: Phones) -> Escalations:
    """As a process begins."""
    one = cast(Any, phones)
    return Escalations(stage.store, one, one, one, cast(Any, SimpleNamespace(members=phones.in_group)))


async def pass_minutes(stage: PostingStage, phones: Phones, minutes: float) -> None:
    stage.time.move(minutes=minutes)
    await escalations(stage, phones).run_due()
    await stage.run(3)


async def nudges(stage: PostingStage) -> list[StoredCard]:
    """Every request so far, the oldest first."""
    found: list[StoredCard] = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(COMPANY, message.name)
        card = await stage.store.cards.get(COMPANY, posting.card_id) if posting else None
        if card is not None and card.kind == "nudge":
            found.append(card)
    return found


async def words(stage: PostingStage) -> list[str]:
    """What was said in the call's thread, the oldest first."""
    return [str(value(card.state, "text")) for card in await nudges(stage)]


async def change(stage: PostingStage, **settings: Any) -> Subscription:
    """The subscription's settings are edited."""
    before = await stage.store.subscriptions.get(COMPANY, SUBSCRIPTION.id)
    assert before is not None
    after = replace(before, **settings)
    await board(stage).save_subscription(after, after.owner)
    return after


def board(stage: PostingStage) -> NotificationService:
    one = cast(Any, Phones())
    return NotificationService(stage.store, one, one, lambda: None)


async def until_the_phone(stage: PostingStage, phones: Phones, last: str = "sms") -> None:
    """The last step alone, 5 minutes from now."""
    await change(stage, policy=replace(POLICY, last=last))
    for _ in range(4):
        await pass_minutes(stage, phones, 5)
    assert phones.sent == []


async def pings(stage: PostingStage) -> list[Any]:
    return [value(card.state, "ping") for card in await nudges(stage)]


async def the_call(stage: PostingStage) -> StoredCard:
    found = await stage.store.cards.named(COMPANY, "call:1")
    assert found is not None
    return found


async def the_work(stage: PostingStage) -> Item:
    found = await board(stage).item(await the_call(stage))
    assert found is not None
    return found


async def test_nobody_is_asked_before_the_time(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 4)

    assert await nudges(stage) == []


async def test_the_policy_is_gone_through_step_by_step(stage: PostingStage, phones: Phones) -> None:
    for _ in range(8):
        await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], ["S1"], ["U2"], [], None]
    assert stage.slack.messages[4].channel == "U3"
    assert (await words(stage))[-1] == "A text went to the phone of"
    assert [one.to_numbers for one in phones.sent if isinstance(one, SendSms)] == [["+14155550112"]]


async def test_requests_stand_in_the_cards_thread(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)

    assert stage.slack.messages[1].thread_ts == stage.slack.messages[0].ts


async def test_a_claim_stops_it(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)
    board = NotificationService(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.act(await the_call(stage), SAM, "claimed")
    await pass_minutes(stage, phones, 20)

    assert len(await nudges(stage)) == 1


async def test_a_claim_is_reminded_then_freed_and_it_begins_again(stage: PostingStage, phones: Phones) -> None:
    board = NotificationService(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.act(await the_call(stage), SAM, "claimed")
    await pass_minutes(stage, phones, 31)
    assert (await the_work(stage)).owner == SAM.user_id
    await pass_minutes(stage, phones, 31)
    assert not (await the_work(stage)).owner
    await pass_minutes(stage, phones, 6)

    assert await pings(stage) == [[SAM.user_id], None, ["U0ANA0001"]]


async def test_what_was_given_back_is_asked_for_anew(stage: PostingStage, phones: Phones) -> None:
    board = NotificationService(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await pass_minutes(stage, phones, 5)
    await board.act(await the_call(stage), SAM, "claimed")
    await board.act(await the_call(stage), SAM, "released")
    await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], ["U0ANA0001"]]


async def answers(stage: PostingStage, *, stops: bool = False) -> None:
    """Sam opens the form of a text to whoever called, or closes it."""
    await stage.store.connections.save(SAM, replace(LINK, company_id=COMPANY.company))
    number = (await the_work(stage)).number
    if stops:
        await board(stage).stopped_answering(SAM, [number])
    else:
        await board(stage).answering(SAM, [number])


async def test_nobody_is_asked_while_somebody_is_answering(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 4.5)
    await answers(stage)
    for _ in range(4):
        await pass_minutes(stage, phones, 1)
        assert await nudges(stage) == []
    await pass_minutes(stage, phones, 1)
    assert await pings(stage) == [["U0ANA0001"]]


async def test_whoever_stops_answering_holds_it_up_for_a_minute_at_most(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 4.5)
    await answers(stage)
    await pass_minutes(stage, phones, 1)
    await answers(stage, stops=True)
    await pass_minutes(stage, phones, 1)
    assert await pings(stage) == [["U0ANA0001"]]


async def test_a_claim_is_not_given_up_while_its_owner_is_answering(stage: PostingStage, phones: Phones) -> None:
    await board(stage).act(await the_call(stage), SAM, "claimed")
    await pass_minutes(stage, phones, 29)
    await answers(stage)
    await pass_minutes(stage, phones, 2)
    assert await nudges(stage) == []
    await pass_minutes(stage, phones, 4)
    assert await pings(stage) == [[SAM.user_id]]


async def test_what_is_handled_is_over(stage: PostingStage, phones: Phones) -> None:
    board = NotificationService(stage.store, cast(Any, phones), cast(Any, phones), lambda: None)
    await board.act(await the_call(stage), SAM, "done")
    for _ in range(3):
        await pass_minutes(stage, phones, 60)

    assert await nudges(stage) == []


async def test_with_dialpad_down_the_step_is_taken_and_says_so(stage: PostingStage, phones: Phones) -> None:
    phones.down = True
    await pass_minutes(stage, phones, 5)

    (nudge,) = await nudges(stage)
    assert "Dialpad does not say who is on duty." in value(nudge.state, "text")


async def test_with_dialpad_down_whoever_was_last_known_to_be_on_duty_is_asked(
    stage: PostingStage, phones: Phones
) -> None:
    phones.down = True
    agents = (Agent("101", "Ana", "ana@x.example", on_duty=True), Agent("102", "Sam", "sam@x.example", on_duty=False))
    await stage.store.rosters.note(COMPANY, Roster("11", "Support", stage.time(), agents))
    await pass_minutes(stage, phones, 5)

    (nudge,) = await nudges(stage)
    assert "These were on duty when it last did." in value(nudge.state, "text")
    assert await pings(stage) == [["U0ANA0001"]]


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
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, policy=EscalationPolicy()))
    await stage.happen(call(7, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    await stage.store.subscriptions.delete(COMPANY, SUBSCRIPTION.id)
    await pass_minutes(stage, phones, 60)

    assert await nudges(stage) == []


# The phone


async def test_a_supervisor_is_called_once(stage: PostingStage, phones: Phones) -> None:
    await until_the_phone(stage, phones, "call")
    for _ in range(3):
        await pass_minutes(stage, phones, 5)

    assert [one.phone_number for one in phones.sent if isinstance(one, PlaceCall)] == ["+14155550112"]
    assert (await words(stage))[-1] == "Dialpad is calling"


@pytest.mark.parametrize("last", ["sms", "call"])
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Unavailable("down"), "Dialpad cannot be reached."),
        (NotAllowed("no"), "Whoever set this up is not allowed to do it in Dialpad."),
        (NotConnected(), "Whoever set this up is not connected to Dialpad."),
        (TooMany(), "Dialpad is getting too many requests right now."),
        (OutcomeUnknown(), "Dialpad did not say whether"),
    ],
)
async def test_a_phone_that_cannot_be_reached_is_said_and_not_tried_again(
    stage: PostingStage, phones: Phones, last: str, trouble: Exception, said: str
) -> None:
    await until_the_phone(stage, phones, last)
    phones.trouble = trouble
    await pass_minutes(stage, phones, 5)
    phones.trouble = None
    for _ in range(3):
        await pass_minutes(stage, phones, 5)

    assert phones.sent == []
    assert said in (await words(stage))[-1]


@pytest.mark.parametrize(
    ("email", "known"),
    [
        (None, Phones.known),
        ("sam@x.example", ()),
        ("sam@x.example", (Entry("102", "Sam Okafor", "sam@x.example", Entity.USER),)),
        ("sam@x.example", (Entry("103", "Samira Roy", "samira@x.example", Entity.USER, ("+14155550113",)),)),
    ],
    ids=["no address in Slack", "not in Dialpad", "no number", "somebody with a similar name"],
)
async def test_a_supervisor_without_a_number_is_named_and_nobody_else_is_texted(
    stage: PostingStage, phones: Phones, email: str | None, known: tuple[Entry, ...]
) -> None:
    phones.email, phones.known = email, known
    await until_the_phone(stage, phones)
    await pass_minutes(stage, phones, 5)

    assert phones.sent == []
    assert (await words(stage))[-1] == "No text was sent. Dialpad knows no phone number of"


async def test_with_dialpad_down_the_last_step_says_so(stage: PostingStage, phones: Phones) -> None:
    await until_the_phone(stage, phones)
    phones.down = True
    await pass_minutes(stage, phones, 5)

    assert (await words(stage))[-1] == "No text was sent. Dialpad cannot be reached. It was meant for"


async def test_killed_while_the_text_leaves_it_is_not_sent_again_and_the_doubt_is_said(
    stage: PostingStage, phones: Phones
) -> None:
    await until_the_phone(stage, phones)
    phones.trouble = Killed()
    stage.time.move(minutes=5)
    with pytest.raises(Killed):
        await escalations(stage, phones).run_due()
    phones.trouble = None
    for _ in range(3):
        await pass_minutes(stage, phones, 5)

    assert phones.sent == []
    assert "nobody knows whether it was sent" in (await words(stage))[-1]


async def test_processes_side_by_side_send_one_text(stage: PostingStage, phones: Phones) -> None:
    await until_the_phone(stage, phones)
    stage.time.move(minutes=5)
    await asyncio.gather(*(escalations(stage, phones).run_due() for _ in range(3)))
    await stage.run(3)

    assert len(phones.sent) == 1
    assert (await words(stage))[-1] == "A text went to the phone of"


@pytest.mark.parametrize("what", ["claimed", "done"])
@pytest.mark.parametrize("when", ["while the number is looked up", "after the step was counted"])
async def test_who_takes_the_call_just_before_the_text_leaves_stops_it(
    stage: PostingStage, phones: Phones, what: Deed, when: str
) -> None:
    await until_the_phone(stage, phones)
    step = stage.store.postings.step

    async def take() -> None:
        await board(stage).act(await the_call(stage), SAM, what)

    async def count_and_take(*args: Any, **more: Any) -> bool:
        counted = await step(*args, **more)
        await take()
        return counted

    if when == "while the number is looked up":
        phones.on_the_way = take
    else:
        stage.store.postings.step = count_and_take  # type: ignore[method-assign]  # somebody presses right then
    await pass_minutes(stage, phones, 5)

    assert phones.sent == []
    said = [line for line in await words(stage) if "text" in line]
    assert said == (["No text was sent. It was no longer needed. It was meant for"] if what == "claimed" else [])


async def test_killed_before_the_text_is_counted_or_right_after_it_leaves_at_most_once_and_a_line_stays(
    stage: PostingStage, phones: Phones
) -> None:
    await until_the_phone(stage, phones)
    step = stage.store.postings.step

    async def count_and_die(*args: Any, **more: Any) -> bool:
        await step(*args, **more)
        raise Killed

    stage.time.move(minutes=5)
    stage.store.postings.step = count_and_die  # type: ignore[method-assign]  # the process ends there
    with pytest.raises(Killed):
        await escalations(stage, phones).run_due()
    stage.store.postings.step = step  # type: ignore[method-assign]  # the next process
    for _ in range(3):
        await pass_minutes(stage, phones, 5)

    assert phones.sent == []
    assert "nobody knows whether it was sent" in (await words(stage))[-1]


# What becomes of what was asked


class WithRequests(PlainRenderer):
    """Requests look as they do in Slack."""

    def __init__(self, stage: PostingStage) -> None:
        super().__init__()
        self._real = PostedCardRenderer(stage.store, cast(Any, None), cast(Any, None))

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent:
        return await self._real.of(posting, card) if card.about else await super().of(posting, card)


def drawn(stage: PostingStage, number: int) -> tuple[list[str], str]:
    """The buttons and the stamp of a message, by its place among all."""
    content = stage.slack.messages[number].content
    return [one.label for one in content.shown.buttons], str(content.stamp or "")


async def test_what_was_asked_shows_who_took_the_call_and_that_it_is_free_again(
    stage: PostingStage, phones: Phones
) -> None:
    stage.renderer = WithRequests(stage)
    for _ in range(4):
        await pass_minutes(stage, phones, 5)
    assert [one.channel for one in stage.slack.messages[1:]] == ["C1", "C1", "C1", "U3"]
    assert drawn(stage, 4) == (["Claim", "Show the call"], "")

    await board(stage).act(await the_call(stage), SAM, "claimed")
    await stage.run(10)
    for number in (1, 4):
        buttons, stamp = drawn(stage, number)
        assert buttons == ["Show the call"]
        assert SAM.user_id in stamp

    await board(stage).act(await the_call(stage), SAM, "released")
    await stage.run(10)
    assert drawn(stage, 4) == (["Claim", "Show the call"], "")


# What changes in the middle


async def test_a_claim_during_a_step_is_reminded_at_its_own_time(stage: PostingStage, phones: Phones) -> None:
    async def claim() -> None:
        phones.on_the_way = None
        await board(stage).act(await the_call(stage), SAM, "claimed")

    phones.on_the_way = claim
    await pass_minutes(stage, phones, 5)
    await pass_minutes(stage, phones, 29)
    assert await nudges(stage) == []

    await pass_minutes(stage, phones, 2)
    assert await pings(stage) == [[SAM.user_id]]


async def test_a_request_that_comes_too_late_is_not_posted(stage: PostingStage, phones: Phones) -> None:
    stage.time.move(minutes=5)
    await escalations(stage, phones).run_due()
    await board(stage).act(await the_call(stage), SAM, "done")
    await stage.run(3)

    assert await nudges(stage) == []


async def test_a_policy_that_is_switched_off_asks_nobody_any_more(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)
    await change(stage, policy=replace(POLICY, claim=0))
    for _ in range(4):
        await pass_minutes(stage, phones, 30)

    assert await pings(stage) == [["U0ANA0001"]]
    assert phones.sent == []


async def test_steps_taken_out_and_added_in_the_middle_skip_and_repeat_nobody(
    stage: PostingStage, phones: Phones
) -> None:
    await pass_minutes(stage, phones, 5)
    await pass_minutes(stage, phones, 5)
    await change(stage, policy=replace(POLICY, on_duty=False, group="", last="call"))
    for _ in range(4):
        await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], ["S1"], ["U2"], [], None]
    assert [type(one) for one in phones.sent] == [PlaceCall]


async def test_a_subscription_removed_in_the_middle_asks_nobody_any_more(stage: PostingStage, phones: Phones) -> None:
    await pass_minutes(stage, phones, 5)
    await board(stage).remove_subscription(SUBSCRIPTION, SUBSCRIPTION.owner)
    for _ in range(4):
        await pass_minutes(stage, phones, 30)

    assert await pings(stage) == [["U0ANA0001"]]


async def test_while_it_is_paused_nobody_is_asked_and_afterwards_it_goes_on(
    stage: PostingStage, phones: Phones
) -> None:
    await change(stage, paused=True)
    for _ in range(4):
        await pass_minutes(stage, phones, 15)
    assert await nudges(stage) == []

    await change(stage, paused=False)
    await pass_minutes(stage, phones, 15)
    assert await pings(stage) == [["U0ANA0001"]]


async def test_no_step_is_taken_in_quiet_hours(stage: PostingStage, phones: Phones) -> None:
    await change(stage, included=(QuietHoursFilter(DailyHours(20 * 60, 21 * 60)),))
    for _ in range(3):
        await pass_minutes(stage, phones, 15)
    assert await nudges(stage) == []

    await pass_minutes(stage, phones, 16)
    assert await pings(stage) == [["U0ANA0001"]]
    assert await words(stage) == ["Nobody has claimed this call for 61 min."]


async def test_without_a_policy_a_claim_that_leads_nowhere_is_freed_and_nobody_is_asked(
    stage: PostingStage, phones: Phones
) -> None:
    await change(stage, policy=EscalationPolicy(handle=30))
    await board(stage).act(await the_call(stage), SAM, "claimed")
    for _ in range(6):
        await pass_minutes(stage, phones, 31)

    assert await pings(stage) == [[SAM.user_id], None]
    assert not (await the_work(stage)).owner


async def test_a_supervisor_who_takes_no_direct_message_is_named_in_the_thread(
    stage: PostingStage, phones: Phones
) -> None:
    stage.slack.trouble["U3"] = [PostRefused("user_disabled")]
    for _ in range(5):
        await pass_minutes(stage, phones, 5)

    assert stage.slack.in_("U3") == []
    assert "I cannot write to them in Slack ({code}), so they do not know about this call:" in await words(stage)
    assert stage.slack.in_(OWNER.user_id) == []
    assert len(phones.sent) == 1


async def test_a_call_that_breaks_a_step_holds_up_no_other(stage: PostingStage, phones: Phones) -> None:
    await stage.happen(call(2, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    await stage.run(3)
    broken, get = await the_call(stage), stage.store.cards.get

    async def get_or_break(company: CompanyKey, card_id: str) -> StoredCard | None:
        if card_id == broken.id:
            raise ValueError("this one breaks")
        return await get(company, card_id)

    stage.store.cards.get = get_or_break  # type: ignore[method-assign]  # what was kept cannot be read
    stage.time.move(minutes=5)
    await escalations(stage, phones).run_due()
    stage.store.cards.get = get  # type: ignore[method-assign]
    await stage.run(3)

    assert await pings(stage) == [["U0ANA0001"]]


@pytest.mark.parametrize(
    ("ana", "why"),
    [
        ({"do_not_disturb": True}, "Ana (do not disturb)"),
        ({"on_duty_status": "occupied"}, "Ana (on a call)"),
        ({"emails": ("stranger@x.example",)}, "Ana (not in Slack)"),
    ],
)
async def test_whoever_cannot_be_reached_is_not_asked_and_named(
    stage: PostingStage, phones: Phones, ana: dict[str, Any], why: str
) -> None:
    phones.ana = ana
    await pass_minutes(stage, phones, 5)

    assert f"Nobody on duty can be asked: {why}." in (await words(stage))[-1]


async def test_with_nobody_on_duty_that_is_said(stage: PostingStage, phones: Phones) -> None:
    phones.ana = {"is_on_duty": False}
    await pass_minutes(stage, phones, 5)

    assert (await words(stage))[-1].endswith("Nobody is on duty.")


async def test_a_supervisor_is_found_by_any_of_their_addresses(stage: PostingStage, phones: Phones) -> None:
    phones.known = ()
    emails = ("s.okafor@x.example", "Sam@x.example")
    phones.listed = (User(id="102", emails=emails, phone_numbers=("+14155550112",)),)
    await until_the_phone(stage, phones)
    await pass_minutes(stage, phones, 5)

    assert len(phones.sent) == 1


# Whoever cannot be reached


async def test_who_cannot_be_reached_is_passed_over_at_once_and_named(stage: PostingStage, phones: Phones) -> None:
    phones.ana = {"do_not_disturb": True}
    phones.members = None
    await pass_minutes(stage, phones, 5)

    (said,) = await words(stage)
    assert said.startswith("Nobody has claimed this call for 5 min. Nobody on duty can be asked: Ana (do not disturb).")
    assert said.endswith("The user group that was to be asked is gone or switched off.")
    assert await pings(stage) == [["U2"]]
    await pass_minutes(stage, phones, 5)
    assert stage.slack.messages[-1].channel == "U3"


@pytest.mark.parametrize(
    ("sam", "gone", "why"),
    [
        ({"do_not_disturb": True}, False, "was not asked: do not disturb."),
        ({"is_available": False}, False, "was not asked: on a call."),
        ({"state": "suspended"}, False, "was not asked: deactivated in Dialpad."),
        ({}, True, "is no longer in Slack."),
    ],
)
async def test_a_colleague_who_cannot_be_reached_is_passed_over_too(
    stage: PostingStage, phones: Phones, sam: dict[str, Any], gone: bool, why: str
) -> None:
    phones.sam, phones.gone, phones.members = sam, gone, ()
    for _ in range(2):
        await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"], None, None]  # on duty; then who is passed over; then the text
    done, passed = sorted((await words(stage))[1:])
    assert passed.startswith("Nobody has claimed this call for 10 min. The user group that was to be asked has nobody ")
    assert f"Whoever was to be asked next, Sam, {why}" in passed
    assert f"The supervisor, Sam, {why}" in passed
    assert done == "A text went to the phone of"


async def test_whoever_is_left_is_asked_although_they_are_on_a_call(stage: PostingStage, phones: Phones) -> None:
    await change(stage, policy=EscalationPolicy(claim=5))
    phones.ana = {"on_duty_status": "occupied"}
    await pass_minutes(stage, phones, 5)

    assert await pings(stage) == [["U0ANA0001"]]
    assert (await words(stage))[-1].endswith("Asked all the same: nobody else is left to ask.")
    assert stage.slack.in_(OWNER.user_id) == []


async def told_to_owner(stage: PostingStage) -> list[str]:
    cards = [await stage.store.postings.get(COMPANY, one.name) for one in stage.slack.in_(OWNER.user_id)]
    own = [await stage.store.postings.get(own_company(OWNER), one.name) for one in stage.slack.in_(OWNER.user_id)]
    found = [await stage.store.cards.get(one.company, one.card_id) for one in (*cards, *own) if one is not None]
    return [str(value(card.state, "text")) for card in found if card is not None]


async def test_a_policy_that_leads_nowhere_is_told_to_its_owner_at_once_and_once(
    stage: PostingStage, phones: Phones
) -> None:
    await change(stage, policy=EscalationPolicy(claim=5, group="S1"))
    phones.ana, phones.members = {"is_on_duty": False}, ()
    await pass_minutes(stage, phones, 5)

    assert (await words(stage))[-1].endswith("Nobody is left to be asked.")
    (told,) = await told_to_owner(stage)
    assert "Nobody is on duty. The user group that was to be asked has nobody in it." in told
    await stage.happen(call(2, "hangup", 20, date_rang=at(1), date_ended=at(20), external_number="+14155550177"))
    await stage.run(3)
    await pass_minutes(stage, phones, 5)
    assert len(await told_to_owner(stage)) == 1

    await change(stage, policy=EscalationPolicy(claim=5, group="S2"))
    await stage.happen(call(3, "hangup", 20, date_rang=at(1), date_ended=at(20), external_number="+14155550178"))
    await stage.run(3)
    await pass_minutes(stage, phones, 5)
    assert len(await told_to_owner(stage)) == 2


async def test_when_slack_refuses_a_direct_message_the_next_is_asked_at_once(
    stage: PostingStage, phones: Phones
) -> None:
    stage.slack.trouble["U3"] = [PostRefused("user_disabled")]
    for _ in range(4):
        await pass_minutes(stage, phones, 5)
    await pass_minutes(stage, phones, 0.1)

    assert len(phones.sent) == 1


async def test_each_request_says_how_to_stop_it_as_long_as_it_asks(stage: PostingStage, phones: Phones) -> None:
    stage.renderer = WithRequests(stage)
    await pass_minutes(stage, phones, 5)
    asked = stage.slack.messages[1]
    assert STOPPED_BY in str(asked.content.shown)

    await board(stage).act(await the_call(stage), SAM, "claimed")
    await stage.run(10)
    assert STOPPED_BY not in str(stage.slack.messages[1].content.shown)
