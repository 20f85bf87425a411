"""Escalation: asks the next in the policy about a call nobody claimed, and releases claims that were not handled in
time.

The time of each step is stored with the posting it belongs to. What is said is stored under a name made of the posting
and the step before the step counts as taken, so a restart at any moment says it once and goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import structlog

from bot.activity.calls import view_call
from bot.activity.items import Item
from bot.activity.registers import fragment
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
from bot.basics.language import mark, say, speaking
from bot.basics.opening_hours import answer_times
from bot.basics.person import PersonKey
from bot.basics.phone import looks_like_number, national
from bot.basics.times import how_long
from bot.contract.audit_trail import About
from bot.contract.context import People
from bot.contract.reader_languages import ReaderLanguages
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import ME, Action, Entity
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import ListUsers
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.notifications.line_hours import LineHours
from bot.notifications.personal_notices import tell_person
from bot.notifications.quiet_hours import held_until
from bot.notifications.reaching import GroupMembers, Reaching
from bot.store.card_rows import StoredCard
from bot.store.postings import ROUND, NewPosting, Posting
from bot.store.store import Store

REMINDED: Final = 50
"""The step within a round at which the claimer was reminded."""
LOOKED_AT_AGAIN_S: Final = 60.0
"""While somebody is answering, or about to: they may stop without having answered."""

_ASKED: Final = "asked"
"""Names what is said in a step: whoever it turns out to reach, once."""
_IN_HOURS: Final = 120
"""Minutes from which on waiting times are given in whole hours."""
_log = structlog.get_logger(__name__)


class Escalations:
    """Takes escalation steps that are due. ``run_due`` is called often and by several processes; each step is taken by
    one."""

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        directory: Directory,
        people: People,
        groups: GroupMembers | None = None,
        *,
        languages: ReaderLanguages | None = None,
    ) -> None:
        """``languages``: by default channels read English."""
        self._store = store
        self._languages = languages or ReaderLanguages(people)
        self._accounts = accounts
        self._directory = directory
        self._people = people
        self._hours = LineHours(accounts, directory)
        self._reaching = Reaching(store, accounts, directory, people, groups)

    async def run_due(self) -> None:
        """Take every step that is due. One that fails is tried again later and does not delay the others."""
        for posting in await self._store.postings.due_escalations(self._store.now()):
            try:
                with speaking(await self._languages.of_channel(posting.team_id, posting.channel)):
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
            first_s = subscription.policy.claim * 60.0 if posting.ts is None and not subscription.policy.answer else 0.0
            await self._store.postings.step(posting, to=posting.step, next_s=(until - now).total_seconds() + first_s)
        elif item.snoozed_until is not None and item.snoozed_until > now:
            wait_s = (item.snoozed_until - now).total_seconds()
            await self._store.postings.step(posting, to=posting.step, next_s=wait_s)
        elif answering := item.who_answers(now):  # nobody is asked or reminded while somebody answers
            left_s = (max(one.until for one in answering) - now).total_seconds()
            await self._store.postings.step(posting, to=posting.step, next_s=min(left_s, LOOKED_AT_AGAIN_S))
        elif item.owner:
            await self._claimed(posting, item, subscription)
        elif not item.asks(now):
            await self._store.postings.step(posting, to=posting.step, next_s=None)
        elif (starts := await self._starts(posting, item, subscription)) is None or starts > now:
            next_s = None if starts is None else (starts - self._store.now()).total_seconds()  # looking took time
            await self._store.postings.step(posting, to=posting.step, next_s=next_s)
        else:
            await self._unclaimed(posting, subscription, item, _Waiting.of(card, item))

    async def _starts(self, posting: Posting, item: Item, subscription: Subscription) -> datetime | None:
        """Return when the first step is due of what is to be answered within its line's opening hours, None for never;
        a time that has passed where it is under way, or goes by no hours."""
        policy = subscription.policy
        if posting.step % ROUND or not (policy.answer or posting.answer_by):
            return posting.created_at
        since = max(item.since, posting.timed_from or item.since)
        times = None
        if policy.answer:
            times = answer_times(since, policy.answer, await self._hours.of(subscription, item.line))
        await self._store.postings.set_times(posting, times)
        claimed_by = max(since, posting.created_at) + timedelta(minutes=policy.claim) if policy.claim else None
        return min((one for one in (times.by if times else None, claimed_by) if one is not None), default=None)

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
            text = (
                say("Put off until now and still open. Press Done, or give it back for somebody else:")
                if item.snoozed_until
                else say(
                    "Claimed {time} ago and still open. Press Done, or give it back for somebody else:",
                    time=how_long(minutes),
                )
            )
            await self._nudge(posting, "reminder", {"text": text, "claimer": claimer, "ping": [claimer]})
            await self._store.postings.step(posting, to=base + REMINDED, next_s=minutes * 60.0)
            return
        text = say("Not done in time, so it is open again. It was claimed by")
        await self._nudge(posting, "freed", {"text": text, "claimer": claimer, "claim": True})
        await self._store.histories.free(posting.company, posting.card_id, item)
        await self._store.postings.step(posting, to=base + ROUND, next_s=_between(subscription.policy))

    def _until_reminded_s(self, item: Item, policy: EscalationPolicy) -> float:
        """Return in how many seconds the owner is to be reminded: what was put off may have come back sooner, because
        the customer called again."""
        due = item.snoozed_until or (item.owned_at and item.owned_at + handle_within(policy))
        return (due - self._store.now()).total_seconds() if due else 0.0

    async def _unclaimed(self, posting: Posting, subscription: Subscription, item: Item, waiting: "_Waiting") -> None:
        base, within = posting.step - posting.step % ROUND, posting.step % ROUND
        if within >= REMINDED:  # released by hand after a reminder
            await self._store.postings.step(posting, to=base + ROUND, next_s=_between(subscription.policy))
            return
        steps = subscription.policy.steps() if subscription.policy.asks else ()
        left = [step for step in steps if step[0] >= within]
        if not left:
            if item.snoozed_until is not None and not subscription.policy.asks:
                await self._is_back(posting, item)
            await self._store.postings.step(posting, to=posting.step, next_s=None)
            return
        waiting = self._unanswered(posting, subscription.policy, steps.index(left[0]), waiting)
        passed: list[str] = []
        for number, (place, kind, whom) in enumerate(left, 1):
            after = base + place + 1
            if kind in {"sms", "call"}:
                await self._say_passed(posting, waiting.said, passed)
                await self._phone(posting, kind, subscription, waiting, after)
                return
            is_last = number == len(left)
            found = await self._reaching.of(kind, whom, subscription, waiting.call_center, is_last=is_last)
            if found.reached:
                await self._ask(posting, kind, whom, waiting, [*passed, found.words], found.ping)
                next_s = None if is_last else _between(subscription.policy)
                await self._store.postings.step(posting, to=after, next_s=next_s)
                return
            passed.append(found.words)
        await self._nobody(posting, subscription, waiting.said, passed, base + left[-1][0] + 1)

    async def _is_back(self, posting: Posting, item: Item) -> None:
        """Say once that what was put off is due, to whoever did that: nobody has it, and nobody else is asked."""
        card = await self._store.cards.get(posting.company, posting.card_id)
        customer = await self._store.histories.of_card(card) if card is not None else None
        acts = customer.history.acts if customer is not None else ()
        by = next((one.by for one in reversed(acts) if one.what == "snoozed" and one.line in {"", item.line}), "")
        text = say("Put off until now, and nobody has it.")
        await self._nudge(posting, "back", {"text": text, "ping": [by] if by else [], "claim": True})

    async def _ask(
        self,
        posting: Posting,
        kind: str,
        whom: str,
        waiting: "_Waiting",
        passed: Sequence[str],
        ping: Sequence[str],
    ) -> None:
        """Ask whom a step reaches, and say who was passed over."""
        if kind == "supervisor":
            await self._say_passed(posting, waiting.said, passed)
            with speaking(await self._languages.of(PersonKey(posting.team_id, whom))):
                text = f"{waiting.said[:-1]}{waiting.on_line}. {waiting.what}"
            await self._nudge(posting, _ASKED, {"text": text, "ping": [], "claim": True}, direct=whom)
            return
        text = " ".join(part for part in (waiting.said, *passed) if part)
        await self._nudge(posting, _ASKED, {"text": text, "ping": list(ping), "claim": True})

    async def _say_passed(self, posting: Posting, said: str, passed: Sequence[str]) -> None:
        """Say in the thread who was passed over, where what follows is said elsewhere."""
        if words := [one for one in passed if one]:
            await self._nudge(posting, "passed", {"text": " ".join((said, *words)), "claim": True})

    async def _nobody(
        self, posting: Posting, subscription: Subscription, said: str, passed: Sequence[str], after: int
    ) -> None:
        """Say that nobody of the whole policy can be reached; the first time its owner is told as well."""
        words = " ".join((said, *passed, say("Nobody is left to be asked.")))
        await self._nudge(posting, _ASKED, {"text": words, "ping": [], "claim": True})
        with speaking(await self._languages.of(subscription.owner)):
            text = say(
                "Nobody could be asked about a call or text that waits: {passed} Nobody is asked about the "
                "next one either unless you change who is, or somebody can be reached by then.",
                passed=" ".join(passed),
            )
        name = f"nowhere:{subscription.id}:{_mark_of(subscription.policy)}"
        await tell_person(self._store, subscription.owner, name, text, [(mark("Notifications"), "notify.notify")])
        await self._store.postings.step(posting, to=after, next_s=None)

    def _unanswered(self, posting: Posting, policy: EscalationPolicy, number: int, waiting: "_Waiting") -> "_Waiting":
        """Return what waits with how long nobody has done anything about it, or that its answer is overdue."""
        overdue, still, unclaimed = _UNANSWERED[waiting.word]
        if policy.answer and posting.answer_by is not None and posting.answer_by <= self._store.now():
            return replace(waiting, unanswered=still if number else overdue, minutes=policy.answer)
        return replace(waiting, unanswered=unclaimed, minutes=self._waited(posting, policy, number))

    def _waited(self, posting: Posting, policy: EscalationPolicy, number: int) -> int:
        """Return the minutes waited. After quiet hours that is longer than the policy says; after a claim was released
        the policy's time is given."""
        by_policy = policy.claim * (number + 1) or policy.answer + policy.pause * number
        if posting.step >= ROUND:
            return by_policy
        so_far = int((self._store.now() - posting.created_at).total_seconds()) // 60
        return max(by_policy, so_far - so_far % 60 if so_far >= _IN_HOURS else so_far)

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
            number = ""
            told["text"] = say("{not_done} {why} It was meant for", not_done=say(_NOT_DONE[kind]), why=_why(problem))
        else:
            told["text"] = say("{not_done} Dialpad knows no phone number of", not_done=say(_NOT_DONE[kind]))
        if number:
            await self._nudge(posting, kind, {**told, "text": say(_BEGUN[kind])})
        # Said before it is counted and counted before it is done: after a crash it says the outcome is unknown, and
        # nothing is sent twice.
        counted = await self._store.postings.step(posting, to=after, next_s=None)
        if not counted and not await self._is_untaken(posting):
            return  # another process has taken the step, and reports its outcome
        item = await self._item(await self._store.cards.get(posting.company, posting.card_id))
        if not counted or item is None or not item.asks(self._store.now()):
            told["text"] = say("{not_done} It was no longer needed. It was meant for", not_done=say(_NOT_DONE[kind]))
        elif number:
            with speaking(await self._languages.of(supervisor)):
                text = say(_WAITS[waiting.word], on_line=waiting.on_line)
            told["text"] = await self._reach(kind, number, subscription, text)
        await self._nudge(posting, kind, told, at=2 if counted else 1)

    async def _is_untaken(self, posting: Posting) -> bool:
        """Tell whether a step is no longer due though nobody took it: the call was claimed, or the policy changed."""
        now = await self._store.postings.get(posting.company, posting.id)
        return now is not None and now.step == posting.step

    async def _reach(self, kind: str, number: str, subscription: Subscription, text: str) -> str:
        """Return the outcome, in words that the supervisor's name follows. ``text`` is sent where it is no call."""
        action: Action[Any] = (
            SendSms(to_numbers=[number], text=text, user_id=ME)
            if kind == "sms"
            else PlaceCall(user_id=ME, phone_number=number)
        )
        try:
            await self._send(action, subscription)
        except (OutcomeUnknown, Unreadable) as problem:
            _log.warning("nobody knows whether the last step was taken", step=kind, error=type(problem).__name__)
            return say(_IN_DOUBT[kind])
        except ChatopsError as problem:
            _log.warning("the last step failed", step=kind, error=type(problem).__name__)
            return say("{not_done} {why} It was meant for", not_done=say(_NOT_DONE[kind]), why=_why(problem))
        return say(_DONE[kind])

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


