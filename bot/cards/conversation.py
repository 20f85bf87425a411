"""A text conversation as a channel sees it: one card, and a thread with each text and its delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.activity.texts import UNCLEAR, ConversationView, TextView
from bot.basics.errors import UserError
from bot.basics.language import mark, say
from bot.basics.phone import looks_like_number, national
from bot.cards.delivery import why_not_delivered
from bot.cards.live_call import MENU, Caller
from bot.cards.open_work import CardStatus, state_of, story_of, taking, title_of, with_due
from bot.contract.context import Ctx
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Part, Phone, Picture, Prose, Raw, Reply

_ON_ITS_WAY: Final = frozenset({"pending", "sent", "delivered"})
_STATES: Final = {
    "pending": mark("on its way"),
    "sent": mark("sent"),
    "delivered": mark("delivered"),
    "failed": mark("not delivered"),
    "undelivered": mark("not delivered"),
    UNCLEAR: mark("not delivered to everybody it was sent to; Dialpad does not say to whom"),
}
LONGEST_LINE: Final = 300
"""Characters of one text on the conversation's card; the thread has all of it."""
LAST_TEXTS: Final = 3
"""Texts on the conversation's card."""
SEND_TEXT: Final = "sms.sms"
"""The route that shows a text before it is sent."""
HOW_TO_REPLY: Final = mark("To reply, mention me in the thread: you see it before it is sent.")
SEE_IN_DIALPAD: Final = mark("A picture came with it: see it in Dialpad.")


@dataclass(frozen=True)
class SentText:
    """A text, and who wrote it when it is one of ours, "" when that is not known."""

    text: TextView
    sender: Prose = ""


def other_side(conversation: ConversationView, known: Caller | None) -> tuple[Part, ...]:
    """Return the outside party, by name and number."""
    name = (
        known.name if known and known.name else "" if looks_like_number(conversation.contact) else conversation.contact
    )
    return (Bold(name), " ", Phone(conversation.number)) if name else (Phone(conversation.number),)


async def refuse_after_stop(ctx: Ctx, conversation: ConversationView) -> None:
    """Refuse a text to somebody who asked for no more of them. Raises UserError."""
    board = ctx.deps.notifications
    known = await board.opt_outs(ctx.person, [conversation.number]) if board is not None else {}
    if known.get(conversation.number, conversation.stopped):
        raise UserError(say("They have opted out of texts (STOP), so this was not sent. Call them instead."))


def line_of(conversation: ConversationView) -> str:
    return conversation.line_name or national(conversation.line)


def conversation_card(
    conversation: ConversationView,
    known: Caller | None,
    status: CardStatus,
    last: Sequence[SentText] = (),
    *,
    in_thread: bool = True,
) -> Card:
    """Return the card at the head of the conversation's thread, with the ``last`` texts, oldest first. Once it is
    settled it is one line. ``in_thread``: it has its thread below it."""
    item = status.item
    is_settled = item is not None and item.is_settled
    state = with_due(state_of(status) or (say("💬 New text") if item is not None else say("💬 Texts")), status)
    who = other_side(conversation, known)
    title = title_of(
        state, who[:1] if is_settled else who, line_of(conversation), None if is_settled else conversation.last
    )
    reply: dict[str, Raw] = {"to": [conversation.number], "line": conversation.line}
    answer = () if status.opted_out else (Button("Reply", SEND_TEXT, reply, form=True),)
    call = Button("Call", "call.call", {"to": conversation.number, "line": conversation.line})
    gear = Button("Notification settings", "notify.settings", {"subscription": status.subscription})
    gears = (gear,) if status.subscription else ()
    first, rest = taking(status)
    if item is not None and is_settled:
        return Card(title, menu=(*rest, *answer, call, *gears))
    main = (*first, *answer, call)
    return Card(
        title,
        text=prose(*(_said(one, conversation, known, first=index == 0) for index, one in enumerate(last))),
        note=_small_print(conversation, known, status, in_thread=in_thread),
        buttons=main,
        menu=(*rest, *gears)[:MENU],
    )


