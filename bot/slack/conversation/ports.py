"""What this package needs of the store, in its own words."""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.basics.person import PersonKey


class Delivery(Protocol):
    """A delivery that was on disk when the process ended."""

    @property
    def key(self) -> str: ...

    @property
    def payload(self) -> Mapping[str, Any]: ...

    @property
    def started(self) -> bool: ...


class Inbox(Protocol):
    """Deliveries, on disk before they are acknowledged."""

    async def receive(self, key: str, kind: str, payload: Mapping[str, Any] | None) -> bool:
        """False when it was there already."""
        ...

    async def started(self, key: str) -> None: ...

    async def done(self, key: str) -> None: ...

    async def unfinished(self) -> "list[Any]":
        """Deliveries to take up again, each as ``Delivery``."""
        ...


class Agreed(Protocol):
    """What a person agreed to."""

    @property
    def route(self) -> str: ...

    @property
    def args(self) -> Mapping[str, Any]: ...

    @property
    def place(self) -> Mapping[str, Any]: ...


class Confirmations(Protocol):
    """Requests that wait for a yes."""

    async def create(
        self, person: PersonKey, route: str, args: Mapping[str, Any], place: Mapping[str, Any] | None = None
    ) -> str: ...

    async def take(self, name: str, person: PersonKey) -> Agreed:
        """Raises NotConfirmed."""
        ...


class Remembered(Protocol):
    """What somebody asked for before they were connected."""

    async def save(self, person: PersonKey, request: Mapping[str, Any]) -> None: ...

    async def take_all(self, person: PersonKey) -> list[dict[str, Any]]: ...


class Audit(Protocol):
    """Who did what, and how it went."""

    async def record(
        self,
        person: PersonKey,
        *,
        action: str = "",
        route: str,
        outcome: str,
        origin: str,
        reference: str = "",
        at_once: bool = True,
    ) -> None:
        """``at_once``: on disk when this returns, else soon."""
        ...
