"""One test that goes through many cases: all of them are tried, and those that failed are named together.

For what is cheap to try, such as a fact about each of the actions. Thousands of those as tests of their own take
longer to collect and to set up than to run. Fixtures are shared by all cases, so nothing that a case does may stay.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest

from bot.dialpad.actions import ALL
from tests.newer_document import is_newer

Test: TypeAlias = Callable[..., Any]


def for_each(argument: str, cases: Iterable[Any], *, name: Callable[[Any], str] = str) -> Callable[[Test], Test]:
    """Calls the test below it with every case as ``argument``. Fails once, with all that failed, by their ``name``."""
    listed = list(cases)
    chosen = {name(case): case for case in listed}
    if len(chosen) < len(listed):
        raise ValueError(f"two cases of {argument} have the same name")

    def decorate(test: Test) -> Test:
        def go_through(**fixtures: Any) -> None:
            failures = _Failures(argument)
            for named, case in chosen.items():
                with failures.collected(named):
                    test(**fixtures, **{argument: case})
            failures.tell(len(chosen))

        async def go_through_awaiting(**fixtures: Any) -> None:
            failures = _Failures(argument)
            for named, case in chosen.items():
                with failures.collected(named):
                    await test(**fixtures, **{argument: case})
            failures.tell(len(chosen))

        return _as_test(go_through_awaiting if inspect.iscoroutinefunction(test) else go_through, test, argument)

    return decorate


class _Failures:
    def __init__(self, argument: str) -> None:
        self._argument = argument
        self._found: dict[str, BaseException] = {}
        self._skipped: BaseException | None = None

    @contextmanager
    def collected(self, named: str) -> Iterator[None]:
        try:
            yield
        except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001  # whatever it is, the others are tried
            failure.add_note(f"{self._argument} = {named}")
            self._found[named] = failure
        except pytest.skip.Exception as skipped:
            self._skipped = skipped

    def tell(self, tried: int) -> None:
        if self._found:
            told = f"{len(self._found)} of {tried} failed: {', '.join(self._found)}"
            raise BaseExceptionGroup(told, list(self._found.values()))
        if self._skipped:
            raise self._skipped


def _as_test(go_through: Test, test: Test, argument: str) -> Test:
    """Named, marked and placed as ``test`` is. Not ``functools.wraps``: it would copy what Hypothesis noted there."""
    signature = inspect.signature(test)
    kept = [parameter for one, parameter in signature.parameters.items() if one != argument]
    go_through.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # inspect looks there
    go_through.__wrapped__ = test  # type: ignore[attr-defined]  # pytest tells the line of this
    go_through.pytestmark = list(getattr(test, "pytestmark", []))  # type: ignore[attr-defined]  # where marks are
    go_through.__name__, go_through.__qualname__ = test.__name__, test.__qualname__
    go_through.__doc__, go_through.__module__ = test.__doc__, test.__module__
    return go_through


every_action = for_each("action", ALL, name=lambda action: action.slug)
"""All of Dialpad's."""
every_older_action = for_each(
    "action", [action for action in ALL if not is_newer(action)], name=lambda action: action.slug
)
"""The first 192, which Dialpad's SDK and its older document know."""
