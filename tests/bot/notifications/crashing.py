"""A bot to be killed: ``python -m tests.bot.notifications.crashing <database> <key> <task>``.

Says what happens, a line each.

``schedule``: a job one second from now, then nothing. ``hang``: begins the job and never ends it. ``run``: does what is
left, then one job of its own, so that whoever reads knows that nothing else came before it.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from bot.basics.person import PersonKey
from bot.contract.later import TimedJob
from bot.store.durable_later import DurableLater
from bot.store.keys import parse_keys
from bot.store.store import Store

ANA = PersonKey("T0NORTHLT", "U0ANA0001")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say_network(name: str, args: tuple[object, ...]) -> None:
    if name == "socket.connect" and not isinstance(args[1], str | bytes):
        say(f"network {args[1]}")


async def main(url: str, key: str, task: str) -> None:
    store = await Store.open(url, parse_keys(key))
    await store.migrate()
    over = asyncio.Event()

    async def run(job: TimedJob) -> None:
        say(f"ran {job.key} {job.args['text']}")
        if task == "hang":
            await asyncio.Event().wait()
        if job.key == "marker":
            over.set()
        else:
            await later.at(datetime.now(UTC), "marker", "test.marker", {"text": ""}, ANA, {})

    async def failed(job: TimedJob, error: Exception) -> None:
        say(f"failed {job.key} {error!r}")

    await store.processes.join()
    others = await store.processes.roll("leading")
    await store.processes.forget(others.living | others.silent)  # the one before was killed
    later = DurableLater(store, run, failed)
    later.start()
    await later.resume()
    if task == "schedule":
        await later.at(datetime.now(UTC) + timedelta(seconds=1), "dnd:ana", "dnd.off", {"text": "back"}, ANA, {})
        say("scheduled")
    if task == "marker":
        await later.at(datetime.now(UTC), "marker", "test.marker", {"text": ""}, ANA, {})
    await over.wait()
    await later.drain()
    await store.aclose()
    say("ended")


if __name__ == "__main__":
    sys.addaudithook(say_network)
    asyncio.run(main(*sys.argv[1:4]))
