"""Writes the database of this version, as it is when the bot is killed in the middle of a busy morning.

``python -m tests.upgrade.write_database FILE`` writes ``FILE.sql``, the whole database as text, and ``FILE.json``: what
Slack and Dialpad know at that moment (every message with its buttons, open modals, Home tabs, calls, tokens), and what
the test has to know to go on from there. Run once for each release, by hand and with that release's own code, into
``tests/upgrade/version_X_Y_Z``; what it wrote is never written again. Takes two or three minutes.

Everything in it is made up: the people and numbers of the sandbox, its tokens, and the encryption key in ``KEY``.
"""

import asyncio
import json
import logging
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from bot.activity.news import NewsKind
from bot.notifications import intake
from bot.notifications.intake import Arrived, Deliver, FollowUp
from bot.sandbox.cast import ANA, BILLING, LEO, SALES, SUPPORT, TIME_ZONE
from bot.sandbox.demo import running_demo
from bot.store.schema import metadata
from tests.flows.hands import labels
from tests.upgrade.opened import KEY, PORT, clock_from, count_rows
from tests.upgrade.outside import write_down
from tests.upgrade.story import CALLERS, MORNING, QUEUED, Story

CARDS: Final = {"call", "talk", "text", "nudge", "notice", "digest", "agent", "cover", "joined"}
LATER: Final = {
    "dnd.back", "duty.back", "status.back", "oncall.still_open", "oncall.stand_down", "run.stats_ready",
}  # fmt: skip
WORK: Final = {("event", "PENDING"), ("event", "ENQUEUED"), ("event", "DELAYED"), ("later", "DELAYED")}