async def asked_in_vain(store: Store, posting: Posting, code: str) -> bool:
    """Report in the call's thread that Slack did not take a direct message to a supervisor. False when this posting is
    no such message; then nothing is done."""
    card = await store.cards.get(posting.company, posting.card_id)
    subscription = await store.subscriptions.get(posting.company, posting.subscription_id)
    if card is None or card.about is None or subscription is None or posting.channel == subscription.channel:
        return False
    about = await store.cards.get(posting.company, card.about)
    customer = await store.histories.of_card(about) if about is not None else None
    item = customer.item(card.about) if customer is not None else None
    if item is not None and item.asks(store.now()):
        await store.postings.ask_next_now(posting.company, card.about, posting.subscription_id)
    text = mark("I cannot write to them in Slack ({code}), so they do not know about this call:")
    said = {"text": text, "values": {"code": code}, "about": posting.channel}
    wanted = NewPosting(subscription.channel, subscription.id, parent=card.about)
    await _say(store, posting.company, card.about, wanted, f"nudge:{posting.id}:refused", said)
    return True


async def _say(
    store: Store, company: CompanyKey, about: str, wanted: NewPosting, name: str, said: dict[str, Any], *, at: int = 0
) -> None:
    await store.cards.absorb(company, "nudge", [name], fragment(at, 0, said), lambda *_: [wanted], about=about)


