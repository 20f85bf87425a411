"""An alert as a message: what is wrong with a line, who is at it, and one line once that is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.activity.alerts import WRONG, AlertRule
from bot.basics.language import mark, say
from bot.basics.times import lasting
from bot.contract.prose import prose, sentence
from bot.contract.reply import Bold, Button, Card, Mention, Prose, Raw, Reply, When

ALERT: Final = "alert"
"""The kind of an alert's card."""
SNOOZES: Final = (
    ("15m", mark("Snooze for 15 min")),
    ("1h", mark("Snooze for 1 hour")),
    ("tomorrow", mark("Snooze until tomorrow")),
)


def alert_card(said: Mapping[str, Any], card: str, subscription: str) -> Card | Reply:
    """Return an alert. ``said`` is what is stored of it."""
    line, what = str(said.get("name") or say("A line")), _what(said) or say("something is wrong")
    if said.get("lasted_s") is not None:
        lasted = lasting(float(said["lasted_s"]) * 1000) or say("a moment")
        return Reply(
            sentence(
                "✅ {line}: {what}. Resolved after {lasted}.{acknowledged}",
                line=Bold(line),
                what=what,
                lasted=lasted,
                acknowledged=_acknowledged(said),
            )
        )
    if (until := _moment(said.get("snoozed_until"))) is not None:
        by = Mention(str(said.get("snoozed_by")))
        return Reply(
            sentence(
                "💤 {line}: {what}. Snoozed until {when} by {by}.{acknowledged}",
                line=Bold(line),
                what=what,
                when=When(until, "date"),
                by=by,
                acknowledged=_acknowledged(said),
            ),
            _settings(subscription),
        )
    return Card(
        f"🚨 {line}: {what}",
        text=prose(_since(said), _times(said)),
        note=_acknowledged(said),
        buttons=_buttons(said, card),
        menu=(
            *(Button(label, "alerts.snooze", {"card": card, "span": span}) for span, label in SNOOZES),
            *_settings(subscription),
        ),
    )


def ended_alert(said: Mapping[str, Any]) -> Reply:
    """Return what stands in the place of an alert that nobody wants any more."""
    line, what = str(said.get("name") or say("A line")), _what(said) or say("something was wrong")
    return Reply(sentence("{line}: {what}. Alerts are not posted here any more.", line=Bold(line), what=what))


def _what(said: Mapping[str, Any]) -> str:
    """Say what is wrong; "" when that is not known. Older alerts have it in words."""
    if said.get("wrong"):
        return WRONG.load(said["wrong"]).words(AlertRule(str(said.get("rule"))))
    return str(said.get("what") or "")


def _since(said: Mapping[str, Any]) -> Prose:
    raised = _moment(said.get("raised_at"))
    return sentence("Since {when}.", when=When(raised, "date")) if raised else ""


def _times(said: Mapping[str, Any]) -> str:
    times = int(said.get("times") or 1)
    if times <= 1:
        return ""
    usual = mark(" {number}th time in 24 hours.")
    ending = {
        1: mark(" {number}st time in 24 hours."),
        2: mark(" {number}nd time in 24 hours."),
        3: mark(" {number}rd time in 24 hours."),
    }.get(times % 10, usual)
    return say(usual if times % 100 in {11, 12, 13} else ending, number=times)


def _acknowledged(said: Mapping[str, Any]) -> Prose:
    at = _moment(said.get("seen_at"))
    if at is None:
        return ""
    note = f": {said['seen_note']}" if said.get("seen_note") else ""
    return sentence(
        " 👀 Acknowledged by {who}, {when}{note}.", who=Mention(str(said.get("seen_by"))), when=When(at), note=note
    )


def _buttons(said: Mapping[str, Any], card: str) -> tuple[Button, ...]:
    this: dict[str, Raw] = {"card": card}
    line, place = str(said.get("name") or ""), str(said.get("place") or "")
    style = None if said.get("seen_at") else "primary"
    route = "alerts.acknowledge"
    acknowledge = Button("Acknowledge", route, this, style="primary", spoken=say("Acknowledge: {line}", line=line))
    return (
        *((acknowledge,) if style else ()),
        Button(
            "Acknowledge with a note…", route, this, form=True, spoken=say("Acknowledge with a note: {line}", line=line)
        ),
        *((Button("Who is on duty", "oncall.oncall", {"group": place}),) if place.startswith("callcenter:") else ()),
    )


def _settings(subscription: str) -> tuple[Button, ...]:
    if not subscription:
        return ()
    return (Button("Change alerts…", "alerts.edit", {"subscription": subscription}),)


def _moment(stored: Any) -> datetime | None:
    return datetime.fromisoformat(str(stored)) if stored else None
