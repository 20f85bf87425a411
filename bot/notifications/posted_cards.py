"""The current content of a posting: the card's state, who is on the other side, and who claimed or handled it."""

from dataclasses import replace
from typing import Any, Final

from bot.activity.alerts import Thresholds
from bot.activity.calls import view_call
from bot.activity.cover import view_cover
from bot.activity.digest import Digest, from_json
from bot.activity.items import Item
from bot.activity.news import NewsKind
from bot.activity.registers import value
from bot.activity.subscriptions.subscription import Subscription, quiet_until
from bot.activity.texts import view_conversation, view_text
from bot.basics.language import mark, say
from bot.cards.alert import alert_card, ended_alert
from bot.cards.announcement import SET_UP, announcement
from bot.cards.board import board_card, ended_board
from bot.cards.conversation import SentText, conversation_card, text_reply
from bot.cards.cover import cover_card, cover_stamp
from bot.cards.digest import MOST_SETTLERS, digest_card
from bot.cards.live_call import (
    Caller,
    bundle,
    call_content,
    call_line,
    look_up_caller,
)
from bot.cards.notice import notice
from bot.cards.open_work import CardStatus, names_at, names_of, state_of
from bot.cards.subscription import CHANGED, changed_card
from bot.cards.work_list import in_order, look_up_names, work_rows
from bot.contract.prose import prose, sentence
from bot.contract.reply import Button, Card, Mention, MessageContent, Phone, Prose, Reply, When
from bot.dialpad.accounts import Accounts
from bot.dialpad.action import Entity
from bot.dialpad.directory import Directory
from bot.notifications.boards import Boards, boards_of
from bot.notifications.telling import last_texts
from bot.notifications.work_times import works_of
from bot.store.card_rows import StoredCard
from bot.store.postings import Posting
from bot.store.store import Store

STOPPED_BY: Final = mark("Claim it, or press Done on its card, and nobody else is asked.")
MOST_WORK: Final = 10
"""Open work that a handover lists."""


