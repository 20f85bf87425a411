"""Alerts to the owner of a subscription whose messages Slack does not take: each is sent once.

``Subscription.problem`` remembers it: Slack's word, with ``!`` once it is known that some are given up, with ``?``
while the owner could not be told either. `dialpad-chatops doctor` and the subscription's own card show it too.
"""

from typing import Final, Protocol

import structlog

from bot.activity.cover import view_cover
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import ChatopsError
from bot.basics.language import ENGLISH, mark, say, say_count, speaking
from bot.basics.person import PersonKey
from bot.contract.reply import Button, MessageContent, Reply
from bot.notifications.personal_notices import tell_person
from bot.slack.api.channel_messages import MessagePlace
from bot.store.keys import KeyProblem
from bot.store.postings import Posting
from bot.store.store import Store

SLOW: Final = "no answer"
"""Takes the place of Slack's word where there is none."""
_BUG: Final = "bug"
_IN_DIALPAD: Final = mark("You can find them in Dialpad's own history.")
_WHY: Final = {
    "is_archived": mark("that channel is archived"),
    "channel_not_found": mark("I am not in that channel, or it is gone. Invite me with /invite"),
    "not_in_channel": mark("I am not in that channel. Invite me with /invite"),
    "restricted_action": mark("this workspace does not let me post there"),
    "token_revoked": mark("Slack no longer accepts this app's sign-in. Ask whoever runs it to install it again"),
    "account_inactive": mark("Slack no longer accepts this app's sign-in. Ask whoever runs it to install it again"),
    "thread_not_found": mark("the message that it belongs to was deleted"),
    _BUG: mark("this app has a bug"),
    SLOW: mark("Slack is not accepting messages right now"),
}

_log = structlog.get_logger(__name__)


