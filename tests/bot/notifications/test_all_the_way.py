"""Whatever Dialpad sends: it is taken, delivered, and what is shown of it is something Slack takes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.dialpad.events import (
    CallEvent,
    ChangeEvent,
    ContactEvent,
    SmsEvent,
    parse_event,
)
from bot.dialpad.signed import open_envelope, parse_document
from tests.bot.dialpad.envelopes import SECRET
from tests.bot.dialpad.hostile import ODD
from tests.bot.notifications.all_the_way import WholeWay, whole_way
from tests.payloads import names, payload

_SHARED: Final = Path(__file__).parents[4] / "shared" / "dialpad"


def seen_elsewhere() -> list[Any]:
    """Payloads as others have seen or read of them; one test that is skipped where they are not there."""
    found = []
    for file in (_SHARED / "events.json", _SHARED / "events_derived.json"):
        if not file.exists():
            return [pytest.param("call", {}, id="none", marks=pytest.mark.skip("no payloads at ../shared/dialpad"))]
        read = json.loads(file.read_text(encoding="utf-8"))
        for name, documents in read.get("events", read).items():
            found += [
                pytest.param(name, one, id=f"{name} {n}") for n, one in enumerate(documents) if isinstance(one, dict)
            ]
    return found


@pytest.fixture
async def way(tmp_path: Path) -> AsyncIterator[WholeWay]:
    async with whole_way(tmp_path) as made:
        yield made


def is_told(document: dict[str, Any]) -> bool:
    """Whether somebody who wants to hear of everything hears of this alone: the first news of duty is no change, and a
    call or text of ours is told once there is something to tell."""
    event = parse_event(document)
    if isinstance(event, CallEvent):
        return event.direction != "outbound" or event.ended or event.state.startswith("recap")
    if isinstance(event, SmsEvent):
        return bool(event.line and event.customer) and (
            event.inbound or event.message_status in {"failed", "undelivered"}
        )
    return isinstance(event, ContactEvent | ChangeEvent)


@pytest.mark.parametrize(("name", "document"), seen_elsewhere())
async def test_what_dialpad_was_seen_to_send_is_told(way: WholeWay, name: str, document: dict[str, Any]) -> None:
    assert parse_event(document).kind == name.partition(".")[0]
    await way.happens(document)

    assert bool(way.slack.messages) == is_told(document)


@pytest.mark.parametrize("name", names())
async def test_what_dialpad_documents_is_told(way: WholeWay, name: str) -> None:
    await way.happens(payload(name))

    assert bool(way.slack.messages) == is_told(payload(name))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.sampled_from(["", "blocked", "9" * 5_000, "<!channel> *b* `c` & <b>", "\ud83d", "\x00", "javascript:alert(1)"])
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an example takes half a second
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_whatever_is_left_out_or_turned_into_something_else_is_shown(tmp_path: Path, data: st.DataObject) -> None:
    document = payload(data.draw(st.sampled_from(names())))
    for key in data.draw(st.lists(st.sampled_from(sorted(document)), max_size=4, unique=True)):
        if data.draw(st.booleans()):
            document[key] = data.draw(anything)
        else:
            del document[key]
    with TemporaryDirectory(dir=tmp_path) as folder:
        async with whole_way(Path(folder)) as way:
            await way.happens(document)

            assert len(way.slack.written) == len(way.slack.messages)


@pytest.mark.parametrize("name", ODD)
async def test_what_is_odd_is_told_like_anything_else(way: WholeWay, name: str) -> None:
    await way.intake.receive(way.hook, ODD[name])
    await way.work()
    await way.post()

    assert bool(way.slack.messages) == is_told(parse_document(open_envelope(ODD[name], SECRET)))
