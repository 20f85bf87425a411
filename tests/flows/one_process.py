"""Which flows are of one process and cannot be told of two, and why."""

import re
from typing import Final

ONE_PROCESS: Final = {
    "test_another_command.py": "is about words; what they are is a setting that all processes have",
    "test_backup.py": "is about SQLite's file",
    "test_events_in.py": "delivers to the test instead of to the router",
    "test_languages.py": "changes languages, which other processes learn within the hour",
    "test_leaving.py::test_what_a_killed_bot_left_the_next_one_removes_at_its_start": "ends its bot",
    "test_logs.py": "reads what this process logs",
    "test_notifications.py::test_a_restart_in_the_middle_of_an_escalation_changes_nothing": "ends its bot",
    "test_restart.py": "ends its bot; tests/crashes/test_several_processes.py does so with several",
    "test_what_it_costs.py": "counts what this process writes",
    "test_roles.py::test_whoever_is_asked_reads_it_in_their_own_language": "changes languages, as test_languages.py",
    "test_roles.py::test_what_was_asked_before_a_restart_can_be_approved_after_it": "ends its bot",
    "test_traces.py": "reads what this process sends to OpenTelemetry",
    "test_strangers.py": "knocks at the bot's app without a server between",
}
"""By file, or file and function."""

ITS_INSIDE: Final = re.compile(
    r"\bBot\.start\(|\.bot\.web\b|\brunning_demo\(|\bdeliver=|\bdatabase=|\bset_up_logging\(|\bcounting\(|\.bot\.aclose\("
    r"|\.read_in\(|OTEL_EXPORTER"
)
"""What only one process gives to a test."""


def reason(file: str, function: str) -> str | None:
    """Why a flow is not told of two processes; None when it is."""
    return ONE_PROCESS.get(file) or ONE_PROCESS.get(f"{file}::{function}")
