"""The current content of a posting: the card's state, who is on the other side, and who claimed or handled it."""

from collections.abc import Mapping
from typing import Any

from bot.activity.calls import view_call
from bot.activity.cover import view_cover
from bot.activity.digest import from_json
from bot.activity.news import needs_somebody
from bot.activity.registers import value
from bot.activity.subscriptions.subscription import Subscription, quiet_until
from bot.activity.texts import view_conversation, view_text
from bot.cards.conversation import conversation_card, text_reply
from bot.cards.cover import cover_card, cover_stamp
from bot.cards.digest import digest_card
from bot.cards.live_call import (
    Caller,
    CardStatus,
    bundle,
    call_content,
    call_line,
    look_up_caller,
    stamp_of,
)
from bot.cards.notice import notice
from bot.cards.subscription import CHANGED, changed_card
from bot.contract.prose import prose
from bot.contract.reply import Button, Mention, MessageContent, Reply
from bot.dialpad.accounts import Accounts
from bot.dialpad.directory import Directory
from bot.store.card_rows import StoredCard
from bot.store.postings import Posting
from bot.store.store import Store


def standing_of(card: StoredCard, subscription: str) -> CardStatus:
    return CardStatus(card.id, subscription, card.claimed_by, card.claimed_at, card.handled_by, card.handled_at)


class PostedCardRenderer:
    """Renders postings without side effects. Names are looked up as the owner of the subscription sees them."""

    def __init__(self, store: Store, accounts: Accounts, directory: Directory) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent:
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        gear = subscription.id if subscription else ""
        match card.kind:
            case "call":
                view = view_call(card.state)
                shown, stamp = call_content(view, await self.caller(subscription, view.number), standing_of(card, gear))
                return MessageContent(shown, stamp)
            case "talk":
                conversation = view_conversation(card.state)
                return MessageContent(
                    conversation_card(conversation, await self.caller(subscription, conversation.number), gear)
                )
            case "text":
                return await self._text(card, subscription)
            case _:
                return await self._told(card, subscription)

    async def _told(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        """Return the content of a card that is neither a call nor a text."""
        gear = subscription.id if subscription else ""
        match card.kind:
            case "digest":
                return MessageContent(digest_card(from_json(value(card.state, "digest")), gear))
            case "cover":
                is_open = not card.claimed_by and not card.handled_by
                stamp = cover_stamp(card.claimed_by, card.claimed_at, withdrawn=bool(card.handled_by))
                return MessageContent(cover_card(card.id, view_cover(card.state), is_open=is_open), stamp)
            case "nudge":
                return await self._nudge(card)
            case _ if value(card.state, "about") == CHANGED:
                change = await self._store.subscription_changes.get(card.company, str(value(card.state, "change")))
                return MessageContent(
                    changed_card(change.id, change.changed_by, change.before, change.after)
                    if change
                    else Reply("Somebody changed notifications that you had set up.")
                )
            case "joined":
                return MessageContent(Reply("This turned out to be the same call as another one here. See that card."))
            case _:
                said = {name: value(card.state, name) for name in card.state}
                if subscription is not None and said.get("about") == "handover":
                    said |= await self._handed_over(subscription, said)
                return MessageContent(notice(said, gear))

    async def _handed_over(self, subscription: Subscription, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what one subscription adds: how many of its calls wait for somebody, and its own user group."""
        calls = await self._store.cards.open_calls(subscription.company, subscription.id)
        waiting = sum(needs_somebody(view_call(one.state)) for one in calls)
        mine = {name: (said.get(name) or {}).get(subscription.keep) for name in ("groups", "reached")}
        return {"open": waiting, "group": mine["groups"], "reached": mine["reached"]}

    async def _nudge(self, card: StoredCard) -> MessageContent:
        """Return an escalation message. Once somebody has claimed or handled the call, that replaces the Claim
        button."""
        call = await self._store.cards.get(card.company, card.about) if card.about else None
        whom = value(card.state, "claimer") or value(card.state, "about")
        said = prose(str(value(card.state, "text")), *((" ", Mention(str(whom))) if whom else ()))
        ping = tuple(value(card.state, "ping") or ())
        if call is None:
            return MessageContent(Reply(said), ping=ping)
        asks, taken = bool(value(card.state, "claim")), bool(call.claimed_by or call.handled_by)
        claim = Button("Claim", "card.claim", {"card": call.id}, style="primary")
        show = Button("Show the call", "card.show", {"card": call.id})
        stamp = stamp_of(standing_of(call, "")) if asks or call.handled_by else ""
        return MessageContent(Reply(said, buttons=(claim, show) if asks and not taken else (show,)), stamp, ping)

    async def bundle(self, postings: list[tuple[Posting, StoredCard]]) -> MessageContent:
        """Return the content of one message about several calls."""
        rows = []
        gear = ""
        held = False
        for posting, card in postings:
            subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
            gear = gear or (subscription.id if subscription else "")
            held = held or (subscription is not None and quiet_until(subscription, posting.created_at) is not None)
            view = view_call(card.state)
            rows.append(call_line(view, await self.caller(subscription, view.number), standing_of(card, gear)))
        return MessageContent(bundle(rows, gear, held=held))

    async def _text(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        conversation = await self._store.cards.named(card.company, str(value(card.state, "talk")))
        view = view_conversation(conversation.state if conversation else {})
        caller = await self.caller(subscription, view.number)
        return MessageContent(text_reply(view_text(card.state), view, caller))

    async def caller(self, subscription: Subscription | None, number: str) -> Caller | None:
        """Look a caller up; None when the directory does not know the number, or cannot be asked."""
        if subscription is None:
            return None
        owner = self._accounts.of(subscription.shown_as, within=subscription.company)
        return await look_up_caller(self._directory, owner, number)