class PostedCardRenderer:
    """Renders postings without side effects. Names are looked up as the owner of the subscription sees them."""

    def __init__(self, store: Store, accounts: Accounts, directory: Directory, boards: Boards | None = None) -> None:
        self._store = store
        self._accounts = accounts
        self._directory = directory
        self._boards = boards or Boards(store)

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent:
        subscription = await self._store.subscriptions.get(posting.company, posting.subscription_id)
        match card.kind:
            case "call":
                view = view_call(card.state)
                caller = await self.caller(subscription, view.number)
                status = await self._status(card, subscription, posting)
                return MessageContent(call_content(view, caller, status))
            case "talk":
                conversation = view_conversation(card.state)
                caller = await self.caller(subscription, conversation.number)
                status = await self._status(card, subscription, posting)
                folded = status.item is not None and status.item.is_settled
                last = () if folded else await self._last_texts(card, subscription)
                return MessageContent(conversation_card(conversation, caller, status, last))
            case "text":
                return await self._text(card, subscription)
            case "board" | "alert":
                return await self._of_line(card, subscription)
            case _ if subscription is not None and value(card.state, "about") == NewsKind.HANDOVER:
                return await self._handed_over(card, subscription)
            case _:
                return await self._told(card, subscription)

    async def _of_line(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        if card.kind == "alert":
            return self._alert(card, subscription)
        place = str(value(card.state, "place"))
        if subscription is None or subscription.paused or place not in boards_of(subscription):
            return MessageContent(ended_board(str(value(card.state, "name"))))
        view = await self._boards.view(subscription, card)
        changes = self._boards.looks_different_at(view, subscription.clock)
        return MessageContent(board_card(view, card.id, subscription.id), changes=changes)

    def _alert(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        said = {name: value(card.state, name) for name in card.state}
        if subscription is None or subscription.paused or said.get("place") not in subscription.places:
            return MessageContent(ended_alert(said))
        group = (subscription.alerts or Thresholds()).group
        shown = alert_card(said, card.id, subscription.id)
        return MessageContent(shown, ping=(group,) if group and isinstance(shown, Card) else ())

    async def _status(
        self, card: StoredCard, subscription: Subscription | None, posting: Posting | None = None
    ) -> CardStatus:
        """Return how a card's open work stands, with the names of those whom Dialpad gives by their id."""
        customer = await self._store.histories.of_card(card)
        item = customer.item(card.id) if customer is not None else None
        gear = subscription.id if subscription else ""
        names: dict[str, str] = {}
        if item is not None and subscription is not None:
            owner = self._accounts.of(subscription.shown_as, within=subscription.company)
            names = await names_of(self._directory, owner, [item])
        opted_out = await self._opted_out(card)
        elsewhere = posting is not None and posting.superseded_by is not None
        times = posting.answer_times if posting is not None else None
        return CardStatus(card.id, self._store.now(), item, gear, names, elsewhere, opted_out, times)

    async def _opted_out(self, card: StoredCard) -> bool:
        """Tell whether the customer of a call or conversation wants no more texts, whichever line they said so to. Of
        those who said so before this was kept, only their conversation knows."""
        before = view_conversation(card.state) if card.kind == "talk" else None
        number = before.number if before is not None else view_call(card.state).number
        known = await self._store.opt_outs.among(card.company, [number]) if number else {}
        return known.get(number, before is not None and before.stopped)

    async def _told(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        """Return the content of a card that is neither a call nor a text."""
        gear = subscription.id if subscription else ""
        match card.kind:
            case "digest":
                return MessageContent(await self._digest(from_json(value(card.state, "digest")), subscription))
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
                    else Reply(say("Somebody changed notifications that you had set up."))
                )
            case "joined":
                same = say("This turned out to be the same call as another one here. See that card.")
                return MessageContent(Reply(same))
            case _:
                said = {name: value(card.state, name) for name in card.state}
                is_setup = said.get("about") == SET_UP
                return MessageContent(announcement(card.state) if is_setup else notice(said, gear, card=card.id))

    async def _digest(self, digest: Digest, subscription: Subscription | None) -> Card | Reply:
        if subscription is None:
            return digest_card(digest, "")
        owner = self._accounts.of(subscription.shown_as, within=subscription.company)
        who = [one.who for one in digest.work.settlers[:MOST_SETTLERS]] if digest.work is not None else []
        return digest_card(digest, subscription.id, await names_at(self._directory, owner, who))

    async def _handed_over(self, card: StoredCard, subscription: Subscription) -> MessageContent:
        """Return a handover with what is open on its line, whoever's subscription showed that, and the subscription's
        own user group."""
        said: dict[str, Any] = {name: value(card.state, name) for name in card.state}
        now = self._store.now()
        lines = {f"callcenter:{said['line']}"} if said.get("line") else set()
        found = await self._store.histories.open(subscription.company, lines)
        works = in_order(await works_of(self._store, subscription.company, [item for _, item in found]), "", now)
        owner = self._accounts.of(subscription.shown_as, within=subscription.company)
        members = await self._store.connections.members(subscription.company)
        found_names = await look_up_names(self._directory, owner, works[:MOST_WORK])
        names = replace(found_names, unmentioned={one.slack_id: one.name for one in members})
        mine = {name: (said.get(name) or {}).get(subscription.keep) for name in ("groups", "reached")}
        adds = {"open": len(works), "group": mine["groups"], "reached": mine["reached"]}
        rows = work_rows(works, names, now, MOST_WORK)
        return MessageContent(notice({**said, **adds}, subscription.id, rows))

    async def _nudge(self, card: StoredCard) -> MessageContent:
        """Return an escalation message. Once somebody has claimed or handled the call, that replaces the Claim
        button."""
        call = await self._store.cards.get(card.company, card.about) if card.about else None
        whom = value(card.state, "claimer") or value(card.state, "about")
        text = say(str(value(card.state, "text")), **(value(card.state, "values") or {}))
        said = prose(text, *((" ", Mention(str(whom))) if whom else ()))
        ping = tuple(value(card.state, "ping") or ())
        if call is None:
            return MessageContent(Reply(said), ping=ping)
        status = await self._status(call, None)
        item = status.item
        show = Button("Show the call", "card.show", {"card": call.id})
        if value(card.state, "hand") or value(card.state, "answer"):
            return _handed(card, status, await self._about(card, item), (show,) if call.kind == "call" else ())
        asks = bool(value(card.state, "claim")) and item is not None and item.asks(status.now)
        claim = Button("Claim", "card.claim", {"card": call.id}, style="primary")
        stands = state_of(status) if value(card.state, "claim") or (item is not None and item.is_settled) else ""
        shown = (show,) if call.kind == "call" else ()
        said = prose(said, " ", say(STOPPED_BY)) if asks else said
        return MessageContent(Reply(said, buttons=(claim, *shown) if asks else shown), stands, ping)

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
            status = await self._status(card, subscription, posting)
            rows.append(
                call_line(view, await self.caller(subscription, view.number), replace(status, subscription=gear))
            )
        return MessageContent(bundle(rows, gear, held=held))

    async def _last_texts(self, conversation: StoredCard, subscription: Subscription | None) -> list[SentText]:
        """Return the last texts of a conversation, oldest first, with who wrote ours."""
        return [
            SentText(one, "" if one.inbound else await self._sender(conversation, text_id, subscription))
            for text_id, one in (await last_texts(self._store, conversation)).items()
        ]

    async def _text(self, card: StoredCard, subscription: Subscription | None) -> MessageContent:
        conversation = await self._store.cards.named(card.company, str(value(card.state, "talk")))
        view = view_conversation(conversation.state if conversation else {})
        caller = await self.caller(subscription, view.number)
        sender = await self._sender(conversation, str(value(card.state, "id") or ""), subscription)
        return MessageContent(text_reply(view_text(card.state), view, caller, sender))

    async def _sender(self, conversation: StoredCard | None, text_id: str, subscription: Subscription | None) -> Prose:
        """Return who wrote one of our texts, "" when that is not known: whoever sent it through the bot, else whom
        Dialpad names."""
        customer = await self._store.histories.of_card(conversation) if conversation is not None else None
        if customer is None:
            return ""
        act = next((one for one in customer.history.acts if one.what == "texted" and one.to == text_id), None)
        if act is not None and act.by:
            return prose(Mention(act.by))
        sender = next((one.sender for one in customer.history.texts if one.id == text_id), "")
        if not sender.startswith("user:"):
            return sender
        if subscription is None:
            return ""
        owner = self._accounts.of(subscription.shown_as, within=subscription.company)
        return await self._directory.name_of(owner, Entity.USER, sender.removeprefix("user:")) or ""

    async def _about(self, nudge: StoredCard, item: Item | None) -> Prose:
        """Return whom it is about that somebody is asked to take over, as the card in the channel names them."""
        if item is None:
            return say("a call")
        shown = await self._store.subscriptions.get(nudge.company, str(value(nudge.state, "shown") or ""))
        caller = await self.caller(shown, item.number) if item.number else None
        return _about(item, caller.name if caller else "")

    async def caller(self, subscription: Subscription | None, number: str) -> Caller | None:
        """Look a caller up; None when the directory does not know the number, or cannot be asked."""
        if subscription is None:
            return None
        owner = self._accounts.of(subscription.shown_as, within=subscription.company)
        return await look_up_caller(self._directory, owner, number)


_ANSWERS: Final = {
    "accepted": mark("{who} took this over from you: {about}"),
    "declined": mark("{who} declined to take this over: {about}"),
}


def _handed(nudge: StoredCard, status: CardStatus, about: Prose, shown: tuple[Button, ...]) -> MessageContent:
    """Ask somebody to take over what another person has, with the answer once it is given; or tell who asked."""
    who, item = Mention(str(value(nudge.state, "from"))), status.item
    if answer := value(nudge.state, "answer"):
        return MessageContent(Reply(sentence(_ANSWERS[str(answer)], who=who, about=about), shown))
    said = sentence("{who} asks you to take this over: {about}", who=who, about=about)
    card = {"card": status.card}
    if item is None or item.asked != str(value(nudge.state, "hand")):
        return MessageContent(Reply(said), state_of(status) if item else "")
    accept = Button("Accept", "card.accept", card, style="primary")
    return MessageContent(Reply(said, (accept, Button("Decline", "card.decline", card))))


def _about(item: Item, name: str) -> Prose:
    number = Phone(item.number) if item.number else say("a hidden number")
    who = prose(name, " ", number) if name else number
    line = say(" on {line}", line=item.line_name) if item.line_name else ""
    return sentence("{who}{on_line}, waiting since {when}.", who=who, on_line=line, when=When(item.since, "date"))
