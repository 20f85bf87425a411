"""The preview of a link to a call: what everybody in the channel may see of it, and buttons for the rest."""

from bot.activity.calls import CallView
from bot.basics.language import say
from bot.basics.phone import looks_like_number
from bot.basics.times import lasting_of
from bot.cards.live_call import outcome_words
from bot.contract.prose import prose
from bot.contract.reply import Bold, Button, Card, Phone, Prose, When


def linked_call_card(view: CallView, *, in_full: bool) -> Card:
    """Return the preview. ``in_full``: the channel is shown this line's calls anyway, so that it says who called; other
    channels are told the line, the time, how it ended and who took it."""
    way = say("Call from") if view.inbound else say("Call to")
    name = "" if looks_like_number(view.contact) else view.contact
    who: Prose = say("a customer")
    if view.internal:
        who = say("a colleague")
    elif in_full and (name or view.number):
        number = (" ", Phone(view.number)) if view.number else ()
        who = prose(Bold(name), *number) if name else prose(*number[1:])
    line = f" · {view.line}" if view.line else ""
    by = say(" and ").join(view.answered_by)
    became = outcome_words(view)
    talked = lasting_of(view.talked)
    said: list[Prose] = [
        say("{became} by {by}", became=became, by=by) if by and view.outcome == "answered" else became,
        say("talked {talked}", talked=talked) if talked else "",
        prose(When(view.started, "date")) if view.started else "",
    ]
    kept = [one for one in said if one]
    call = {"call": view.call_id}
    buttons = [Button("Recap", "links.recap", call)] if view.outcome == "answered" or view.answered_by else []
    if view.recordings or view.was_recorded or view.has_voicemail:
        buttons.append(Button("Voicemail" if view.has_voicemail else "Recording", "links.listen", call))
    return Card(
        prose("📞 ", way, " ", who, line),
        note=prose(*(prose(" · " if index else "", one) for index, one in enumerate(kept))),
        buttons=tuple(buttons),
    )
