"""Events of Dialpad, from the request to its acknowledgement: our webhook beside a bare floor with the same guarantees.

The floor checks the signature with joserfc and commits rows in groups with ``synchronous=FULL``, on the same server.
Folding events into cards is other work in the same process: it is held back where accepting is measured, and shown
beside it.
"""

import asyncio
import os
from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from tests.bench.event_servers import WHERE
from tests.bench.load import Subject, build_post, take_turns
from tests.bench.rows import LEAST, Goal, Row, middle, paired, spread
from tests.bench.servers import running
from tests.bot.dialpad.envelopes import SECRET, sign
from tests.payloads import payload

FLOOR, AGAIN, OURS, FOLDED = "events-floor", "events-floor again", "events-ours", "events-folded"
PLACES: Final = 10
"""Lines that calls come in on."""
CUSTOMERS: Final = 5_000
"""Who calls: the calls of one customer are folded together."""
STEPS: Final = ("call ringing", "call missed", "call ended")
"""What one call says: three events, one card."""
_number = count(os.getpid() * 1_000_000)  # no two processes make the same call


def build_events(calls: int, secret: Any = SECRET, places: int = PLACES) -> list[bytes]:
    """The signed events of so many calls to so many lines."""
    return [event for _ in range(calls) for event in _build_call(secret, places)]


def _build_call(secret: Any, places: int = PLACES) -> Iterator[bytes]:
    call = next(_number)
    phone = f"+1415{5_550_000 + call % CUSTOMERS:07}"
    for name in STEPS:
        caller = {"external_number": phone, "contact": {**payload(name)["contact"], "id": call, "phone": phone}}
        target = {"id": call % places, "type": "call_center", "name": "Support"}
        ids = {"call_id": call, "entry_point_call_id": None, "master_call_id": None, "operator_call_id": None}
        yield sign(payload(name, target=target, **ids, **caller), secret)


def build_requests() -> Iterator[bytes]:
    """The events of one call after the other, as requests."""
    while True:
        for event in _build_call(SECRET):
            yield build_post(WHERE, event, {"content-type": "application/jwt"})


def measure(*, quick: bool) -> list[Row]:
    """Rate of the floor that ours keeps up, and CPU, at 1, 10 and 50 connections."""
    rows: list[Row] = []
    requests = build_requests()
    with running(FLOOR, OURS, FOLDED, AGAIN) as ports:
        subjects = [Subject(name, port, lambda _: next(requests)) for name, port in ports.items()]
        for connections in (1, 10, 50):
            found = asyncio.run(
                take_turns(subjects, rounds=1 if quick else 6, requests=120 if quick else 900, connections=connections)
            )
            rows += _rows(found, connections)
    return rows


def _rows(found: Any, connections: int) -> Iterator[Row]:
    at = f"at {connections} connection{'s' if connections > 1 else ''}"
    cpu = {name: [one.cpu_ms for one in bursts] for name, bursts in found.items()}
    rate = {name: [one.rate for one in bursts] for name, bursts in found.items()}
    floor_is = "joserfc and a group commit on the same server"

    last = found[OURS][-1]
    yield Row(
        "accept", f"events accepted {at}", "a second", middle(rate[OURS]), middle(rate[FLOOR]), Goal(0.6, LEAST),
        spread(rate[AGAIN], rate[FLOOR]), paired(rate[OURS], rate[FLOOR]), floor_is,
        {"commits an event": last.each("commits"), "syncs an event": last.each("syncs"),
         "while folding, of the floor's rate": paired(rate[FOLDED], rate[FLOOR])},
    )  # fmt: skip
    yield Row(
        "accept", f"CPU of accepting an event {at}", "ms", middle(cpu[OURS]), middle(cpu[FLOOR]), Goal(1 / 0.6),
        spread(cpu[AGAIN], cpu[FLOOR]), paired(cpu[OURS], cpu[FLOOR]), floor_is,
        {"with folding, ms": middle(cpu[FOLDED])},
    )  # fmt: skip
