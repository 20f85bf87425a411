"""The argument for some of a few choices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.basics.words import Word
from bot.contract.argument import Choice
from bot.contract.context import Ctx
from bot.contract.reply import Raw


@dataclass(frozen=True)
class Several(Choice):
    """Some of a few choices; the value is a tuple of values, each once, in the options' order, then words to keep."""

    async def take(self, ctx: Ctx, words: Sequence[Word], text: str) -> int:
        return len(words)

    async def parse(self, ctx: Ctx, name: str, raw: Raw) -> Any:
        items = raw if isinstance(raw, list) else re.split(r"[,;\n]", str(raw))
        wanted = [await super(Several, self).parse(ctx, name, item) for item in items if item.strip()]
        known = [option.value for option in self.options]
        return (*(one for one in known if one in wanted), *dict.fromkeys(one for one in wanted if one not in known))
