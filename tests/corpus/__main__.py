"""Prints how many lines of the corpus are done or asked right at once: ``make corpus``.

With ``--slips-of 7`` the keyboard's slips of another seed are typed instead, which nobody has looked at before.
"""

import argparse
import asyncio
import logging
import sys
from collections import Counter

import structlog

from tests.corpus.entries import Entry, read_all, read_file
from tests.corpus.keyboard import SLIPS, mistyped
from tests.corpus.running import Verdict, judge, typist


def shown(verdict: Verdict) -> str:
    outcome = verdict.outcome
    said = " | ".join(outcome.labels) or " ".join(f"{name}={value}" for name, value in outcome.args)
    return f"{verdict.kind:8} {verdict.entry.typed}   {outcome.kind} {outcome.verb} {said or outcome.text[:300]}"


def other_slips(seed: int) -> list[Entry]:
    """Return slips that are not in the corpus."""
    made = mistyped(read_file("lines.txt"), SLIPS, seed)
    return [Entry(line, "slip", entry.who, said=(entry.typed,)) for entry, line in made]


async def main(seed: int | None) -> int:
    entries = read_all() if seed is None else other_slips(seed)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    async with typist() as typing:
        verdicts = []
        for entry in entries:
            verdicts.append(await judge(typing, entry))
    for verdict in verdicts:
        if verdict.kind != "right":
            sys.stdout.write(f"{shown(verdict)}\n")
    counts = Counter(verdict.kind for verdict in verdicts)
    right = counts["right"] / len(verdicts)
    sys.stdout.write(
        f"{len(verdicts)} lines: {counts['right']} done or asked right at once ({right:.1%}), "
        f"{counts['asked'] + counts['form']} asked something else, {counts['refused']} refused, "
        f"{counts['wrong']} did something else\n"
    )
    return int(counts["wrong"] > 0 or right < 0.95)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slips-of", type=int, metavar="SEED")
    sys.exit(asyncio.run(main(parser.parse_args().slips_of)))
