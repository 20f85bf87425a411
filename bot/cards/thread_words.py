"""What people say to the bot in the thread of a card, where the card is whom and what they mean: "call him", "mine",
"done", "put it off until 3", "give it to Sam", "text her on my way".

In a call's thread such a line does what the card's button does. In a text conversation's thread a line may as well be
the answer to the customer, so there it is asked.
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.activity.calls import view_call
from bot.activity.texts import view_conversation
from bot.basics.language import say
from bot.cards.conversation import SEND_TEXT, refuse_after_stop
from bot.contract.board import PostedCard
from bot.contract.context import Ctx
from bot.contract.doubt import Doubt
from bot.contract.reply import Button, Raw

_THEM: Final = (
    r"(?:him|her|them|it|this|that|back"
    r"|(?:this|that|the) (?:one|call|caller|customer|client|person|number|guy|man|woman|lady))"
)
_WHO: Final = r"(?:this|that|it|he|she|they|him|her|them|calling|" + _THEM + ")"
_CLAIM: Final = (
    r"(?:i(?:'ll| will| can| am|'m)? ?)?(?:take|taking|claim|claiming|grab|got)(?: (?:it|this|that))?(?: one)?"
    r"|(?:it'?s )?mine|(?:i'?m |i am )?on it"
)
_DONE: Final = (
    r"(?:(?:it'?s|this is|all|i'?m|i am) )?"
    r"(?:done|solved|handled|settled|closed?|finished|resolved|sorted)(?: (?:it|this|that|with (?:it|this|that)))?"
    r"|mark (?:(?:it|this|that) )?(?:as )?done"
)
_LATER: Final = (
    r"(?:snooze|put (?:it |this )?off|remind me(?: again)?|follow up|later)(?: (?:it|this))?"
    r"(?: (?:for|until|till|til))?(?: (?P<until>.+))?"
)
_ABOUT: Final = (
    r"(?:more )?(?:details?|info|information)|more|what happened|what(?:'s| is|s) (?:this|that)(?: about)?"
    r"|how long did (?:he|she|they|it) wait|when did (?:he|she|they) call"
)
_CARD: Final[tuple[tuple[str, str, str], ...]] = (
    (_CLAIM, "card.claim", "Claim"),
    (r"take (?:it |this |that )?over", "card.takeover", "Take over"),
    (r"give (?:it |this |that )?back|release(?: it| this)?|unclaim|not mine|drop it", "card.release", "Give back"),
    (_DONE, "card.handled", "Done"),
    (r"(?:re-?open|open)(?: (?:it|this|that))?(?: again)?", "card.reopen", "Reopen"),
    (r"(?:give|hand|assign|pass)(?: (?:it|this|that))?(?: over)? to (?P<to>.+)", "card.hand", "Hand over"),
    (r"(?:assign|hand over to|give) (?P<to>(?!to\b|it\b|him\b|her\b|them\b).+)", "card.hand", "Hand over"),
    (_LATER, "card.snooze", "Put off"),
    (r"(?:add )?(?:a )?note(?: that)?:? (?P<words>.+)", "card.note", "Note"),
)
"""What is done with the card itself: how it is said, the button's route, and its name."""
_CALL: Final[tuple[tuple[str, str, str], ...]] = (
    (_ABOUT, "card.more", "Details"),
    (r"(?:ai )?(?:recap|summary|summari[sz]e)(?: (?:it|this|that))?", "card.recap", "AI recap"),
    ((r"(?:listen|play)(?: (?:to )?(?:it|this|that|the (?:voicemail|recording|message)))?"
     r"|(?:the )?(?:voicemail|recording)"), "card.listen", "Listen"),
)  # fmt: skip
_NUMBER: Final[tuple[tuple[str, str, str], ...]] = (
    (rf"(?:who(?:'s| is|s| was)? {_WHO}(?: calling)?|who called|whose number(?: is {_WHO})?|who)", "who.who", "Who"),
    (rf"(?:call|ring|phone|dial)(?: {_THEM})?(?: back)?", "call.call", "Call"),
    (rf"block(?: {_THEM})?", "block.block", "Block"),
    (rf"(?:save|add)(?: {_THEM})? as (?P<words>.+)", "contact.contact", "Save contact"),
    (rf"save(?: {_THEM}| contact| the contact)?", "contact.contact", "Save contact"),
    (r"(?:(?:his|her|their|other|earlier|previous|last|all) )*calls|(?:call )?history", "calls.calls", "Calls"),
)
"""What is done with the customer's number."""
_TEXT: Final = re.compile(
    rf"(?:text|txt|sms|message|msg|tell|reply|answer|write)(?: to)?(?: {_THEM})(?: that)?[:,]? ?(?P<text>.*)"
    r"|(?:(?:reply|answer)(?:: ?| )|(?:text|txt|sms): ?)(?P<bare>.+)",
    re.IGNORECASE | re.DOTALL,
)
_AROUND: Final = " .,!?"
_LONGEST: Final = 120


