"""What stays when the bot dies: Slack, Dialpad, the socket Dialpad delivers to, and whoever starts the bot again."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx

from bot.activity.subscriptions.subscription import Subscription
from bot.app import Bot, build_routes
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.roles import RolePolicy
from bot.sandbox.cast import COMPANY_ID, CONNECTED_AT_START, PRIYA, TEAM_ID, Person
from bot.sandbox.demo import DIALPAD_PATHS, connect
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import ASGI, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest
from tests.crashes.mortal import AHEAD, APP, COUNT, IDLE, LATER, Life, settings_of

ROOT: Final = Path(__file__).parents[2]
WAIT_S: Final = 60.0
"""What takes about a second, on a machine that has other things to do."""
SIDE_BY_SIDE: Final = 2
"""So many bots at once: most of the time each waits."""
STRIDE: Final = 1 if os.environ.get("CI") else 3
"""Each step takes about a second; where that matters more, every third has to do."""
OWNER: Final = PersonKey(TEAM_ID, str(PRIYA.slack_id))

Story = Callable[["Outside"], Awaitable[None]]


@dataclass
class Outside:
    """``tell`` tells a story to a fresh bot; whenever it dies, the next one is started on what it left behind."""

    slack: SlackSandbox
    dialpad: DialpadSandbox
    life: Life
    start: Path
    nursery: asyncio.subprocess.Process
    ends: list[int] = field(default_factory=list)

    async def tell(self, story: Story, **how: Any) -> bool:
        """False when the bot was not killed. ``how``: see ``Life``."""
        self.ends.clear()
        self._forget()
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            shutil.copytree(self.start, folder, dirs_exist_ok=True)
            keeping = asyncio.create_task(self._keep_alive(replace(self.life, database=f"{folder}/bot.db", **how)))
            try:
                await story(self)
            except (AssertionError, TimeoutError) as problem:
                said = Path(folder, "bot.log").read_text(encoding="utf-8")[-6_000:]  # noqa: ASYNC240  # the test is over
                problem.add_note(f"{how}, ends {self.ends}:\n{self.dialpad.delivery.attempts}\n{said}")
                raise
            finally:
                keeping.cancel()
                await asyncio.gather(keeping, return_exceptions=True)
        return bool(self.ends)

    def _forget(self) -> None:
        space = self.slack._core.space
        for channel in space.channels.values():
            channel.messages.clear()
        for shown in (space.ephemerals, space.modals):
            shown.clear()
        self.slack.faults.clear()
        self.slack.calls.clear()
        self.dialpad.requests.clear()
        self.dialpad.state.calls.clear()
        self.dialpad.state.messages.clear()

    async def _keep_alive(self, life: Life) -> None:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        while True:
            self.nursery.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
            child = int(await self.nursery.stdout.readline())
            ended = asyncio.ensure_future(self.nursery.stdout.readline())
            try:
                self.ends.append(int(await asyncio.shield(ended)))
            except asyncio.CancelledError:
                os.kill(child, signal.SIGKILL)
                await ended
                raise
            assert self.ends == [-signal.SIGKILL], "the bot ended by itself"
            life = replace(life, dies_at=0, dies="")

    def said(self, to: Person | None = None) -> list[str]:
        """What the app has said in #support, or to somebody directly; a text each."""
        app = self.slack.workspace.app["user_id"]
        found = self.slack.person(str((to or PRIYA).slack_id)).messages("app" if to else "#support")
        return [json.dumps(one.get("blocks"), ensure_ascii=False) for one in found if one.get("user") == app]

    async def until_said(self, *words: str, to: Person | None = None) -> None:
        try:
            await self.slack.workspace.until(lambda: self.count(*words, to=to), WAIT_S)
        except TimeoutError:
            raise AssertionError(f"{words} not in {self.said(to)}") from None

    def count(self, *words: str, to: Person | None = None) -> int:
        """How often all of this was said at once."""
        return sum(all(word in one for word in words) for one in self.said(to))

    async def until_idle(self) -> None:
        """Nothing is on its way any more."""
        await self._ask(IDLE)

    async def let_time_pass(self) -> None:
        """So much that whatever escalates does so once more."""
        await self._ask(LATER)
        await self._ask(IDLE)

    async def go_on(self, seconds: float) -> None:
        """Put the bot's clock forward. From five minutes on it takes nothing from Slack any more."""
        await self._ask(f"{AHEAD}?{seconds}")
        await self._ask(IDLE)

    async def count_from_here(self) -> None:
        """What comes now are the steps at which it is killed."""
        await self._ask(COUNT)

    async def _ask(self, path: str) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=WAIT_S) as client:
            for _ in range(3):
                try:
                    await client.get(f"{self.life.address}{path}")
                except httpx.TransportError:
                    continue  # it died; the next one answers
                return
        raise AssertionError("the bot does not answer")


