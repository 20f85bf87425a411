"""Arguments for people, channels and user groups in Slack, picked in Slack's own lists."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final, Literal

from bot.arguments.subscription_options import UserGroupChoice
from bot.basics.words import Word
from bot.contract.argument import Argument
from bot.contract.context import Ctx
from bot.contract.reply import Raw

_ID: Final = re.compile(r"[UWSCG][A-Z0-9]{2,20}")


@dataclass(frozen=True)
class InSlack(Argument):
    """People or channels; the value is a tuple of their ids."""

    _: KW_ONLY
    kind: Literal["people", "channels"] = "people"
    most: int = 20

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return 0  # they are picked, not typed

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> tuple[str, ...]:
        return _ids(raw)


@dataclass(frozen=True)
class UserGroups(UserGroupChoice):
    """Some user groups; the value is a tuple of their ids."""

    _: KW_ONLY
    many: bool = True

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return 0

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        return _ids(raw)


def _ids(raw: Raw) -> tuple[str, ...]:
    items = raw if isinstance(raw, list) else re.split(r"[,\s]+", str(raw))
    return tuple(dict.fromkeys(item for item in items if _ID.fullmatch(item)))
