"""The names of people and user groups that an answer mentions, for where Slack shows no mention: the text of a
notification, plain text."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

import structlog

from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey, is_person
from bot.contract.board import UserGroup
from bot.contract.context import People
from bot.contract.reply import Mention, MessageContent

_log = structlog.get_logger(__name__)

Groups: TypeAlias = Callable[[str], Awaitable[Sequence[UserGroup]]]
"""Returns the user groups of a workspace."""


def mentioned(answer: Any) -> set[str]:
    """Return the Slack ids that an answer mentions, anywhere in it."""
    return set(_mentions(answer))


def _mentions(value: Any) -> Iterator[str]:
    if isinstance(value, Mention):
        yield value.slack_id
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _mentions(one)
    elif is_dataclass(value):
        if isinstance(value, MessageContent):
            yield from value.ping
        for field in fields(value):
            yield from _mentions(getattr(value, field.name))


async def find_names(people: People, groups: Groups | None, team_id: str, ids: Iterable[str]) -> Mapping[str, str]:
    """Find the names for ids. Those that Slack does not say are left out; never fails."""
    found: dict[str, str] = {}
    for one in ids:
        try:
            if one.startswith("S"):
                known = await groups(team_id) if groups else ()
                found |= {group.id: f"@{group.handle}" for group in known if group.id == one}
            elif is_person(one):
                found[one] = (await people.profile(PersonKey(team_id, one))).name
        except Exception as problem:  # noqa: BLE001  the message itself must still arrive
            known_trouble = isinstance(problem, ChatopsError)
            _log.info("a name is not known", error=type(problem).__name__, expected=known_trouble)
    return found
