"""A call that nobody takes care of: the next of its channel's policy is asked, and a claim that leads nowhere ends.

Each step is a time on disk beside the posting it belongs to. What is said is put on disk under a name made of the
posting and the step before the step counts as taken, so a restart at any moment says it once and goes on.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import structlog

from bot.answers.call_card import needs_somebody
from bot.answers.prose import plural
from bot.context import Colleagues
from bot.dialpad.accounts import Accounts
from bot.dialpad.action import ME, Entity
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.callcenters import ListCallCenterOperators
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.directory import Directory
from bot.errors import ChatopsError
from bot.person import PersonKey
from bot.slack.boards import Boards
from bot.store.cards import Kept
from bot.store.postings import Posting, Wanted
from bot.store.store import Store
from bot.watching.calls import CallView, view_call
from bot.watching.registers import fragment
from bot.watching.watch import Policy, Watch

ROUND: Final = 100
"""Steps are counted through: each time a claim is given back, the next hundred begins."""
REMINDED: Final = 50
"""Within a round: whoever claimed it was reminded."""

_log = structlog.get_logger(__name__)


class Escalations:
    """``run_due`` is called often and by several processes; each step is taken by one."""

    def __init__(
        self, store: Store, accounts: Accounts, directory: Directory, colleagues: Colleagues, boards: Boards
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._colleagues = colleagues
        self._boards = boards

    async def run_due(self) -> None:
        """Takes every step whose time has come."""
        for posting in await self._store.postings.due_escalations(self._store.now()):
            try:
                await self._run(posting)
            except ChatopsError:
                _log.exception("an escalation step failed")
                await self._store.postings.step(posting, to=posting.step, next_s=60.0)

    async def _run(self, posting: Posting) -> None:
        card = await self._store.cards.get(posting.card_id)
        watch = await self._store.watches.get(posting.watch_id)
        view = view_call(card.state) if card is not None and card.kind == "call" else None
        over = card is None or watch is None or view is None or card.handled_by or not needs_somebody(view)
        if over or card is None or watch is None or view is None:
            await self._store.postings.step(posting, to=posting.step, next_s=None)
        elif card.claimed_by:
            await self._claimed(posting, card, watch)
        else:
            await self._unclaimed(posting, card, watch, view)

    async def _claimed(self, posting: Posting, card: Kept, watch: Watch) -> None:
        base, within = posting.step - posting.step % ROUND, posting.step % ROUND
        claimer, minutes = str(card.claimed_by), watch.policy.handle
        if within < REMINDED:
            text = f"Claimed {_since(minutes)} ago and still open. Mark it handled, or release it for somebody else:"
            await self._nudge(posting, {"text": text, "claimer": claimer, "ping": [claimer]})
            await self._store.postings.step(posting, to=base + REMINDED, next_s=minutes * 60.0)
            return
        text = "Not handled in time, so it is free again. It was claimed by"
        await self._nudge(posting, {"text": text, "claimer": claimer, "claim": True})
        await self._store.cards.release(card.id, claimer)
        await self._store.postings.step(posting, to=base + ROUND, next_s=max(watch.policy.claim, 1) * 60.0)

    async def _unclaimed(self, posting: Posting, card: Kept, watch: Watch, view: CallView) -> None:
        within = posting.step % ROUND
        if within >= REMINDED:  # released by hand after a reminder
            again_s = max(watch.policy.claim, 1) * 60.0
            await self._store.postings.step(posting, to=posting.step - within + ROUND, next_s=again_s)
            return
        steps = watch.policy.steps() or (("here", ""),)
        if within >= len(steps):
            await self._store.postings.step(posting, to=posting.step, next_s=None)
            return
        kind, whom = steps[within]
        next_s = watch.policy.claim * 60.0 if within + 1 < len(steps) else None
        waiting = f"Nobody has claimed this call for {_since(watch.policy.claim * (within + 1))}."
        if kind in {"sms", "call"}:
            # Counted first: whether a text or a call left is not known after a crash, and it must not leave twice.
            if await self._store.postings.step(posting, to=posting.step + 1, next_s=next_s):
                await self._phone(posting, kind, watch, view)
            return
        ping, text = await self._who(kind, whom, watch, view, waiting)
        direct = whom if kind == "supervisor" else None
        await self._nudge(posting, {"text": text, "ping": list(ping), "claim": True}, direct=direct)
        await self._store.postings.step(posting, to=posting.step + 1, next_s=next_s)

    async def _who(self, kind: str, whom: str, watch: Watch, view: CallView, waiting: str) -> tuple[Sequence[str], str]:
        if kind == "supervisor":
            line = f" on {view.line}" if view.line else ""
            return (), f"{waiting[:-1]}{line}."
        if kind != "duty":
            return ((whom,) if whom else ()), waiting
        try:
            found = await self._on_duty(watch, view)
        except ChatopsError as problem:
            _log.info("who is on duty cannot be looked up", error=type(problem).__name__)
            return (), f"{waiting} Dialpad does not say who is on duty."
        return found, waiting if found else f"{waiting} Nobody who could be called is on duty."

    async def _on_duty(self, watch: Watch, view: CallView) -> list[str]:
        kind, _, line_id = view.line_id.partition(":")
        if kind != "callcenter":
            return []
        operators = await self._accounts.of(watch.owner).send(ListCallCenterOperators(id=line_id), background=True)
        emails = [user.emails[0] for user in operators.users if user.is_on_duty and user.emails]
        found = [await self._boards.person_by_email(watch.owner.team_id, email) for email in emails]
        return [one for one in found if one]

    async def _nudge(self, posting: Posting, said: dict[str, Any], *, direct: str | None = None) -> None:
        name = f"nudge:{posting.id}:{posting.step}"
        wanted = [Wanted(direct or posting.channel, posting.watch_id, parent=None if direct else posting.card_id)]
        part = fragment(0, 0, {"card": posting.card_id, **said})
        await self._store.cards.absorb(posting.team_id, "nudge", [name], part, lambda *_: wanted)

    async def _phone(self, posting: Posting, kind: str, watch: Watch, view: CallView) -> None:
        """The last step leaves Slack, with the account of whoever set the policy. It is tried once."""
        account = self._accounts.of(watch.owner)
        number = await self._number_of(PersonKey(watch.owner.team_id, watch.policy.supervisor), watch)
        if not number:
            await self._nudge(posting, {"text": "The supervisor's phone number is not known in Dialpad.", "ping": []})
            return
        line = f" on {view.line}" if view.line else ""
        try:
            if kind == "sms":
                text = f"A missed call{line} waits in Slack and nobody has claimed it."
                await account.send(SendSms(to_numbers=[number], text=text, user_id=ME))
            else:
                await account.send(PlaceCall(user_id=ME, phone_number=number))
        except ChatopsError as problem:
            _log.warning("the last step failed", step=kind, error=type(problem).__name__)
            what = "text" if kind == "sms" else "call"
            await self._nudge(posting, {"text": f"The {what} to the supervisor did not work.", "ping": []})

    async def _number_of(self, person: PersonKey, watch: Watch) -> str:
        email = (await self._colleagues.profile(person)).email
        if not email:
            return ""
        found = await self._directory.find(self._accounts.of(watch.owner), Entity.USER, email)
        entry = found.one or (found.several[0] if len(found.several) == 1 else None)
        return entry.phones[0] if entry and entry.phones else ""


def _since(minutes: int) -> str:
    if minutes < 60 or minutes % 60:
        return f"{minutes} min"
    return plural(minutes // 60, "hour")


def handle_within(policy: Policy) -> timedelta:
    """How long a claim may take before its claimer is reminded."""
    return timedelta(minutes=max(policy.handle, 1))
