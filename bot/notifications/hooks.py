"""Hooks: the webhook or websocket at Dialpad, and a subscription for every kind of event.

A webhook alone delivers nothing. One hook per company serves everybody in a workspace; somebody who may not subscribe
for the whole company gets one for their own line. Only the bot's own are changed or removed: those stored by id, those
with our secret or address, and those with addresses below ours that no stored hook uses.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import structlog

from bot.basics.company import CompanyKey
from bot.basics.errors import DialpadError, NotAllowed, NotConnected, UserError
from bot.basics.language import say
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.actions.channels import ListChannels
from bot.dialpad.actions.webhooks import DeleteWebhook, ListWebhooks
from bot.dialpad.actions.websockets import DeleteWebsocket
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.event_kinds import EVENT_KINDS, EVERY_CHANNEL, is_of_channel, kinds_of, word_of_channel
from bot.notifications.hooks_at_dialpad import (
    Repairs,
    bring_about_webhook,
    bring_about_websocket,
    gone,
    may_more,
    subscribe,
    subscriptions_of,
)
from bot.store.hooks import Hook, HookKind, Hooks
from bot.store.processes import Processes
from bot.store.removals import HookLeft

log = structlog.get_logger(__name__)

_LEASE: Final = "hooks"
MOST_CHANNELS: Final = 50
"""Dialpad takes 100 subscriptions of a kind for a whole company."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class HookSetup:
    """What a hook delivers. ``subscribed``: words of ``EVENT_KINDS``; ``refused``: those the owner may not subscribe
    to, with the scopes that their connection lacks for it; ``repaired``: what had to be put right."""

    hook: Hook
    subscribed: frozenset[str]
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedHook:
    """One hook after ``reconcile``. ``problem`` is None or a class name such as ``NotConnected``: the owner must act,
    or Dialpad did not answer and the next ``reconcile`` tries again."""

    hook: Hook
    setup: HookSetup | None = None
    problem: str | None = None


class HookListener(Protocol):
    """Receives the events that come through hooks."""

    async def listen(self, hook: Hook) -> None:
        """Receive events through this hook; called again when a hook has changed."""

    async def forget(self, hook_id: str) -> None:
        """Stop receiving events through a hook that is gone."""


def choose_kind(public_url: str | None, dialpad_url: str) -> HookKind:
    """Choose a webhook where Dialpad can reach us, over https or on this machine when Dialpad itself is; else a
    websocket."""
    if public_url is None:
        return "websocket"
    parts = urlsplit(public_url)
    if parts.scheme == "https" and parts.hostname not in LOOPBACK:
        return "webhook"
    both_here = parts.hostname in LOOPBACK and urlsplit(dialpad_url).hostname in LOOPBACK
    return "webhook" if both_here else "websocket"


class LeftThere(Protocol):
    """What ended connections have left at Dialpad."""

    async def work_off(self) -> int:
        """Remove what can be removed now."""

    async def add(self, person: PersonKey, company: str, hook: HookLeft, link: DialpadConnection) -> None:
        """Add one more hook to remove."""


