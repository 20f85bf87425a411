"""Postings: where each card is to be shown in Slack, as work on disk.

A posting with ``due_at`` is to be posted or updated, and stays due until that has happened; one with ``escalate_at``
will ask somebody to claim its card. Changing a card and making its postings due is one transaction, so no event that
was taken in can be forgotten.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    column,
    delete,
    func,
    not_,
    or_,
    select,
    table,
    text,
    true,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import CompanyKey
from bot.basics.opening_hours import AnswerTimes
from bot.store.group_writes import GroupWrites
from bot.store.processes import held_by_nobody_else
from bot.store.schema import (
    Clock,
    Everywhere,
    MomentColumn,
    StoreContext,
    company_columns,
    company_values,
    everywhere,
    insert_for,
    metadata,
    within,
)
from bot.store.table_rules import With, rules

_cards = table("cards", column("id"), column("version"))
"""Declared in ``bot.store.cards``, which builds on this."""
postings = Table(
    "postings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("card_id", Text, nullable=False),
    *company_columns(),
    Column("channel", Text, nullable=False),
    Column("watch_id", Text, key="subscription_id", nullable=False),
    Column("parent_id", Text),
    Column("ts", Text),
    Column("place", Text),
    Column("bundle", Text),
    Column("shown", Integer, nullable=False),
    Column("looks", Text),
    Column("due_at", MomentColumn),
    Column("attempted_at", MomentColumn),
    Column("tries", Integer, nullable=False),
    Column("doubtful", Boolean, nullable=False),
    Column("step", Integer, nullable=False),
    Column("escalate_at", MomentColumn),
    Column("created_at", MomentColumn, nullable=False),
    Column("holder", Text),
    Column("episode", MomentColumn),
    Column("superseded_by", Text),
    Column("timed_from", MomentColumn),
    Column("answer_by", MomentColumn),
    Column("warn_at", MomentColumn),
    Column("redraw_at", MomentColumn),
    Index("ix_postings_card_id_channel", "card_id", "channel", unique=True),
    *(
        Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
        for name, columns, where in (
            ("ix_postings_due_at", ("due_at",), "due_at IS NOT NULL"),
            ("ix_postings_due_in_channel", ("team_id", "channel", "due_at"), "due_at IS NOT NULL"),
            ("ix_postings_escalate_at", ("escalate_at",), "escalate_at IS NOT NULL"),
            ("ix_postings_redraw_at", ("redraw_at",), "redraw_at IS NOT NULL"),
        )
    ),  # what is over is in none of them: a look costs the same however many cards were shown
    Index("ix_postings_channel_ts", "channel", "ts"),
    Index("ix_postings_place_ts", "place", "ts"),
    info=rules(forget=With("card_id", "cards")),
)


ROUND: Final = 100
"""Steps of one round of asking: each time a claim is released, or what was settled waits anew, the next begins."""
_AT_ONCE: Final = 100
"""Cards that are asked about at a time."""
REPEATED_WITHIN: Final = timedelta(hours=1)
"""A call of somebody who waits already is shown in the message that is there, if it was posted this short a time ago:
later it would be out of sight."""
_MOMENTS: Final = timedelta(seconds=10)
_UNTIMED: Final = {"answer_by": None, "warn_at": None, "redraw_at": None}
_PASSED_ON: Final = ("escalate_at", "step", "episode", "timed_from", "answer_by", "warn_at", "redraw_at")
"""What a newer message of an item takes over from the one that asked for somebody."""
_GIVEN_UP: Final = and_(postings.c.due_at.is_(None), postings.c.tries > 0, postings.c.doubtful.is_(False))
"""Postings that were given up without ever being posted."""


@dataclass(frozen=True)
class NewPosting:
    """A place a card is to be posted to. ``parent``: the card in whose thread. ``escalate_s``: seconds until
    somebody is asked to claim it, None when nobody is. ``not_before``: what is held for the same moment comes due
    together."""

    channel: str
    subscription_id: str
    parent: str | None = None
    escalate_s: float | None = None
    wait_s: float = 0.0
    not_before: datetime | None = None
    episode: datetime | None = None
    """Since when what it asks for waits: what has been settled and waits anew is asked for anew."""


@dataclass(frozen=True)
class Beside:
    """Other cards of the item that a card is about: its customer's calls before and after, and their conversation."""

    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.earlier, *self.later, *self.others)


