"""Turns events into cards: merges what is known, and adds a posting for each subscription that wants it.

A batch of events is folded within one transaction, which also marks them as done; ``bot.notifications.poster`` does the
posting. Folded again, also after a crash in the middle, nothing changes: cards are found by name and merged, postings
exist once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from bot.activity import texts
from bot.activity.call_registers import names_of, read_call
from bot.activity.calls import CallView, view_call
from bot.activity.histories import Told, call_told
from bot.activity.items import Item
from bot.activity.news import News, NewsKind, happening_of
from bot.activity.registers import Register, State, fragment, join, value
from bot.activity.subscriptions.subscription import Subscription, quiet_until
from bot.activity.taken_off import gone_off, missed, taken_off
from bot.activity.text_facts import text_told
from bot.activity.visibility import heard_for
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey
from bot.cards.notice import CHANGE, NOTICES, NoticedEvent
from bot.cards.taken_off import TAKEN_OFF, TELL_TAKEN_OFF
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.callcenters import GetCallCenterStatus
from bot.dialpad.directory import Directory, entity_of_place
from bot.dialpad.event_parts import EventParty
from bot.dialpad.events import (
    AgentStatusEvent,
    CallEvent,
    ChangeEvent,
    ChannelEvent,
    ContactEvent,
    FaxEvent,
    SmsEvent,
)
from bot.notifications.boards import board_part
from bot.notifications.intake import Arrived, FollowUp
from bot.notifications.pictures import Pictures
from bot.notifications.telling import told_of
from bot.store.absorbing import Absorbed, CardPart
from bot.store.card_rows import StoredCard
from bot.store.database import Transaction
from bot.store.hooks import Hook
from bot.store.opt_outs import OptOutWord
from bot.store.postings import NewPosting, Posting, of_cards
from bot.store.store import Store

SETTLE_S: Final = 0.35
"""How long a new card waits for events right after it: the legs of a call ring and end within moments."""
PART_S: Final = 4.0
"""How long it waits while only one person's leg of a call is known: the rest may say that somebody else answered."""
DEBOUNCE_S: Final = 0.45
"""A posted card is updated once for all that happens within this time."""
ROSTER_S: Final = 10.0
"""How soon after somebody went on or off duty the roster is fetched: a shift changes within moments."""
ROSTER_MOST_S: Final = 30.0
"""How long the roster is not fetched while people keep going on and off duty."""
DUTY_SETTLE_S: Final = 4.0
"""How long a change of duty waits for others: a missed call takes an agent off duty, who goes on again at once."""
TOLD_WITHIN: Final = timedelta(minutes=10)
"""How long after they went off duty somebody is still told that it was Dialpad."""
FLAPPING_S: Final = 60.0
"""Changes of one thing that follow one another within this time are one message, which says where it ended."""
PICTURE_S: Final = 2.5
"""How long a text waits for its picture; one that comes later is added to the text."""
QUEUE_EVERY_S: Final = 900
"""A long queue is reported once in this time."""

_log = structlog.get_logger(__name__)


