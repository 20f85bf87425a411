"""How statistics that Dialpad prepares are waited for: the clock looks again and again, whoever asked may look in
between, and they are delivered once, by whichever of the two comes first."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal, TypeVar

from bot.basics.language import say
from bot.contract.context import Ctx
from bot.contract.prose import sentence
from bot.contract.reply import Answer, Button, Nothing, Prose, Raw, Reply

T = TypeVar("T")
Prepared = tuple[Literal["complete", "failed", "working"], T]
"""How far Dialpad is, and what it answered."""
FIRST_LOOK: Final = timedelta(seconds=4)
MOST_LOOKS: Final = 40
"""Looks of the clock, which take about 20 minutes."""
_LONGEST_WAIT_S: Final = 60


@dataclass(frozen=True)
class StatsWait:
    """One wait. ``requests``: what Dialpad knows them by. ``look`` and ``ready`` are the routes of a press and of the
    clock, ``args`` what both are called with."""

    requests: str
    look: str
    ready: str
    args: Mapping[str, Raw] = field(default_factory=dict)

    def key(self, ctx: Ctx) -> str:
        """Return the key of the clock's next look."""
        return f"stats:{ctx.person.team_id}:{ctx.person.user_id}:{self.requests}"

    async def look_again(self, ctx: Ctx, tries: int = 0) -> None:
        """Let the clock look once more, after so many looks."""
        wait = timedelta(seconds=min(_LONGEST_WAIT_S, 4 * tries)) if tries else FIRST_LOOK
        args = {**self.args, "tries": str(tries + 1)}
        where = {"where": ctx.where.to_json()}
        await ctx.deps.later.at(ctx.now + wait, self.key(ctx), self.ready, args, ctx.person, where)

    async def goes_on(self, ctx: Ctx) -> bool:
        """Tell whether the clock has still to look, so that nothing was delivered yet."""
        return any(one.key == self.key(ctx) for one in await ctx.deps.later.pending(ctx.person))

    async def end(self, ctx: Ctx) -> bool:
        """End the clock's looks. False when they were over: somebody else has delivered them."""
        return await ctx.deps.later.cancel(self.key(ctx))

    async def pressed(
        self, ctx: Ctx, fetch: Callable[[], Awaitable[Prepared[T]]], deliver: Callable[[T], Awaitable[Answer]],
        *, late: bool,
    ) -> Answer:  # fmt: skip
        """Look for somebody who presses. ``late``: the clock looks no more."""
        if not late and not await self.goes_on(ctx):
            return _delivered_already()
        state, found = await fetch()
        if state == "failed":
            await self.end(ctx)
            return _failed()
        if state == "working":
            return self.still_working(late=late)
        if not await self.end(ctx) and not late:
            return _delivered_already()
        return await deliver(found)

    async def looked(
        self, ctx: Ctx, tries: int, fetch: Callable[[], Awaitable[Prepared[T]]],
        deliver: Callable[[T], Awaitable[Answer]],
    ) -> Answer:  # fmt: skip
        """Look by the clock, for the so-manieth time: deliver them when they are ready, else look again until they
        are."""
        state, found = await fetch()
        if state == "failed":
            return _failed()
        if state == "complete":
            return await deliver(found)
        if tries >= MOST_LOOKS:
            return self.given_up()
        await self.look_again(ctx, tries)
        return Nothing()

    def preparing(self, what: Prose) -> Reply:
        """Say that they are prepared; the answer comes by itself."""
        said = sentence("Preparing {what}. It appears here by itself, usually within a minute.", what=what)
        return Reply(said, (self._check(),))

    def still_working(self, *, late: bool) -> Reply:
        """Say to whoever presses that they are not ready."""
        return Reply(say("Dialpad is still working on them."), (self._check(late=late),))

    def given_up(self) -> Reply:
        """Say that the clock looks no more; from now on only a press does."""
        said = say("Dialpad is still working on your statistics. Check again later.")
        return Reply(said, (self._check(late=True),), tone="warning")

    def _check(self, *, late: bool = False) -> Button:
        args = {**self.args, **({"late": "yes"} if late else {})}
        return Button("Check now", self.look, args, in_place=True)


def _failed() -> Reply:
    return Reply(say("Dialpad could not calculate these statistics. Ask for fewer days."), tone="warning")


def _delivered_already() -> Reply:
    return Reply(say("You have these statistics already: they are further down."))
