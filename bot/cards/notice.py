"""What is told once and does not change: duty, handovers, contacts, settings, a long queue."""

from collections.abc import Mapping
from typing import Any

from bot.contract.prose import listed, plural, prose
from bot.contract.reply import Bold, Button, Card, Fact, Phone, Prose, Reply


def notice(said: Mapping[str, Any], subscription: str) -> Reply | Card:
    """``said["about"]``: duty, handover, roster trouble, contact, setting, queue."""
    gear = (Button("⚙️", "notify.settings", {"subscription": subscription}),) if subscription else ()
    return _handover(said, gear) if said.get("about") == "handover" else Reply(_text(said), buttons=gear)


def _handover(said: Mapping[str, Any], gear: tuple[Button, ...]) -> Card:
    """``came``, ``left`` and ``on`` are names; ``group``, ``held`` and ``strangers`` tell of the user group that is
    kept: its handle, who of those on duty is in it, and who is not in Slack."""
    came, left, on_duty = (_names(said.get(key)) for key in ("came", "left", "on"))
    moves = [prose(names, verb) for names, verb in ((came, " came on duty"), (left, " went off duty")) if names]
    waiting = int(said.get("open") or 0)
    show = Button("Who is on duty", "oncall.oncall", {"group": f"callcenter:{said.get('line')}"})
    return Card(
        prose("🎧 ", str(said.get("name") or "Call center"), ": ", listed(moves)),
        facts=(
            Fact("On duty now", on_duty or "⚠️ nobody"),
            Fact("Open here", plural(waiting, "call") + " that nobody has handled" if waiting else "nothing"),
        ),
        note=_group(said),
        buttons=(show, *gear),
    )


def _names(names: Any) -> Prose:
    return listed([(Bold(str(name)),) for name in names or ()])


def _group(said: Mapping[str, Any]) -> Prose:
    handle, strangers = said.get("group"), said.get("strangers") or ()
    if not handle:
        return ""
    missing = f" Not in Slack under the address Dialpad has, so not in @{handle}: {', '.join(strangers)}."
    if not said.get("held"):
        return f"Nobody who is on duty can be called with @{handle}, so it keeps whom it had." + missing * bool(
            strangers
        )
    return f"@{handle} calls {', '.join(said['held'])}." + missing * bool(strangers)


def _text(said: Mapping[str, Any]) -> Prose:
    name = str(said.get("name") or "Somebody")
    match said.get("about"):
        case "duty":
            reason = f": {said['reason']}" if said.get("reason") else ""
            return prose("🎧 ", Bold(name), f" went {'on' if said.get('on') else 'off'} duty", reason, ".")
        case "roster trouble":
            return prose("⚠️ ", str(said.get("what")), " for ", Bold(name), f": {said.get('why')}. I keep trying.")
        case "contact":
            number = prose(" ", Phone(str(said["number"]))) if said.get("number") else ""
            return prose("👤 Contact ", Bold(name), number, f" was {said.get('change') or 'changed'}.")
        case "setting":
            by = f"{said['by']} changed a setting: " if said.get("by") else "A setting was changed: "
            return prose("🛠 ", by, Bold(_what_changed(said)), ".")
        case "queue":
            return prose("⏳ ", Bold(name), f": {said.get('waiting')} callers are waiting.")
        case _:
            return "Something changed in Dialpad."


def _what_changed(said: Mapping[str, Any]) -> str:
    """Dialpad's note says it in words, its action as ``operator_removed``; neither follows a standard."""
    words = str(said.get("note") or said.get("action") or "Dialpad does not say which").rstrip(".")
    return words if " " in words else words.replace("_", " ").capitalize()