@dataclass(frozen=True)
class DuePlace:
    """A workspace's channel with due postings: how many are new, how many may have been posted when their process
    ended, and how many change a message."""

    team_id: str
    channel: str
    fresh: int = 0
    interrupted: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Posting:
    """One card in one channel. ``place`` is the conversation Slack answered with, which for a person's direct
    messages differs from ``channel``. ``shown`` is the card's version in Slack, ``looks`` a digest of what is seen
    there, ``bundle`` the message several cards share, ``doubtful`` one that may or may not have been posted."""

    id: str
    card_id: str
    company: CompanyKey
    channel: str
    subscription_id: str
    parent_id: str | None
    ts: str | None
    place: str | None
    bundle: str | None
    shown: int
    looks: str | None
    due_at: datetime | None
    attempted_at: datetime | None
    created_at: datetime
    tries: int
    doubtful: bool
    step: int
    escalate_at: datetime | None
    episode: datetime | None = None
    superseded_by: str | None = None
    """The posting of a later call of the same item in the same channel, which shows it now."""
    timed_from: datetime | None = None
    """From when on the time to answer in counts; None from when on its item waits."""
    answer_by: datetime | None = None
    warn_at: datetime | None = None
    redraw_at: datetime | None = None
    """When it looks different next because time has passed."""

    @property
    def answer_times(self) -> AnswerTimes | None:
        """Return until when what it is about is to be answered, None for no such time."""
        return AnswerTimes(self.answer_by, self.warn_at) if self.answer_by and self.warn_at else None

    @property
    def team_id(self) -> str:
        return self.company.team_id


def want(
    connection: Connection,
    now: datetime,
    company: CompanyKey,
    wanted: Mapping[str, Sequence[NewPosting]],
    new_cards: Collection[str],
    beside: Mapping[str, Beside] | None = None,
) -> None:
    """Add postings for cards, by the card's id, where they are not posted yet. A posting made without an escalation can
    get one now; one that waits is posted as soon as anybody wants it, by the subscription that holds it back least.
    ``new_cards``: those that cannot be posted anywhere yet. ``beside``: other cards of the same item, by the card's id:
    the item has one message that shows its newest call, and asks for somebody once in each channel."""
    beside = beside or {}
    old = [card_id for card_id, some in wanted.items() if some and card_id not in new_cards]
    near = [other for card_id, some in wanted.items() if some and card_id in beside for other in beside[card_id].all]
    there = _places(connection, company, {*old, *near})
    parents = _places(connection, company, {one.parent for some in wanted.values() for one in some if one.parent})
    fresh: dict[tuple[str, str], dict[str, Any]] = {}
    for card_id, some in wanted.items():
        for one in some:
            place = (card_id, one.channel)
            its = _Shown(card_id, one, beside.get(card_id, Beside()), there)
            _ask_anew(connection, now, company, its)
            one = its.asked_once()  # noqa: PLW2901  somebody may have been asked for this item already
            if place in there:
                _want_again(connection, now, company, there[place], one)
            elif its.later or (its.earlier and _move(connection, now, company, its)):
                continue
            elif place in fresh:
                _want_both(fresh[place], _fresh(now, company, card_id, one, parents))
            else:
                fresh[place] = _fresh(now, company, card_id, one, parents)
                if its.earlier and one.not_before is None:
                    _supersede(connection, now, company, its, fresh[place])
    if fresh:
        connection.execute(insert_for(connection, postings).on_conflict_do_nothing(), list(fresh.values()))


_Places: TypeAlias = dict[tuple[str, str], Any]
"""Rows of postings by card and channel."""


@dataclass(frozen=True)
class _Shown:
    """Where a wanted posting's item is shown in the same channel already."""

    card: str
    wanted: NewPosting
    beside: Beside
    there: _Places

    def _here(self, cards: Iterable[str]) -> list[Any]:
        found = (self.there.get((card, self.wanted.channel)) for card in cards)
        shown = [row for row in found if row is not None and row.parent_id is None and row.superseded_by is None]
        return sorted(shown, key=lambda row: (row.created_at, row.id))

    @property
    def earlier(self) -> list[Any]:
        return [] if self.wanted.parent else self._here(self.beside.earlier)

    @property
    def later(self) -> list[Any]:
        return [] if self.wanted.parent else self._here(self.beside.later)

    @property
    def asking(self) -> list[Any]:
        """Messages of the item that will ask for somebody in this channel."""
        return [row for row in self._here([self.card, *self.beside.all]) if row.escalate_at is not None]

    def asked_once(self) -> NewPosting:
        """Return the wanted posting without its escalation if another one of the item asks in this channel."""
        asks = any(row.card_id != self.card for row in self.asking)
        return replace(self.wanted, escalate_s=None) if asks else self.wanted