class DirectMessages(Protocol):
    """The part of ``bot.slack.api.channel_messages.ChannelMessages`` that alerts need."""

    async def post(
        self, team_id: str, channel: str, content: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace: ...


class ChannelLanguages(Protocol):
    """The part of ``bot.contract.reader_languages.ReaderLanguages`` that the poster and alerts need."""

    async def of_channel(self, team_id: str, channel: str) -> str: ...


class OwnerAlerts:
    """Alerts owners, each in their language. Every method may be called again without harm."""

    def __init__(
        self, store: Store, channel_messages: DirectMessages, languages: ChannelLanguages | None = None
    ) -> None:
        """``languages``: by default everybody reads English."""
        self._store = store
        self._channel_messages = channel_messages
        self._languages = languages

    async def _language(self, person: PersonKey) -> str:
        return await self._languages.of_channel(person.team_id, person.user_id) if self._languages else ENGLISH

    async def goes_on(self, posting: Posting, code: str) -> None:
        """Tell the owner that Slack does not take a message and that it is tried again."""
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        if subscription is None or subscription.problem.endswith("!"):
            return
        with speaking(await self._language(subscription.owner)):
            text = say(
                "I cannot post your notifications: {why}. I'll keep trying for a day, so nothing is lost until then.",
                why=_why(code),
            )
        await self._note(subscription, code, text)

    async def given_up(self, posting: Posting, code: str) -> None:
        """Tell the owner that a message was tried for a day and will not be posted."""
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        if subscription is None:
            await self._tell_asker(posting, code)
            return
        if subscription.problem.endswith("!"):
            return
        lost, waiting = await self._store.postings.unposted(subscription.company, subscription.id)
        with speaking(await self._language(subscription.owner)):
            text = f"{_never(lost)}: {_why(code)}. {say(_IN_DIALPAD)}{_more(waiting)}"
        await self._note(subscription, f"{code}!", text)

    async def mistaken(self, posting: Posting) -> None:
        """Tell the owner that a card could not be shown because of a mistake of ours."""
        await self._never_shown(
            posting, "mistake!", mark("A notification cannot be shown because of a bug in this app.")
        )

    async def unreadable(self, posting: Posting) -> None:
        """Tell the owner that a card could not be read: the key it was encrypted with is missing."""
        await self._never_shown(
            posting, "unreadable!", mark("A notification cannot be shown because its encryption key is missing.")
        )

    async def _never_shown(self, posting: Posting, problem: str, why: str) -> None:
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        if subscription is None:
            await self._tell_asker(posting, _BUG)
            return
        with speaking(await self._language(subscription.owner)):
            text = f"{say(why)} {say(_IN_DIALPAD)}"
        await self._note(subscription, problem, text, in_person=True)
        await self._store.postings.forget_unposted(subscription.company, subscription.id)

    async def _tell_asker(self, posting: Posting, code: str) -> None:
        """Tell whoever asked for cover that their request was never posted."""
        try:
            card = await self._store.cards.get(posting.company, posting.card_id)
        except KeyProblem:
            return
        if card is None or card.kind != "cover" or posting.ts is not None:
            return
        asker = PersonKey(posting.team_id, view_cover(card.state).asker)
        with speaking(await self._language(asker)):
            text = say(
                "Your request for cover was not posted: {why}. You are still on duty. Ask again.", why=_why(code)
            )
        await tell_person(self._store, asker, posting.id, text)

    async def is_over(self, posting: Posting) -> None:
        """Clear the problem: something was posted again."""
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        if subscription is None or not subscription.problem:
            return
        lost, _ = await self._store.postings.unposted(subscription.company, subscription.id)
        if lost:
            with speaking(await self._language(subscription.owner)):
                again = say("I can post your notifications again.")
                text = f"{again} {_never(lost)}. {say(_IN_DIALPAD)}"
            await self._tell(subscription, Reply(text, _next(subscription, lost=True)), f"over:{subscription.id}")
            await self._store.postings.forget_unposted(subscription.company, subscription.id)
        await self._store.subscriptions.note_problem(subscription.company, subscription.id, "")

    async def in_doubt(self, posting: Posting) -> None:
        """Tell the owner that a message may or may not have been posted and that this cannot be found out."""
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        if subscription is None:
            return
        with speaking(await self._language(subscription.owner)):
            text = say(
                "A notification may or may not have been posted: I was interrupted, and I cannot read the channel."
            )
        show = Button("Show it", "card.show", {"card": posting.card_id})
        await self._tell(subscription, Reply(text, (show,), tone="warning"), f"doubt:{posting.id}")

    async def _note(self, subscription: Subscription, problem: str, text: str, *, in_person: bool = False) -> None:
        """Tell the owner, unless that was done since posting last worked. Of their own direct messages they are told
        only when such messages arrive (``in_person``)."""
        is_new = await self._store.subscriptions.note_problem(subscription.company, subscription.id, problem)
        if not is_new or (subscription.is_personal and not in_person):
            return
        reply = Reply(text, _next(subscription, lost=problem.endswith("!")), tone="warning")
        if not await self._tell(subscription, reply, f"problem:{subscription.id}:{problem}"):
            await self._store.subscriptions.note_problem(subscription.company, subscription.id, f"{problem}?")

    async def _tell(self, subscription: Subscription, reply: Reply, name: str) -> bool:
        owner = subscription.owner
        content = MessageContent(reply, language=await self._language(owner))
        try:
            await self._channel_messages.post(owner.team_id, owner.user_id, content, name=name)
        except ChatopsError as problem:
            _log.warning("the owner cannot be told", error=type(problem).__name__)
            return False
        return True


def _next(subscription: Subscription, *, lost: bool) -> tuple[Button, ...]:
    settings = Button("Settings", "notify.settings", {"subscription": subscription.id})
    return (Button("Look up calls…", "calls.calls", form=True), settings) if lost else (settings,)


def _why(code: str) -> str:
    return say(_WHY[code]) if code in _WHY else say("Slack says “{code}”", code=code)


def _never(lost: int) -> str:
    return say_count(
        "{count} notification could not be posted within a day and will not be",
        "{count} notifications could not be posted within a day and will not be",
        lost,
    )


def _more(waiting: int) -> str:
    """Say how many still wait, "" for none."""
    if not waiting:
        return ""
    said = say_count("{count} more is waiting, each for a day.", "{count} more are waiting, each for a day.", waiting)
    return f" {said}"