async def tell_at_every_step(
    story: Story, subscription: Subscription, *, policy: RolePolicy | None = None, **how: Any
) -> int:
    """Tells it to bots that die around each kind of call to Slack, and at their first step, their second, and so on,
    until one has told it to its end. That one's step."""
    kinds = [f"{when} {method}" for method in ("chat.postMessage", "chat.update") for when in ("before", "after")]
    named: list[dict[str, Any]] = [{"dies": kind} for kind in kinds]
    deaths = itertools.chain(named, ({"dies_at": step} for step in itertools.count(1, STRIDE)))
    lived: list[int] = []

    async def walk(here: Outside) -> None:
        while not lived:
            death = next(deaths)
            if not await here.tell(story, **death, **how) and "dies_at" in death:
                lived.append(int(death["dies_at"]))

    async with AsyncExitStack() as stack:
        places = [await stack.enter_async_context(outside(subscription, policy)) for _ in range(SIDE_BY_SIDE)]
        await asyncio.gather(*map(walk, places))
    return min(lived)


@asynccontextmanager
async def outside(subscription: Subscription, policy: RolePolicy | None = None) -> AsyncIterator[Outside]:
    bound, held = listen(0), listen(0)
    held.listen(64)
    url, address = (f"http://localhost:{one.getsockname()[1]}" for one in (bound, held))
    slack = SlackSandbox(
        manifest=build_manifest(build_routes(), public_url=address), base_url=url, enforce_limits=False
    )
    dialpad = DialpadSandbox(oauth_app=APP)
    # That a bot starts within the 5 s Dialpad waits is true of a machine that has nothing else to do.
    dialpad.delivery._http = httpx.AsyncClient(trust_env=False, timeout=WAIT_S)
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, dialpad.app)
    with tempfile.TemporaryDirectory(prefix="crash-") as folder, held:
        life = Life(f"{folder}/bot.db", url, address)
        slack.deliver_to(f"{address}/slack/events")
        slack.delivery.ack_seconds = slack._core.tickets.trigger_seconds = WAIT_S  # a bot that starts takes its time
        async with serving(by_path(parts, slack.app), bound):
            await _set_up(life, dialpad, subscription, policy)
            async with _nursery(held, life) as nursery:
                try:
                    yield Outside(slack, dialpad, life, Path(folder), nursery)
                finally:
                    dialpad.close()
                    await dialpad.delivery.aclose()
                    await slack.aclose()


async def _set_up(life: Life, dialpad: DialpadSandbox, subscription: Subscription, policy: RolePolicy | None) -> None:
    """As on the first day: people connected, somebody subscribed, Dialpad told where to."""
    bot = await Bot.start(settings_of(life))
    try:
        for person in CONNECTED_AT_START:
            await connect(bot, dialpad, person)
        await bot.hooks.ensure(OWNER)
        await bot.store.subscriptions.save(subscription)
        if policy is not None:
            await hold(bot, policy)
    finally:
        await bot.aclose()


async def hold(bot: Bot, policy: RolePolicy) -> None:
    """These rules hold, as if an admin had saved them."""
    gate = bot.dispatcher.deps.gate
    assert gate is not None
    await gate.save(CompanyKey(TEAM_ID, str(COMPANY_ID)), policy)


@asynccontextmanager
async def _nursery(held: socket.socket, life: Life) -> AsyncIterator[asyncio.subprocess.Process]:
    lifeline, ours = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crashes.mortal", str(held.fileno()), str(lifeline),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, pass_fds=(held.fileno(), lifeline),
    )  # fmt: skip
    os.close(lifeline)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(asdict(life)).encode() + b"\n")
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        os.close(ours)
        process.kill()
        await process.wait()