def _ask_anew(connection: Connection, now: datetime, company: CompanyKey, its: _Shown) -> None:
    """Let what is to be asked wait from now on, when the customer has come again since it was set: it had been put off,
    or they had been answered."""
    soon, episode = _escalation(now, its.wanted), its.wanted.episode
    for row in its.asking if soon is not None else ():
        if row.episode != episode:
            this = and_(within(postings, company), postings.c.id == row.id, postings.c.escalate_at == row.escalate_at)
            values = {"escalate_at": soon, "episode": episode, "step": _next_round(row, episode)}
            values |= {"timed_from": now, **_UNTIMED}
            connection.execute(update(postings).where(this).values(**values))


def _next_round(row: Any, episode: datetime | None) -> int:
    """Return the step at which a posting asks next: from the first on for what waits anew."""
    step: int = row.step
    return step if row.episode == episode or not step else step - step % ROUND + ROUND


def _move(connection: Connection, now: datetime, company: CompanyKey, its: _Shown) -> bool:
    """Let the message of an earlier call show this one. False when it is too old for that."""
    last = its.earlier[-1]
    if last.created_at <= now - REPEATED_WITHIN:
        return False
    one = its.wanted
    due_at = max(now + timedelta(seconds=one.wait_s), one.not_before or now)
    values: dict[str, Any] = {"card_id": its.card, "shown": 0}
    if last.ts is not None or last.due_at is None or last.due_at > due_at:
        values["due_at"] = due_at
    if one.escalate_s is not None and last.escalate_at is None:  # who calls again waits no longer for that
        values |= {"escalate_at": _escalation(now, one), "episode": one.episode, "step": _next_round(last, one.episode)}
        values |= {"timed_from": now, **_UNTIMED}
    moved = and_(within(postings, company), postings.c.id == last.id, postings.c.card_id == last.card_id)
    if not connection.execute(update(postings).where(moved).values(**values)).rowcount:
        return False
    # What is being sent just now is of the earlier call: when it has arrived, this one still has to be shown.
    version = select(_cards.c.version).where(_cards.c.id == last.card_id).scalar_subquery()
    newer = update(_cards).where(_cards.c.id == its.card).values(version=_cards.c.version + version)
    connection.execute(everywhere(newer, Everywhere.POSTER))
    its.there[its.card, one.channel] = last
    return True


def _supersede(connection: Connection, now: datetime, company: CompanyKey, its: _Shown, fresh: dict[str, Any]) -> None:
    """Let a new posting take over what the earlier ones of its item ask for; they say where the item is shown now."""
    asking = [row for row in its.earlier if row.escalate_at is not None]
    if asking:
        fresh |= {name: getattr(asking[-1], name) for name in _PASSED_ON}
    else:  # they were asked for all that came before
        fresh["timed_from"] = now
    mine = and_(within(postings, company), postings.c.id.in_([row.id for row in its.earlier]))
    values = {"superseded_by": fresh["id"], "escalate_at": None, **_UNTIMED}
    connection.execute(update(postings).where(mine).values(**values))
    touch(connection, company, [row.card_id for row in its.earlier], now)


def _places(connection: Connection, company: CompanyKey, card_ids: Collection[str]) -> _Places:
    """Return the postings of cards by card and channel."""
    if not card_ids:
        return {}
    column = postings.c
    columns = (
        column.id, column.card_id, column.channel, column.subscription_id, column.ts, column.attempted_at,
        column.due_at, column.escalate_at, column.step, column.parent_id, column.created_at, column.episode,
        column.superseded_by, column.timed_from, column.answer_by, column.warn_at, column.redraw_at,
    )  # fmt: skip
    statement = select(*columns).where(within(postings, company), column.card_id.in_(card_ids))
    return {(row.card_id, row.channel): row for row in connection.execute(statement)}