class DialpadHooks:
    """Sets hooks up and repairs them. ``public_url`` is where Dialpad reaches this bot, without a trailing slash;
    ``kind`` comes from ``choose_kind``; ``left`` is worked off with each ``reconcile``."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        hooks: Hooks,
        listener: HookListener,
        kind: HookKind,
        public_url: str | None,
        left: LeftThere | None = None,
        processes: Processes | None = None,
    ) -> None:
        self._left = left
        self._processes = processes
        self._accounts = accounts
        self._hooks = hooks
        self._listener = listener
        self._kind: HookKind = kind
        self._prefix = f"{public_url}/dialpad/events/" if public_url else ""
        self._lock = asyncio.Lock()

    async def ensure(self, person: PersonKey) -> HookSetup:
        """Make sure that the events this person may see are received, and return which. May be repeated.

        Raises NotConnected, DialpadError, or UserError when Dialpad lets them subscribe to nothing at all.
        """
        account = self._accounts.of(person)
        link = await account.link()
        async with self._alone():
            company = link.company_of(person)
            hook = await self._find(person, company)
            if hook is None:
                hook = await self._hooks.create(person, company, self._kind)
            setup = await self._bring_about(hook)
            if hook.owner != person and await may_more(account, setup.refused):
                own = await self._bring_about(await self._hooks.create(person, hook.company, self._kind))
                setup = own if own.hook.reach == "company" else setup
            if setup.hook.reach == "company":
                await self._remove_needless(setup.hook)
            return setup

    async def hear_channels(self, person: PersonKey) -> PersonKey:
        """Make sure that messages in the Dialpad channels that the hook's owner sees are received; return the owner.
        Dialpad has one subscription for each channel. Raises what ``ensure`` raises."""
        hook = (await self.ensure(person)).hook
        if hook.owner != person:
            return hook.owner
        async with self._alone():
            words: list[str] = []
            async for page in self._owner(hook).pages(ListChannels()):
                words += [word_of_channel(one.id) for one in page.items if one.id]
            chosen = dict.fromkeys(words[:MOST_CHANNELS], "")
            await self._bring_about(replace(hook, subscriptions={**chosen, **hook.subscriptions}))
        return hook.owner

    async def leave_channels(self, company: CompanyKey) -> None:
        """Remove a company's subscriptions to Dialpad channels: nobody wants their messages any more. What Dialpad does
        not remove now goes with its hook."""
        async with self._alone():
            for hook in await self._hooks.of_company(company):
                kept = {word: there for word, there in hook.subscriptions.items() if not is_of_channel(word)}
                if len(kept) == len(hook.subscriptions) or hook.endpoint_id is None:
                    continue
                account = self._owner(hook)
                for kind in kinds_of(hook.subscriptions):
                    if is_of_channel(kind.word) and (there := hook.subscriptions[kind.word]):
                        await gone(account.send(kind.delete(there)))
                await self._hooks.note(hook.id, endpoint_id=hook.endpoint_id, subscriptions=kept, reach=hook.reach)

    async def reconcile(self) -> list[CheckedHook]:
        """Compare what should be at Dialpad with what is, hook by hook, and put it right."""
        if self._left is not None:
            await self._left.work_off()
        await self._ensure_for(await self._hooks.unheard())
        async with self._alone():
            checked = [await self._check(hook) for hook in await self._hooks.all()]
            await self._sweep([one.hook for one in checked if one.setup is not None])
            return checked

    @asynccontextmanager
    async def quiet(self, within_s: float) -> AsyncIterator[None]:
        """Hold off setting up hooks, if that can be had within ``within_s``. A hook that is set up all the same for
        somebody who leaves is removed once it turns out that they have left."""
        async with AsyncExitStack() as held:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await held.enter_async_context(self._alone())
            yield

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One at a time sets hooks up, also among processes: two would make two webhooks for one company."""
        async with self._lock, self._processes.holding(_LEASE) if self._processes else nullcontext():
            yield

    async def stop_listening(self, hooks: Sequence[Hook]) -> None:
        """Stop receiving through hooks that are removed here already: their events are refused anyway."""
        for hook in hooks:
            await self._listener.forget(hook.id)

    async def take_over(self) -> None:
        """Give people whose hook ended a colleague's hook or one of their own."""
        await self._ensure_for(await self._hooks.unheard())

    async def _ensure_for(self, people: Sequence[PersonKey]) -> None:
        for person in people:
            try:
                await self.ensure(person)
            except (NotConnected, DialpadError, UserError) as problem:
                log.warning("events could not be taken over", problem=type(problem).__name__)

    async def _find(self, person: PersonKey, company: CompanyKey) -> Hook | None:
        """Return the company's hook while its owner's connection works, else the person's own."""
        own = None
        for hook in await self._hooks.of_company(company):
            if hook.kind != self._kind:
                continue
            if hook.owner == person:
                own = hook
            elif hook.reach == "company" and hook.subscriptions and await self._works(hook):
                return hook
        return own

    def _owner(self, hook: Hook) -> Account:
        return self._accounts.of(hook.owner, within=hook.company)

    async def _works(self, hook: Hook) -> bool:
        try:
            await self._owner(hook).link()
        except (NotConnected, DialpadError):
            return False
        return True

    async def _check(self, hook: Hook) -> CheckedHook:
        try:
            if hook.kind != self._kind:  # the bot was given, or has lost, a public address
                await self._remove(hook)
                hook = await self._hooks.create(hook.owner, hook.company, self._kind)
            setup = await self._bring_about(hook)
        except (NotConnected, DialpadError, UserError) as problem:
            log.warning("hook not checked", hook=hook.id, problem=type(problem).__name__)
            return CheckedHook(hook, problem=type(problem).__name__)
        if setup.repaired:
            log.info("hook repaired", hook=hook.id, repaired=setup.repaired)
        return CheckedHook(setup.hook, setup)

    async def _bring_about(self, hook: Hook) -> HookSetup:
        account = self._owner(hook)
        link = await account.link()
        repairs = Repairs()
        endpoint_id = await self._bring_about_endpoint(account, hook, repairs)
        reach: Any = "company"
        owner_id: str | None = None
        subscribed: dict[str, str] = {}
        refused: dict[str, tuple[str, ...]] = {}
        for kind in kinds_of(hook.subscriptions):
            try:
                subscribed[kind.word] = await subscribe(account, hook, kind, endpoint_id, owner_id, repairs)
            except NotAllowed as no:
                if not kind.personal or owner_id is not None:
                    refused[kind.word] = link.lacks(kind.list().scopes, no)
                    continue
                reach, owner_id = "person", await account.user_id()
                try:
                    subscribed[kind.word] = await subscribe(account, hook, kind, endpoint_id, owner_id, repairs)
                except NotAllowed as no_either:
                    refused[kind.word] = link.lacks(kind.list().scopes, no_either)
        if not subscribed:
            await self._remove(replace(hook, endpoint_id=endpoint_id))
            raise UserError(
                say(
                    "Dialpad does not let you subscribe to calls or texts. Ask a Dialpad admin to set "
                    "this up from Slack."
                )
            )
        await self._hooks.note(hook.id, endpoint_id=endpoint_id, subscriptions=subscribed, reach=reach)
        kept = await self._hooks.get(hook.id)
        if kept is None:
            if self._left is not None:
                made = HookLeft(hook.id, hook.kind, endpoint_id, subscribed)
                await self._left.add(hook.owner, hook.company.company, made, link)
            raise UserError(say("Somebody removed these notifications at the same moment. Set them up again."))
        await self._listener.listen(kept)
        return HookSetup(kept, frozenset(subscribed), refused, tuple(repairs.made))

    async def _bring_about_endpoint(self, account: Account, hook: Hook, repairs: Repairs) -> str:
        if hook.kind == "webhook":
            return await bring_about_webhook(account, hook, self._prefix + hook.id, repairs)
        return await bring_about_websocket(account, hook, repairs)

    async def _remove_needless(self, company_hook: Hook) -> None:
        """Remove personal hooks that a company hook makes unnecessary."""
        for hook in await self._hooks.of_company(company_hook.company):
            if hook.id != company_hook.id:
                await self._remove(hook)

    async def _remove(self, hook: Hook) -> None:
        """Remove a hook here and at Dialpad. What cannot be removed there sends events that are refused."""
        await self._listener.forget(hook.id)
        try:
            account = self._owner(hook)
            for kind in kinds_of(hook.subscriptions):
                if (subscription_id := hook.subscriptions.get(kind.word)) is not None:
                    await gone(account.send(kind.delete(subscription_id)))
            if hook.endpoint_id is not None:
                delete = DeleteWebhook if hook.kind == "webhook" else DeleteWebsocket
                await gone(account.send(delete(id=hook.endpoint_id)))
        except NotConnected as problem:
            log.warning("hook left at dialpad", hook=hook.id, problem=type(problem).__name__)
        await self._hooks.remove(hook.id)

    async def _sweep(self, good: list[Hook]) -> None:
        """Remove webhooks that lead to us and have no stored hook: it was lost, or they could not be removed when their
        owner had gone."""
        if not self._prefix:
            return
        known = {hook.id for hook in await self._hooks.all()}
        for hook in {one.company: one for one in good}.values():
            account = self._owner(hook)
            try:
                async for page in account.pages(ListWebhooks(), background=True):
                    for webhook in page.items:
                        url = webhook.hook_url or ""
                        stray = url.startswith(self._prefix) and url.removeprefix(self._prefix) not in known
                        if stray and webhook.id is not None:
                            await self._remove_stray(account, webhook.id)
            except (NotConnected, DialpadError) as failure:
                log.warning("stray webhooks not looked for", failure=type(failure).__name__)

    async def _remove_stray(self, account: Account, endpoint_id: str) -> None:
        for kind in (*EVENT_KINDS, EVERY_CHANNEL):
            try:
                for subscription in await subscriptions_of(account, kind, endpoint_id, None):
                    await gone(account.send(kind.delete(str(subscription.id))))
            except NotAllowed:
                continue
        await gone(account.send(DeleteWebhook(id=endpoint_id)))
        log.info("stray webhook removed", endpoint=endpoint_id)
