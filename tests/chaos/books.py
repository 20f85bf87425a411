"""What the books of Slack and Dialpad say afterwards, and what is left in the database."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.cast import PRIYA
from bot.store.backlog import read_backlog
from bot.store.keys import parse_keys
from bot.store.store import Store
from tests.chaos.feeding import CALLS, LOOK_S, TEXTS, Command, Fed, People
from tests.chaos.stage import Stage

_NUMBER = re.compile(r"(?:\+1)?\(?(\d{3})\)?[\s-]*555-?01(\d\d)")
_DOUBT = "may or may not have been posted"
MAY_BE_REPEATED = frozenset({"status", "block"})
"""What is the same when it is asked for twice, and is asked for again when Dialpad's answer was lost."""
_NOT_SAVED = "could not be saved, so nothing was done"
"""What an acknowledgement says while the disk is full or the database is away."""


@dataclass
class Books:
    """What was found. Empty ``findings``: every promise was kept."""

    calls_accepted: int = 0
    calls_once: int = 0
    texts_accepted: int = 0
    texts_once: int = 0
    told_of_cards: int = 0
    doubled_cards: list[str] = field(default_factory=list)
    lost_cards: list[str] = field(default_factory=list)
    commands: int = 0
    acknowledged: int = 0
    done_once: int = 0
    told: int = 0
    told_elsewhere: int = 0
    forgotten: list[str] = field(default_factory=list)
    repeated: int = 0
    twice: list[str] = field(default_factory=list)
    stuck: str = ""
    check: str = ""
    ended_badly: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        missing = self.lost_cards if len(self.lost_cards) > self.told_of_cards else []
        return [
            *(f"shown more than once: {one}" for one in self.doubled_cards),
            *(f"accepted and not shown: {one}" for one in missing),
            *(f"done more than once: {one}" for one in self.twice),
            *(f"acknowledged and forgotten: {one}" for one in self.forgotten),
            *([f"stuck: {self.stuck}"] if self.stuck else []),
            *([f"db check: {self.check}"] if self.check else []),
            *self.ended_badly,
        ]


async def until_nothing_is_due(stage: Stage, within_s: float) -> str:
    """Wait until nothing waits any more; what does when the time is over."""
    assert stage.settings.encryption_keys is not None
    keys = parse_keys(stage.settings.encryption_keys.get_secret_value())
    store = await Store.open(stage.settings.database_url, keys)
    left = ""
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while left := await _left(store):  # noqa: ASYNC110  the database tells nobody
                    await asyncio.sleep(LOOK_S)
    finally:
        await store.aclose()
    return left


async def _left(store: Store) -> str:
    backlog = await read_backlog(store.context)
    due = {name: str(moment) for name, moment in vars(backlog).items() if moment}
    due |= {name: str(moment) for name, moment in (await store.postings.next_due())._asdict().items() if moment}
    return ", ".join(f"{name} {moment}" for name, moment in due.items())


def read_books(stage: Stage, fed: Fed, people: People) -> Books:
    books = Books(ended_badly=list(stage.ended_badly))
    _cards(stage, fed, books)
    _commands(stage, people, books)
    return books


def _cards(stage: Stage, fed: Fed, books: Books) -> None:
    app = stage.slack.workspace.app["user_id"]
    priya = stage.slack.person(str(PRIYA.slack_id))
    calls = Counter(number for one in priya.messages(CALLS) if one.get("user") == app for number in _numbers_in(one))
    replies = [one for one in priya.messages(TEXTS) if one.get("thread_ts") not in {None, one["ts"]}]
    texts = Counter(
        words for one in replies for words in re.findall(r"chaos text \d{5}\.", json.dumps(one["blocks"])[:20_000])
    )
    books.calls_accepted, books.texts_accepted = len(fed.calls_accepted), len(fed.texts_accepted)
    books.calls_once = sum(calls[one] == 1 for one in fed.calls_accepted)
    books.texts_once = sum(texts[one] == 1 for one in fed.texts_accepted)
    books.doubled_cards = [one for one in (*fed.rung, *fed.texted) if calls[one] + texts[one] > 1]
    books.lost_cards = [one for one in fed.calls_accepted if not calls[one]]
    books.lost_cards += [one for one in fed.texts_accepted if not texts[one]]
    books.told_of_cards = sum(_DOUBT in str(one.get("text")) for one in priya.messages("app"))


def _numbers_in(message: Any) -> set[str]:
    words = json.dumps(message.get("blocks", []), ensure_ascii=False)
    return {f"+1{area}55501{last}" for area, last in _NUMBER.findall(words)}


def _commands(stage: Stage, people: People, books: Books) -> None:
    effects = Counter(token for one in stage.dialpad.requests if one.status == 200 for token in _effects_of(one))
    quiet: Counter[str] = Counter()
    silent: dict[str, list[Command]] = {}
    books.commands = len(people.commands)
    for command in people.commands:
        times = effects[command.token]
        books.acknowledged += command.acknowledged
        if times > 1 and command.kind in MAY_BE_REPEATED:
            books.repeated += 1
        elif times > 1:
            books.twice.append(f"{command.kind} {command.token} {times} times")
        if not command.acknowledged:
            continue
        books.done_once += times == 1 or (times > 1 and command.kind in MAY_BE_REPEATED)
        if times == 0:
            if stage.times_said(command.urls) > command.said_before:
                books.told += 1
            else:
                quiet[str(command.person.slack_id)] += 1
                silent.setdefault(str(command.person.slack_id), []).append(command)
    for person, count in quiet.items():
        loose = _loose(stage, person)
        books.told_elsewhere += min(count, loose)
        books.forgotten += [f"{one.kind} {one.token} of {one.person.name}" for one in silent[person][loose:]]


def _effects_of(request: Any) -> Iterable[str]:
    body = request.body if isinstance(request.body, dict) else {}
    if request.method == "PATCH" and "status_message" in body:
        yield body["status_message"]
    elif request.method == "POST" and request.path.endswith("/sms"):
        yield body.get("text", "")
    elif request.method == "POST" and request.path.endswith("/blockednumbers/add"):
        yield from body.get("numbers", ())


def _loose(stage: Stage, person: str) -> int:
    """How many answers a person got otherwise than through the addresses that came with what they asked."""
    told = 0
    for call in stage.slack.calls:
        if call.error is None and (
            (call.method == "chat.postEphemeral" and call.args.get("user") == person)
            or (call.method == "chat.postMessage" and call.args.get("channel") == person)
        ):
            told += 1
    said = stage.slack.person(person).ephemerals()
    return told + sum(_NOT_SAVED in str(one.get("text")) for one in said)