def _fresh(
    now: datetime,
    company: CompanyKey,
    card_id: str,
    one: NewPosting,
    parents: _Places,
) -> dict[str, Any]:
    parent = parents.get((one.parent, one.channel)) if one.parent else None
    return {
        "id": secrets.token_urlsafe(9),
        "card_id": card_id,
        **company_values(company),
        "channel": one.channel,
        "subscription_id": one.subscription_id,
        "parent_id": None if parent is None else parent.id,
        "shown": 0,
        "due_at": max(now + timedelta(seconds=one.wait_s), one.not_before or now),
        "tries": 0,
        "doubtful": False,
        "step": 0,
        "escalate_at": _escalation(now, one),
        "episode": one.episode,
        "created_at": now,
        "timed_from": None,
        **_UNTIMED,
    }


def _escalation(now: datetime, one: NewPosting) -> datetime | None:
    return None if one.escalate_s is None else now + timedelta(seconds=one.escalate_s)


def _want_both(first: dict[str, Any], second: Mapping[str, Any]) -> None:
    """Let a posting that is not written yet be wanted a second time, as ``_want_again``."""
    if first["due_at"] > second["due_at"]:
        taken_over = second["subscription_id"] != first["subscription_id"]
        names = ("subscription_id", "due_at", "escalate_at") if taken_over else ("due_at",)
        first.update({name: second[name] for name in names})
    if first["escalate_at"] is None:
        first["escalate_at"] = second["escalate_at"]


def _want_again(connection: Connection, now: datetime, company: CompanyKey, there: Any, one: NewPosting) -> None:
    ours = and_(within(postings, company), postings.c.id == there.id)
    due_at, escalate_at = max(now + timedelta(seconds=one.wait_s), one.not_before or now), _escalation(now, one)
    waits = there.ts is None and there.attempted_at is None and there.due_at is not None
    taken_over = waits and there.subscription_id != one.subscription_id and there.due_at > due_at
    if waits and there.due_at > due_at:
        held = and_(ours, postings.c.ts.is_(None), postings.c.attempted_at.is_(None), postings.c.due_at > due_at)
        rest = {"subscription_id": one.subscription_id, "escalate_at": escalate_at} if taken_over else {}
        connection.execute(update(postings).where(held).values(due_at=due_at, **rest))
    if taken_over:
        return
    if escalate_at is None or there.escalate_at is not None:
        return
    if there.step == 0 or there.episode != one.episode:
        asked_for_nobody = and_(ours, postings.c.escalate_at.is_(None), postings.c.step == there.step)
        step = _next_round(there, one.episode)
        values = {"escalate_at": escalate_at, "episode": one.episode, "step": step, "timed_from": None, **_UNTIMED}
        connection.execute(update(postings).where(asked_for_nobody).values(**values))


def touch(
    connection: Connection, company: CompanyKey, card_ids: Collection[str], due_at: datetime, *, posted: bool = False
) -> None:
    """Make every posting of these cards due again; those due sooner keep their turn. What may have been posted, or was
    given up before it ever was, stays as it is. ``posted``: only those that
    stand in Slack, or may."""
    alive = and_(
        or_(postings.c.ts.is_not(None), postings.c.attempted_at.is_not(None)) if posted else true(),
        within(postings, company),
        postings.c.card_id.in_(card_ids),
        postings.c.doubtful.is_(False),
        or_(postings.c.ts.is_not(None), postings.c.due_at.is_not(None)),
        or_(postings.c.due_at.is_(None), postings.c.due_at > due_at),
    )
    connection.execute(update(postings).where(alive).values(due_at=due_at))


def of_cards(connection: Connection, company: CompanyKey, card_ids: Collection[str]) -> list[Posting]:
    """Return the postings of these cards, oldest first."""
    here = and_(within(postings, company), postings.c.card_id.in_(card_ids))
    rows = connection.execute(select(postings).where(here).order_by(postings.c.created_at, postings.c.id))
    return [_read_posting(row) for row in rows]


def ask_at(
    connection: Connection,
    company: CompanyKey,
    name: str,
    moment: datetime | None,
    *,
    step: int,
    episode: datetime | None,
) -> None:
    """Set when the next escalation step of a posting is due, None for never, and which it is. ``episode``: since when
    what it asks for waits."""
    this = and_(within(postings, company), postings.c.id == name)
    values = {"escalate_at": moment, "step": step, "episode": episode, "timed_from": moment, **_UNTIMED}
    connection.execute(update(postings).where(this).values(**values))


