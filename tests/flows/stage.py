"""One demo for many tests: what the last one did is undone, because starting anew takes longer than most tests."""

import asyncio

from sqlalchemy import Connection

from bot.dialpad.link import Link
from bot.dialpad.pacer import Pacer
from bot.person import PersonKey
from bot.sandbox.cast import CONNECTED_AT_START, PEOPLE, TEAM_ID
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad.seed import fill
from bot.sandbox.dialpad.state import State
from bot.sandbox.slack.rates import RateLimits
from bot.store.preferences import preferences
from bot.store.remembered import remembered


async def without_waiting(_: float) -> None:
    """Between two tries at Dialpad nobody sleeps here; how long is another test's business."""
    await asyncio.sleep(0)


async def until_heard(demo: Demo) -> None:
    """What happened on the phones has been delivered and taken in."""
    await demo.dialpad.delivery.idle()
    async with asyncio.timeout(30):
        while await demo.bot.store.events.waiting():  # noqa: ASYNC110  # the database is asked, it tells nobody
            await asyncio.sleep(0)


async def freshen(demo: Demo) -> None:
    """As if the demo had just been started."""
    await demo.bot.dispatcher.idle()
    _freshen_dialpad(demo)
    _freshen_slack(demo)
    await _freshen_bot(demo)
    demo.dialpad.requests.clear()
    demo.slack.calls.clear()


def _freshen_dialpad(demo: Demo) -> None:
    demo.dialpad.faults.clear()
    demo.dialpad.limits._seen.clear()
    state = demo.dialpad.state
    fresh = State(state.now, state.base_url)
    fill(fresh)
    kept = {"now", "changes", "listeners"}  # others hold on to these
    for name, value in vars(fresh).items():
        if name not in kept:
            setattr(state, name, value)


def _freshen_slack(demo: Demo) -> None:
    core = demo.slack._core
    for shown in (core.space.ephemerals, core.space.modals, core.space.homes, core.space.notices, core.drafts):
        shown.clear()
    for channel in core.space.channels.values():
        channel.messages.clear()
    demo.slack.faults.clear()
    demo.slack._api._rates = RateLimits(core.timers)


async def _freshen_bot(demo: Demo) -> None:
    bot, client = demo.bot, demo.bot.dispatcher.deps.accounts.client
    bot.dispatcher._homes._looked._keys.clear()
    client._sleep = without_waiting
    client.pacer = Pacer(clock=client._clock, sleep=client._sleep)
    copies = bot.dispatcher.deps.directory._copies
    for name in [name for name, copy in copies.items() if copy.failure is not None]:
        del copies[name]  # it would not ask Dialpad again for a while
    await bot.store.database.write(_forget_what_was_asked)
    for person in PEOPLE:
        key = PersonKey(TEAM_ID, str(person.slack_id))
        for waiting in await bot.dispatcher.deps.later.pending(key):
            await bot.dispatcher.deps.later.cancel(waiting.key)
        link = await bot.store.links.get(key)
        if person not in CONNECTED_AT_START and link is not None:
            await bot.store.links.delete(key)
        elif person in CONNECTED_AT_START and not (link and _still_good(demo, link)):
            await connect(bot, demo.dialpad, person)


def _forget_what_was_asked(connection: Connection) -> None:
    for table in (remembered, preferences):
        connection.execute(table.delete())


def _still_good(demo: Demo, link: Link) -> bool:
    held = {grant.access_token for grant in demo.dialpad.tokens._grants()}
    return not link.broken and link.access_token.get_secret_value() in held
