"""Every event four times, in any order with its neighbours, taken up at any moment: one effect."""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.activity.registers import State
from tests.bot.activity.payloads import at, call, missed_group_call, text
from tests.bot.notifications.all_the_way import WholeWay, whole_way

_LEFT: Final[dict[str, Any]] = {"date_rang": at(61), "date_ended": at(90), "external_number": "+14155550153"}
_OUT: Final[dict[str, Any]] = {"direction": "outbound", "from_number": "+14155550101", "to_number": ["+14155550150"]}
STORY: Final = [
    dict(event.document)
    for event in (
        *missed_group_call(),
        call(9, "ringing", 61, **{**_LEFT, "date_ended": None}),
        call(9, "hangup", 90, **_LEFT),
        call(9, "voicemail_uploaded", 91, voicemail_link="https://dialpad.example/v/1", **_LEFT),
        call(9, "transcription", 95, transcription_text="Please call me back.", **_LEFT),
        text(1, "Is it ready?", 100),
        text(2, "Yes", 120, **_OUT),
        text(2, "Yes", 121, message_status="delivered", **_OUT),
        text(3, "Thank you", 140),
    )
]
"""A call to a group that everybody misses, one that leaves a voicemail, and a conversation."""


async def shown(way: WholeWay) -> list[tuple[bool, str]]:
    """What stands in the channel: whether in a thread, and the words and buttons. Ids of ours are chance."""
    found = []
    for message in way.slack.messages:
        written = json.dumps(way.slack.written[message.ts], ensure_ascii=False)
        found.append((message.thread_ts is not None, re.sub(r'card\\":\\"[\w-]+', "card", written)))
    return sorted(found)


async def known(way: WholeWay) -> list[State]:
    names = ["call:1", "call:9", "talk:+14155550101|+14155550150", "text:1", "text:2", "text:3"]
    cards = [await way.stage.store.cards.named(way.hook.company, name) for name in names]
    return [card.state for card in cards if card is not None]


async def told(folder: Path, deliveries: Sequence[int], pauses: Sequence[int] = (), together: int = 1) -> Any:
    """``pauses``: after so many deliveries what has come so far is shown. ``together``: how many are folded at once."""
    with TemporaryDirectory(dir=folder) as inner:
        async with whole_way(Path(inner)) as way:
            for count, number in enumerate(deliveries):
                await way.arrive(STORY[number])
                if count in pauses:
                    await way.work(reversed, together)
                    await way.post(2)
            await way.work(together=together)
            await way.post(20)
            return await shown(way), await known(way)


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What once and in order comes to."""
    return asyncio.run(told(tmp_path_factory.mktemp("in order"), range(len(STORY))))


def test_once_and_in_order_it_is_three_messages_and_three_texts(in_order: Any) -> None:
    assert [in_thread for in_thread, _ in in_order[0]] == [False] * 3 + [True] * 3


@given(
    st.permutations([*range(len(STORY))] * 4),
    st.lists(st.integers(0, len(STORY) * 4 - 1), max_size=3),
    st.integers(1, 32),
)
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example takes a second: no time to look for a smaller
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_four_times_in_any_order_is_the_same(
    tmp_path: Path, in_order: Any, order: list[int], pauses: list[int], together: int
) -> None:
    assert await told(tmp_path, order, pauses, together) == in_order


async def test_an_answer_that_came_before_its_question_stands_in_the_thread(tmp_path: Path, in_order: Any) -> None:
    assert await told(tmp_path, range(len(STORY))[::-1], [3, 5, 7]) == in_order
