"""A route: what is required of a request before its function runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.dialpad.limits import USUAL, Limit
from bot.sandbox.dialpad.wire import Answer

if TYPE_CHECKING:
    from bot.sandbox.dialpad.request_context import RequestContext

API = "/api/v2"


@dataclass(frozen=True)
class Route:
    """An API route. ``path`` is below /api/v2. ``admin``: "Requires a company admin API key" in Dialpad's words."""

    method: str
    path: str
    run: "Callable[[RequestContext], Answer]"
    limit: Limit = USUAL
    admin: bool = False
    scope: str | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {API}{self.path}"


class RouteTable:
    """Finds routes; a fixed word in a path takes precedence over a {parameter}. Two routes for one path are refused."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
        names: set[str] = set()
        for route in routes:
            if route.name in names:
                raise ValueError(f"two routes for {route.name}")
            names.add(route.name)
            parts = route.path.strip("/").split("/")
            self._by_shape.setdefault((route.method, len(parts)), []).append((parts, route))
        for candidates in self._by_shape.values():
            candidates.sort(key=lambda candidate: [part.startswith("{") for part in candidate[0]])
        self.names = frozenset(names)

    def find(self, method: str, parts: list[str]) -> tuple[Route, dict[str, str]] | None:
        for pattern, route in self._by_shape.get((method, len(parts)), []):
            values: dict[str, str] = {}
            for expected, got in zip(pattern, parts, strict=True):
                if expected.startswith("{"):
                    values[expected.strip("{}")] = got
                elif expected != got:
                    break
            else:
                return route, values
        return None
