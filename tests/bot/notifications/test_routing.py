from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.basics.company import CompanyKey
from bot.cards.notice import notice
from bot.contract.reply import Reply
from bot.dialpad.events import ChangeEvent, ContactEvent, Event, parse_event
from bot.notifications.routing import EventRouter
from tests.bot.activity.payloads import at, call, callback_request, text
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, PostingStage, stage_posting

OUT: dict[str, Any] = {"direction": "outbound", "from_number": "+14155550101", "to_number": ["+14155550150"]}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await made.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset(NewsKind)))
        yield made


async def kinds_in(stage: PostingStage, *, threads: bool) -> list[str]:
    """What was posted, in order: in threads or beside them."""
    found = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(COMPANY, message.name)
        card = await stage.store.cards.get(COMPANY, posting.card_id) if posting else None
        if card is not None and bool(message.thread_ts) == threads:
            found.append(card.kind)
    return found


async def test_a_conversation_is_one_thread_with_every_text_once(stage: PostingStage) -> None:
    for event in (text(1, "Hi", 0), text(1, "Hi", 0), text(2, "Yes?", 9, **OUT), text(3, "Ready?", 20)):
        await stage.happen(event)
        await stage.run(3)

    assert await kinds_in(stage, threads=False) == ["talk"]
    assert await kinds_in(stage, threads=True) == ["text", "text", "text"]


async def test_news_of_delivery_change_the_text_they_are_about(stage: PostingStage) -> None:
    await stage.happen(text(1, "Hi", 0), text(2, "Yes?", 9, **OUT))
    await stage.run(5)
    await stage.happen(text(2, "Yes?", 11, message_status="delivered", **OUT))
    await stage.run(5)

    assert len(stage.slack.messages) == 3


async def test_our_own_text_alone_begins_no_thread(stage: PostingStage) -> None:
    await stage.happen(text(2, "Hello", 0, **OUT))
    await stage.run(3)

    assert stage.slack.messages == []


async def test_a_text_that_did_not_arrive_is_told(stage: PostingStage) -> None:
    await stage.happen(text(2, "Hello", 0, message_status="failed", **OUT))
    await stage.run(5)

    assert await kinds_in(stage, threads=True) == ["text"]


def duty(word: str, second: float) -> Event:
    return parse_event(
        {
            "on_duty_status": word,
            "call_center_ids": ["11"],
            "event_timestamp": at(second),
            "target": {"id": 101, "type": "user", "name": "Ana"},
        }
    )


async def test_duty_is_told_when_it_changes_and_not_when_somebody_is_on_a_call(stage: PostingStage) -> None:
    for number, word in enumerate(["available", "occupied", "wrapup", "available", "unavailable", "unavailable"]):
        await stage.happen(duty(word, number))
    await stage.run(5)

    assert await kinds_in(stage, threads=False) == ["notice"]


async def test_an_older_duty_event_is_no_change(stage: PostingStage) -> None:
    for word, second in (("available", 5), ("unavailable", 2)):
        await stage.happen(duty(word, second))
    await stage.run(5)

    assert stage.slack.messages == []


@pytest.mark.parametrize(
    "document",
    [
        {"event": "Created", "contact": {"id": "1", "display_name": "Jordan", "phones": ["+14155550150"]}},
        {"action": "user_added", "changed_by": {"name": "Priya", "id": 1, "type": "user"}, "date": at(1)},
    ],
    ids=["contact", "setting"],
)
async def test_changes_are_told_once(stage: PostingStage, document: dict[str, Any]) -> None:
    for _ in range(4):
        await stage.happen(parse_event(dict(document)))
    await stage.run(5)

    assert await kinds_in(stage, threads=False) == ["notice"]


class Contacts:
    """The directory, as far as it is told what has changed."""

    def __init__(self) -> None:
        self.heard_of: list[tuple[CompanyKey, str]] = []

    async def heard(self, company: CompanyKey, event: ContactEvent | ChangeEvent) -> None:
        self.heard_of.append((company, event.key))


async def test_the_directory_hears_of_a_contact_that_changed(stage: PostingStage) -> None:
    directory = Contacts()
    router = EventRouter(stage.store, cast(Any, None), lambda: None, directory=cast(Any, directory))
    event = parse_event({"event": "Updated", "contact": {"id": "1", "display_name": "Jordan"}})
    await stage.deliver(router, event)

    assert directory.heard_of == [(stage.hook.company, event.key)]


@pytest.mark.parametrize(
    "document", [{}, {"x": 1}, {"call_id": 1, "state": "from_the_future"}, {"id": 1, "message_status": None}]
)
async def test_what_is_odd_is_no_error(stage: PostingStage, document: dict[str, Any]) -> None:
    await stage.happen(parse_event(document))
    await stage.run(3)


