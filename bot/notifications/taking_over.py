"""Notifications of a channel outlive whoever set them up: a colleague whose own account sees the same lines takes over.

Two things end an owner's account. When they leave (they disconnect, or are gone from Slack) what they set up in
channels passes to a colleague in the transaction that deletes the rest. When Dialpad no longer takes their account,
names and pictures are looked up with a colleague's, and the owner stays: they may connect again. Where nobody sees
those lines the channel is told. Nobody's phone number is lent: what texts or calls a supervisor is switched off.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from bot.activity.registers import fragment
from bot.activity.subscriptions.stored import write_whole
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError, NotAllowed, NotConnected, NotFound, TokenRefused
from bot.basics.person import PersonKey
from bot.cards.notice import TAKEN_OVER
from bot.cards.rights import Rights, read_rights
from bot.cards.subscription import broken_owner
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.users import GetUser
from bot.notifications.stand_ins import MOST_ASKED
from bot.store.postings import NewPosting
from bot.store.store import Store

_ENDED: Final = (NotConnected, NotAllowed, NotFound, TokenRefused)
_log = structlog.get_logger(__name__)


class TakeOvers:
    """Finds whose account goes on with what was set up in channels, and tells them."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts
        self._nobody: set[tuple[str, PersonKey]] = set()

    async def heirs_of(self, person: PersonKey) -> dict[str, PersonKey]:
        """Return who goes on with each of a person's subscriptions in channels, by its id; without those that nobody
        else may see."""
        company = await self._store.connections.company(person)
        owned = [one for one in await self._store.subscriptions.owned(person) if not one.is_personal]
        if company is None or not owned:
            return {}
        rights = await self._rights(company, {person})
        found = {one.id: _first(rights, one) for one in owned if one.company == company}
        return {name: heir for name, heir in found.items() if heir is not None}

    async def look(self, *, ask: bool = False) -> None:
        """Let a colleague's account look up what is shown with one that has ended. ``ask``: find out from Dialpad too,
        which ends some accounts without a word, and try again what nobody could take over."""
        companies: dict[CompanyKey, set[PersonKey]] = {}
        for subscription in await self._store.subscriptions.of_all():
            is_new = ask or (subscription.id, subscription.shown_as) not in self._nobody
            if subscription.company_id and not subscription.is_personal and is_new:
                companies.setdefault(subscription.company, set()).add(subscription.shown_as)
        for company, people in companies.items():
            there = set(await self._store.connection_requests.of_company(company))
            ended = people - there
            if ask:
                ended |= {person for person in people & there if await self._has_ended(company, person)}
            if ended:
                await self._look_at(company, ended)

    async def _has_ended(self, company: CompanyKey, person: PersonKey) -> bool:
        try:
            await self._accounts.of(person, within=company).send(GetUser(), background=True)
        except _ENDED:
            return True
        except ChatopsError:
            return False
        return False

    async def _look_at(self, company: CompanyKey, ended: set[PersonKey]) -> None:
        subscriptions = await self._store.subscriptions.of_company(company)
        orphaned = [one for one in subscriptions if one.shown_as in ended and not one.is_personal]
        if not orphaned:
            return
        rights = await self._rights(company, ended)
        for subscription in orphaned:
            heir = _first(rights, subscription)
            if heir is None:
                self._nobody.add((subscription.id, subscription.shown_as))
                await self._tell_channel(subscription)
                continue
            shown = "" if heir == subscription.owner else heir.user_id
            after = replace(subscription, actors=replace(subscription.actors, shown=shown))
            await self._store.subscriptions.save(after)
            if shown:
                await self.tell(subscription.shown_as, [after], heir)

    async def _rights(self, company: CompanyKey, gone: set[PersonKey]) -> dict[PersonKey, Rights]:
        """Return what the company's others may see, those who connected first first."""
        others = [one for one in await self._store.connection_requests.of_company(company) if one not in gone]
        found: dict[PersonKey, Rights] = {}
        for person in others[:MOST_ASKED]:
            try:
                me = await self._accounts.of(person, within=company).send(GetUser(), background=True)
            except ChatopsError as problem:
                _log.info("a colleague cannot take over", error=type(problem).__name__)
                continue
            found[person] = read_rights(me)
        return found

    async def tell(self, before: PersonKey, subscriptions: Sequence[Subscription], heir: PersonKey) -> None:
        """Tell somebody what goes on with their account."""
        for one in subscriptions:
            said = {
                "about": TAKEN_OVER,
                "before": before.user_id,
                "channel": one.channel,
                "made": write_whole(one),
                "off": one.owner == heir and bool(one.policy.supervisor) and not one.policy.last,
            }
            wanted = [NewPosting(heir.user_id, one.id)]
            name = f"takenover:{one.id}:{before.user_id}:{heir.user_id}"
            await self._store.cards.absorb(
                one.company, "notice", [name], fragment(0, 0, said), lambda *_, to=wanted: to
            )

    async def _tell_channel(self, subscription: Subscription) -> None:
        """Say once in the channel that nobody else's account can go on with this."""
        wanted = [NewPosting(subscription.channel, subscription.id)]
        name = f"ownerended:{subscription.id}:{subscription.shown_as.user_id}"
        said = fragment(0, 0, broken_owner(subscription))
        await self._store.cards.absorb(subscription.company, "notice", [name], said, lambda *_: wanted)


def _first(rights: dict[PersonKey, Rights], subscription: Subscription) -> PersonKey | None:
    """Return the first who sees all that a subscription is about."""
    return next((one for one, theirs in rights.items() if theirs.cover_all(subscription.places)), None)
