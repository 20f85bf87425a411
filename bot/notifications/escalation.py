"""Escalation: asks the next in the policy about a call nobody claimed, and releases claims that were not handled in
time.

The time of each step is stored with the posting it belongs to. What is said is stored under a name made of the posting
and the step before the step counts as taken, so a restart at any moment says it once and goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import structlog

from bot.activity.calls import view_call
from bot.activity.items import Item
from bot.activity.registers import fragment
from bot.activity.roster import Agent, Reach, not_reached, reach_of
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.activity.texts import view_conversation
from bot.basics.company import CompanyKey
from bot.basics.errors import (
    ChatopsError,
    NotAllowed,
    NotConnected,
    OutcomeUnknown,
    TooMany,
    Unavailable,
    Unreadable,
    UserError,
)
from bot.basics.person import PersonKey
from bot.basics.phone import looks_like_number, national
from bot.basics.times import how_long
from bot.cards.roster import read_agent
from bot.contract.context import People, with_any_email
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import ME, Action, Entity
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import ListUsers
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.notifications.quiet_hours import held_until
from bot.store.audit import About
from bot.store.card_rows import StoredCard
from bot.store.postings import ROUND, NewPosting, Posting
from bot.store.store import Store

REMINDED: Final = 50
"""The step within a round at which the claimer was reminded."""

_IN_HOURS: Final = 120
"""Minutes from which on waiting times are given in whole hours."""
_log = structlog.get_logger(__name__)


class Escalations:
    """Takes escalation steps that are due. ``run_due`` is called often and by several processes; each step is taken by
    one."""

    def __init__(self, store: Store, accounts: Accounts, directory: Directory, people: People) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._people = people

    async def run_due(self) -> None:
        """Take every step that is due. One that fails is tried again later and does not delay the others."""
        for posting in await self._store.postings.due_escalations(self._store.now()):
            try:
                await self._run(posting)
            except Exception:  # noqa: BLE001  an error in one call must not stop the others
                _log.exception("an escalation step failed")
                await self._store.postings.step(posting, to=posting.step, next_s=60.0)

    async def _run(self, posting: Posting) -> None:
        card = await self._store.cards.get(posting.company, posting.card_id)
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        item = await self._item(card)
        now = self._store.now()
        if card is None or subscription is None or item is None or item.is_settled or item.state == "waiting":
            await self._store.postings.step(posting, to=posting.step, next_s=None)
        elif (until := held_until(subscription, now)) is not None:
            first_s = subscription.policy.claim * 60.0 if posting.ts is None else 0.0
            await self._store.postings.step(posting, to=posting.step, next_s=(until - now).total_seconds() + first_s)
        elif item.snoozed_until is not None and item.snoozed_until > now:
            wait_s = (item.snoozed_until - now).total_seconds()
            await self._store.postings.step(posting, to=posting.step, next_s=wait_s)
        elif item.owner:
            await self._claimed(posting, item, subscription)
        elif not item.asks(now):
            await self._store.postings.step(posting, to=posting.step, next_s=None)
        else:
            await self._unclaimed(posting, subscription, _Waiting.of(card, item))

    async def _item(self, card: StoredCard | None) -> Item | None:
        """Return the newest item that a card is about."""
        customer = await self._store.histories.of_card(card) if card is not None else None
        return customer.item(card.id) if card is not None and customer is not None else None

    async def _claimed(self, posting: Posting, item: Item, subscription: Subscription) -> None:
        base, within = posting.step - posting.step % ROUND, posting.step % ROUND
        claimer, minutes = item.owner, subscription.policy.handle
        if within < REMINDED and (left_s := self._until_reminded_s(item, subscription.policy)) > 0:
            await self._store.postings.step(posting, to=posting.step, next_s=left_s)
            return
        if within < REMINDED:
            since = "Put off until now" if item.snoozed_until else f"Claimed {how_long(minutes)} ago"
            text = f"{since} and still open. Press Done, or give it back for somebody else:"
            await self._nudge(posting, "reminder", {"text": text, "claimer": claimer, "ping": [claimer]})
            await self._store.postings.step(posting, to=base + REMINDED, next_s=minutes * 60.0)
            return
        text = "Not done in time, so it is open again. It was claimed by"
        await self._nudge(posting, "freed", {"text": text, "claimer": claimer, "claim": True})
        await self._store.histories.free(posting.company, posting.card_id, item)
        await self._store.postings.step(posting, to=base + ROUND, next_s=_between(subscription.policy))

    def _until_reminded_s(self, item: Item, policy: EscalationPolicy) -> float:
        """Return in how many seconds the owner is to be reminded: what was put off may have come back sooner, because
        the customer called again."""
        due = item.snoozed_until or (item.owned_at and item.owned_at + handle_within(policy))
        return (due - self._store.now()).total_seconds() if due else 0.0

    async def _unclaimed(self, posting: Posting, subscription: Subscription, waiting: "_Waiting") -> None:
        base, within = posting.step - posting.step % ROUND, posting.step % ROUND
        if within >= REMINDED:  # released by hand after a reminder
            await self._store.postings.step(posting, to=base + ROUND, next_s=_between(subscription.policy))
            return
        steps = subscription.policy.steps() if subscription.policy.claim else ()
        left = [step for step in steps if step[0] >= within]
        if not left:
            await self._store.postings.step(posting, to=posting.step, next_s=None)
            return
        place, kind, whom = left[0]
        after, next_s = base + place + 1, _between(subscription.policy) if len(left) > 1 else None
        if kind in {"sms", "call"}:
            await self._phone(posting, kind, subscription, waiting, after)
            return
        waited = how_long(self._waited(posting, subscription.policy, steps.index(left[0])))
        said = f"Nobody has claimed this {waiting.word} for {waited}."
        ping, text = await self._who(kind, whom, subscription, waiting, said)
        direct = whom if kind == "supervisor" and await self._is_ours(subscription, whom) else None
        await self._nudge(posting, kind, {"text": text, "ping": list(ping), "claim": True}, direct=direct)
        await self._store.postings.step(posting, to=after, next_s=next_s)

    def _waited(self, posting: Posting, policy: EscalationPolicy, number: int) -> int:
        """Return the minutes waited. After quiet hours that is longer than the policy says; after a claim was released
        the policy's time is given."""
        by_policy = policy.claim * (number + 1)
        if posting.step >= ROUND:
            return by_policy
        so_far = int((self._store.now() - posting.created_at).total_seconds()) // 60
        return max(by_policy, so_far - so_far % 60 if so_far >= _IN_HOURS else so_far)

    async def _who(
        self, kind: str, whom: str, subscription: Subscription, waiting: "_Waiting", said: str
    ) -> tuple[Sequence[str], str]:
        if kind == "supervisor" and not await self._is_ours(subscription, whom):
            return (), f"{said} The supervisor who was to be asked uses another Dialpad company now."
        if kind == "supervisor":
            line = f" on {waiting.line}" if waiting.line else ""
            return (), f"{said[:-1]}{line}. {waiting.what}"
        if kind == "person" and not await self._is_ours(subscription, whom):
            return (), f"{said} Whoever was to be asked next uses another Dialpad company now."
        if kind != "duty":
            return ((whom,) if whom else ()), said
        call_center = waiting.call_center
        try:
            reaches = await self._in_slack(subscription, await self._on_duty(subscription, call_center))
        except ChatopsError as problem:
            _log.info("who is on duty cannot be looked up", error=type(problem).__name__)
            last = await self._in_slack(subscription, await self._last_on_duty(subscription, call_center))
            known = "These were on duty when it last did." if _asked(last) else ""
            return _asked(last), f"{said} Dialpad does not say who is on duty. {known}".strip()
        return _asked(reaches), f"{said}{_not_asked(reaches)}"

    async def _on_duty(self, subscription: Subscription, call_center: str) -> list[Agent]:
        """Return the operators on duty."""
        if not call_center:
            return []
        operators = await self._owner(subscription).send(ListCallCenterOperators(id=call_center), background=True)
        return [agent for user in operators.users if (agent := read_agent(call_center, user)).on_duty]

    async def _last_on_duty(self, subscription: Subscription, call_center: str) -> list[Agent]:
        """Return the same from the last known roster; their calls then are over."""
        known = await self._store.rosters.get(subscription.company, call_center)
        return [replace(agent, on_a_call=False) for agent in known.on_duty] if known else []

    async def _in_slack(self, subscription: Subscription, agents: Sequence[Agent]) -> list[Reach]:
        """Tell which of them can be asked. Somebody of whom Slack says nothing, or who uses another company now, counts
        as not in Slack."""
        found = []
        for agent in agents:
            slack_id: str | None = None
            try:
                slack_id = await with_any_email(self._people, subscription.owner.team_id, agent.emails)
            except ChatopsError as problem:
                _log.info("slack does not say who has an address", error=type(problem).__name__)
            is_ours = slack_id is not None and await self._is_ours(subscription, slack_id)
            found.append(reach_of(agent, slack_id if is_ours else None))
        return found

    async def _is_ours(self, subscription: Subscription, user_id: str) -> bool:
        """False for a person who is connected to another company: what is said to them is not theirs to hear, and they
        could claim nothing."""
        company = await self._store.connections.company(PersonKey(subscription.owner.team_id, user_id))
        return company is None or company == subscription.company

    def _owner(self, subscription: Subscription) -> Account:
        return self._accounts.of(subscription.owner, within=subscription.company)

    async def _nudge(
        self, posting: Posting, what: str, said: dict[str, Any], *, direct: str | None = None, at: int = 0
    ) -> None:
        """Post a reply in the call's thread, or a direct message. A higher ``at`` replaces what was said before about
        the step."""
        wanted = NewPosting(
            direct or posting.channel, posting.subscription_id, parent=None if direct else posting.card_id
        )
        name = f"nudge:{posting.id}:{posting.step}:{what}"
        await _say(self._store, posting.company, posting.card_id, wanted, name, said, at=at)

    async def _phone(
        self, posting: Posting, kind: str, subscription: Subscription, waiting: "_Waiting", after: int
    ) -> None:
        """Text or call the supervisor with the account of whoever made the subscription do that. It is tried
        once."""
        supervisor = PersonKey(subscription.owner.team_id, subscription.policy.supervisor)
        told: dict[str, Any] = {"about": supervisor.user_id}
        try:
            number = await self._number_of(supervisor, subscription)
        except ChatopsError as problem:
            number, told["text"] = "", f"{_NOT_DONE[kind]} {_why(problem)} It was meant for"
        else:
            told["text"] = f"{_NOT_DONE[kind]} Dialpad knows no phone number of"
        if number:
            await self._nudge(posting, kind, {**told, "text": _BEGUN[kind]})
        # Said before it is counted and counted before it is done: after a crash it says the outcome is unknown, and
        # nothing is sent twice.
        counted = await self._store.postings.step(posting, to=after, next_s=None)
        if not counted and not await self._is_untaken(posting):
            return  # another process has taken the step, and reports its outcome
        item = await self._item(await self._store.cards.get(posting.company, posting.card_id))
        if not counted or item is None or not item.asks(self._store.now()):
            told["text"] = f"{_NOT_DONE[kind]} It was no longer needed. It was meant for"
        elif number:
            told["text"] = await self._reach(kind, number, subscription, waiting)
        await self._nudge(posting, kind, told, at=2 if counted else 1)

    async def _is_untaken(self, posting: Posting) -> bool:
        """Tell whether a step is no longer due though nobody took it: the call was claimed, or the policy changed."""
        now = await self._store.postings.get(posting.company, posting.id)
        return now is not None and now.step == posting.step

    async def _reach(self, kind: str, number: str, subscription: Subscription, waiting: "_Waiting") -> str:
        """Return the outcome, in words that the supervisor's name follows."""
        line = f" on {waiting.line}" if waiting.line else ""
        what = "missed call" if waiting.word == "call" else waiting.word
        text = f"A {what}{line} is waiting in Slack and nobody has claimed it."
        action: Action[Any] = (
            SendSms(to_numbers=[number], text=text, user_id=ME)
            if kind == "sms"
            else PlaceCall(user_id=ME, phone_number=number)
        )
        try:
            await self._send(action, subscription)
        except (OutcomeUnknown, Unreadable) as problem:
            _log.warning("nobody knows whether the last step was taken", step=kind, error=type(problem).__name__)
            return f"{_IN_DOUBT[kind]}, and I will not try again:"
        except ChatopsError as problem:
            _log.warning("the last step failed", step=kind, error=type(problem).__name__)
            return f"{_NOT_DONE[kind]} {_why(problem)} It was meant for"
        return _DONE[kind]

    async def _send(self, action: Action[Any], subscription: Subscription) -> None:
        """Send with the account of whoever made the escalation do it, and note for the audit that it was tried."""
        account = self._accounts.of(subscription.escalates_as)
        try:
            await account.send(action, background=True)
        except ChatopsError as problem:
            await self._note(action, subscription, type(problem).__name__, account.used)
            raise
        await self._note(action, subscription, "done", account.used)

    async def _note(
        self, action: Action[Any], subscription: Subscription, outcome: str, used: DialpadConnection | None
    ) -> None:
        identity = (used.dialpad_user_id, used.company_id) if used else (None, None)
        about = About(f"subscription:{subscription.id}", {"supervisor": subscription.policy.supervisor}, *identity)
        try:
            await self._store.audit.record(
                subscription.escalates_as, action=action.slug, route="escalation", outcome=outcome, origin="escalation",
                about=about,
            )  # fmt: skip
        except Exception:  # noqa: BLE001  it was sent or not all the same, and that has to be said
            _log.exception("audit not written")

    async def _number_of(self, person: PersonKey, subscription: Subscription) -> str:
        """Return the number of the person with exactly this e-mail address, "" when there is none: nobody with a
        similar name is called."""
        email = ((await self._people.profile(person)).email or "").casefold()
        if not email:
            return ""
        owner = self._owner(subscription)
        found = await self._directory.find(owner, Entity.USER, email)
        entries = (*((found.one,) if found.one else ()), *found.several)
        if known := [one for one in entries if one.detail.casefold() == email]:
            return next((one.phones[0] for one in known if one.phones), "")
        page = await owner.send(ListUsers(email=email), background=True)  # the directory knows one address of each
        theirs = [user for user in page.items if email in map(str.casefold, user.emails)]
        return next((user.phone_numbers[0] for user in theirs if user.phone_numbers), "")