async def main(target: Path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bot.db"
        key = file.with_name("bot.db.key")
        key.write_text(KEY + "\n", encoding="ascii")
        key.chmod(0o600)
        async with running_demo(port=PORT, database=file, clock=clock_from(MORNING)) as demo:
            story = Story(demo, file)
            for part in (
                story.first_day, story.calls, story.texts, story.notices, story.half_way, story.for_a_while,
                story.looking, story.forms, story.waiting, story.gaps,
            ):  # fmt: skip
                await part()
            await freeze(story)
            copy = await killed_with_work_in_hand(story)
            more = {
                "now": demo.clock.now().isoformat(),
                "written": time.time(),
                "browser": story.browser,
                "callers": CALLERS,
                "queued": story.queued,
                "subscriptions": story.subscriptions,
                "rows": count_rows(copy, _tables(copy)),
            }
            check(copy)
            target.with_suffix(".sql").write_text("\n".join(copy.iterdump()) + "\n", encoding="utf-8")
            target.with_suffix(".json").write_text(_lines(write_down(demo, more)), encoding="utf-8")
            os._exit(0)  # what hangs need not end


async def freeze(story: Story) -> None:
    """From here on nothing is finished: what is begun stays as it is at that moment."""
    demo, bot = story.demo, story.demo.bot
    local = (demo.clock.now() + timedelta(minutes=2)).astimezone(ZoneInfo(TIME_ZONE))
    await story.line(story.priya, "#support", f'/dp notify daily at {local:%H:%M} for "Support"')
    ringing = story.phone.ring(CALLERS["ringing"], SUPPORT.phone)
    await story.rest()
    story.phone.hang_up(story.phone.ring(CALLERS["held"], BILLING.phone).id)
    await story.rest()
    await _interrupt_a_message(story)
    await bot.poster.aclose(within_s=0.1)
    story.phone.hang_up(ringing.id)
    story.phone.hang_up(story.phone.ring(CALLERS["not posted"], str(ANA.phone)).id)
    await story.rest_of_events()
    demo.clock.forward(timedelta(minutes=2, seconds=5))
    bot.intake._deliver = _Troubled(bot.intake._deliver)
    _set({"TRIES": 1})  # it is set aside at once
    story.phone.hang_up(story.phone.ring(CALLERS["parked"], SUPPORT.phone).id)
    await story.tried()
    _set({"TRIES": 12, "FIRST_WAIT_S": 600.0})
    story.phone.hang_up(story.phone.ring(CALLERS["tried again"], SUPPORT.phone).id)
    await story.tried()
    story.phone.hang_up(story.phone.ring(CALLERS["running"], SALES.phone).id)
    await story.tried(hanging=True)
    await _take_over(story)
    await story.read_subscriptions()
    stats = "run DIALPAD_RETRIEVE_COACHING_STATS_V2 stat_type=calls export_type=stats"
    await story.line(story.priya, "#phones", f"/dp {stats}")
    await _acknowledge_and_stop(story)


class _Troubled:
    """Delivers, but for some callers: never done, or failing once or always."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._tried: set[str] = set()

    def fold(self, connection: Connection, batch: Sequence[Arrived]) -> Sequence[FollowUp]:
        left: list[FollowUp] = []
        for arrived in batch:
            number = str(getattr(arrived.event, "external", ""))
            if number in {CALLERS["running"], *QUEUED}:
                left.append(FollowUp(arrived, _never_end))
                continue
            key = arrived.event.key
            if number == CALLERS["parked"] or (number == CALLERS["tried again"] and key not in self._tried):
                self._tried.add(key)
                raise ValueError("made up")
            left += self._deliver.fold(connection, [arrived])
        return left

    def stored(self) -> None:
        self._deliver.stored()


async def _never_end() -> None:
    await asyncio.Event().wait()


def _set(names: dict[str, float]) -> None:
    for name, value in names.items():
        setattr(intake, name, value)


async def _take_over(story: Story) -> None:
    """Ana takes over from Leo, and Dialpad does not take him off duty yet."""
    story.demo.dialpad.faults.add("PATCH /api/v2/callcenters/operators", kind="down", times=None)
    asked = [one for one in story.ana.person.messages("#phones") if "Take over" in labels(one)]
    await story.ana.press(asked[-1], "Take over")


async def _interrupt_a_message(story: Story) -> None:
    """It is in Slack, and the bot never hears that it is."""
    poster = story.demo.bot.poster
    boards = poster._channel_messages
    arrived = asyncio.Event()

    class Lost:
        async def post(self, *args: Any, **more: Any) -> Any:
            spot = await boards.post(*args, **more)
            if args[1] != LEO.slack_id:
                return spot
            arrived.set()
            return await asyncio.Event().wait()

        def __getattr__(self, name: str) -> Any:
            return getattr(boards, name)

    poster._channel_messages = Lost()
    story.phone.hang_up(story.phone.ring(CALLERS["interrupted"], str(LEO.phone)).id)
    await arrived.wait()


async def _acknowledge_and_stop(story: Story) -> None:
    """One command that was acknowledged and not begun, one that was begun and not ended."""
    dispatcher, begin = story.demo.bot.dispatcher, story.demo.bot.dispatcher._start
    slow = story.demo.dialpad.faults.add("PATCH /api/", kind="slow")
    await story.leo.person.command("#phones", "/dp dnd on")
    await slow.entered.wait()

    def stop(work: Any) -> None:
        work.close()

    dispatcher._start = stop  # type: ignore[method-assign]
    await story.priya.person.command("#phones", "/dp status In a meeting")
    dispatcher._start = begin  # type: ignore[method-assign]


async def killed_with_work_in_hand(story: Story) -> sqlite3.Connection:
    """A copy made while an event is on disk and its work has not begun: it begins within a quarter of a second."""
    for number in QUEUED:
        story.queued.append(number)
        story.demo.dialpad.delivery.hold()
        story.phone.hang_up(story.phone.ring(number, SUPPORT.phone).id)
        story.demo.dialpad.delivery.release()
        await story.demo.dialpad.delivery.idle()
        copy = sqlite3.connect(":memory:")
        with sqlite3.connect(story.file) as source:
            source.backup(copy)
        if copy.execute("SELECT count(*) FROM workflow_status WHERE name='event' AND status='ENQUEUED'").fetchone()[0]:
            return copy
    raise SystemExit("whatever came was begun at once; try again")


def check(copy: sqlite3.Connection) -> None:
    """Everything that is stored by name is there."""

    def found(query: str) -> set[Any]:
        return {row if len(row) > 1 else row[0] for row in copy.execute(query)}

    empty = [name for name, count in count_rows(copy, metadata.tables).items() if not count]
    assert not empty, empty
    rules = [json.loads(rule) for rule in found("SELECT rule FROM watches")]
    kinds = {kind for rule in rules for kind in rule["kinds"]}
    used = {name for rule in rules for name, value in rule.items() if value}
    parts = [(part, name) for part in ("only", "but", "policy") for name in rules[0][part]]
    missing = {
        "cards": CARDS - found("SELECT kind FROM cards"),
        "later": LATER - found("SELECT route FROM kept"),
        "work": WORK - found("SELECT name, status FROM workflow_status"),
        "events": {kind.value for kind in NewsKind} - kinds,
        "rule": set(rules[0]) - used,
        "parts": {(part, name) for part, name in parts if not any(rule[part][name] for rule in rules)},
        "links": {"oauth", "api_key"} - found("SELECT kind FROM links"),
        "inbox": {0, 1} - found("SELECT started_at IS NOT NULL FROM inbox WHERE done_at IS NULL AND sealed NOT NULL"),
        "waiting": {(0, 0), (0, 1), (1, 0)}
        - found("SELECT ts IS NOT NULL, attempted_at IS NOT NULL FROM postings WHERE due_at IS NOT NULL"),
        "problem": {0, 1} - found("SELECT problem != '' FROM watches"),
        "paused": {0, 1} - found("SELECT paused FROM watches"),
    }
    assert not any(missing.values()), missing


def _tables(copy: sqlite3.Connection) -> list[str]:
    found = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(row[0] for row in found)


def _lines(written: dict[str, Any]) -> str:
    """JSON with a line for each thing, not for each comma."""
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in written.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
