"""What somebody reads when they have just connected: whom they act as, and where to begin."""

from typing import Final

from bot.contract.prose import sentence
from bot.contract.reply import Bold, Button, Code, Reply

_FIRST_STEPS: Final = (
    Button("What waits for somebody?", "open.work"),
    Button("Choose my notifications", "notify.me"),
    Button("What can I do?", "menu.menu"),
)


def welcome(name: str, command: str) -> Reply:
    """Return the welcome for whoever acts as ``name`` at Dialpad now. ``command``: what they type."""
    return Reply(
        sentence(
            "You are connected: what you do here happens in Dialpad as {name}, with your rights there. "
            "Type {command} for a menu, or just say what you want: {example}.",
            name=Bold(name),
            command=Code(command),
            example=Code(f"{command} dnd on for 30m"),
        ),
        buttons=_FIRST_STEPS,
        tone="done",
    )
