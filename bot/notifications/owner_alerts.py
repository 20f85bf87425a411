"""What the owner of a subscription hears when Slack takes none of its messages: each thing once.

``Subscription.problem`` remembers it: Slack's word, with ``!`` once it is known that some are given up, with ``?``
while the owner could not be told either. `dialpad-chatops doctor` and the subscription's own card show it too.
"""

from typing import Final, Protocol

import structlog

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError
from bot.contract.prose import plural
from bot.contract.reply import Button, MessageContent, Reply
from bot.slack.api.channel_messages import MessagePlace
from bot.store.postings import Posting
from bot.store.store import Store

SLOW: Final = "no answer"
"""In place of Slack's word where there is none."""
_IN_DIALPAD: Final = "They are in Dialpad's own history."
_WHY: Final = {
    "is_archived": "that channel is archived",
    "channel_not_found": "I am not in that channel, or it is gone. Invite me with /invite",
    "not_in_channel": "I am not in that channel. Invite me with /invite",
    "restricted_action": "this workspace does not let me post there",
    "token_revoked": "Slack no longer accepts this app's sign-in. Ask whoever runs it to install it again",
    "account_inactive": "Slack no longer accepts this app's sign-in. Ask whoever runs it to install it again",
    SLOW: "Slack takes no messages right now",
}

_log = structlog.get_logger(__name__)


class DirectMessages(Protocol):
    """``bot.slack.api.channel_messages.ChannelMessages``, as far as it is needed here."""

    async def post(
        self, team_id: str, channel: str, face: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace: ...


class OwnerAlerts:
    """All of it is harmless to call again."""

    def __init__(self, store: Store, boards: DirectMessages) -> None:
        self._store = store
        self._boards = boards

    async def goes_on(self, posting: Posting, code: str) -> None:
        """Slack does not take it, and it is tried again."""
        watch = await self._store.watches.get(posting.watch_id)
        if watch is None or watch.problem.endswith("!"):
            return
        text = (
            f"I cannot post your notifications: {_why(code)}. I keep trying for a day, so nothing is lost until then."
        )
        await self._note(watch, code, text)

    async def given_up(self, posting: Posting, code: str) -> None:
        """It was tried for a day and will not be posted."""
        watch = await self._store.watches.get(posting.watch_id)
        if watch is None or watch.problem.endswith("!"):
            return
        lost, waiting = await self._store.postings.unposted(watch.id)
        more = f" {plural(waiting, 'more waits', 'more wait')}, each for a day." if waiting else ""
        text = f"{_never(lost)}: {_why(code)}. {_IN_DIALPAD}{more}"
        await self._note(watch, f"{code}!", text)

    async def mistaken(self, posting: Posting) -> None:
        """It is we who wrote what cannot be shown."""
        watch = await self._store.watches.get(posting.watch_id)
        if watch is not None:
            await self._note(watch, "mistake!", f"A notification cannot be shown, by a mistake of mine. {_IN_DIALPAD}")
            await self._store.postings.forget_unposted(watch.id)

    async def is_over(self, watch_id: str) -> None:
        """Something was posted again."""
        watch = await self._store.watches.get(watch_id)
        if watch is None or not watch.problem:
            return
        lost, _ = await self._store.postings.unposted(watch.id)
        if lost:
            text = f"I can post your notifications again. {_never(lost)}. {_IN_DIALPAD}"
            await self._tell(watch, Reply(text, _next(watch, lost=True)), f"over:{watch.id}")
            await self._store.postings.forget_unposted(watch.id)
        await self._store.watches.note_problem(watch.id, "")

    async def in_doubt(self, posting: Posting) -> None:
        """It may be there or not, and nobody will know."""
        watch = await self._store.watches.get(posting.watch_id)
        if watch is None:
            return
        text = "A notification may or may not have been posted: I was interrupted, and may not look into the channel."
        show = Button("Show it", "card.show", {"card": posting.card_id})
        await self._tell(watch, Reply(text, (show,), tone="warning"), f"doubt:{posting.id}")

    async def _note(self, watch: Subscription, problem: str, text: str) -> None:
        """Tells it unless that was done since posting last worked."""
        if not await self._store.watches.note_problem(watch.id, problem) or watch.is_personal:
            return
        reply = Reply(text, _next(watch, lost=problem.endswith("!")), tone="warning")
        if not await self._tell(watch, reply, f"problem:{watch.id}:{problem}"):
            await self._store.watches.note_problem(watch.id, f"{problem}?")

    async def _tell(self, watch: Subscription, reply: Reply, name: str) -> bool:
        try:
            await self._boards.post(watch.owner.team_id, watch.owner.user_id, MessageContent(reply), name=name)
        except ChatopsError as problem:
            _log.warning("the owner cannot be told", error=type(problem).__name__)
            return False
        return True


def _next(watch: Subscription, *, lost: bool) -> tuple[Button, ...]:
    settings = Button("Settings", "notify.settings", {"watch": watch.id})
    return (Button("Look up calls…", "calls.calls", form=True), settings) if lost else (settings,)


def _why(code: str) -> str:
    return _WHY.get(code, f"Slack says “{code}”")


def _never(lost: int) -> str:
    return f"{plural(lost, 'notification')} could not be posted for a day and will not be"
