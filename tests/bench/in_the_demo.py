"""What people wait for, in the demo and in real time: from the ring to its card, and from the press to what it changes.

These are times, which mean something only on a machine with nothing else to do; most of each is a pause that is made on
purpose, so that the legs of a call are shown as one.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import SecretStr

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.sandbox.cast import ANA, PRIYA, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo, running_demo, subscribe_support
from bot.sandbox.slack.workspace import Conversation
from bot.store.hooks import Hook
from tests.bench.rows import Goal, Row, quantile
from tests.bot.dialpad.envelopes import sign
from tests.flows.hands import find_button, said
from tests.payloads import payload

CHANNEL: Final = "#support"
CALLS_AT_ONCE: Final = 120
LINES: Final = 6
"""Each with a channel of its own: Slack takes one message a second and channel."""
WITHIN_A_SECOND: Final = 1.0
EVERY_S: Final = 4.0
"""Between two calls, whose cards change three times each: Slack takes about 50 changes a minute."""
WITHIN_S: Final = 60.0
_LOOK_S: Final = 0.05
RING, HANG_UP, PRESS = "ring to card", "hang-up to card", "press to stamp"
GOALS: Final = {RING: 0.5, HANG_UP: 0.6, PRESS: 0.1}


def measure(*, quick: bool) -> list[Row]:
    """One call after the other, then many at once."""
    times, late = asyncio.run(_run(1 if quick else 15, 12 if quick else CALLS_AT_ONCE))
    rows = [
        Row(
            "demo", f"{what}, p50 in the demo", "s", quantile(found, 0.5), goal=Goal(GOALS[what], of="ours"),
            more={"p99, s": quantile(found, 0.99)},
        )
        for what, found in times.items()
    ]  # fmt: skip
    return [
        *rows,
        Row(
            "demo", f"ring to card with {len(late)} calls at once, p99", "s", quantile(late, 0.99),
            goal=Goal(3, of="ours"), more={"p50, s": quantile(late, 0.5)},
        ),
    ]  # fmt: skip


async def _run(calls: int, at_once: int) -> tuple[Mapping[str, list[float]], list[float]]:
    times: dict[str, list[float]] = {RING: [], HANG_UP: [], PRESS: []}
    async with running_demo() as demo:
        await subscribe_support(demo)
        for number in range(calls):
            for what, seconds in (await _one_call(demo, f"+1415555{100 + number:04}")).items():
                times[what].append(seconds)
            if number + 1 < calls:
                await asyncio.sleep(EVERY_S)
    async with running_demo() as demo:  # where nothing has used up what Slack allows in a minute
        return times, await _many_calls(demo, at_once)


async def _one_call(demo: Demo, caller: str) -> dict[str, float]:
    ana = demo.slack.person(str(ANA.slack_id))

    def last() -> Any:
        return ana.messages(CHANNEL)[-1]

    began = time.perf_counter()
    call = demo.dialpad.phone.ring(caller, SUPPORT.phone)
    ring = await _until(demo, lambda: ana.messages(CHANNEL) and caller in said(last()), began)
    began = time.perf_counter()
    demo.dialpad.phone.hang_up(call.id)
    hang_up = await _until(demo, lambda: "Missed call" in said(last()), began)
    button, block_id = find_button(last(), "Claim")
    began = time.perf_counter()
    await ana.press(last(), button["action_id"], button.get("value"), block_id=block_id)
    press = await _until(demo, lambda: '"Claim"' not in said(last()), began)
    return {RING: ring, HANG_UP: hang_up, PRESS: press}


async def _until(demo: Demo, seen: Callable[[], Any], began: float) -> float:
    await demo.slack.workspace.until(seen, WITHIN_S)
    return time.perf_counter() - began


async def _many_calls(demo: Demo, count: int) -> list[float]:
    """Let so many calls ring within a second; seconds from each ring to the message that shows it, by Slack's time."""
    company = CompanyKey(TEAM_ID, str(demo.dialpad.state.company_id))
    hook = await demo.bot.store.hooks.create(PersonKey(TEAM_ID, str(PRIYA.slack_id)), company, "webhook")
    await _open_lines(demo, hook)
    rung, taking = {}, []
    for call in range(count):
        ids = {"call_id": call + 1, "entry_point_call_id": None, "master_call_id": None, "operator_call_id": None}
        target = {"id": call % LINES, "type": "call_center", "name": f"Line {call % LINES}"}
        event = sign(payload("call ringing", target=target, **ids), hook.secret or SecretStr(""))
        rung[call + 1] = demo.clock.unix()
        taking.append(asyncio.create_task(demo.bot.intake.receive(hook, event)))
        await asyncio.sleep(WITHIN_A_SECOND / count)
    await asyncio.gather(*taking)
    async with asyncio.timeout(WITHIN_S):
        return [await _shown(demo, company, call) - at for call, at in rung.items()]


async def _open_lines(demo: Demo, hook: Hook) -> None:
    """A channel for each line, told when it rings."""
    space = demo.slack._core.space
    support = space.channels["C0SUPPORT"]
    for number in range(LINES):
        channel = f"C0LINE{number:03}"
        space.channels[channel] = Conversation(
            channel, f"line-{number}", "channel", support.created, support.creator, list(support.members)
        )
        where = (PlaceFilter(f"callcenter:{number}", f"Line {number}"),)
        kinds = frozenset({NewsKind.RINGING})
        await demo.bot.store.subscriptions.save(
            Subscription(f"line{number}", hook.owner, channel, kinds, where, company_id=hook.company.company)
        )


async def _shown(demo: Demo, company: CompanyKey, call: int) -> float:
    while True:
        card = await demo.bot.store.cards.named(company, f"call:{call}")
        postings: Sequence[Any] = await demo.bot.store.postings.of_card(company, card.id) if card is not None else ()
        found = [float(one.ts) for one in postings if one.ts is not None]
        if found:
            return min(found)
        await asyncio.sleep(_LOOK_S)
