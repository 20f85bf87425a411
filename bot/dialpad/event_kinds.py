"""The event subscriptions this bot makes at Dialpad: how one is made, recognised as complete, and removed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from bot.activity import news
from bot.dialpad.action import Action, Page
from bot.dialpad.actions.subscriptions import (
    CallState,
    CallSubscription,
    ContactSubscription,
    CreateAgentSubscription,
    CreateCallSubscription,
    CreateChangelogSubscription,
    CreateContactSubscription,
    CreateSmsSubscription,
    DeleteAgentSubscription,
    DeleteCallSubscription,
    DeleteChangelogSubscription,
    DeleteContactSubscription,
    DeleteSmsSubscription,
    EventSubscription,
    ListAgentSubscriptions,
    ListCallSubscriptions,
    ListChangelogSubscriptions,
    ListContactSubscriptions,
    ListSmsSubscriptions,
    SmsSubscription,
    UpdateAgentSubscription,
    UpdateCallSubscription,
    UpdateChangelogSubscription,
    UpdateContactSubscription,
    UpdateSmsSubscription,
)

CALL_STATES: Final[tuple[CallState, ...]] = tuple(state for state in get_args(CallState) if state in news.CALL_STATES)
"""Call states that some kind of news needs, not ``all``: monitoring and barging in are no news for a channel, and
every event costs a delivery."""


@dataclass(frozen=True)
class EventKind:
    """One kind of subscription at Dialpad. ``create`` and ``update`` take the hook's Dialpad id and, for one
    person's own line only, that person's Dialpad id; ``update`` first the subscription's. ``personal``: can be had
    for one line."""

    word: str
    personal: bool
    list: Callable[[], Action[Page[Any]]]
    create: Callable[[str, str | None], Action[Any]]
    update: Callable[[str, str, str | None], Action[Any]]
    delete: Callable[[str], Action[Any]]
    fits: Callable[[Any, str | None], bool]
    """Tells whether Dialpad's subscription is what ``create`` would ask for, apart from its hook."""
    belongs: Callable[[Any], bool] = lambda _: True
    """Tells whether a subscription of this list is of this kind: contacts have two."""


def endpoint_of(subscription: EventSubscription) -> str | None:
    """Return Dialpad's id of the webhook or websocket that a subscription's events go to."""
    there = subscription.webhook or subscription.websocket
    return there.id if there is not None else None


def _line(owner_id: str | None) -> dict[str, Any]:
    return {} if owner_id is None else {"target_type": "user", "target_id": owner_id}


def _is_on(subscription: EventSubscription) -> bool:
    return subscription.enabled is not False


def _has_line(subscription: CallSubscription | SmsSubscription, owner_id: str | None) -> bool:
    found = (subscription.target_type, subscription.target_id)
    return found == ((None, None) if owner_id is None else ("user", owner_id))


def _call_fits(one: CallSubscription, owner_id: str | None) -> bool:
    states = set(one.call_states)
    all_there = "all" in states or states >= set(CALL_STATES)
    return _is_on(one) and all_there and not one.group_calls_only and _has_line(one, owner_id)


def _sms_fits(one: SmsSubscription, owner_id: str | None) -> bool:
    return _is_on(one) and one.direction == "all" and one.status is True and _has_line(one, owner_id)


def _contact_kind(word: str, contact_type: Any) -> EventKind:
    def fits(one: ContactSubscription, _: str | None) -> bool:
        return _is_on(one) and one.contact_type == contact_type

    return EventKind(
        word=word,
        personal=False,
        list=ListContactSubscriptions,
        create=lambda endpoint, _: CreateContactSubscription(
            contact_type=contact_type, endpoint_id=endpoint, enabled=True
        ),
        update=lambda id_, endpoint, _: UpdateContactSubscription(
            id=id_, contact_type=contact_type, endpoint_id=endpoint, enabled=True
        ),
        delete=lambda id_: DeleteContactSubscription(id=id_),
        fits=fits,
        belongs=lambda one: one.contact_type == contact_type,
    )


_CALL: Final[Mapping[str, Any]] = {"call_states": list(CALL_STATES), "group_calls_only": False, "enabled": True}
_SMS: Final[Mapping[str, Any]] = {"direction": "all", "status": True, "include_internal": False, "enabled": True}

EVENT_KINDS: Final = (
    EventKind(
        word="call",
        personal=True,
        list=ListCallSubscriptions,
        create=lambda endpoint, owner: CreateCallSubscription(endpoint_id=endpoint, **_CALL, **_line(owner)),
        update=lambda id_, endpoint, owner: UpdateCallSubscription(
            id=id_, endpoint_id=endpoint, **_CALL, **_line(owner)
        ),
        delete=lambda id_: DeleteCallSubscription(id=id_),
        fits=_call_fits,
    ),
    EventKind(
        word="sms",
        personal=True,
        list=ListSmsSubscriptions,
        create=lambda endpoint, owner: CreateSmsSubscription(endpoint_id=endpoint, **_SMS, **_line(owner)),
        update=lambda id_, endpoint, owner: UpdateSmsSubscription(id=id_, endpoint_id=endpoint, **_SMS, **_line(owner)),
        delete=lambda id_: DeleteSmsSubscription(id=id_),
        fits=_sms_fits,
    ),
    EventKind(
        word="agent_status",
        personal=False,
        list=ListAgentSubscriptions,
        create=lambda endpoint, _: CreateAgentSubscription(agent_type="callcenter", endpoint_id=endpoint, enabled=True),
        update=lambda id_, endpoint, _: UpdateAgentSubscription(id=id_, endpoint_id=endpoint, enabled=True),
        delete=lambda id_: DeleteAgentSubscription(id=id_),
        fits=lambda one, _: _is_on(one),
    ),
    _contact_kind("contact", "shared"),
    _contact_kind("local_contact", "local"),
    EventKind(
        word="changelog",
        personal=False,
        list=ListChangelogSubscriptions,
        create=lambda endpoint, _: CreateChangelogSubscription(endpoint_id=endpoint, enabled=True),
        update=lambda id_, endpoint, _: UpdateChangelogSubscription(id=id_, endpoint_id=endpoint, enabled=True),
        delete=lambda id_: DeleteChangelogSubscription(id=id_),
        fits=lambda one, _: _is_on(one),
    ),
)