def _asked(reaches: Iterable[Reach]) -> list[str]:
    """Return the Slack ids of those who can be asked."""
    return [one.slack_id for one in reaches if one.can_be_asked]


def _not_asked(reaches: Sequence[Reach]) -> str:
    """Say who of those on duty was not asked, and why; or that nobody is."""
    if not reaches:
        return " Nobody is on duty."
    names = not_reached(reaches)
    if not names:
        return ""
    return f" Not asked: {names}." if _asked(reaches) else f" Nobody on duty can be asked: {names}."


async def asked_in_vain(store: Store, posting: Posting, code: str) -> bool:
    """Report in the call's thread that Slack did not take a direct message to a supervisor. False when this posting is
    no such message; then nothing is done."""
    card = await store.cards.get(posting.company, posting.card_id)
    subscription = await store.subscriptions.get(posting.company, posting.subscription_id)
    if card is None or card.about is None or subscription is None or posting.channel == subscription.channel:
        return False
    text = f"I cannot write to them in Slack ({code}), so they do not know about this call:"
    said = {"text": text, "about": posting.channel}
    wanted = NewPosting(subscription.channel, subscription.id, parent=card.about)
    await _say(store, posting.company, card.about, wanted, f"nudge:{posting.id}:refused", said)
    return True


async def _say(
    store: Store, company: CompanyKey, about: str, wanted: NewPosting, name: str, said: dict[str, Any], *, at: int = 0
) -> None:
    await store.cards.absorb(company, "nudge", [name], fragment(at, 0, said), lambda *_: [wanted], about=about)


