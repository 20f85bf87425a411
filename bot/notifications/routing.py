"""Turns events into cards: merges what is known, and adds a posting for each subscription that wants it.

All of that is stored when ``EventRouter`` returns; ``bot.notifications.poster`` does the posting. Called again with the
same event, also after a crash in the middle, nothing changes: cards are found by name and merged, postings exist once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from bot.activity import texts
from bot.activity.call_registers import names_of, read_call
from bot.activity.calls import view_call
from bot.activity.news import News, NewsKind, happening_of, needs_somebody
from bot.activity.registers import State, fragment, value
from bot.activity.subscriptions.subscription import Subscription, quiet_until, wants
from bot.activity.visibility import heard_for
from bot.basics.errors import ChatopsError
from bot.cards.notice import NOTICES
from bot.dialpad.accounts import Accounts
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import GetCallCenterStatus
from bot.dialpad.directory import Directory
from bot.dialpad.events import AgentStatusEvent, CallEvent, ChangeEvent, ContactEvent, Event, SmsEvent
from bot.notifications.pictures import Pictures
from bot.store.cards import StoredCard
from bot.store.hooks import Hook
from bot.store.postings import NewPosting
from bot.store.store import Store

SETTLE_S: Final = 0.4
"""How long a new card waits for events right after it: the legs of a call ring and end within moments."""
PART_S: Final = 4.0
"""How long it waits while only one person's leg of a call is known: the rest may say that somebody else answered."""
DEBOUNCE_S: Final = 0.8
"""A posted card is updated once for all that happens within this time."""
ROSTER_S: Final = 10.0
"""How soon after somebody went on or off duty the roster is fetched: a shift changes within moments."""
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

    async def __call__(self, event: Event, hook: Hook) -> None:
        """Store what one event says and what is to be posted about it. Raises only the database's errors."""
        subscriptions = await self._listening(hook)
        match event:
            case CallEvent():
                await self._call(event, hook, subscriptions)
            case SmsEvent():
                await self._sms(event, hook, subscriptions)
            case AgentStatusEvent():
                await self._duty(event, hook, subscriptions)
            case ContactEvent() | ChangeEvent():
                await self._change(event, hook, subscriptions)
        self._wake()

    async def _listening(self, hook: Hook) -> list[Subscription]:
        """Return the subscriptions of the hook's company that may see its events: those through a person's own
        connection are only theirs."""
        subscriptions = await self._store.subscriptions.of_company(hook.company)
        return [
            subscription
            for subscription in subscriptions
            if hook.reach == "company" or hook.owner in {subscription.owner, subscription.shown_as}
        ]

    def _wanted(self, subscriptions: Sequence[Subscription], happening: News, **how: Any) -> list[NewPosting]:
        now = self._store.now()
        return [
            NewPosting(subscription.channel, subscription.id, not_before=quiet_until(subscription, now), **how)
            for subscription in subscriptions
            if wants(subscription, happening)
        ]

    async def _call(self, event: CallEvent, hook: Hook, subscriptions: Sequence[Subscription]) -> None:
        now = self._store.now()

        def plan(state: State, before: StoredCard | None) -> list[NewPosting]:
            view = view_call(state)
            happening = happening_of(view)
            wait_s = SETTLE_S if view.is_whole else PART_S
            open_ = needs_somebody(view) and not (before and (before.claimed_by or before.handled_by))
            return [
                NewPosting(
                    subscription.channel,
                    subscription.id,
                    wait_s=wait_s,
                    not_before=quiet_until(subscription, now),
                    escalate_s=_first_step(subscription, now) if open_ else None,
                )
                for subscription in subscriptions
                if wants(subscription, happening)
            ]

        part = read_call(event) | _heard(hook)
        await self._store.cards.absorb(hook.company, "call", names_of(event), part, plan, debounce_s=DEBOUNCE_S)
        if event.state == "queued" and any(NewsKind.QUEUE in subscription.kinds for subscription in subscriptions):
            await self._queue(event, hook, subscriptions)

    async def _queue(self, event: CallEvent, hook: Hook, subscriptions: Sequence[Subscription]) -> None:
        line = event.line
        if line is None or line.id is None or line.type != "callcenter":
            return
        try:
            owner = self._accounts.of(hook.owner, within=hook.company)
            status = await owner.send(GetCallCenterStatus(id=line.id), background=True)
        except ChatopsError as problem:
            _log.info("the queue cannot be looked at", error=type(problem).__name__)
            return
        now = self._store.now()
        waiting = int(status.pending or 0)
        place = f"callcenter:{line.id}"
        happening = News(frozenset({NewsKind.QUEUE}), now, frozenset({place}), waiting=waiting)
        # Not held for the end of quiet hours: who was waiting at night is no news in the morning.
        wanted = self._wanted(
            [subscription for subscription in subscriptions if quiet_until(subscription, now) is None], happening
        )
        if wanted:
            bucket = int(now.timestamp()) // QUEUE_EVERY_S
            said = {"about": NewsKind.QUEUE.value, "name": line.name, "waiting": waiting}
            await self._tell(hook, f"queue:{line.id}:{bucket}", said, wanted)

    async def _sms(self, event: SmsEvent, hook: Hook, subscriptions: Sequence[Subscription]) -> None:
        name = texts.name_of_conversation(event)
        if not name:
            return
        ours, cards = hook.company, self._store.cards
        part = texts.read_text(event) | fragment(0, 0, {"talk": name})
        text = texts.view_text(part)

        def plan(state: State, before: StoredCard | None) -> list[NewPosting]:
            return self._wanted(subscriptions, texts.happening_of(text, texts.view_conversation(state)))

        of_conversation = texts.read_conversation(event) | _heard(hook)
        conversation = await cards.absorb(ours, "talk", [name], of_conversation, plan, debounce_s=DEBOUNCE_S)
        there = [
            NewPosting(one.channel, one.subscription_id, parent=conversation, wait_s=PICTURE_S if text.media else 0.0)
            for one in await self._store.postings.of_card(ours, conversation)
            if one.ts or one.due_at
        ]
        await cards.absorb(ours, "text", [texts.name_of_text(event)], part, lambda *_: there)
        known = await cards.get(ours, conversation) if event.inbound and there else None
        for answer in texts.answers_to(event, known.state if known else {}):
            # It came before what it answers, when there was no thread yet to put it into.
            await cards.absorb(ours, "text", [answer], fragment(0, 0, {"talk": name}), lambda *_: there)
        if self._pictures is not None and there and text.media:
            self._wake()
            subscribed = {one.id: one.shown_as for one in subscriptions}
            owners = [subscribed[one.subscription_id] for one in there if one.subscription_id in subscribed]
            unique = list(dict.fromkeys([*owners, hook.owner]))
            await self._pictures.bring(ours, texts.name_of_text(event), unique)

    async def _duty(self, event: AgentStatusEvent, hook: Hook, subscriptions: Sequence[Subscription]) -> None:
        agent = event.target
        if agent is None or agent.id is None or event.on_duty is None or event.at is None:
            return
        ours, name = hook.company, f"agent:{agent.id}"
        before = await self._store.cards.named(ours, name)
        at = int(event.at.timestamp() * 1000)
        known = None if before is None else value(before.state, "on")
        newer = before is None or before.state["on"][0] <= at
        if known is not None and known != event.on_duty and newer:
            places = {f"user:{agent.id}", *(f"callcenter:{one}" for one in event.call_center_ids)}
            happening = News(frozenset({NewsKind.DUTY}), event.at, frozenset(places))
            said = {"about": NewsKind.DUTY.value, "name": agent.name, "on": event.on_duty, "reason": event.reason}
            # Before the agent's own card: should the process die in between, the change is still seen as one.
            await self._tell(hook, f"duty:{event.key}", said, self._wanted(subscriptions, happening))
        await self._store.rosters.hurry(ours, event.call_center_ids, ROSTER_S)
        part = fragment(at, 0, {"on": event.on_duty})
        await self._store.cards.absorb(ours, "agent", [name], part, lambda *_: [])

    async def _change(
        self, event: ContactEvent | ChangeEvent, hook: Hook, subscriptions: Sequence[Subscription]
    ) -> None:
        if isinstance(event, ContactEvent) and self._directory is not None:
            await self._directory.outdate(hook.company.company, Entity.CONTACT)
        at = event.at or self._store.now()
        for kind, look in NOTICES.items():
            if (said := look.read(event)) is not None:
                happening = News(frozenset({kind}), at, number=str(said.get("number") or ""))
                await self._tell(hook, event.key, {"about": kind.value, **said}, self._wanted(subscriptions, happening))
                return

    async def _tell(self, hook: Hook, name: str, said: dict[str, Any], wanted: Sequence[NewPosting]) -> None:
        if wanted:
            part = fragment(0, 0, said)
            await self._store.cards.absorb(hook.company, "notice", [name], part, lambda *_: wanted)


def _heard(hook: Hook) -> State:
    return heard_for(None if hook.reach == "company" else hook.owner)


def _first_step(subscription: Subscription, now: datetime) -> float | None:
    """Return the seconds from posting to the first escalation step."""
    if not subscription.policy.claim:
        return None
    until = quiet_until(subscription, now)
    return subscription.policy.claim * 60.0 + ((until - now).total_seconds() if until else 0.0)
