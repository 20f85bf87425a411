"""Decides whether a Dialpad account that somebody signed in to may be theirs without a question, or whom to ask.

A link can be forwarded and a key pasted by anybody, so the e-mail addresses of both accounts are compared. With another
address, the person in Slack with the account's address is asked, or without one the company's admins who are connected
here. A company's key is nobody's account; it acts as the Dialpad user with the same address, or as none.
"""

from collections.abc import Iterable
from typing import Final

import structlog

from bot.basics.errors import ChatopsError, UserError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.connect.whose_token import ReceivedConnection
from bot.contract.context import People, Profile
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.users import GetUser
from bot.store.connection_requests import ConnectionRequests

MOST_ASKED: Final = 5
_log = structlog.get_logger(__name__)


def is_same_address(one: str, other: str) -> bool:
    """Compare two addresses without their case."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


def is_same_mailbox(one: str, other: str) -> bool:
    """Compare two addresses without their tags: what is sent to ``ana+slack@…`` reaches ``ana@…``."""
    return is_same_address(_without_tag(one), _without_tag(other))


def _without_tag(address: str) -> str:
    local, at, domain = address.strip().rpartition("@")
    return f"{local.partition('+')[0] or local}{at}{domain}"


class AccountOwners:
    """Finds out who has to be asked before a person may act with an account."""

    def __init__(self, requests: ConnectionRequests, people: People, accounts: Accounts) -> None:
        self._requests = requests
        self._people = people
        self._accounts = accounts

    async def is_theirs(self, person: PersonKey, slack: Profile, received: ReceivedConnection) -> bool:
        """Tell whether the account is the person's own, by its addresses or because they act with it already. Raises
        UserError when Slack does not say who has an address."""
        link = received.link
        if link.is_company_key and link.dialpad_user_id is None:
            return True
        if any(is_same_address(slack.email or "", address) for address in received.emails):
            return True
        if link.dialpad_user_id and person in await self._requests.acting_as(person.team_id, link.dialpad_user_id):
            return True
        holders = await self._with_addresses(person.team_id, received.emails)
        tagged = any(is_same_mailbox(slack.email or "", address) for address in received.emails)
        return person.user_id in holders or (tagged and not holders)

    async def whom_to_ask(self, person: PersonKey, received: ReceivedConnection) -> tuple[list[PersonKey], bool]:
        """Return who may say whether it is right, and whether they are the owners; else they are admins of the company.
        Raises UserError when Slack does not say who has an address."""
        owners = await self._with_addresses(person.team_id, received.emails)
        if owners:
            return [PersonKey(person.team_id, one) for one in owners if one != person.user_id], True
        link = received.link
        admins: list[PersonKey] = []
        for colleague in await self._requests.of_company(link.company_of(person)):
            if colleague != person and len(admins) < MOST_ASKED and await self._is_admin(colleague):
                admins.append(colleague)
        return admins, False

    async def also_acting(self, person: PersonKey, received: ReceivedConnection) -> list[PersonKey]:
        """Return who else in the workspace acts as the same Dialpad user."""
        user_id = received.link.dialpad_user_id
        found = await self._requests.acting_as(person.team_id, user_id) if user_id else []
        return [one for one in found if one != person]

    async def _with_addresses(self, team_id: str, addresses: Iterable[str]) -> list[str]:
        found = []
        for address in dict.fromkeys(one.strip() for one in addresses if one.strip()):
            try:
                found.append(await self._people.with_email(team_id, address))
            except ChatopsError:
                raise UserError(
                    say(
                        "Slack did not say whose e-mail address that Dialpad account has, so it was not "
                        "connected. Try again in a minute."
                    )
                ) from None
        return [one for one in dict.fromkeys(found) if one]

    async def _is_admin(self, person: PersonKey) -> bool:
        try:
            me = await self._accounts.of(person).send(GetUser())
        except ChatopsError as problem:
            _log.info("a colleague cannot be asked", error=type(problem).__name__)
            return False
        return bool(me.is_super_admin or me.is_admin)
