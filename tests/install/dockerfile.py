"""A Dockerfile, read into its stages. What it does not know it refuses, so that nothing is passed over in silence."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

KNOWN: Final = frozenset({"RUN", "COPY", "USER", "WORKDIR", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"})


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The rest as arguments: of a list in JSON, or split at its spaces."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


@dataclass(frozen=True)
class Stage:
    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def the_last(self, word: str) -> Instruction:
        return [one for one in self.instructions if one.word == word][-1]


def read_stages(file: Path) -> list[Stage]:
    """Raises ValueError for what this does not know."""
    stages: list[Stage] = []
    for line in _lines(file.read_text(encoding="utf-8")):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name, ()))
        elif word in KNOWN:
            last = stages.pop()
            stages.append(Stage(last.base, last.name, (*last.instructions, _instruction(word, rest.strip()))))
        else:
            raise ValueError(f"{file.name} has an instruction that this test does not know: {line}")
    return stages


def _lines(text: str) -> Iterator[str]:
    """Instructions, those on several lines joined; comments are left out, also in between."""
    kept = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    yield from re.sub(r"\\\n", "", "\n".join(kept)).splitlines()


def _instruction(word: str, rest: str) -> Instruction:
    options = {}
    while option := re.match(r"--([a-z-]+)=(\S+)\s+", rest):
        options[option[1]] = option[2]
        rest = rest[option.end() :]
    return Instruction(word, rest, options)


def ignored(file: Path) -> re.Pattern[str]:
    """What a ``.dockerignore`` keeps out of the build, by its path there. Raises ValueError for an exception."""
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    if any(pattern.startswith("!") for pattern in patterns):
        raise ValueError(f"{file.name} has an exception, which this test does not know.")
    return re.compile("|".join(f"(?:{_expression(pattern)})(?:/.*)?" for pattern in patterns))


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*)", pattern)
    return "".join({"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)