_BEGUN: Final = {
    "sms": mark("I started to send a text. If this line stays, nobody knows whether it was sent. It was meant for"),
    "call": mark("I started to place a call. If this line stays, nobody knows whether it rang. It was meant for"),
}
_DONE: Final = {"sms": mark("A text went to the phone of"), "call": mark("Dialpad is calling")}
_NOT_DONE: Final = {"sms": mark("No text was sent."), "call": mark("Nobody was called.")}
_IN_DOUBT: Final = {
    "sms": mark("Dialpad did not say whether the text was sent, and I will not try again:"),
    "call": mark("Dialpad did not say whether it is calling, and I will not try again:"),
}
_UNANSWERED: Final = {
    "call": (
        mark("Nobody has answered this call within {time} of opening hours."),
        mark("This call is still not answered."),
        mark("Nobody has claimed this call for {time}."),
    ),
    "text": (
        mark("Nobody has answered this text within {time} of opening hours."),
        mark("This text is still not answered."),
        mark("Nobody has claimed this text for {time}."),
    ),
}
"""What is said of a call or text when its answer is overdue, when it still is, and when nobody has claimed it."""
_WAITS: Final = {
    "call": mark("A missed call{on_line} is waiting in Slack and nobody has claimed it."),
    "text": mark("A text{on_line} is waiting in Slack and nobody has claimed it."),
}
"""What is sent to a supervisor's phone."""


