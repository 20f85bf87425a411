"""How fingers slip on a phone's keyboard: a key beside the one that was meant, two swapped, one missing, one twice.

``python -m tests.corpus.keyboard`` writes ``slips.txt`` anew from ``lines.txt``, always the same with the same seed.
"""

import random
import re
from collections.abc import Iterator
from typing import Final

from bot.contract.routing import build_table
from handlers import all_routers
from tests.corpus.entries import HERE, Entry, read_file

SEED: Final = 20260310
SLIPS: Final = 330
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD: Final = re.compile(r"(?<!\S)[A-Za-z]{2,}(?!\S)")
_FREE: Final = {"text", "reason", "note", "about"}
"""Arguments that hold what somebody says: a slip in them is theirs, and sent as it is."""
_AS_TYPED: Final = {"run", "contact"}
"""Commands that take words as they are typed: what to look for, and the name of somebody new."""


def beside(key: str) -> str:
    """Return the keys around one."""
    for row, keys in enumerate(_ROWS):
        if (at := keys.find(key)) >= 0:
            near = [
                other[i] for other in _ROWS[max(0, row - 1) : row + 2] for i in range(len(other)) if abs(i - at) <= 1
            ]
            return "".join(one for one in near if one != key)
    return ""


def slips(word: str) -> Iterator[str]:
    """Yield all that one slip makes of a word; its first letter is mostly hit."""
    low = word.lower()
    for at in range(len(word)):
        if at:
            yield from (word[:at] + key + word[at + 1 :] for key in beside(low[at]))
            yield word[:at] + word[at + 1 :]
        yield word[: at + 1] + word[at:]
        if at + 1 < len(word) and low[at] != low[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def mistyped(entries: list[Entry], count: int, seed: int) -> list[tuple[Entry, str]]:
    """Return lines with one slip each, and the entry that was meant. Left out is what cannot be told from a line that
    means something else: another command, or a word of a text."""
    chance = random.Random(seed)  # noqa: S311  no secret
    known = set(build_table(all_routers()).by_word)
    done = [one for one in entries if one.kind == "done" and one.typed.isascii() and "@" not in one.typed]
    may = [one for one in done if one.verb not in _AS_TYPED]
    made: dict[str, tuple[Entry, str]] = {}
    while len(made) < count:
        entry = chance.choice(may)
        free = " ".join(value for name, value in entry.args if name in _FREE).casefold().split()
        words = [match for match in _WORD.finditer(entry.typed) if match[0].casefold() not in free]
        if not words:
            continue
        match = chance.choice(words)
        typed = chance.choice(list(slips(match[0])))
        line = entry.typed[: match.start()] + typed + entry.typed[match.end() :]
        if match.start() == 0 and typed.casefold() in known:
            continue
        made.setdefault(line, (entry, line))
    return list(made.values())


def write() -> None:
    """Write the file of slips."""
    rows = [
        f"{f'[{entry.who}] ' if entry.who != 'ana' else ''}{line} ~~ {entry.typed}"
        for entry, line in mistyped(read_file("lines.txt"), SLIPS, SEED)
    ]
    head = "# Written by python -m tests.corpus.keyboard: lines of lines.txt with one slip of the finger each.\n"
    (HERE / "slips.txt").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
