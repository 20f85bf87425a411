"""One file per word a user types or per kind of event; the file's name is the word."""

import pkgutil
from importlib import import_module
from typing import Final

from bot.contract.routing import Router

IN_HELP: Final = (
    "menu", "dnd", "duty", "oncall", "open", "status", "sms", "scheduled", "call", "hangup", "live", "park", "record",
    "note", "calls", "last", "label", "who", "contact", "block", "unblock", "blocked", "notify", "add", "run",
    "connect", "disconnect", "whoami", "help",
)  # fmt: skip
"""The order of the words in help, the manifest and the docs; files that are not listed here follow by name."""


def all_routers() -> list[Router]:
    """Return the router of every file in this folder, in the order of help. Importing this package alone loads none of
    them.

    Raises AttributeError for a file without a ``router``.
    """
    place = {name: number for number, name in enumerate(IN_HELP)}
    names = sorted(
        (found.name for found in pkgutil.iter_modules(__path__)), key=lambda name: (place.get(name, len(place)), name)
    )
    routers: list[Router] = [import_module(f"{__name__}.{name}").router for name in names]
    return routers
