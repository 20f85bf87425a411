"""All rows of the bench by the name that ``--only`` takes, in the order of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tests.bench import (
    accepting,
    acknowledging,
    audit_rows,
    dialpad_calls,
    directory,
    folding,
    in_the_demo,
    knee,
    on_postgres,
    purging,
    soak,
    whole_commands,
    whole_process,
)
from tests.bench.rows import Row


class Measure(Protocol):
    """``quick``: only so much that every row comes out."""

    def __call__(self, *, quick: bool) -> Sequence[Row]: ...


@dataclass(frozen=True)
class Group:
    """Rows that are measured together. ``means``: what they say, in one line. ``by_itself``: only when asked for."""

    means: str
    measure: Measure
    by_itself: bool = False


GROUPS: Final[Mapping[str, Group]] = {
    "read": Group("A slash command that only reads, until Slack is answered", acknowledging.measure_reads),
    "change": Group(
        "What changes something: on disk before Slack is answered, and closed after its work",
        acknowledging.measure_changes,
    ),
    "whole": Group(
        "A whole command, from Slack's request to the answer that is shown, with its calls to Dialpad and Slack",
        whole_commands.measure,
    ),
    "accept": Group(
        "An event of Dialpad, until it is on disk and answered; what it becomes is folded afterwards", accepting.measure
    ),
    "fold": Group(
        "An event from its envelope to its posted and updated card, beside what there is already", folding.measure
    ),
    "knee": Group("One process under a steady rate of events, to their cards", knee.measure),
    "demo": Group(
        "What people wait for; most of it is a pause in which the legs of a call are joined", in_the_demo.measure
    ),
    "directory": Group(
        "Type-ahead over 200,000 contacts and 10,000 people, and reading them at Dialpad's pace", directory.measure
    ),
    "dialpad": Group("Requests to Dialpad, in the asking process", dialpad_calls.measure),
    "process": Group("The bot as it is run, while nothing happens", whole_process.measure),
    "audit": Group("Whether a long audit log slows down what adds to it", audit_rows.measure),
    "purge": Group("Whether deleting what has expired delays what is acknowledged meanwhile", purging.measure),
    "postgres": Group("Events to their cards by several processes on one Postgres", on_postgres.measure),
    "soak": Group("The bot at the end of a long run beside its start: what grows", soak.measure, by_itself=True),
}
