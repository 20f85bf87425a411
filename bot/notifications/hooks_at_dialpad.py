"""Find, create, repair and remove a webhook or websocket at Dialpad and its subscriptions, one per kind of event.

When a request to create something got no answer, it is looked for: it may have been created all the same.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import SecretStr

from bot.basics.errors import DialpadError, NotAllowed, NotFound, OutcomeUnknown
from bot.dialpad.accounts import Account
from bot.dialpad.actions.endpoints import Webhook, Websocket
from bot.dialpad.actions.webhooks import CreateWebhook, DeleteWebhook, GetWebhook, ListWebhooks, UpdateWebhook
from bot.dialpad.actions.websockets import (
    CreateWebsocket,
    DeleteWebsocket,
    GetWebsocket,
    ListWebsockets,
    UpdateWebsocket,
)
from bot.dialpad.event_kinds import EVENT_KINDS, EVERY_CHANNEL, EventKind, endpoint_of, kinds_of
from bot.store.hooks import Hook
from bot.store.removals import HookLeft

_log = structlog.get_logger(__name__)


@dataclass
class Repairs:
    """What had to be put right, in words for a log."""

    made: list[str] = field(default_factory=list)


async def bring_about_webhook(account: Account, hook: Hook, url: str, repairs: Repairs) -> str:
    found = await _known(account.send(GetWebhook(id=hook.endpoint_id))) if hook.endpoint_id else None
    if found is None:

        async def look() -> Webhook | None:
            pages = account.pages(ListWebhooks())
            there = [one async for page in pages for one in page.items if one.hook_url == url]
            return there[0] if there else None

        found = await look() or await _create(account.send(CreateWebhook(hook_url=url, secret=hook.secret)), look)
        repairs.made.append("webhook made")
    if found.hook_url != url or _secret_of(found) != _plain(hook.secret):
        await account.send(UpdateWebhook(id=str(found.id), hook_url=url, secret=hook.secret))
        repairs.made.append("webhook put right")
    return str(found.id)


async def bring_about_websocket(account: Account, hook: Hook, repairs: Repairs) -> str:
    found = await _known(account.send(GetWebsocket(id=hook.endpoint_id))) if hook.endpoint_id else None
    if found is None:

        async def look() -> Websocket | None:
            secret = _plain(hook.secret)  # an address is new each time, so only the secret tells which is ours
            pages = account.pages(ListWebsockets())
            there = [one async for page in pages for one in page.items if _secret_of(one) == secret]
            return there[0] if there and secret is not None else None

        found = await look() or await _create(account.send(CreateWebsocket(secret=hook.secret)), look)
        repairs.made.append("websocket made")
    if _secret_of(found) != _plain(hook.secret):
        await account.send(UpdateWebsocket(id=str(found.id), secret=hook.secret))
        repairs.made.append("websocket put right")
    return str(found.id)


async def _create(sending: Awaitable[Any], look: Callable[[], Awaitable[Any]]) -> Any:
    """Create something; when no answer came, find out whether it was created all the same."""
    try:
        return await sending
    except OutcomeUnknown:
        found = await look()
        if found is None:
            raise
        return found


async def subscribe(
    account: Account, hook: Hook, kind: EventKind, endpoint_id: str, owner_id: str | None, repairs: Repairs
) -> str:
    """Make sure there is one correct subscription of this kind and return its id. Raises NotAllowed."""
    ours = await subscriptions_of(account, kind, endpoint_id, hook.subscriptions.get(kind.word))
    keep = next((one for one in ours if _right(kind, one, endpoint_id, owner_id)), ours[0] if ours else None)
    for spare in ours:
        if spare is not keep:
            await gone(account.send(kind.delete(str(spare.id))))
            repairs.made.append(f"{kind.word} subscribed twice")
    if keep is None:

        async def look() -> Any:
            return next(iter(await subscriptions_of(account, kind, endpoint_id, None)), None)

        keep = await _create(account.send(kind.create(endpoint_id, owner_id)), look)
        repairs.made.append(f"{kind.word} subscribed")
    elif not _right(kind, keep, endpoint_id, owner_id):
        await account.send(kind.update(str(keep.id), endpoint_id, owner_id))
        repairs.made.append(f"{kind.word} put right")
    return str(keep.id)


async def may_more(account: Account, refused: Collection[str]) -> bool:
    """Tell whether this person may have what somebody else was refused, as an admin may who comes after an agent."""
    for kind in EVENT_KINDS:
        if kind.word in refused:
            try:
                await account.send(kind.list())
            except NotAllowed:
                continue
            return True
    return False


async def subscriptions_of(account: Account, kind: EventKind, endpoint_id: str, remembered: str | None) -> list[Any]:
    return [
        one
        async for page in account.pages(kind.list())
        for one in page.items
        if one.id is not None
        and kind.belongs(one)
        and (endpoint_of(one) == endpoint_id or (remembered is not None and one.id == remembered))
    ]


def _right(kind: EventKind, one: Any, endpoint_id: str, owner_id: str | None) -> bool:
    return endpoint_of(one) == endpoint_id and kind.fits(one, owner_id)


async def remove_there(account: Account, hook: HookLeft, url: str) -> None:
    """Remove subscriptions first, unknown ones too, then the webhook or websocket itself. What is gone already counts
    as removed. Raises DialpadError and NotConnected; may then be repeated."""
    for kind in kinds_of(hook.subscriptions):
        if (remembered := hook.subscriptions.get(kind.word)) is not None:
            await _known(account.send(kind.delete(remembered)))
    for endpoint_id in [hook.endpoint_id] if hook.endpoint_id is not None else await _leading_to(account, hook, url):
        for kind in (*EVENT_KINDS, EVERY_CHANNEL):
            try:
                forgotten = await subscriptions_of(account, kind, endpoint_id, None)
            except NotAllowed:
                continue  # people who may not list them have made none
            for subscription in forgotten:
                await _known(account.send(kind.delete(str(subscription.id))))
        delete = DeleteWebhook if hook.kind == "webhook" else DeleteWebsocket
        await _known(account.send(delete(id=endpoint_id)))


async def _leading_to(account: Account, hook: HookLeft, url: str) -> list[str]:
    """Return the ids of endpoints that may be ours. A webhook that was being made is known by its address; a websocket
    has none of ours, and delivers nothing without a subscription."""
    if hook.kind != "webhook" or not url:
        return []
    pages = account.pages(ListWebhooks())
    return [str(one.id) async for page in pages for one in page.items if one.hook_url == url and one.id is not None]


async def _known(asking: Awaitable[Any]) -> Any:
    try:
        return await asking
    except NotFound:
        return None


async def gone(deleting: Awaitable[Any]) -> None:
    """Delete what may be gone already. What cannot be deleted is logged."""
    try:
        await deleting
    except NotFound:
        pass
    except DialpadError as failure:
        _log.warning("left at dialpad", failure=type(failure).__name__)


def _secret_of(endpoint: Webhook | Websocket) -> str | None:
    return _plain(endpoint.signature.secret) if endpoint.signature is not None else None


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
