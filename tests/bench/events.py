"""``python -m tests.bench.events``: what an event of Dialpad costs, until it is accepted and until its card is posted.

Accepted: requests over one, ten and fifty connections, to our webhook and to a bare floor with the same guarantees on
the same server (the signature checked with joserfc, the row committed in groups with ``synchronous=FULL``). Both are
asked in turn, forwards and backwards, and the ratio within a round counts; the floor runs twice.

To the card: CPU time of this process for taking in, folding, and posting to a Slack that answers at once, with more and
more subscriptions, old cards and other companies.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.logs import set_up_logging
from bot.basics.request_turns import Limit, Turn
from bot.contract.reply import MessageContent
from bot.notifications.intake import Intake
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.slack.api.channel_messages import MessagePlace
from bot.slack.api.pace import SlackPace
from bot.store.absorbing import CardPart
from bot.store.hooks import Hook
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.__main__ import running
from tests.bench.event_servers import COMPANY, OWNER, WHERE
from tests.bench.load import ask
from tests.bot.dialpad.envelopes import SECRET, sign
from tests.bot.notifications.posting import PlainRenderer
from tests.payloads import payload

LEAST_TO_FLOOR: Final = 0.6
MOST_MS: Final = 4.0
MOST_GROWTH: Final = 1.1
FLOOR, OURS, AGAIN = "events-floor", "events-ours", "events-floor again"
_CALL: Final = ("call ringing", "call missed", "call ended")
"""What one call says: three events, one card."""
_PLACES: Final = 50
_TOGETHER: Final = 200
_LOOK_S: Final = 0.01
_number = count(1)


def build_events(calls: int, secret: Any = SECRET) -> list[bytes]:
    """The signed events of so many calls to as many lines as there are channels."""
    found = []
    for call in (next(_number) for _ in range(calls)):
        for name in _CALL:
            target = {"id": call % _PLACES, "type": "call_center", "name": "Support"}
            ids = {"call_id": call, "entry_point_call_id": None, "master_call_id": None, "operator_call_id": None}
            found.append(sign(payload(name, target=target, **ids), secret))
    return found


async def accepted(port: int, requests: int, connections: int) -> float:
    """Events that a server accepts in a second."""
    bodies = build_events(requests // len(_CALL) + 1)[:requests]
    head = f"POST {WHERE} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/jwt\r\ncontent-length: "
    waiting = iter([f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies])

    async def one_connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            await ask(reader, writer, request)
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    return requests / (time.perf_counter() - began)


async def compare(ports: dict[str, int], *, rounds: int, requests: int, connections: int) -> dict[str, list[float]]:
    """What each server accepts in a second, round by round; the first round warms up."""
    found: dict[str, list[float]] = {name: [] for name in ports}
    for number in range(rounds + 1):
        for name in ports if number % 2 else reversed(ports):
            found[name].append(await accepted(ports[name], requests, connections))
    return {name: values[1:] for name, values in found.items()}


@dataclass(frozen=True)
class Load:
    """What is there before the events come."""

    subscriptions: int = 200
    old_cards: int = 1_000
    companies: int = 1


class NoPace:
    """A ``TurnBook`` that is always free: how fast Slack may be asked is not what is measured."""

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        return Turn(0.0, 0)

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        raise AssertionError("a turn without a limit is never given back")


class QuickSlack:
    """A Slack that answers at once. ``posted`` counts messages, ``updated`` their changes."""

    def __init__(self) -> None:
        self.posted = self.updated = 0

    async def post(self, team_id: str, channel: str, content: MessageContent, **_: Any) -> MessagePlace:
        self.posted += 1
        return MessagePlace(channel, f"{self.posted}.0")

    async def update(self, *_: Any, **__: Any) -> None:
        self.updated += 1

    async def find(self, *_: Any, **__: Any) -> MessagePlace | None:
        raise AssertionError("nothing was interrupted")


@asynccontextmanager
async def prepared(load: Load) -> AsyncIterator[tuple[Store, Hook]]:
    with tempfile.TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = await Store.open(f"sqlite:///{Path(folder) / 'bench.db'}", parse_keys(generate_key()))
        await store.migrate()
        kinds = frozenset({NewsKind.MISSED, NewsKind.ENDED})
        for company in range(load.companies):
            of_company = "61" if company == 0 else f"other{company}"
            for number in range(load.subscriptions):
                place = number if number < _PLACES else number + 1_000_000
                where = (PlaceFilter(f"callcenter:{place}", "Support"),)
                await store.subscriptions.save(
                    Subscription(f"w{company}-{number}", OWNER, f"C{number}", kinds, where, company_id=of_company)
                )
        for first in range(0, load.old_cards, _TOGETHER):
            parts = [
                CardPart("call", (f"old:{first + number}",), fragment(1, 0, {"a": 1}), lambda *_: [])
                for number in range(min(_TOGETHER, load.old_cards - first))
            ]
            await store.database.write(
                lambda connection, parts=parts: store.cards.absorbing.absorb(connection, COMPANY, parts)  # type: ignore[misc]  # mypy cannot infer the lambda
            )
        yield store, await store.hooks.create(OWNER, CompanyKey(OWNER.team_id, "61"), "webhook")
        await store.aclose()


async def to_the_card(load: Load, calls: int) -> float:
    """CPU ms of an event, from its envelope to its posted and updated card."""
    async with prepared(load) as (store, hook):
        slack = QuickSlack()
        poster = Poster(store, slack, PlainRenderer(), pace=SlackPace(NoPace(), time.monotonic))
        intake = Intake(store, EventRouter(store, None, poster.wake))  # type: ignore[arg-type]  # nobody is asked
        intake.start()
        poster.start()
        secret = hook.secret
        warm, events = build_events(20, secret), build_events(calls, secret)
        took_s = 0.0
        for some in (warm, events):
            began = time.process_time()
            await asyncio.gather(*(intake.receive(hook, one) for one in some))
            await intake.settle()
            while any(await store.postings.next_due()):  # noqa: ASYNC110  the database tells nobody
                await asyncio.sleep(_LOOK_S)
            took_s = time.process_time() - began
        await intake.drain()
        await poster.aclose()
        return took_s * 1000 / len(events)


def show(accepting: dict[int, dict[str, list[float]]], costs: dict[str, float]) -> list[Table]:
    first = Table(title="Events accepted in a second (median of the rounds)", title_justify="left")
    for heading in ("connections", "floor", "ours", "ours : floor", "floor : floor again"):
        first.add_column(heading, justify="right")
    for connections, found in accepting.items():
        floor, ours = median(found[FLOOR]), median(found[OURS])
        first.add_row(
            str(connections), f"{floor:.0f}", f"{ours:.0f}", f"{to_floor(found):.2f}", f"{to_floor(found, AGAIN):.2f}"
        )
    second = Table(title="CPU ms of an event, from its envelope to its card", title_justify="left")
    second.add_column("there already")
    second.add_column("ms", justify="right")
    for name, ms in costs.items():
        second.add_row(name, f"{ms:.2f}")
    return [first, second]


def to_floor(found: dict[str, list[float]], name: str = OURS) -> float:
    """The median over the rounds of what one accepts, divided by the floor."""
    return median(ours / floor for ours, floor in zip(found[name], found[FLOOR], strict=True))


def find_faults(accepting: dict[int, dict[str, list[float]]], costs: dict[str, float]) -> list[str]:
    """What is dearer than promised, one sentence each."""
    faults = [
        f"over {connections} connections {to_floor(found):.2f} of the floor, at least {LEAST_TO_FLOOR} is promised"
        for connections, found in accepting.items()
        if to_floor(found) < LEAST_TO_FLOOR
    ]
    least = min(costs.values(), default=0.0)
    for name, ms in costs.items():
        if ms > MOST_MS:
            faults.append(f"{name}: {ms:.2f} ms an event, at most {MOST_MS} is promised")
        if ms > least * MOST_GROWTH:
            faults.append(f"{name}: {ms / least:.2f} times the least, at most {MOST_GROWTH} is promised")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge. Exit status 1 when something is dearer than promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.events", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=600, help="in a round, to each server")
    parser.add_argument("--calls", type=int, default=300, help="of three events each, for the CPU of one")
    parser.add_argument("--small", action="store_true", help="without what takes minutes to prepare")
    given = parser.parse_args(arguments)
    console = Console(width=120)
    set_up_logging("json", level=logging.WARNING)
    accepting = {}
    with running({FLOOR, OURS, AGAIN}) as ports:
        for connections in (1, 10, 50):
            accepting[connections] = asyncio.run(
                compare(ports, rounds=given.rounds, requests=given.requests, connections=connections)
            )
    loads = {"200 subscriptions, 1,000 old cards": Load(), "50 subscriptions": Load(_PLACES)}
    if not given.small:
        loads |= {
            "2,000 subscriptions": Load(2_000),
            "100,000 old cards": Load(old_cards=100_000),
            "100 companies with 50 subscriptions each": Load(50, companies=100),
        }
    costs = {name: asyncio.run(to_the_card(load, given.calls)) for name, load in loads.items()}
    for table in show(accepting, costs):
        console.print(table)
    faults = find_faults(accepting, costs)
    for fault in faults:
        console.print(f"NOT AS PROMISED  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
