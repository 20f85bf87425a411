"""A bot to be killed: ``python -m tests.bot.notifications.receiving <database> <key> <task>``.

Says what happens, a line each.

``receive``: takes one event in, with a delivery that never ends. ``hang``: the same without a new event. ``run``:
delivers what is left, then one event of its own, so that whoever reads knows that nothing else came before it.
"""

import asyncio
import sys

from bot.dialpad.events import CallEvent, Event
from bot.store.hooks import Hook
from bot.store.keys import parse_keys
from tests.bot.notifications.arriving import Recorder, arrival
from tests.payloads import payload


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Speaker(Recorder):
    def __init__(self, task: str) -> None:
        super().__init__()
        self.task = task
        self.marked = asyncio.Event()

    async def __call__(self, event: Event, hook: Hook) -> None:
        assert isinstance(event, CallEvent)
        if self.task == "receive":
            await asyncio.Event().wait()
        say(f"{'begins' if self.task == 'hang' else 'delivered'} {event.call_id} {event.external}")
        if self.task == "hang":
            await asyncio.Event().wait()
        if event.call_id == "999":
            self.marked.set()
        await super().__call__(event, hook)


async def main(url: str, key: str, task: str) -> None:
    speaker = Speaker(task)
    async with arrival(url, speaker, parse_keys(key)) as here:
        if task == "receive":
            await here.arrives(payload("call missed"))
            say("received")
        if task == "run":
            await here.until_idle()
            await here.arrives(payload("call missed", call_id=999))
            await speaker.marked.wait()
            return
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