_BEGUN: Final = {
    "sms": "I started to send a text. If this line stays, nobody knows whether it was sent. It was meant for",
    "call": "I started to place a call. If this line stays, nobody knows whether it rang. It was meant for",
}
_DONE: Final = {"sms": "A text went to the phone of", "call": "Dialpad is calling"}
_NOT_DONE: Final = {"sms": "No text was sent.", "call": "Nobody was called."}
_IN_DOUBT: Final = {
    "sms": "Dialpad did not say whether the text was sent",
    "call": "Dialpad did not say whether it is calling",
}


def _why(problem: ChatopsError) -> str:
    match problem:
        case NotConnected():
            return "Whoever set this up is not connected to Dialpad."
        case NotAllowed():
            return "Whoever set this up is not allowed to do it in Dialpad."
        case TooMany():
            return "Dialpad is getting too many requests right now."
        case Unavailable():
            return "Dialpad cannot be reached."
        case UserError():
            return "Slack does not say who they are."
        case _:
            return "Dialpad refused it."


def _between(policy: EscalationPolicy) -> float | None:
    """Return the seconds from one step to the next, None without escalation."""
    return policy.claim * 60.0 if policy.claim else None


@dataclass(frozen=True)
class _Waiting:
    """What waits, in words for somebody who does not see the card. ``word``: "call" or "text"; ``what``: a sentence
    such as "Jordan Lee left a voicemail."."""

    word: str
    what: str
    line: str
    call_center: str

    @classmethod
    def of(cls, card: StoredCard, item: Item) -> "_Waiting":
        contact = view_call(card.state).contact if card.kind == "call" else view_conversation(card.state).contact
        named = contact and not looks_like_number(contact)
        who = contact if named else national(item.number) if item.number else "A hidden number"
        is_text = not item.calls
        did = "sent a text" if is_text else "left a voicemail" if item.has_voicemail else "called"
        call_center = item.line.removeprefix("callcenter:") if item.line.startswith("callcenter:") else ""
        line = "" if item.line.startswith(("user:", "number:")) else item.line_name
        return cls("text" if is_text else "call", f"{who} {did}.", line, call_center)


def handle_within(policy: EscalationPolicy) -> timedelta:
    """Return how long a claim may take before its claimer is reminded."""
    return timedelta(minutes=max(policy.handle, 1))