def _said(one: SentText, conversation: ConversationView, known: Caller | None, *, first: bool) -> Prose:
    """Return one text as a line of the conversation's card."""
    text = one.text
    who: Prose = other_side(conversation, known)[:1] if text.inbound else one.sender or line_of(conversation)
    words = text.text or (
        say("(a picture)") if text.has_media else say("(read it in Dialpad)") if text.withheld else ""
    )
    shown = words if len(words) <= LONGEST_LINE else words[: LONGEST_LINE - 1] + "…"
    failed = (
        say(" (not delivered)") if text.failed else say(" (may not have arrived)") if text.status == UNCLEAR else ""
    )
    return prose("" if first else "\n", who, ": ", shown, failed)


def _small_print(conversation: ConversationView, known: Caller | None, status: CardStatus, *, in_thread: bool) -> Prose:
    if status.opted_out:
        return say("They opted out of texts (STOP), so nothing can be sent to them.")
    said = [
        story_of(status),
        known.sure if known else "",
        say(HOW_TO_REPLY) if in_thread else "",
    ]
    kept = [one for one in said if one]
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(kept)))


def text_reply(text: TextView, conversation: ConversationView, known: Caller | None, sender: Prose = "") -> Reply:
    """Return one text as a reply in the conversation's thread. ``sender``: who wrote ours, "" when that is not
    known."""
    ours = (
        sentence("{sender} from {line}", sender=sender, line=Bold(line_of(conversation)))
        if sender
        else (Bold(line_of(conversation)),)
    )
    who = other_side(conversation, known)[:1] if text.inbound else ours
    shown = len(text.pictures)
    missing = max(len(text.media), int(text.has_media)) - shown
    only_pictures = shown and not missing and not text.text and not text.withheld
    said: list[Prose] = [
        prose(who, say(" sent {pictures}.", pictures=plural(shown, "picture")) if only_pictures else ": ")
    ]
    if text.withheld:
        said.append(say("(Dialpad does not let us read this text. Read it there.)"))
    said.append(text.text)
    if missing > 0:
        line = (
            say(SEE_IN_DIALPAD)
            if missing == 1
            else say("{missing} pictures came with it: see them in Dialpad.", missing=missing)
        )
        said.append(("\n" if text.text else "") + line)
    if text.others:
        said.append(
            sentence(
                "\n(A group text: it went to {others} too. A reply goes to the sender alone.)",
                others=listed([prose(Phone(one)) for one in text.others]),
            )
        )
    if text.line_is_guessed:
        said.append(say("\n(Dialpad does not say which of these numbers is ours. Check the line before you reply.)"))
    if text.asks_to_stop:
        said.append(say("\nNo more texts can be sent to them until they reply START."))
    elif text.may_ask_to_stop:
        said.append(
            say(
                "\nThis may ask for no more texts. Dialpad takes only the word STOP alone for that, so it "
                "is yours to respect."
            )
        )
    if not text.inbound and text.status:
        why = why_not_delivered(text.result) if text.status not in _ON_ITS_WAY else ""
        said.append(f"\n({say(_STATES.get(text.status, text.status))}{f': {why}' if why else ''})")
    alt = _alt(text, conversation, known)
    return Reply(
        prose(*said),
        tone="warning" if text.failed or text.asks_to_stop or text.may_ask_to_stop else "info",
        pictures=tuple(Picture(file, alt, say(SEE_IN_DIALPAD)) for file in text.pictures),
    )


def _alt(text: TextView, conversation: ConversationView, known: Caller | None) -> str:
    """Return the alternative text of a picture."""
    if not text.inbound:
        return say("Picture sent from {line}", line=line_of(conversation))
    name = (
        known.name if known and known.name else "" if looks_like_number(conversation.contact) else conversation.contact
    )
    return say("Picture from {name}", name=name or national(conversation.number))
