"""What the audit tells of one thing that somebody did, and how admins look for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey


@dataclass(frozen=True)
class About:
    """What an entry is about. ``object`` is its kind and id, such as ``office:5527``, ``details`` arguments that may be
    told, and the Dialpad ids whose account was used; all of them empty in entries of earlier versions."""

    object: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    dialpad_user_id: str | None = None
    dialpad_company_id: str | None = None


@dataclass(frozen=True)
class AuditRow:
    """One entry of the audit log. ``action`` is a Dialpad slug or "", ``route`` ``<handler file>.<function>``,
    ``outcome`` one word such as ``done`` or the error's class, ``origin`` command, button, form and so on,
    ``reference`` the short id that the person was shown and the log carries. ``id`` orders entries."""

    at: datetime
    person: PersonKey
    action: str
    route: str
    outcome: str
    origin: str
    reference: str
    about: About = field(default_factory=About)
    id: int = 0


@dataclass(frozen=True)
class AuditQuery:
    """What is looked for; whatever is empty is not asked about. ``whom`` is somebody or something as an object, and
    ``dialpad_user_id`` the same person as whoever did it. ``routes`` are beginnings of routes; an entry has one of
    ``actions`` or of ``routes``. ``hidden``: actions that are left out. ``before_id``: where the page before ended."""

    whom: str = ""
    dialpad_user_id: str = ""
    actions: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    outcome: Literal["", "failed"] = ""
    after: datetime | None = None
    before: datetime | None = None
    before_id: int = 0


class AuditTrail(Protocol):
    """Finds entries of the audit."""

    async def search(self, company: CompanyKey, query: AuditQuery, limit: int) -> Sequence[AuditRow]:
        """Return entries of a company, the newest first."""
        ...
