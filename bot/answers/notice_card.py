"""What is told once and does not change: duty, contacts, settings, a long queue."""

from collections.abc import Mapping
from typing import Any

from bot.answers.prose import plural, prose
from bot.reply import Bold, Button, Phone, Prose, Reply


def notice(said: Mapping[str, Any], watch: str) -> Reply:
    """``said["about"]``: duty, contact, setting, queue."""
    gear = (Button("⚙️", "notify.settings", {"watch": watch}),) if watch else ()
    return Reply(_text(said), buttons=gear)


def _text(said: Mapping[str, Any]) -> Prose:
    name = str(said.get("name") or "Somebody")
    match said.get("about"):
        case "duty":
            reason = f": {said['reason']}" if said.get("reason") else ""
            waiting = int(said.get("open") or 0)
            left = f" Open here: {plural(waiting, 'call')} that nobody has handled." if waiting else ""
            return prose("🎧 ", Bold(name), f" went {'on' if said.get('on') else 'off'} duty", reason, ".", left)
        case "contact":
            number = prose(" ", Phone(str(said["number"]))) if said.get("number") else ""
            return prose("👤 Contact ", Bold(name), number, f" was {said.get('change') or 'changed'}.")
        case "setting":
            by = f" by {said['by']}" if said.get("by") else ""
            return prose("🛠 ", Bold(str(said.get("action") or "A setting")), f" was changed{by}.", _note(said))
        case "queue":
            return prose("⏳ ", Bold(name), f": {said.get('waiting')} callers are waiting.")
        case _:
            return "Something changed in Dialpad."


def _note(said: Mapping[str, Any]) -> str:
    return f" {said['note']}" if said.get("note") else ""