def _why(problem: ChatopsError) -> str:
    match problem:
        case NotConnected():
            return say("Whoever set this up is not connected to Dialpad.")
        case NotAllowed():
            return say("Whoever set this up is not allowed to do it in Dialpad.")
        case TooMany():
            return say("Dialpad is getting too many requests right now.")
        case Unavailable():
            return say("Dialpad cannot be reached.")
        case UserError():
            return say("Slack does not say who they are.")
        case _:
            return say("Dialpad refused it.")


def _mark_of(policy: EscalationPolicy) -> str:
    """Return a mark that is another one once the policy was changed."""
    return sha256(repr(policy).encode()).hexdigest()[:12]


def _between(policy: EscalationPolicy) -> float | None:
    """Return the seconds from one step to the next, None without escalation."""
    return policy.pause * 60.0 if policy.asks else None


@dataclass(frozen=True)
class _Waiting:
    """What waits, for somebody who does not see the card. ``word``: "call" or "text"; ``who``: "" for a hidden number;
    ``did``: what they did, as a text with a place for them; ``unanswered``: what is said of nobody having done
    anything for so many ``minutes``."""

    word: str
    who: str
    did: str
    line: str
    call_center: str
    unanswered: str = ""
    minutes: int = 0

    @property
    def what(self) -> str:
        """Return a sentence such as "Jordan Lee left a voicemail."."""
        return say(self.did, who=self.who or say("A hidden number"))

    @property
    def said(self) -> str:
        """Return a sentence such as "Nobody has claimed this call for 5 min."."""
        return say(self.unanswered, time=how_long(self.minutes))

    @property
    def on_line(self) -> str:
        """Return `` on Support``, "" without a line."""
        return say(" on {line}", line=self.line) if self.line else ""

    @classmethod
    def of(cls, card: StoredCard, item: Item) -> "_Waiting":
        contact = view_call(card.state).contact if card.kind == "call" else view_conversation(card.state).contact
        named = contact and not looks_like_number(contact)
        who = contact if named else national(item.number) if item.number else ""
        is_text = not item.calls
        voicemail = mark("{who} left a voicemail.") if item.has_voicemail else mark("{who} called.")
        did = mark("{who} sent a text.") if is_text else voicemail
        call_center = item.line.removeprefix("callcenter:") if item.line.startswith("callcenter:") else ""
        line = "" if item.line.startswith(("user:", "number:")) else item.line_name
        return cls("text" if is_text else "call", who, did, line, call_center)


def handle_within(policy: EscalationPolicy) -> timedelta:
    """Return how long a claim may take before its claimer is reminded."""
    return timedelta(minutes=max(policy.handle, 1))
