"""A copy of an old database, opened by the bot as it is now, beside the Slack and Dialpad that the old one knew."""

import asyncio
import base64
import contextlib
import copy
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import Engine, NullPool, create_engine, text

from bot.sandbox.cast import Person
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import Demo, running_demo
from bot.sandbox.serving import listen
from bot.store.database import build_url
from tests.flows.hands import Hands, find_button, said
from tests.hurry import hurried
from tests.upgrade.outside import Json, moved_to, put_back

HERE: Final = Path(__file__).parent
KEY: Final = base64.b64encode(b"made up, and good for this alone").decode()
"""What the old databases are sealed with."""
SYNC: Final = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
PORT: Final = 23917
"""Where the old demos were; out of the range that systems give out by themselves."""
PATIENT_S: Final = 60.0
LOOK_EVERY_S: Final = 0.05

LEFT: Final = """
SELECT (SELECT count(*) FROM events WHERE done_at IS NULL AND parked_at IS NULL)
     + (SELECT count(*) FROM kept WHERE due_at < :soon)
     + (SELECT count(*) FROM postings WHERE escalate_at < :soon)
     + (SELECT count(*) FROM postings WHERE due_at < :soon
        AND watch_id NOT IN (SELECT id FROM watches WHERE problem <> ''))
"""


def read_written(version: str) -> Json:
    """What was written down beside the database."""
    written: Json = json.loads((HERE / f"{version}.json").read_text(encoding="utf-8"))
    return written


def restore(version: str, file: Path) -> None:
    """The database as it was, and its key."""
    key = file.with_name(f"{file.name}.key")
    key.write_text(KEY + "\n", encoding="ascii")
    key.chmod(0o600)
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript((HERE / f"{version}.sql").read_text(encoding="utf-8"))


def clock_from(moment: datetime) -> SandboxClock:
    """It goes on from there."""
    began = time.monotonic()
    return SandboxClock(lambda: moment + timedelta(seconds=time.monotonic() - began))


def texts_in(shown: Any) -> list[str]:
    """All that is to be read in blocks, but for what buttons say."""
    if isinstance(shown, list):
        return [text for one in shown for text in texts_in(one)]
    if not isinstance(shown, dict) or shown.get("type") in {"button", "actions"}:
        return []
    if isinstance(shown.get("text"), str) and shown.get("type") in {"mrkdwn", "plain_text"}:
        return [shown["text"]]
    return [text for name, one in shown.items() if name != "accessory" for text in texts_in(one)]


async def until(condition: Callable[[], object]) -> None:
    """For what nobody tells of, such as what other threads write into the database."""
    async with asyncio.timeout(PATIENT_S):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY_S)


def count_rows(connection: sqlite3.Connection, tables: Iterable[str]) -> dict[str, int]:
    """By table."""
    count = "SELECT count(*) FROM {}"  # the names are our own
    return {name: int(connection.execute(count.format(name)).fetchone()[0]) for name in tables}


@dataclass(frozen=True, repr=False)
class Opened:
    """A demo on an old database. ``written`` is what was known then, with this demo's address."""

    demo: Demo
    written: Json
    engine: Engine

    def hands(self, who: Person) -> Hands:
        return Hands(self.demo, who)

    def ask(self, query: str, **values: int) -> list[tuple[Any, ...]]:
        """The database itself."""
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    async def until_done(self) -> None:
        """Every event has become what it becomes, and nothing waits for its turn but where the app is not let in."""
        await until(lambda: not self.ask(LEFT, soon=int((self.demo.clock.now().timestamp() + 5) * 1_000_000))[0][0])
        await self.demo.bot.dispatcher.idle()

    def about(self, caller: str, who: Person, channel: str) -> list[Json]:
        """Messages about a caller, but for those in threads."""
        digits = f"{caller[5:8]}-{caller[8:]}"
        seen = self.hands(who).person.messages(channel)
        return [one for one in seen if digits in said(one) and one.get("thread_ts", one["ts"]) == one["ts"]]

    def as_it_was(self, caller: str, channel: str = "C0SUPPORT") -> Json:
        """The message about a caller as the old bot has drawn it."""
        digits = f"{caller[5:8]}-{caller[8:]}"
        (space,) = [one for one in self.written["slack"]["channels"] if one["id"] == channel]
        seen = [one for one in space["messages"].values() if digits in said(one)]
        return next(one for one in seen if one.get("thread_ts", one["ts"]) == one["ts"])

    async def press(self, who: Person, message: Json, label: str, channel: str = "C0SUPPORT") -> str:
        """What somebody reads after they have pressed a button of a message which is still as the old bot drew it."""
        button, block_id = find_button(message, label)
        return await self.act(who, message, button, block_id, channel)

    async def act(self, who: Person, message: Json, button: Json, block_id: str, channel: str = "C0SUPPORT") -> str:
        """As ``press``. Windows that were open stay so."""
        hands, space = self.hands(who), self.demo.slack.workspace
        messages, windows = space.channels[channel].messages, space.modals.pop(hands.person.id, [])
        now, before = messages.get(message["ts"]), copy.deepcopy(hands.person.ephemerals())
        messages[message["ts"]] = copy.deepcopy(message)
        where = {"channel": channel, "ts": message["ts"]}
        await hands.person.press(where, button["action_id"], button.get("value"), block_id=block_id)
        if now is not None:
            messages[message["ts"]] = now
        await self.demo.bot.dispatcher.idle()
        heard = [said(one) for one in hands.person.ephemerals() if one not in before]
        heard += [f"{one['title']['text']} {said(one)}" for one in hands.person.modals]
        space.modals[hands.person.id] = windows
        return " ".join(heard)


@contextlib.asynccontextmanager
async def opened(
    version: str, folder: Path, *, same_port: bool = False, postgres_url: str | None = None
) -> AsyncIterator[Opened]:
    """The bot goes on at the moment at which the old one was killed. ``same_port``: where Dialpad was reached then, so
    that addresses of recordings lead somewhere; waits while another test is there. ``postgres_url``: the old database
    is there already."""
    written, file = read_written(version), folder / "bot.db"
    if postgres_url is None:
        restore(version, file)
    url = postgres_url or f"sqlite:///{file}"
    there = {} if postgres_url is None else {"database_url": url, "encryption_keys": SecretStr(KEY)}
    engine = create_engine(build_url(url).set(drivername=SYNC[build_url(url).get_backend_name()]), poolclass=NullPool)
    if same_port:
        await until(lambda: _is_free(PORT))
    clock = clock_from(datetime.fromisoformat(written["now"]))
    put = put_back(written)
    with hurried():
        async with running_demo(
            port=PORT if same_port else 0, database=file, clock=clock, outside=put, changed=there
        ) as demo:
            yield Opened(demo, moved_to(demo.url, written), engine)


def _is_free(port: int) -> bool:
    try:
        listen(port).close()
    except OSError:
        return False
    return True
