"""A second opinion on Slack's limits, written by others: used where it is, and said to be missing where it is not."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parents[3] / "shared" / "slack" / "blockkit_check.py"


def _load() -> Callable[[str, dict[str, Any]], Any] | None:
    if not _FILE.exists():
        return None
    spec = importlib.util.spec_from_file_location("blockkit_check", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["blockkit_check"] = module
    spec.loader.exec_module(module)
    check: Callable[[str, dict[str, Any]], Any] = module.check
    return check


_check: Final = _load()
IS_THERE: Final = _check is not None


def shared_check(kind: str, document: dict[str, Any]) -> None:
    """Raises AssertionError with what Slack would refuse."""
    if _check is not None:
        problems = _check(kind, document)
        assert not problems, problems
