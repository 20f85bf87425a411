from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.basics.company import CompanyKey
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
