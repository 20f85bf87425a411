"""Pictures of texts: brought into Slack once, shown in the conversation, and nothing waits for them for long."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.activity.news import NewsKind
from bot.basics.errors import DialpadError, NotAllowed, NotConnected, Unavailable, Unreadable
from bot.basics.person import PersonKey
from bot.contract.reply import Reply
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.directory import Directory
from bot.dialpad.downloads import Fetched
from bot.dialpad.events import Event
from bot.notifications.pictures import LARGEST, Pictures
from bot.notifications.posted_cards import PostedCardRenderer
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.slack.api.files import NotKept
from tests.bot.activity.payloads import text
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, Killed, PostingStage, stage_posting

PICTURE = "https://dialpad.example/mms/1"
PNG = b"\x89PNG\r\n\x1a\n and more"
SAM = PersonKey(OWNER.team_id, "U0SAM0002")
SEE = "A picture came with it: see it in Dialpad."
OUT: dict[str, Any] = {"direction": "outbound", "from_number": "+14155550101", "to_number": ["+14155550150"]}


@dataclass
class FakeDialpad:
    """``found`` by address; ``trouble`` by who asks. ``hold`` keeps everybody waiting."""

    found: dict[str, bytes] = field(default_factory=lambda: {PICTURE: PNG})
    trouble: dict[PersonKey, Exception] = field(default_factory=dict)
    asked: list[tuple[PersonKey, str]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def read_as(self, account: Account, url: str, *, largest: int, within_s: float) -> Fetched:
        assert largest == LARGEST
        self.asked.append((account.person, url))
        if self.hold is not None:
            self.waiting.set()
            await self.hold.wait()
        if problem := self.trouble.get(account.person):
            raise problem
        return Fetched(self.found[url], "image/png")


@dataclass
class FakeFiles:
    """Numbers what it keeps; ``trouble`` is raised by the next call."""

    kept: list[tuple[str, bytes]] = field(default_factory=list)
    trouble: list[BaseException] = field(default_factory=list)

    async def keep(self, team_id: str, name: str, content: bytes) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.kept.append((name, content))
        return f"F{len(self.kept)}"


@dataclass
class Conversation:
    """A stage whose texts are drawn as they are in the product."""

    stage: PostingStage
    dialpad: FakeDialpad
    files: FakeFiles

    def __post_init__(self) -> None:
        self.accounts = Accounts(cast(Any, None), self.stage.store.connections)
        self.pictures = Pictures(self.stage.store, self.accounts, self.dialpad, self.files)
        self.renderer = PostedCardRenderer(
            self.stage.store, self.accounts, Directory(self.stage.store.directory, self.accounts)
        )
        self.router = EventRouter(self.stage.store, self.accounts, lambda: None, self.pictures)

    async def happen(self, *events: Event) -> None:
        for event in events:
            await self.stage.deliver(self.router, event)

    async def run(self, seconds: float = 6.0) -> None:
        """As ``PostingStage.run``."""
        stage = self.stage
        poster = Poster(stage.store, stage.slack, self.renderer, sleep=stage.time.sleep)
        until = stage.time.now.timestamp() + seconds
        while stage.time.now.timestamp() < until:
            await poster.settle()
            left = until - stage.time.now.timestamp()
            stage.time.move(seconds=max(0.5, min(left, await poster._wait_s())))

    @property
    def texts(self) -> list[Reply]:
        """What stands in the thread."""
        shown = [one.content.shown for one in self.stage.slack.messages if one.thread_ts]
        assert all(isinstance(one, Reply) for one in shown)
        return cast(list[Reply], shown)

    def said(self, number: int = -1) -> str:
        prose = self.texts[number].text
        return prose if isinstance(prose, str) else "".join(getattr(part, "text", str(part)) for part in prose)

    def shown(self, number: int = -1) -> list[str]:
        return [one.file for one in self.texts[number].pictures]


@pytest.fixture
async def conversation(tmp_path: Path) -> AsyncIterator[Conversation]:
    async with stage_posting(tmp_path) as stage:
        await stage.store.subscriptions.delete(COMPANY, SUBSCRIPTION.id)
        wanted = frozenset({NewsKind.SMS, NewsKind.FAILED_SMS})
        await stage.store.subscriptions.save(replace(SUBSCRIPTION, id="w5", owner=SAM, kinds=wanted))
        yield Conversation(stage, FakeDialpad(), FakeFiles())


def picture(text_id: int = 1, words: str = "Look", second: float = 0, **more: Any) -> Event:
    return text(text_id, words, second, **{"mms": True, "mms_url": PICTURE, **more})


async def test_a_picture_is_shown_with_its_text_from_the_start(conversation: Conversation) -> None:
    await conversation.happen(picture())
    await conversation.run()

    assert (conversation.said(), conversation.shown()) == ("Jordan Lee: Look", ["F1"])
    assert conversation.files.kept == [("picture.png", PNG)]
    in_thread = [one.ts for one in conversation.stage.slack.messages if one.thread_ts]
    assert not set(in_thread) & set(conversation.stage.slack.updates)


async def test_it_is_fetched_as_the_owner_of_the_subscription(conversation: Conversation) -> None:
    await conversation.happen(picture())

    assert conversation.dialpad.asked == [(SAM, PICTURE)]


async def test_where_that_is_refused_it_is_fetched_as_whoever_the_events_come_through(
    conversation: Conversation,
) -> None:
    conversation.dialpad.trouble[SAM] = NotConnected()
    await conversation.happen(picture())
    await conversation.run()

    assert conversation.dialpad.asked == [(SAM, PICTURE), (OWNER, PICTURE)]
    assert conversation.shown() == ["F1"]


@pytest.mark.parametrize("problem", [NotAllowed(), Unavailable(), Unreadable(reason="too large"), DialpadError()])
async def test_a_picture_that_cannot_be_fetched_is_said_to_be_in_dialpad(
    conversation: Conversation, problem: DialpadError
) -> None:
    conversation.dialpad.trouble = {SAM: problem, OWNER: problem}
    await conversation.happen(picture())
    await conversation.run()

    assert (conversation.said(), conversation.shown()) == (f"Jordan Lee: Look\n{SEE}", [])


@pytest.mark.parametrize("content", [b"<svg onload=x>", b"%PDF-1.7", b"<html>Sign in</html>", b"RIFF....WEBP", b""])
async def test_what_is_no_picture_that_slack_draws_goes_nowhere(conversation: Conversation, content: bytes) -> None:
    conversation.dialpad.found[PICTURE] = content
    await conversation.happen(picture())
    await conversation.run()

    assert conversation.files.kept == []
    assert SEE in conversation.said()


async def test_without_the_permission_in_slack_the_text_is_posted(conversation: Conversation) -> None:
    conversation.files.trouble = [NotKept("missing_scope")]
    await conversation.happen(picture())
    await conversation.run()

    assert (conversation.said(), conversation.shown()) == (f"Jordan Lee: Look\n{SEE}", [])


async def test_a_picture_that_takes_long_holds_nothing_up_and_is_added(conversation: Conversation) -> None:
    conversation.dialpad.hold = asyncio.Event()
    coming = asyncio.create_task(conversation.happen(picture()))
    await conversation.dialpad.waiting.wait()
    await conversation.run()
    assert (conversation.said(), conversation.shown()) == (f"Jordan Lee: Look\n{SEE}", [])

    conversation.dialpad.hold.set()
    await coming
    await conversation.run()
    assert (conversation.said(), conversation.shown()) == ("Jordan Lee: Look", ["F1"])
    assert len(conversation.texts) == 1


async def test_news_of_delivery_bring_no_picture_a_second_time(conversation: Conversation) -> None:
    await conversation.happen(text(1, "Hi"))
    await conversation.run()
    for status in ("pending", "sent", "delivered"):
        await conversation.happen(picture(2, "Here", 5, message_status=status, **OUT))
        await conversation.run()

    assert (len(conversation.files.kept), len(conversation.texts)) == (1, 2)
    assert conversation.shown() == ["F1"]
    assert "(delivered)" in conversation.said()


async def test_news_that_come_while_it_is_on_its_way_bring_it_no_second_time(conversation: Conversation) -> None:
    await conversation.happen(text(1, "Hi"))
    conversation.dialpad.hold = asyncio.Event()
    first = asyncio.create_task(conversation.happen(picture(2, "Here", 5, message_status="sent", **OUT)))
    await conversation.dialpad.waiting.wait()
    await conversation.happen(picture(2, "Here", 6, message_status="delivered", **OUT))
    conversation.dialpad.hold.set()
    await first

    assert len(conversation.files.kept) == 1


async def test_after_dying_before_it_was_kept_it_is_brought_again_and_the_message_is_one(
    conversation: Conversation,
) -> None:
    conversation.files.trouble = [Killed()]
    with pytest.raises(Killed):
        await conversation.happen(picture())
    again = Conversation(conversation.stage, conversation.dialpad, conversation.files)
    await again.happen(picture())
    await again.run()

    assert (len(again.texts), again.shown()) == (1, ["F1"])


async def test_several_pictures_are_shown_in_their_order(conversation: Conversation) -> None:
    more = [PICTURE, f"{PICTURE}2", f"{PICTURE}3"]
    conversation.dialpad.found = {more[0]: PNG, more[1]: b"no picture", more[2]: b"GIF89a and more"}
    await conversation.happen(picture(mms_url=more))
    await conversation.run()

    assert len(conversation.shown()) == 2
    assert SEE in conversation.said()


async def test_nothing_is_fetched_for_a_text_that_nobody_is_shown(conversation: Conversation) -> None:
    await conversation.happen(picture(2, "Here", **OUT))

    assert conversation.dialpad.asked == []


async def test_two_channels_show_the_same_file(conversation: Conversation) -> None:
    await conversation.stage.store.subscriptions.save(
        replace(SUBSCRIPTION, id="w2", channel="C2", kinds=frozenset({NewsKind.SMS}))
    )
    await conversation.happen(picture())
    await conversation.run()

    assert [conversation.shown(0), conversation.shown(1)] == [["F1"], ["F1"]]
    assert len(conversation.files.kept) == 1
