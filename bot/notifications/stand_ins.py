"""Whose Dialpad account takes over when the one that something was set up with has ended.

What was set up in a channel outlives whoever did it: they leave the company, their account is suspended, Dialpad no
longer takes their token. Then somebody else of the same company is asked for, with whose account Dialpad allows the
same. Nobody stands in for a person who is still there and merely lost a right: that would be lent to them.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, NotAllowed, NotConnected, NotFound, TokenRefused
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.actions.users import GetUser
from bot.store.store import Store

MOST_ASKED: Final = 10
"""How many colleagues are tried; Dialpad has few who may read a roster and do not answer for it."""
_REFUSED: Final = (NotConnected, NotAllowed, NotFound, TokenRefused)
T = TypeVar("T")


@dataclass(frozen=True)
class StoodIn(Generic[T]):
    """What was done, with whose account. ``gone``: those whose own account can no longer do anything."""

    answer: T
    person: PersonKey
    gone: tuple[PersonKey, ...] = ()


class StandIns:
    """Finds somebody else of a company with whose account something can go on."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    async def first_allowed(
        self, company: CompanyKey, own: Iterable[PersonKey], attempt: Callable[[Account], Awaitable[T]]
    ) -> StoodIn[T]:
        """Do something with the account of the first of ``own`` for whom it works; when the account of one of them has
        ended, also with a colleague's. Raises NotConnected,
        NotAllowed or NotFound when it works with nobody's, and at once what is none of these."""
        asked = dict.fromkeys(own)
        refused: ChatopsError = NotConnected()
        gone: list[PersonKey] = []
        for person in asked:
            try:
                return StoodIn(await self._try(company, person, attempt), person, tuple(gone))
            except _REFUSED as problem:
                refused = problem
                if isinstance(problem, NotConnected | TokenRefused) or await self._has_ended(company, person):
                    gone.append(person)
        if gone:
            colleagues = [one for one in await self._store.connection_requests.of_company(company) if one not in asked]
            for person in colleagues[:MOST_ASKED]:
                try:
                    return StoodIn(await self._try(company, person, attempt), person, tuple(gone))
                except _REFUSED:
                    continue
        raise NotConnected if isinstance(refused, TokenRefused) else refused

    async def _try(self, company: CompanyKey, person: PersonKey, attempt: Callable[[Account], Awaitable[T]]) -> T:
        return await attempt(self._accounts.of(person, within=company))

    async def _has_ended(self, company: CompanyKey, person: PersonKey) -> bool:
        """Tell whether Dialpad refuses a person everything, as it may do when their account is suspended."""
        try:
            await self._accounts.of(person, within=company).send(GetUser(), background=True)
        except _REFUSED:
            return True
        except ChatopsError:
            return False
        return False