class EventRouter:
    """Delivers events: stores cards and postings. ``wake`` is called when something is due to be posted."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        wake: Callable[[], None],
        pictures: Pictures | None = None,
        directory: Directory | None = None,
    ) -> None:
        self._pictures = pictures
        self._directory = directory
        self._store = store
        self._accounts = accounts
        self._wake = wake

    def stored(self) -> None:
        """Post what has come due."""
        self._wake()

    def fold(self, connection: Transaction, batch: Sequence[Arrived]) -> list[FollowUp]:
        """Store what events say and what is to be posted about it; return what is left to do afterwards."""
        of_company: dict[CompanyKey, list[Arrived]] = defaultdict(list)
        for arrived in batch:
            of_company[arrived.hook.company].append(arrived)
        return [one for company, its in of_company.items() for one in self._fold(connection, company, its)]

    def _fold(self, connection: Transaction, company: CompanyKey, batch: Sequence[Arrived]) -> list[FollowUp]:
        fold = _Fold(self._store, connection, company)
        parts: list[CardPart] = []
        left: list[FollowUp] = []
        texts_: list[_ArrivedText] = []
        for arrived in batch:
            event, hook = arrived.event, arrived.hook
            match event:
                case CallEvent():
                    parts.append(fold.call(event, hook))
                    parts += fold.boards(event, hook)
                    parts += fold.missed(event)
                    if event.state == "queued" and event.line is not None and fold.follows_queue(event.line, hook):
                        left.append(FollowUp(arrived, partial(self._queue, event.line, hook)))
                case SmsEvent():
                    each = (one for one in fold.at_line(event).each() if texts.name_of_conversation(one))
                    texts_ += [_ArrivedText(arrived, one) for one in each]
                case AgentStatusEvent():
                    parts += fold.duty(event, hook)
                case ContactEvent() | ChangeEvent():
                    parts += fold.change(event, hook)
                    if self._directory is not None:
                        left.append(FollowUp(arrived, partial(self._directory.heard, company, event)))
                case FaxEvent() | ChannelEvent():
                    parts += fold.change(event, hook)
        self._store.cards.absorbing.absorb(connection, company, parts)
        if texts_:
            left += [FollowUp(one.arrived, partial(self._bring, company, name, owners))
                     for one, name, owners in fold.texts(texts_) if self._pictures is not None]  # fmt: skip
        return left

    async def _bring(self, company: CompanyKey, name: str, owners: Sequence[PersonKey]) -> None:
        assert self._pictures is not None  # noqa: S101  asked for only where there are some
        await self._pictures.bring(company, name, owners)

    async def _queue(self, line: EventParty, hook: Hook) -> None:
        """Look how many callers wait, and tell those who want to know."""
        assert line.id is not None  # noqa: S101  nobody follows a line without an id
        try:
            owner = self._accounts.of(hook.owner, within=hook.company)
            status = await owner.send(GetCallCenterStatus(id=line.id), background=True)
        except ChatopsError as problem:
            _log.info("the queue cannot be looked at", error=type(problem).__name__)
            return
        now, waiting = self._store.now(), int(status.pending or 0)
        happening = News(frozenset({NewsKind.QUEUE}), now, frozenset({_place(line)}), waiting=waiting)
        bucket = int(now.timestamp()) // QUEUE_EVERY_S
        said = {"about": NewsKind.QUEUE.value, "name": line.name, "waiting": waiting}

        def change(connection: Transaction) -> None:
            fold = _Fold(self._store, connection, hook.company)
            # Not held for the end of quiet hours: who was waiting at night is no news in the morning.
            wanted = [one for one in fold.wanted(happening, hook) if one.not_before is None]
            parts = _notice((f"queue:{line.id}:{bucket}",), said, wanted)
            self._store.cards.absorbing.absorb(connection, hook.company, parts)

        await self._store.database.write(change)
        self._wake()


@dataclass(frozen=True)
class _ArrivedText:
    arrived: Arrived
    event: SmsEvent


class _Fold:
    """What the events of one company become, within one transaction."""

    def __init__(self, store: Store, connection: Transaction, company: CompanyKey) -> None:
        self._store = store
        self._connection = connection
        self._company = company
        self._subscriptions = store.subscriptions.index(connection, company)
        self._now = store.now()
        self._agents: dict[str, State] = {}
        self._viewed: tuple[State, CallView] | None = None
        self._drawn: set[tuple[str, str]] = set()

    def wanted(self, happening: News, hook: Hook, **how: Any) -> list[NewPosting]:
        """Return where news is to be posted."""
        return [
            NewPosting(one.channel, one.id, not_before=quiet_until(one, self._now), **how)
            for one in self._subscriptions.that_want(happening, hook.listener)
        ]

    def call(self, event: CallEvent, hook: Hook) -> CardPart:
        def plan(state: State, item: Item | None) -> list[NewPosting]:
            view = self._view(state)
            wait_s = SETTLE_S if view.is_whole else PART_S
            return [
                NewPosting(
                    one.channel,
                    one.id,
                    wait_s=wait_s,
                    not_before=quiet_until(one, self._now),
                    escalate_s=_first_step(one, self._now) if self._asks(item) else None,
                    episode=item.asks_since if item else None,
                )
                for one in self._subscriptions.that_want(happening_of(view), hook.listener)
            ]

        def telling(card: str, state: State, _: StoredCard | None) -> Told:
            return call_told(card, self._view(state))

        said = read_call(event) | _heard(hook)
        return CardPart("call", tuple(names_of(event)), said, plan, DEBOUNCE_S, telling=telling)

    def boards(self, event: CallEvent, hook: Hook) -> list[CardPart]:
        """Return the boards of the call centers that a call concerns, drawn once for all events of this batch."""
        parties = (event.target, event.proxy_target, event.entry_point_target)
        lines = {
            _place(one) for one in parties if one is not None and one.id and one.type in {"callcenter", "department"}
        }
        parts: list[CardPart] = []
        for place in lines:
            news = News(frozenset({NewsKind.BOARD}), self._now, frozenset({place}))
            for one in self._subscriptions.that_want(news, hook.listener):
                if place in one.places and (one.id, place) not in self._drawn:
                    self._drawn.add((one.id, place))
                    parts.append(board_part(one, place, self._now))
        return parts

    def _asks(self, item: Item | None) -> bool:
        return item is not None and item.asks(self._now)

    def _view(self, state: State) -> CallView:
        """Return what is known of a call; looked at once for all events of it in this batch."""
        if self._viewed is None or self._viewed[0] is not state:
            self._viewed = (state, view_call(state))
        return self._viewed[1]

    def follows_queue(self, line: EventParty, hook: Hook) -> bool:
        """Tell whether anybody may want to know how many callers wait at a line."""
        is_queue = line.id is not None and line.type == "callcenter"
        return is_queue and self._subscriptions.has(NewsKind.QUEUE, _place(line), hook.listener)

    def at_line(self, event: SmsEvent) -> SmsEvent:
        """Return a text that came to several numbers with the one that its line has in the directory."""
        target = event.target
        if not event.line_is_guessed or target is None or not target.id:
            return event
        entity = entity_of_place(target.type or "")
        phones = self._store.directory.phones_of(self._connection, self._company, entity, target.id) if entity else ()
        return event.at_line(phones)

    def texts(self, arrived: Sequence[_ArrivedText]) -> list[tuple[_ArrivedText, str, list[PersonKey]]]:
        """Store texts in their conversations; return those whose pictures are to be fetched, the names of their cards,
        and by whom."""
        absorb = self._store.cards.absorbing.absorb
        conversations = absorb(self._connection, self._company, [self._conversation(one) for one in arrived])
        self._note_opt_outs(arrived)
        there: dict[str, list[Posting]] = defaultdict(list)
        for posting in of_cards(self._connection, self._company, {one.id for one in conversations}):
            if posting.ts or posting.due_at:
                there[posting.card_id].append(posting)
        known_as = self._names_of(arrived, conversations)
        parts: list[CardPart] = []
        for one, conversation in zip(arrived, conversations, strict=True):
            parts += _texts_of(one.event, conversation, there[conversation.id], known_as)
        absorb(self._connection, self._company, parts)
        return [
            (one, known_as(one.event.id, one.event), self._owners(one.arrived.hook, there[conversation.id]))
            for one, conversation in zip(arrived, conversations, strict=True)
            if one.event.media and there[conversation.id]
        ]

    def _names_of(self, arrived: Sequence[_ArrivedText], conversations: Sequence[Absorbed]) -> "_TextNames":
        """Return how the texts' cards are named: those of ours from an earlier version by their id alone."""
        ours = {one.event.id for one in arrived if not one.event.inbound}
        for one, conversation in zip(arrived, conversations, strict=True):
            ours.update(texts.answers_to(one.event, conversation.state) if one.event.inbound else ())
        asked = [f"text:{one}" for one in ours]
        old = self._store.cards.absorbing.named(self._connection, self._company, asked) if asked else []
        return _TextNames({str(value(one.state, "id")): str(value(one.state, "talk")) for one in old})

    def _note_opt_outs(self, arrived: Sequence[_ArrivedText]) -> None:
        """Keep who wants no more texts, and who wants them again; their cards say so on every line."""
        words = [
            OptOutWord(event.customer, at, opted_out=not event.asks_to_start, line=event.line or "")
            for event in (one.event for one in arrived)
            if event.customer and (at := event.created_date or event.at) is not None
            if event.asks_to_stop or event.asks_to_start or event.tells_of_opt_out
        ]
        self._store.opt_outs.note(self._connection, self._company, words)

    def _conversation(self, one: _ArrivedText) -> CardPart:
        text = texts.view_text(texts.read_text(one.event))

        def plan(state: State, item: Item | None) -> list[NewPosting]:
            happening = texts.happening_of(text, texts.view_conversation(state))
            wanted = self.wanted(happening, one.arrived.hook, episode=item.asks_since if item else None)
            return [self._answered_within(posting) for posting in wanted] if self._asks(item) else wanted

        def telling(card: str, _: State, before: StoredCard | None) -> Told:
            told = text_told(card, one.event)
            if before is None or before.customer is not None:
                return told
            # It was stored before there were histories: what is known of it goes along.
            return replace(told, texts=(*told_of(before).texts, *told.texts))

        said = texts.read_conversation(one.event) | _heard(one.arrived.hook)
        names = (texts.name_of_conversation(one.event),)
        return CardPart("talk", names, said, plan, DEBOUNCE_S, telling=telling)

    def _answered_within(self, posting: NewPosting) -> NewPosting:
        subscription = self._subscriptions.named(posting.subscription_id)
        return replace(posting, escalate_s=_first_step(subscription, self._now) if subscription else None)

    def _owners(self, hook: Hook, there: Sequence[Posting]) -> list[PersonKey]:
        """Return whose connections may fetch a picture, those who subscribed first."""
        shown_as = self._subscriptions.shown_as(one.subscription_id for one in there)
        return list(dict.fromkeys([*shown_as, hook.owner]))

    def duty(self, event: AgentStatusEvent, hook: Hook) -> list[CardPart]:
        """Return the agent's own card, and a notice when it was not known that they go on or off duty."""
        agent = event.target
        if agent is None or agent.id is None or event.on_duty is None or event.at is None:
            return []
        name, at = f"agent:{agent.id}", int(event.at.timestamp() * 1000)
        part = fragment(at, 0, {"on": event.on_duty})
        known = self._known_agent(name)
        before = known.get("on")
        self._store.rosters.hurry(self._connection, self._company, event.call_center_ids, ROSTER_S, ROSTER_MOST_S)
        notice: list[CardPart] = []
        after = join(known, part)["on"]
        if before is not None and before[2] != after[2] and after[2] == event.on_duty:
            burst = _burst(known.get("told"), at) or event.key
            part |= fragment(at, 0, {"told": burst})
            places = {f"user:{agent.id}", *(f"callcenter:{one}" for one in event.call_center_ids)}
            happening = News(frozenset({NewsKind.DUTY}), event.at, frozenset(places))
            said = {
                "about": NewsKind.DUTY.value,
                "name": agent.name,
                "on": event.on_duty,
                "reason": event.reason or "",
                f"{CHANGE}{at}": event.on_duty,
            }
            wanted = self.wanted(happening, hook, wait_s=DUTY_SETTLE_S)
            notice = _notice((f"duty:{burst}",), said, wanted, at=at, debounce_s=DUTY_SETTLE_S)
        if not event.on_duty and (before is None or before[2] is not False):
            part |= gone_off(event.at, event.reason or "")
        return [*notice, *self._of_agent(agent.id, part)]

    def missed(self, event: CallEvent) -> list[CardPart]:
        """Return the agent who did not take a call of a call center, for when Dialpad takes them off duty for it."""
        line, who = event.entry_point_target, event.agent
        if event.state != "missed" or not event.inbound or event.at is None or who is None or who.id is None:
            return []
        if line is None or line.type != "callcenter" or not line.id:
            return []
        return self._of_agent(who.id, missed(event.at, line.name or "", _place(line)))

    def _of_agent(self, agent: str, part: State) -> list[CardPart]:
        """Return the agent's own card, and what they are told when Dialpad has just taken them off duty."""
        name = f"agent:{agent}"
        known = self._agents[name] = join(self._known_agent(name), part)
        told: list[CardPart] = []
        found = taken_off(known)
        if found is not None and self._now - found.at < TOLD_WITHIN:
            person = self._store.connections.at_dialpad(self._connection, self._company, agent)
            if person is not None and self._store.preferences.of(self._connection, person).get(TELL_TAKEN_OFF, True):
                said = {"about": TAKEN_OFF, "off_at": found.at.isoformat(), "line": found.line}
                own = (f"takenoff:{agent}:{found.at.isoformat()}",)
                told = _notice(own, said, [NewPosting(person.user_id, "")], at=int(found.at.timestamp() * 1000))
        return [*told, CardPart("agent", (name,), part, lambda *_: [])]

    def _known_agent(self, name: str) -> State:
        """Return what is known of an agent: from this batch, else from their card."""
        if name not in self._agents:
            cards = self._store.cards.absorbing.named(self._connection, self._company, [name])
            self._agents[name] = dict(cards[0].state) if cards else {}
        return self._agents[name]

    def change(self, event: NoticedEvent, hook: Hook) -> list[CardPart]:
        at = event.at or self._now
        for kind, look in NOTICES.items():
            if (said := look.read(event)) is not None:
                kinds = {kind, *((NewsKind.FAILED_FAX,) if said.get("failed") else ())}
                places = frozenset({str(said["place"])} if said.get("place") else ())
                happening = News(frozenset(kinds), at, places, number=str(said.get("number") or ""))
                what = {"about": kind.value, **said, f"{CHANGE}{event.key}": True}
                ms = int(at.timestamp() * 1000)
                same = look.same(event)
                moments = same if look.lasts else f"{same}:{int(at.timestamp() // FLAPPING_S)}"
                names = (event.key, moments) if same else (event.key,)
                return _notice(names, what, self._told_to(event, happening, hook), at=ms, debounce_s=DEBOUNCE_S)
        return []

    def _told_to(self, event: NoticedEvent, happening: News, hook: Hook) -> list[NewPosting]:
        """Return where it is posted. A message in a Dialpad channel goes only to whoever's connection brings it: others
        may not be in that channel, and Dialpad does not say who is."""
        wanted = self.wanted(happening, hook)
        if not isinstance(event, ChannelEvent):
            return wanted
        own = [self._subscriptions.named(one.subscription_id) for one in wanted]
        return [one for one, its in zip(wanted, own, strict=True) if its is not None and its.shown_as == hook.owner]