def _compiled(table: tuple[tuple[str, str, str], ...]) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple((re.compile(said, re.IGNORECASE), route, name) for said, route, name in table)


_OF_CARD: Final = _compiled(_CARD)
_OF_CALL: Final = _compiled(_CALL)
_OF_NUMBER: Final = _compiled(_NUMBER)
_POLITE: Final = re.compile(
    r"^(?:please|pls|can you|could you)\s+|\s+(?:please|pls|now|thanks|thx|asap)$", re.IGNORECASE
)


@dataclass(frozen=True)
class _About:
    """What a thread is about. ``line``: ours that they called or texted, "" when it is not known."""

    card: PostedCard
    number: str
    line: str


async def read_in_thread(ctx: Ctx, text: str) -> Button | None:
    """Return the button that does what a line in a card's thread says; None where it says nothing about the card.
    Raises Doubt for one that may be the answer to a customer, and UserError when they asked for no more texts."""
    board, where = ctx.deps.notifications, ctx.where
    if board is None or not where.channel or not where.thread_ts:
        return None
    card = await board.card_at(ctx.person, where.channel, where.thread_ts)
    if card is None:
        return None
    if card.kind == "call":
        call = view_call(card.state)
        return _said(text, _About(card, call.number, call.dialled if call.inbound else ""), is_call=True)
    conversation = view_conversation(card.state)
    about = _About(card, conversation.number, conversation.line)
    meant = _said(text, about, is_call=False)
    if meant is None:
        await refuse_after_stop(ctx, conversation)
        return _text_to(about, text)
    shown = text if len(text) <= 40 else text[:39] + "…"
    asked = Button(say("Text them “{text}”", text=shown), SEND_TEXT, _args(about, text))
    raise Doubt(say("Is that for me, or for them?"), (meant, asked))


def _said(text: str, about: _About, *, is_call: bool) -> Button | None:
    line = _POLITE.sub("", " ".join(text.replace("’", "'").split()).strip(_AROUND))
    card: dict[str, Raw] = {"card": about.card.id}
    if not line or len(line) > _LONGEST:
        return _text(text, about, is_call=is_call)
    for pattern, route, name in (*_OF_CARD, *(_OF_CALL if is_call else ())):
        if (found := pattern.fullmatch(line)) is not None:
            given: dict[str, Raw] = {key: value for key, value in found.groupdict().items() if value}
            return Button(name, route, card | given, form=route == "card.snooze" and not given)
    if not about.number:
        return None
    for pattern, route, name in _OF_NUMBER:
        if (found := pattern.fullmatch(line)) is not None:
            return Button(name, route, _of_number(route, about, found.groupdict().get("words") or ""))
    return _text(text, about, is_call=is_call)


def _of_number(route: str, about: _About, words: str) -> dict[str, Raw]:
    line: dict[str, Raw] = {"line": about.line} if about.line else {}
    match route:
        case "call.call":
            return {"to": about.number} | line
        case "block.block":
            return {"numbers": [about.number]}
        case "contact.contact":
            return {"words": f"{words} {about.number}".strip()}
        case "calls.calls":
            return {"who": about.number}
    return {"number": about.number}


def _text(text: str, about: _About, *, is_call: bool) -> Button | None:
    """Read "text him on my way": what follows leaves letter for letter."""
    found = _TEXT.fullmatch(text.strip()) if about.number else None
    if found is None or (found["bare"] is not None and not is_call and ":" not in text[:8]):
        return None  # in a conversation "reply by Friday" is what the customer reads
    words = (found["text"] or found["bare"] or "").strip()
    shown = words if len(words) <= 40 else words[:39] + "…"
    label = say("Text them “{text}”", text=shown) if words else say("Text…")
    return Button(label, SEND_TEXT, _args(about, words), form=not words)


def _text_to(about: _About, text: str) -> Button:
    return Button("Reply", SEND_TEXT, _args(about, text))


def _args(about: _About, text: str) -> dict[str, Raw]:
    args: dict[str, Raw] = {"to": [about.number], "text": text}
    return {**args, **({"line": about.line} if about.line else {})} if text else {"to": [about.number]}
