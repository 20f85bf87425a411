"""Composable checks of JSON shapes: each looks at one value and records what Slack would complain about.

Checks are built once and called as ``check(findings, value, pointer)``, where ``pointer`` is the JSON pointer that
Slack puts behind each complaint.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Findings:
    """Complaints so far, in Slack's form ``[ERROR] … [json-pointer:/blocks/0/text]``."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, complaint: str, pointer: str) -> None:
        self.messages.append(f"[ERROR] {complaint} [json-pointer:{pointer}]")


Check = Callable[[Findings, Any, str], None]


def string(low: int = 0, high: int | None = None) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, str):
            findings.add("must be a string", pointer)
        elif len(value) < low:
            findings.add(f"must be more than {low - 1} characters", pointer)
        elif high is not None and len(value) > high:
            findings.add(f"must be less than {high + 1} characters", pointer)

    return check


def integer(low: int | None = None, high: int | None = None) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.add("must be an integer", pointer)
        elif low is not None and value < low:
            findings.add(f"must be greater than or equal to {low}", pointer)
        elif high is not None and value > high:
            findings.add(f"must be less than or equal to {high}", pointer)

    return check


def number(above: float | None = None) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            findings.add("must be a number", pointer)
        elif above is not None and value <= above:
            findings.add(f"must be greater than {above}", pointer)

    return check


def boolean(findings: Findings, value: Any, pointer: str) -> None:
    if not isinstance(value, bool):
        findings.add("must be a boolean", pointer)


def anything(findings: Findings, value: Any, pointer: str) -> None:
    """Accept any value, for parts that are open in Slack's own types, such as a workflow's trigger inputs."""


def one_of(*allowed: str | int) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        if value not in allowed:
            findings.add(f"must be one of: {', '.join(map(str, allowed))}", pointer)

    return check


def items(of: Check, low: int = 0, high: int | None = None) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, list):
            findings.add("must be an array", pointer)
            return
        if len(value) < low:
            findings.add(f"no fewer than {low} items allowed", pointer)
        if high is not None and len(value) > high:
            findings.add(f"no more than {high} items allowed", pointer)
        for index, item in enumerate(value):
            of(findings, item, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Build a check for an object with exactly these fields. A ``type`` field is checked by the caller that picked
    this shape."""
    known = {**required, **(optional or {})}

    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, dict):
            findings.add("must be an object", pointer)
            return
        for field in required:
            if field not in value:
                findings.add(f"missing required field: {field}", pointer)
        for field, inner in value.items():
            if field == "type" and "type" not in known:
                continue
            if field not in known:
                findings.add(f"invalid additional property: {field}", pointer)
            else:
                known[field](findings, inner, f"{pointer}/{field}")

    return check


def typed(shapes: Mapping[str, Check], *, allowed: Sequence[str] | None = None) -> Check:
    """Build a check for an object whose ``type`` picks its shape; ``allowed`` narrows the types allowed here."""
    permitted = frozenset(shapes if allowed is None else allowed)

    def check(findings: Findings, value: Any, pointer: str) -> None:
        if not isinstance(value, dict):
            findings.add("must be an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            findings.add("missing required field: type", pointer)
        elif not isinstance(kind, str) or kind not in permitted:
            findings.add(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            shapes[kind](findings, value, pointer)

    return check


def both(*checks: Check) -> Check:
    def check(findings: Findings, value: Any, pointer: str) -> None:
        for inner in checks:
            inner(findings, value, pointer)

    return check