def _burst(told: Register | None, at: int) -> str:
    """Return the message that the last change of an agent's duty is told in, "" when that was too long ago."""
    return str(told[2]) if told is not None and at - told[0] <= FLAPPING_S * 1000 else ""


@dataclass(frozen=True)
class _TextNames:
    """How texts' cards are named. ``old``: the conversation of each text of ours that an earlier version stored, by the
    text's id."""

    old: Mapping[str, str]

    def __call__(self, text_id: str, event: SmsEvent) -> str:
        """Return the name of the text with this id in the conversation that ``event`` is about."""
        if event.inbound and text_id == event.id:
            return texts.name_of_text(event)
        plain, with_number = texts.names_of_text(text_id, event.customer or "")
        return plain if self.old.get(text_id) == texts.name_of_conversation(event) else with_number


def _texts_of(
    event: SmsEvent, conversation: Absorbed, there: Sequence[Posting], known_as: _TextNames
) -> list[CardPart]:
    """Return a text's own card, and those of our texts that came before what they answer, when there was no thread yet
    to put them into."""
    wait_s = PICTURE_S if texts.view_text(texts.read_text(event)).media else 0.0
    in_thread = [NewPosting(one.channel, one.subscription_id, parent=conversation.id) for one in there]
    this = [replace(one, wait_s=wait_s) for one in in_thread]
    talk = fragment(0, 0, {"talk": texts.name_of_conversation(event)})
    parts = [CardPart("text", (known_as(event.id, event),), texts.read_text(event) | talk, lambda *_: this)]
    if event.inbound and there:
        answers = texts.answers_to(event, conversation.state)
        parts += [CardPart("text", (known_as(answer, event),), talk, lambda *_: in_thread) for answer in answers]
    return parts


def _notice(
    names: tuple[str, ...],
    said: Mapping[str, Any],
    wanted: Sequence[NewPosting],
    *,
    at: int = 0,
    debounce_s: float = 0.0,
) -> list[CardPart]:
    """Return the card of something that is said once, none when nobody wants it. What is said ``at`` a later moment
    under one of these names takes its place."""
    return [CardPart("notice", names, fragment(at, 0, said), lambda *_: wanted, debounce_s)] if wanted else []


def _place(line: EventParty) -> str:
    return f"{line.type}:{line.id}"


def _heard(hook: Hook) -> State:
    return heard_for(hook.listener)


def _first_step(subscription: Subscription, now: datetime) -> float | None:
    """Return the seconds from posting to the first escalation step."""
    if subscription.policy.answer:
        return 0.0  # the line's hours say when that is, and they are looked up outside of the transaction
    if not subscription.policy.claim:
        return None
    until = quiet_until(subscription, now)
    return subscription.policy.claim * 60.0 + ((until - now).total_seconds() if until else 0.0)
