"""A past call: a row of a list, and a card with everything about it."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from bot.activity.calls import CallView
from bot.activity.past_calls import PastCall
from bot.basics.language import say
from bot.basics.phone import looks_like_number
from bot.basics.times import lasting_of
from bot.cards.live_call import outcome_words, recap_button
from bot.contract.prose import prose, sentence
from bot.contract.reply import Bold, Button, Card, Fact, Link, Part, Phone, Prose, Row, When


def other_side(view: CallView, names: Mapping[str, str]) -> tuple[Part, ...]:
    """Return who is on the other side, by name and number. ``names`` is what the directory knows, by number."""
    known = names.get(view.number) or ("" if looks_like_number(view.contact) else view.contact)
    if not view.number:
        return (Bold(known or say("Hidden number")),)
    return (Bold(known), " ", Phone(view.number)) if known else (Phone(view.number),)


def _ours(view: CallView) -> str:
    """Return the colleagues who were on the call."""
    return say(" and ").join(view.answered_by or (view.people if len(view.people) == 1 else ()))


def call_row(view: CallView, names: Mapping[str, str], *, detail: str = "calls.detail") -> Row:
    """Return one row of a list of calls. ``detail``: the button that shows all of a call."""
    side, own, became = other_side(view, names), _ours(view), outcome_words(view)
    became = became[:1].lower() + became[1:]
    text: Prose
    if not view.inbound:
        text = sentence("{own} called {side}, {became}", own=own or say("We"), side=side, became=became)
    else:
        by = say(" by {own}", own=own) if own and view.outcome == "answered" and view.line else ""
        said = Bold(became) if view.outcome in {"missed", "abandoned"} else became
        text = sentence(
            "{side} called {line}, {said}{by}", side=side, line=view.line or own or say("us"), said=said, by=by
        )
    length = lasting_of(view.talked)
    note = prose(When(view.started, "date") if view.started else "", f", {length}" if length else "")
    return Row(text, note, Button("Details", detail, {"call": view.call_id}))


def call_card(call: PastCall, names: Mapping[str, str], *, can_block: bool) -> Card:
    """Return a card with everything about one call, and what can be done next."""
    view = call.view
    facts = [
        Fact(say("Result"), outcome_words(view)),
        Fact(say("Line"), view.line) if view.line else None,
        Fact(say("Who"), own) if (own := _ours(view)) else None,
        Fact(say("When"), (When(view.started, "date"),)) if view.started else None,
        Fact(say("Waited"), waited) if (waited := lasting_of(view.waited)) else None,
        Fact(say("Talked"), talked) if (talked := lasting_of(view.talked)) else None,
        Fact(say("Recording"), _listen(call.shared, say("Yes, in Dialpad's call history")))
        if view.was_recorded
        else None,
        Fact(say("Voicemail"), _listen(call.voicemails, say("Yes, in Dialpad"))) if view.has_voicemail else None,
        Fact(say("Labels"), ", ".join(view.labels)) if view.labels else None,
        Fact(say("Disposition"), view.disposition) if view.disposition else None,
    ]
    return Card(
        prose(say("Call from ") if view.inbound else say("Call to "), other_side(view, names)),
        facts=tuple(fact for fact in facts if fact),
        text=view.transcript,
        buttons=(*_next_steps(view.number, can_block=can_block), *_transcript(view)),
    )


def _next_steps(number: str, *, can_block: bool) -> tuple[Button, ...]:
    if not number:
        return ()
    steps = (Button("Call back", "call.call", {"to": number}), Button("Text", "sms.sms", {"to": [number]}, form=True))
    return (*steps, Button("Block", "block.block", {"numbers": [number]})) if can_block else steps


def _transcript(view: CallView) -> tuple[Button, ...]:
    if not (view.outcome == "answered" or view.answered_by) or not view.call_id:
        return ()
    return (Button("Transcript", "calls.transcript", {"call": view.call_id}), *recap_button(view))


def _listen(links: Sequence[str], otherwise: str) -> Prose:
    return next((prose(Link(link, say("Listen"))) for link in links if _is_web(link)), otherwise)


def _is_web(link: str) -> bool:
    try:
        return urlsplit(link).scheme == "https" and bool(urlsplit(link).hostname)
    except ValueError:
        return False
