"""Posts what is due to Slack, at the pace that Slack allows: new messages before changes, many at once as one, each
exactly once.

The work is stored as rows (``bot.store.postings``), so it goes on after a restart where it was. A row is marked before
its message is sent; one that is found marked and without a message was interrupted, and is looked for in the channel
before it is sent again. What may not leave yet stays due, and is drawn when it leaves: the latest state wins.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

import structlog

from bot.basics.clock_jumps import ClockJumps
from bot.basics.language import ENGLISH, speaking
from bot.basics.outages import Outage
from bot.cards.board import BOARD
from bot.cards.live_call import MOST_ROWS
from bot.contract.reply import MessageContent
from bot.notifications.escalation import asked_in_vain
from bot.notifications.owner_alerts import SLOW, ChannelLanguages, OwnerAlerts
from bot.notifications.quiet_hours import sift
from bot.slack.api.channel_messages import (
    CannotLook,
    CannotShow,
    InDoubt,
    MessagePlace,
    PostNotSent,
    PostRefused,
    PostThrottled,
)
from bot.slack.api.pace import MethodPlace, SlackMethod, SlackPace, build_pace
from bot.store.agenda import Agenda, read_agenda
from bot.store.card_rows import StoredCard
from bot.store.database import is_away
from bot.store.postings import DuePlace, Posting
from bot.store.store import Store

BUNDLE_OVER: Final = 3
"""More new calls than this that wait for one channel become one message."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
GIVE_UP_AFTER: Final = timedelta(hours=24)
LEAST_TRIES: Final = 30
"""About two hours of tries, so that what quiet hours or a pause held for days gets its time as well."""
UPDATE_TRIES: Final = 300
"""About a day of tries; a card may be older than the change it cannot be updated with."""
TELL_AFTER_TRIES: Final = 7
TELL_AFTER_S: Final = 240.0
"""Four minutes without an answer from Slack, or a pause that long asked for, no longer count as passing."""
LOOK_EVERY_S: Final = 30.0
"""The longest sleep. Whatever makes something due wakes the poster of its process; this is for a clock that was put
forward, and for rows that another process made due."""
AGAIN_S: Final = 5.0
"""Pause after the database did not answer."""
LEAST_S: Final = 0.05
MOST_AT_ONCE: Final = 40
"""Channels that are served at once: what somebody waits for in Slack finds a free connection (``open_session``)."""
BUSY_S: Final = 0.5
"""Pause while chores run, or do not do what is due: it may be what they are working on."""
_PARENT_WAIT_S: Final = 1.0

_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
_OURS: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text"})
_log = structlog.get_logger(__name__)