def stop_posting(connection: Connection, company: CompanyKey, subscription_id: str) -> None:
    """Stop a deleted subscription's postings: what waits is not posted, and nobody is asked to claim the rest."""
    connection.execute(delete(postings).where(_waiting(company, subscription_id)))
    connection.execute(update(postings).where(_of(company, subscription_id)).values(escalate_at=None, **_UNTIMED))


class NextDue(NamedTuple):
    """When the next posting and the next escalation are due."""

    posting: datetime | None
    escalation: datetime | None


class _TakenByAnother(Exception):
    """Not all of the rows were free."""


class Postings:
    """Queries on postings. Every change is one transaction, and none waits for Slack or Dialpad. ``holder`` is the id
    of this process: what it is sending or updating is left alone by the others until it has ended or is dead."""

    def __init__(self, context: StoreContext, holder: str) -> None:
        self._context = context
        self._holder = holder
        self._arrived = GroupWrites(context.database, partial(_settle, context.now))

    async def of_card(self, company: CompanyKey, card_id: str) -> list[Posting]:
        return await self._postings(within(postings, company), postings.c.card_id == card_id)

    async def get(self, company: CompanyKey, name: str) -> Posting | None:
        found = await self._postings(within(postings, company), postings.c.id == name)
        return found[0] if found else None

    async def bundled(self, company: CompanyKey, bundle: str) -> list[Posting]:
        """Return the postings that share one message."""
        return await self._postings(within(postings, company), postings.c.bundle == bundle)

    async def due_places(self, now: datetime) -> list[DuePlace]:
        """Return where something is due that no other process works on, what has waited longest first."""
        due = and_(postings.c.due_at <= now, held_by_nobody_else(postings.c.holder, self._holder))
        posted, attempted = postings.c.ts.is_not(None), postings.c.attempted_at.is_not(None)
        counts = (
            func.count().filter(not_(posted), not_(attempted)).label("fresh"),
            func.count().filter(not_(posted), attempted).label("interrupted"),
            func.count().filter(posted).label("changed"),
        )
        place = (postings.c.team_id, postings.c.channel)
        statement = select(*place, *counts).where(due).group_by(*place).order_by(func.min(postings.c.due_at))

        def query(connection: Connection) -> list[DuePlace]:
            rows = connection.execute(everywhere(statement, Everywhere.DUE))
            return [DuePlace(*row) for row in rows]

        return await self._context.database.read(query)

    async def due(self, team_id: str, channel: str, now: datetime, most: int = 50) -> list[Posting]:
        """Return a channel's due postings that no other process works on: new messages first, then replies to them,
        then changes; each oldest first."""
        where = (
            postings.c.team_id == team_id,
            postings.c.channel == channel,
            postings.c.due_at <= now,
            held_by_nobody_else(postings.c.holder, self._holder),
        )
        order = (postings.c.ts.is_not(None), postings.c.parent_id.is_not(None), postings.c.created_at, postings.c.id)
        statement = everywhere(select(postings).where(*where).order_by(*order).limit(most), Everywhere.DUE)

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return [_read_posting(row) for row in await self._context.database.read(query)]

    async def next_due(self, seen: datetime | None = None) -> NextDue:
        """Return when something is due next. ``seen``: postings that were due then are not meant."""
        unseen = true() if seen is None else postings.c.due_at > seen
        posting = select(func.min(postings.c.due_at, type_=MomentColumn)).where(postings.c.due_at.is_not(None), unseen)
        escalation = select(func.min(postings.c.escalate_at, type_=MomentColumn))
        escalation = escalation.where(postings.c.escalate_at.is_not(None))

        def query(connection: Connection) -> NextDue:
            asked = [everywhere(statement, Everywhere.DUE) for statement in (posting, escalation)]
            return NextDue(*(connection.execute(statement).scalar() for statement in asked))

        return await self._context.database.read(query)

    async def attempt(self, ids: Sequence[str], bundle: str | None) -> bool:
        """Record an attempt before the message is sent: if the process dies now, the message is looked for first.
        False when another process was quicker: then nothing is to be sent."""
        fresh = and_(postings.c.ts.is_(None), postings.c.attempted_at.is_(None))
        values = {"attempted_at": self._context.now(), "tries": postings.c.tries + 1, "bundle": bundle}
        return await self._take(ids, fresh, values)

    async def take_interrupted(self, ids: Sequence[str]) -> bool:
        """Take postings that may have been sent, to look for them. False when another process was quicker."""
        return await self._take(ids, and_(postings.c.ts.is_(None), postings.c.attempted_at.is_not(None)), {})

    async def attempt_update(self, ids: Sequence[str]) -> bool:
        """Count one more attempt at updating a message. False when another process is at it."""
        return await self._take(ids, postings.c.ts.is_not(None), {"tries": postings.c.tries + 1})

    async def _take(self, ids: Sequence[str], where: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        free = and_(where, held_by_nobody_else(postings.c.holder, self._holder))
        taking = _change(ids).where(free).values(holder=self._holder, **values)

        def change(connection: Connection) -> None:
            if connection.execute(taking).rowcount != len(ids):
                raise _TakenByAnother

        try:
            await self._context.database.write(change)
        except _TakenByAnother:
            return False
        return True

    async def count_try(self, ids: Sequence[str]) -> None:
        """Count one more attempt at something that is not sent."""
        await self._context.run(_change(ids).values(tries=postings.c.tries + 1))

    async def posted(
        self, ids: Sequence[str], *, place: str, ts: str, versions: Mapping[str, int], looks: str | None
    ) -> None:
        """Record that a message was posted. Cards that changed meanwhile stay due."""
        await self._settle(ids, versions, {"ts": ts, "place": place, "doubtful": False, "looks": looks})

    async def updated(self, ids: Sequence[str], versions: Mapping[str, int], looks: str | None) -> None:
        await self._settle(ids, versions, {"looks": looks})

    async def _settle(self, ids: Sequence[str], versions: Mapping[str, int], values: Mapping[str, Any]) -> None:
        rest = {"tries": 0, "attempted_at": None, "holder": None, **values}
        await self._arrived.write(_Arrived({name: versions.get(name, 0) for name in ids}, rest))

    async def postpone(self, ids: Sequence[str], wait_s: float, *, in_doubt: bool = False) -> None:
        """Try again later. ``in_doubt``: it may have been posted, so it is looked for before it is sent again."""
        values: dict[str, Any] = {"due_at": self._context.now() + timedelta(seconds=wait_s), "holder": None}
        if not in_doubt:
            values["attempted_at"] = None
        await self._context.run(_change(ids).values(**values))

    async def hold(self, ids: Sequence[str], until: datetime) -> None:
        """Hold new postings back until then."""
        await self._context.run(_change(ids).values(due_at=until))

    async def drop(self, ids: Sequence[str]) -> None:
        """Delete postings that were never posted and are not wanted after all; they may be wanted again."""
        unwanted = delete(postings).where(postings.c.id.in_(ids), postings.c.ts.is_(None))
        await self._context.run(everywhere(unwanted, Everywhere.POSTER))

    async def due_anew(self, company: CompanyKey, subscription_id: str, escalate_s: float | None) -> None:
        """Make the postings due that a subscription holds back. ``escalate_s``: seconds until somebody is asked to
        claim what was to be claimed; None: nobody is."""
        now = self._context.now()
        held = and_(_waiting(company, subscription_id), postings.c.due_at.is_not(None))
        asked = and_(held, postings.c.escalate_at.is_not(None))
        escalate_at = None if escalate_s is None else now + timedelta(seconds=escalate_s)

        def change(connection: Connection) -> None:
            connection.execute(update(postings).where(asked).values(escalate_at=escalate_at))
            connection.execute(update(postings).where(held).values(due_at=now))

        await self._context.database.write(change)

    async def drop_waiting(self, company: CompanyKey, subscription_id: str) -> None:
        """Stop a deleted subscription's postings, as ``stop_posting``."""

        def change(connection: Connection) -> None:
            stop_posting(connection, company, subscription_id)

        await self._context.database.write(change)

    async def set_aside(self, ids: Sequence[str], *, doubtful: bool = False) -> None:
        """Stop trying to post or update these."""
        values = {"due_at": None, "attempted_at": None, "doubtful": doubtful, "escalate_at": None, "holder": None}
        await self._context.run(_change(ids).values(**values))

    async def post_anew(self, company: CompanyKey, ids: Sequence[str]) -> None:
        """Post these as new messages: those that showed them are gone. Whom they ask for is still asked."""
        values = {
            "ts": None, "place": None, "bundle": None, "shown": 0, "looks": None, "due_at": self._context.now(),
            "attempted_at": None, "tries": 0, "doubtful": False, "holder": None,
        }  # fmt: skip
        these = and_(within(postings, company), postings.c.id.in_(ids))
        await self._context.run(update(postings).where(these).values(**values))

    async def unposted(self, company: CompanyKey, subscription_id: str) -> tuple[int, int]:
        """Count a subscription's messages that were tried and given up, and those that still wait."""
        mine = and_(_of(company, subscription_id), postings.c.ts.is_(None))
        given_up = select(func.count()).where(mine, _GIVEN_UP)
        waiting = select(func.count()).where(mine, postings.c.due_at.is_not(None))

        def query(connection: Connection) -> tuple[int, int]:
            return connection.execute(given_up).scalar_one(), connection.execute(waiting).scalar_one()

        return await self._context.database.read(query)

    async def forget_unposted(self, company: CompanyKey, subscription_id: str) -> None:
        """Forget the messages that were given up, once the people concerned have been told."""
        where = and_(_of(company, subscription_id), postings.c.ts.is_(None), _GIVEN_UP)
        await self._context.run(update(postings).where(where).values(tries=0))

    async def clock_went_back(self, was_at: datetime) -> None:
        """Make due now what would have come due within moments of ``was_at``, had the clock not been set back. What
        quiet hours hold back is held again."""
        now = self._context.now()
        soon = and_(postings.c.due_at > now, postings.c.due_at <= was_at + _MOMENTS)
        await self._context.run(everywhere(update(postings).where(soon), Everywhere.DUE).values(due_at=now))

    async def due_escalations(self, now: datetime, most: int = 50) -> list[Posting]:
        return await self._postings(postings.c.escalate_at <= now, limit=most, why=Everywhere.DUE)

    async def step(self, posting: Posting, *, to: int, next_s: float | None) -> bool:
        """Count the due escalation step as taken. False if another process took it, or it is no longer due because
        the card was claimed or handled. ``next_s``: seconds until the next, None: there is none."""
        next_at = None if next_s is None else self._context.now() + timedelta(seconds=next_s)
        seen = (postings.c.step == posting.step, postings.c.escalate_at == posting.escalate_at)
        where = and_(within(postings, posting.company), postings.c.id == posting.id, *seen)
        return await self._context.run(update(postings).where(where).values(step=to, escalate_at=next_at)) == 1

    async def ask_next_now(self, company: CompanyKey, card_id: str, subscription_id: str) -> None:
        """Let the next step be due now: whoever the last one asked was not reached."""
        now = self._context.now()
        here = and_(_of(company, subscription_id), postings.c.card_id == card_id, postings.c.escalate_at > now)
        under_way = and_(here, postings.c.step % ROUND > 0, postings.c.parent_id.is_(None))
        await self._context.run(update(postings).where(under_way).values(escalate_at=now))

    async def set_times(self, posting: Posting, times: AnswerTimes | None) -> None:
        """Store until when what a posting is about is to be answered."""
        if times == posting.answer_times:
            return
        now = self._context.now()
        values = {} if times is None else {"answer_by": times.by, "warn_at": times.warn_at, "redraw_at": now}
        this = and_(within(postings, posting.company), postings.c.id == posting.id)
        await self._context.run(update(postings).where(this).values(**{**_UNTIMED, **values}))

    async def time_anew(self, company: CompanyKey, subscription_id: str) -> None:
        """Let the times be computed anew of what waits for its answer: the subscription's own time for it changed."""
        waiting = and_(_of(company, subscription_id), postings.c.escalate_at.is_not(None), postings.c.step % ROUND == 0)
        timed = and_(waiting, postings.c.answer_by.is_not(None))
        await self._context.run(update(postings).where(timed).values(escalate_at=self._context.now()))

    async def times_of(self, company: CompanyKey, card_ids: Collection[str]) -> list[Posting]:
        """Return the postings of these cards that say until when somebody is to answer."""
        timed = and_(postings.c.answer_by.is_not(None), postings.c.superseded_by.is_(None))
        found: list[Posting] = []
        ids = list(card_ids)
        for start in range(0, len(ids), _AT_ONCE):
            some = postings.c.card_id.in_(ids[start : start + _AT_ONCE])
            found += await self._postings(and_(within(postings, company), timed, some), limit=_AT_ONCE * 10)
        return found

    async def redraw_at(self, company: CompanyKey, ids: Collection[str], at: datetime) -> None:
        """Have messages drawn anew at that time, because they look different then."""
        these = and_(within(postings, company), postings.c.id.in_(ids))
        await self._context.run(update(postings).where(these).values(redraw_at=at))

    async def redraw_timed(self, most: int = 50) -> int:
        """Make due the cards whose answer is due soon, or overdue, from now on. Returns of how many postings."""
        now = self._context.now()
        late = select(postings).where(postings.c.redraw_at <= now).order_by(postings.c.card_id).limit(most)

        def change(connection: Connection) -> int:
            locked = everywhere(late.with_for_update(skip_locked=True), Everywhere.DUE)
            rows = [_read_posting(row) for row in connection.execute(locked)]
            for one in rows:
                next_at = one.answer_times.next_change(now) if one.answer_times else None
                this = and_(within(postings, one.company), postings.c.id == one.id)
                connection.execute(update(postings).where(this).values(redraw_at=next_at))
                newer = update(_cards).where(_cards.c.id == one.card_id).values(version=_cards.c.version + 1)
                connection.execute(everywhere(newer, Everywhere.POSTER))
                touch(connection, one.company, [one.card_id], now, posted=True)
            return len(rows)

        first = everywhere(select(postings.c.id).where(postings.c.redraw_at <= now).limit(1), Everywhere.DUE)

        def is_late(connection: Connection) -> bool:
            return connection.execute(first).first() is not None

        return await self._context.database.write(change) if await self._context.database.read(is_late) else 0

    async def _postings(self, *where: Any, limit: int = 500, why: Everywhere | None = None) -> list[Posting]:
        statement = select(postings).where(*where).order_by(postings.c.created_at, postings.c.id).limit(limit)
        statement = everywhere(statement, why) if why else statement

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return [_read_posting(row) for row in await self._context.database.read(query)]


@dataclass(frozen=True)
class _Arrived:
    """A message that is in Slack: the version of each card in it, by posting, and what else is to be written."""

    versions: Mapping[str, int]
    values: Mapping[str, Any]


def _settle(clock: Clock, connection: Connection, together: Sequence[_Arrived]) -> list[None]:
    """Write down what stands in Slack. A card that changed meanwhile stays due: its row is locked, so that nobody
    changes it between the look and the writing."""
    now = clock()
    names = [name for one in together for name in one.versions]
    card_of = and_(postings.c.id.in_(names), _cards.c.id == postings.c.card_id)
    asked = select(postings.c.id, _cards.c.version).where(card_of).order_by(_cards.c.id)
    locked = everywhere(asked.with_for_update(read=True, of=_cards), Everywhere.POSTER)
    newest = {row.id: row.version for row in connection.execute(locked)}
    for one in together:
        rows = [
            {"posting": name, "now_shown": shown, "now_due": now if newest.get(name, 0) > shown else None}
            for name, shown in one.versions.items()
        ]
        change = update(postings).where(postings.c.id == bindparam("posting"))
        shown = {"shown": bindparam("now_shown"), "due_at": bindparam("now_due", type_=MomentColumn)}
        connection.execute(everywhere(change.values(**shown, **one.values), Everywhere.POSTER), rows)
    return [None] * len(together)


def _change(ids: Sequence[str]) -> Update:
    return everywhere(update(postings).where(postings.c.id.in_(ids)), Everywhere.POSTER)


def _waiting(company: CompanyKey, subscription_id: str) -> ColumnElement[bool]:
    """Select a subscription's postings that were never posted and are not being posted."""
    column = postings.c
    return and_(_of(company, subscription_id), column.ts.is_(None), column.attempted_at.is_(None))


def _of(company: CompanyKey, subscription_id: str) -> ColumnElement[bool]:
    return and_(within(postings, company), postings.c.subscription_id == subscription_id)


def _read_posting(row: Row[Any]) -> Posting:
    names = Posting.__dataclass_fields__.keys() - {"company"}
    return Posting(company=CompanyKey(row.team_id, row.company), **{name: getattr(row, name) for name in names})