async def test_a_call_without_optional_keys_is_shown(stage: PostingStage) -> None:
    await stage.happen(parse_event({"call_id": "77", "state": "missed", "direction": "inbound"}))
    await stage.run(3)

    assert await kinds_in(stage, threads=False) == ["call"]


async def test_each_channel_gets_what_it_asked_for(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.MISSED})))
    elsewhere = PlaceFilter("callcenter:99", "Elsewhere")
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, id="w2", channel="C2", included=(elsewhere,)))
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, id="w3", channel=OWNER.user_id))
    await stage.happen(call(1, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    await stage.run(3)

    assert sorted(one.channel for one in stage.slack.messages) == ["C1", OWNER.user_id]


async def test_whoever_subscribed_to_callback_requests_hears_of_one(stage: PostingStage) -> None:
    await stage.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.CALLBACK})))
    await stage.happen(*callback_request())
    await stage.run(5)

    assert await kinds_in(stage, threads=False) == ["call"]


# What flaps


async def shown(stage: PostingStage) -> list[str]:
    """What the notices that are posted say now, in order."""
    found = []
    for message in stage.slack.messages:
        posting = await stage.store.postings.get(COMPANY, message.name)
        card = await stage.store.cards.get(COMPANY, posting.card_id) if posting else None
        if card is not None and card.kind == "notice":
            said = notice({name: register[2] for name, register in card.state.items()}, "")
            assert isinstance(said, Reply)
            found.append("".join(str(getattr(part, "text", part)) for part in said.text))
    return found


FLAPPING = ["unavailable", "available"] * 3


async def test_six_changes_of_duty_within_moments_are_one_message_that_says_where_it_ended(
    stage: PostingStage,
) -> None:
    await stage.happen(duty("available", 0))
    for number, word in enumerate(FLAPPING):
        await stage.happen(duty(word, 10 + number * 3.6))
        await stage.run(3.6)
    await stage.run(20)

    assert await shown(stage) == ["🎧 Ana is on duty, after 6 changes within 18 s."]


@pytest.mark.parametrize("order", [1, -1])
async def test_changes_that_come_at_once_and_again_are_one_message(stage: PostingStage, order: int) -> None:
    await stage.happen(duty("available", 0))
    events = [duty(word, 10 + number) for number, word in enumerate(FLAPPING[:3])]
    await stage.happen(*events[::order], *events)
    await stage.run(20)

    (said,) = await shown(stage)
    assert "off duty" in said


@pytest.mark.parametrize("order", [1, -1])
async def test_of_two_changes_in_one_moment_the_same_is_told_in_either_order(stage: PostingStage, order: int) -> None:
    await stage.happen(duty("available", 0))
    await stage.happen(*[duty("unavailable", 10), duty("available", 10)][::order])
    await stage.run(20)

    assert all("on duty" in said for said in await shown(stage))


async def test_changes_that_are_apart_are_told_one_by_one(stage: PostingStage) -> None:
    for word, second in (("available", 0), ("unavailable", 10), ("available", 600)):
        await stage.happen(duty(word, second))
        await stage.run(10)

    assert await shown(stage) == ["🎧 Ana went off duty.", "🎧 Ana went on duty."]


async def test_two_people_who_change_at_once_are_two_messages(stage: PostingStage) -> None:
    for person in (101, 102):
        for word, second in (("available", 0), ("unavailable", 10)):
            event = {"target": {"id": person, "type": "user", "name": f"Agent {person}"}}
            await stage.happen(parse_event({**duty(word, second).document, **event}))
    await stage.run(10)

    assert len(await shown(stage)) == 2


async def test_a_contact_that_is_made_and_changed_at_once_is_one_message(stage: PostingStage) -> None:
    contact = {"id": "1", "display_name": "Jordan", "phones": ["+14155550150"]}
    for change, name in (("Created", "Jordan"), ("Updated", "Jordan L"), ("Updated", "Jordan Lee")):
        await stage.happen(parse_event({"event": change, "contact": {**contact, "display_name": name}}))
        await stage.run(1)
    await stage.happen(parse_event({"event": "Updated", "contact": {**contact, "id": "2", "display_name": "Tomas"}}))
    await stage.run(5)

    first, second = await shown(stage)
    assert ("Jordan Lee" in first, "was created." in first, "Tomas" in second) == (True, True, True)


async def test_a_setting_that_is_changed_to_and_fro_is_one_message(stage: PostingStage) -> None:
    by = {"changed_by": {"name": "Priya", "id": 1, "type": "user"}, "target": {"id": 11, "type": "CallCenter"}}
    for second in (1, 2, 3):
        await stage.happen(parse_event({"action": "hours_changed", "date": at(second), "additional_data": {}, **by}))
    await stage.happen(parse_event({"action": "operator_removed", "date": at(3), **by}))
    await stage.run(5)

    assert sorted(await shown(stage)) == [
        "🛠 Priya changed a setting: Hours changed (3 times).",
        "🛠 Priya changed a setting: Operator removed.",
    ]