class MessageSender(Protocol):
    """The part of ``bot.slack.api.channel_messages.ChannelMessages`` that the poster needs."""

    async def post(
        self, team_id: str, channel: str, content: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace: ...

    async def update(self, team_id: str, spot: MessagePlace, content: MessageContent, *, name: str) -> None: ...

    async def find(
        self, team_id: str, channel: str, *, name: str, since: datetime, thread_ts: str | None = None
    ) -> MessagePlace | None: ...


class CardRenderer(Protocol):
    """The part of ``bot.notifications.posted_cards.PostedCardRenderer`` that the poster needs."""

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent: ...

    async def bundle(self, postings: list[tuple[Posting, StoredCard]]) -> MessageContent: ...


@dataclass(frozen=True)
class DueChore:
    """Something else that comes due. ``when`` reads its moment."""

    run: Callable[[], Awaitable[None]]
    when: Callable[[Agenda], datetime | None]


class Poster:
    """Posts and updates messages. ``chores`` do what else has come due, each once at a time; one that waits for Dialpad
    delays no message. Started with ``start``, ended with ``aclose``."""

    def __init__(
        self,
        store: Store,
        channel_messages: MessageSender,
        renderer: CardRenderer,
        chores: Sequence[DueChore] = (),
        *,
        languages: ChannelLanguages | None = None,
        pace: SlackPace | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``languages``: by default everything is English. ``pace``: by default by the store's clock, for a process
        that is alone."""
        self._pace = pace or build_pace(None, lambda: store.now().timestamp())
        self._clock_jumps = ClockJumps(store.now, monotonic)
        self._store = store
        self._channel_messages = channel_messages
        self._renderer = renderer
        self._chores = chores
        self._languages = languages
        self._trouble = OwnerAlerts(store, channel_messages, languages)
        self._looking = Outage("could not look for what is due", _log)
        self._posting = Outage("posting stopped", _log)
        self._chores_failed = [Outage("something due was not done", _log) for _ in chores]
        self._unreadable: set[str] = set()
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._serving: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._served_count = 0
        self._looked_at = store.now()
        self._pace_wait_s = LOOK_EVERY_S
        self._doing: dict[int, asyncio.Task[None]] = {}
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._running = asyncio.create_task(self._run_for_ever())

    async def aclose(self, within_s: float = 5.0) -> None:
        """Wait for messages being sent; the others are sent after the next start."""
        if self._running is not None:
            self._running.cancel()
        if under_way := self._under_way:
            await asyncio.wait(under_way, timeout=within_s)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    @property
    def _under_way(self) -> set["asyncio.Task[None]"]:
        return {*self._serving.values(), *self._doing.values()}

    def wake(self) -> None:
        """Look at once for what is due."""
        self._woken.set()

    async def _run_for_ever(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.look()
                wait_s = await self._wait_s()
            except Exception as problem:  # noqa: BLE001  the database is unavailable: the rows are still there once it is back
                self._looking.failed(problem)
                wait_s = AGAIN_S
            else:
                self._looking.over()
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _wait_s(self) -> float:
        """Return until the next look: what was due at the last one is at work, or waits for its turn."""
        agenda, now = await read_agenda(self._store.context, self._looked_at), self._store.now()
        waits = [self._pace_wait_s]
        if agenda.posting is not None:
            waits.append(max(LEAST_S, (agenda.posting - now).total_seconds()))
        for at in (chore.when(agenda) for chore in self._chores):
            if at is not None:
                waits.append(max(LEAST_S if at > now and not self._doing else BUSY_S, (at - now).total_seconds()))
        return min(waits)

    async def look(self) -> None:
        """Start on everything that is due now."""
        if (expected := self._clock_jumps.went_back()) is not None:
            _log.warning("the clock was set back", seconds=round((expected - self._store.now()).total_seconds()))
            await self._store.postings.clock_went_back(expected)
        agenda, now = await read_agenda(self._store.context), self._store.now()
        for number, chore in enumerate(self._chores):
            if number not in self._doing and _is_past(chore.when(agenda), now):
                task = asyncio.create_task(self._do(number, chore))
                self._doing[number] = task
                task.add_done_callback(lambda _, number=number: self._doing.pop(number))  # type: ignore[misc]  # mypy cannot infer the lambda
        self._looked_at, self._pace_wait_s = now, LOOK_EVERY_S
        if _is_past(agenda.posting, now):
            await self._serve_due()

    async def _do(self, number: int, chore: DueChore) -> None:
        try:
            await chore.run()
            await self._serve_due()
        except Exception as problem:  # noqa: BLE001  it is done again next time
            self._chores_failed[number].failed(problem)
        else:
            self._chores_failed[number].over()

    async def _serve_due(self) -> None:
        self._looked_at = now = self._store.now()
        self._pace_wait_s = LOOK_EVERY_S
        for due in await self._store.postings.due_places(now):
            place = (due.team_id, due.channel)
            if place in self._serving or len(self._serving) >= MOST_AT_ONCE:
                continue
            if (wait_s := self._until_open(due)) > 0:
                self._pace_wait_s = min(self._pace_wait_s, max(LEAST_S, wait_s))
                continue
            task = asyncio.create_task(self._serve(*place))
            self._serving[place] = task
            task.add_done_callback(lambda done, place=place: self._served(place, done))  # type: ignore[misc]  # mypy cannot infer the lambda

    def _until_open(self, due: DuePlace) -> float:
        """Return for how long nothing of what is due there may leave."""
        wanted = {SlackMethod.POST: due.fresh, SlackMethod.FIND: due.interrupted, SlackMethod.UPDATE: due.changed}
        return min(self._pace.wait_s(MethodPlace(due.team_id, due.channel, one)) for one in wanted if wanted[one])

    def _served(self, place: tuple[str, str], done: "asyncio.Task[None]") -> None:
        self._serving.pop(place, None)
        self._served_count += 1
        if not done.cancelled() and done.exception() is not None:
            _log.error("posting ended", exc_info=done.exception())
        self.wake()

    async def settle(self) -> None:
        """Return when nothing is due now. For tests and shutdown."""
        await self._finish()
        before = -1
        while before != self._served_count:
            before = self._served_count
            await self.look()
            await self._finish()

    async def _finish(self) -> None:
        while under_way := self._under_way:
            await asyncio.wait(under_way)
            await asyncio.sleep(0)

    async def _serve(self, team_id: str, channel: str) -> None:
        try:
            await self._serve_until_done(team_id, channel)
        except Exception as problem:  # noqa: BLE001  the database is unavailable: the rows are still there once it is back
            self._posting.failed(problem)
            await self._sleep(AGAIN_S)
        else:
            self._posting.over()

    async def _serve_until_done(self, team_id: str, channel: str) -> None:
        postings = self._store.postings
        while due := await postings.due(team_id, channel, self._store.now()):
            try:
                if not await self._write_next(due):
                    return  # until there is a turn
            except Exception:  # noqa: BLE001  whatever is wrong with the first of them, the others go on
                _log.exception("a message cannot be written")
                await postings.count_try([due[0].id])
                await postings.postpone([due[0].id], _backoff(due[0].tries), in_doubt=True)

    async def _cards(self, due: Sequence[Posting]) -> dict[str, StoredCard]:
        """Return the cards of what is due by their ids, without those that are gone or cannot be read."""
        known: dict[str, StoredCard] = {}
        for company in dict.fromkeys(one.company for one in due):
            theirs = [one.card_id for one in due if one.company == company]
            for card_id, card in (await self._store.cards.several(company, theirs)).items():
                if card is None:
                    self._unreadable.add(card_id)
                else:
                    known[card_id] = card
        return known

    async def _write_next(self, due: Sequence[Posting]) -> bool:
        """Do the most urgent that may leave now. False when nothing may."""
        cards = await self._cards(due)
        known = [(one, cards[one.card_id]) for one in due if one.card_id in cards]
        if gone := [one for one in due if one.card_id not in cards]:
            await self._set_unreadable_aside(gone)
        interrupted = [one for one, _ in known if one.ts is None and one.attempted_at is not None]
        if interrupted and await self._look_for(interrupted[0], interrupted):
            return True
        fresh = [(one, card) for one, card in known if one.ts is None and one.attempted_at is None]
        if fresh and self._pace.wait_s(_place(fresh[0][0], SlackMethod.POST)) == 0:
            wanted = await sift(self._store, fresh)
            if len(wanted) < len(fresh) or await self._post_next(wanted):
                return True
        shown = [one for one, _ in known if one.ts is not None]
        return (bool(shown) and await self._update(shown[0])) or bool(gone)

    async def _set_unreadable_aside(self, gone: Sequence[Posting]) -> None:
        await self._store.postings.set_aside([one.id for one in gone])
        for one in gone:
            if one.card_id in self._unreadable and one.ts is None:
                await self._trouble.unreadable(one)
        self._unreadable.difference_update(one.card_id for one in gone)

    # New messages

    async def _post_next(self, fresh: list[tuple[Posting, StoredCard]]) -> bool:
        posting, card = fresh[0]
        thread_ts = None
        if posting.parent_id is not None:
            parent = await self._store.postings.get(posting.company, posting.parent_id)
            waiting = [one.id for one, _ in fresh if one.parent_id == posting.parent_id]
            if parent is None or (parent.ts is None and parent.due_at is None):
                await self._store.postings.set_aside(waiting)
                return True
            if parent.ts is None and parent.due_at is not None:
                left_s = (parent.due_at - self._store.now()).total_seconds()
                await self._store.postings.postpone(waiting, max(_PARENT_WAIT_S, left_s))
                return True
            thread_ts = parent.ts
        ours = [(one, its) for one, its in fresh if one.company == posting.company]
        alike = [(one, its) for one, its in ours if its.kind == "call" and one.parent_id is None]
        if card.kind == "call" and len(alike) > BUNDLE_OVER:
            return await self._send(alike[:MOST_ROWS])
        return await self._send([(posting, card)], thread_ts)

    async def _send(self, together: list[tuple[Posting, StoredCard]], thread_ts: str | None = None) -> bool:
        """Send a new message. False when its turn has not come."""
        content = await self._content(together)
        if content is None:
            return True
        first = together[0][0]
        name = first.id
        if not await self._pace.take(_place(first, SlackMethod.POST)):
            return False
        if not await self._store.postings.attempt([one.id for one, _ in together], name if len(together) > 1 else None):
            return True
        await self._post(together, content, name, thread_ts)
        return True

    async def _post(
        self, together: list[tuple[Posting, StoredCard]], content: MessageContent, name: str, thread_ts: str | None
    ) -> None:
        first = together[0][0]
        rows = [one for one, _ in together]
        ids = [one.id for one in rows]
        try:
            spot = await self._channel_messages.post(
                first.team_id, first.channel, content, name=name, thread_ts=thread_ts
            )
        except PostThrottled as problem:
            self._pace.hold(_place(first, SlackMethod.POST), problem.wait_s)
            await self._later(rows, SLOW, problem.wait_s)
        except PostNotSent:
            await self._later(rows, SLOW)
        except InDoubt:
            await self._later(rows, SLOW, in_doubt=True)
        except PostRefused as problem:
            await self._refused(rows, problem.code)
        except CannotShow:
            await self._mistaken(rows)
        else:
            versions = {one.id: card.version for one, card in together}
            await self._store.postings.posted(
                ids, place=spot.place, ts=spot.ts, versions=versions, looks=_looks(content)
            )
            await self._note_changes(first, ids, content)
            await self._trouble.is_over(first)

    async def _look_for(self, posting: Posting, fresh: Sequence[Posting]) -> bool:
        """Look in the channel for a message that was being sent when the process ended, or that Slack never
        confirmed. False when the turn to look has not come."""
        name = posting.bundle or posting.id
        rows = [one for one in fresh if (one.bundle or one.id) == name]
        ids = [one.id for one in rows]
        since = posting.attempted_at or posting.created_at
        if not await self._pace.take(_place(posting, SlackMethod.FIND)):
            return False
        if not await self._store.postings.take_interrupted(ids):
            return True
        parent = await self._store.postings.get(posting.company, posting.parent_id) if posting.parent_id else None
        try:
            spot = await self._channel_messages.find(
                posting.team_id, posting.channel, name=name, since=since, thread_ts=parent.ts if parent else None
            )
        except (PostThrottled, PostNotSent, PostRefused) as problem:
            await self._store.postings.count_try(ids)
            if isinstance(problem, PostRefused):
                await self._refused(rows, problem.code, in_doubt=True)
            else:
                wait_s = problem.wait_s if isinstance(problem, PostThrottled) else None
                if wait_s is not None:
                    self._pace.hold(_place(posting, SlackMethod.FIND), wait_s)
                await self._later(rows, SLOW, wait_s, in_doubt=True)
        except CannotLook:
            await self._store.postings.set_aside(ids, doubtful=True)
            await self._trouble.in_doubt(posting)
        else:
            if spot is None:
                await self._store.postings.postpone(ids, 0.0)
            else:
                await self._store.postings.posted(ids, place=spot.place, ts=spot.ts, versions={}, looks=None)
        return True

    async def _content(self, together: list[tuple[Posting, StoredCard]]) -> MessageContent | None:
        """Return the content of a message; None when it cannot be shown, so that it does not delay its channel."""
        first = together[0][0]
        language = await self._languages.of_channel(first.team_id, first.channel) if self._languages else ENGLISH
        try:
            with speaking(language):
                one = self._renderer.bundle(together) if len(together) > 1 else self._renderer.of(*together[0])
                return replace(await one, language=language)
        except Exception as problem:
            if is_away(problem):
                raise  # nothing is wrong with the card
            _log.exception("a card cannot be shown", kind=together[0][1].kind)
            await self._mistaken([one for one, _ in together])
            return None

    # Updating messages

    async def _update(self, posting: Posting) -> bool:
        """Update a message. False when its turn has not come."""
        bundle, ours = posting.bundle, posting.company
        together = [posting] if bundle is None else await self._store.postings.bundled(ours, bundle)
        found = await self._store.cards.several(ours, [one.card_id for one in together])
        cards = [(one, card) for one in together if (card := found.get(one.card_id)) is not None]
        ids = [one.id for one, _ in cards]
        versions = {one.id: card.version for one, card in cards}
        if all(card.version <= one.shown for one, card in cards):
            await self._store.postings.updated(ids, versions, posting.looks)
            return True
        content = await self._content(cards)
        if content is None:
            return True
        if posting.looks == _looks(content):
            await self._store.postings.updated(ids, versions, posting.looks)
            await self._note_changes(posting, ids, content)
            return True
        place = _place(posting, SlackMethod.UPDATE)
        if any(card.kind == BOARD for _, card in cards) and (wait_s := await self._pace.take_for_board(place)) > 0:
            await self._store.postings.postpone(ids, wait_s)
            return True
        if not await self._pace.take(place):
            return False
        if await self._store.postings.attempt_update(ids):
            await self._change(posting, together, content, versions)
        return True

    async def _change(
        self, posting: Posting, together: Sequence[Posting], content: MessageContent, versions: Mapping[str, int]
    ) -> None:
        spot = MessagePlace(posting.place or posting.channel, posting.ts or "")
        try:
            await self._channel_messages.update(posting.team_id, spot, content, name=posting.bundle or posting.id)
        except PostThrottled as problem:
            self._pace.hold(_place(posting, SlackMethod.UPDATE), problem.wait_s)
            await self._later(together, SLOW, problem.wait_s)
        except (PostNotSent, InDoubt):
            await self._later(together, SLOW)
        except PostRefused as problem:
            await self._refused(together, problem.code)
        except CannotShow:
            await self._mistaken(together)
        else:
            await self._store.postings.updated(list(versions), versions, _looks(content))
            await self._note_changes(posting, list(versions), content)
            await self._trouble.is_over(posting)

    async def _note_changes(self, posting: Posting, ids: list[str], content: MessageContent) -> None:
        """Have it drawn anew when it looks different because time has passed."""
        if content.changes is not None:
            await self._store.postings.redraw_at(posting.company, ids, content.changes)

    # Failures

    async def _refused(self, together: Sequence[Posting], code: str, *, in_doubt: bool = False) -> None:
        if code in _GONE:
            if await self._brought_back(together, code):
                return
            await self._store.postings.set_aside([one.id for one in together])
            if together[0].ts is None:  # not a message that somebody deleted, but one that never came
                await self._trouble.given_up(together[0], code)
            return
        _log.warning("slack takes no message", refused=code, tries=together[0].tries)
        if await asked_in_vain(self._store, together[0], code):
            await self._store.postings.set_aside([one.id for one in together])
        elif code in _OURS:
            await self._mistaken(together)
        else:
            await self._later(together, code, in_doubt=in_doubt)

    async def _brought_back(self, together: Sequence[Posting], code: str) -> bool:
        """Post anew what somebody deleted in Slack while it is still needed: the first message of a thread that
        something is to go into, and the card of what waits for somebody. False when it is not needed."""
        first, postings = together[0], self._store.postings
        if code == "thread_not_found" and first.parent_id is not None:
            parent = await postings.get(first.company, first.parent_id)
            if parent is None or (parent.ts is None and parent.due_at is None):
                return False
            if parent.ts is not None:  # otherwise another reply has found out
                await postings.post_anew(first.company, [parent.id])
            await postings.postpone([one.id for one in together], _PARENT_WAIT_S)
            return True
        if code != "message_not_found" or first.ts is None or not await self._is_open(together):
            return False
        await postings.post_anew(first.company, [one.id for one in together if one.superseded_by is None])
        gone = [one.id for one in together if one.superseded_by is not None]
        if gone:
            await postings.set_aside(gone)
        return True

    async def _is_open(self, together: Sequence[Posting]) -> bool:
        """Tell whether a message shows something that waits for somebody."""
        for posting in together:
            card = await self._store.cards.get(posting.company, posting.card_id)
            if card is None or card.kind not in {"call", "talk"} or posting.superseded_by is not None:
                continue
            customer = await self._store.histories.of_card(card)
            item = customer.item(card.id) if customer is not None else None
            if item is not None and not item.is_settled:
                return True
        return False

    async def _mistaken(self, together: Sequence[Posting]) -> None:
        await self._store.postings.set_aside([one.id for one in together])
        await self._trouble.mistaken(together[0])

    async def _later(
        self, together: Sequence[Posting], code: str, wait_s: float | None = None, *, in_doubt: bool = False
    ) -> None:
        """Try again later, or give up after a day of tries. ``code``: why not now."""
        ids, first = [one.id for one in together], together[0]
        if self._was_tried_for_a_day(first):
            await self._store.postings.set_aside(ids, doubtful=in_doubt)
            await (self._trouble.in_doubt(first) if in_doubt else self._trouble.given_up(first, code))
            return
        pause_s = _backoff(first.tries) if wait_s is None else wait_s
        await self._store.postings.postpone(ids, pause_s, in_doubt=in_doubt)
        if code != SLOW or pause_s >= TELL_AFTER_S or first.tries >= TELL_AFTER_TRIES:
            await self._trouble.goes_on(first, code)

    def _was_tried_for_a_day(self, posting: Posting) -> bool:
        if posting.ts is not None:
            return posting.tries >= UPDATE_TRIES
        return posting.tries >= LEAST_TRIES and self._store.now() - posting.created_at >= GIVE_UP_AFTER


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _place(posting: Posting, method: SlackMethod) -> MethodPlace:
    return MethodPlace(posting.team_id, posting.channel, method)


def _looks(content: MessageContent) -> str:
    """Return a key that is equal for contents that look the same: not every event changes what people see."""
    return sha256(repr(content).encode(errors="surrogatepass")).hexdigest()[:32]


def _backoff(tries: int) -> float:
    return float(min(FIRST_WAIT_S * 2 ** min(tries, 20), LONGEST_WAIT_S))
