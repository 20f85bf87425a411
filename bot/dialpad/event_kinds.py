"""The event subscriptions this bot makes at Dialpad: how one is made, recognised as complete, and removed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from bot.activity import news
from bot.dialpad.action import Action, Page
from bot.dialpad.actions.subscriptions import (
    CallState,
    CallSubscription,
    ChannelSubscription,
    ContactSubscription,
    CreateAgentSubscription,
    CreateCallSubscription,
    CreateChangelogSubscription,
    CreateChannelSubscription,
    CreateContactSubscription,
    CreateFaxSubscription,
    CreateSmsSubscription,
    DeleteAgentSubscription,
    DeleteCallSubscription,
    DeleteChangelogSubscription,
    DeleteChannelSubscription,
    DeleteContactSubscription,
    DeleteFaxSubscription,
    DeleteSmsSubscription,
    EventSubscription,
    FaxSubscription,
    ListAgentSubscriptions,
    ListCallSubscriptions,
    ListChangelogSubscriptions,
    ListChannelSubscriptions,
    ListContactSubscriptions,
    ListFaxSubscriptions,
    ListSmsSubscriptions,
    SmsSubscription,
    UpdateAgentSubscription,
    UpdateCallSubscription,
    UpdateChangelogSubscription,
    UpdateChannelSubscription,
    UpdateContactSubscription,
    UpdateFaxSubscription,
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


def _has_line(subscription: CallSubscription | SmsSubscription | FaxSubscription, owner_id: str | None) -> bool:
    found = (subscription.target_type, subscription.target_id)
    return found == ((None, None) if owner_id is None else ("user", owner_id))


def _call_fits(one: CallSubscription, owner_id: str | None) -> bool:
    states = set(one.call_states)
    all_there = "all" in states or states >= set(CALL_STATES)
    return _is_on(one) and all_there and not one.group_calls_only and _has_line(one, owner_id)


def _sms_fits(one: SmsSubscription, owner_id: str | None) -> bool:
    return _is_on(one) and one.direction == "all" and one.status is True and _has_line(one, owner_id)


def _fax_fits(one: FaxSubscription, owner_id: str | None) -> bool:
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
_FAX: Final[Mapping[str, Any]] = {"direction": "all", "status": True, "enabled": True}

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
    EventKind(
        word="fax",
        personal=False,  # without its scope it is refused, and calls and texts still come for the whole company
        list=ListFaxSubscriptions,
        create=lambda endpoint, owner: CreateFaxSubscription(endpoint_id=endpoint, **_FAX, **_line(owner)),
        update=lambda id_, endpoint, owner: UpdateFaxSubscription(id=id_, endpoint_id=endpoint, **_FAX, **_line(owner)),
        delete=lambda id_: DeleteFaxSubscription(id=id_),
        fits=_fax_fits,
    ),
)

CHANNEL: Final = "channel"
_OF_CHANNEL: Final = f"{CHANNEL}:"
"""Begins the words of the subscriptions to Dialpad channels, each of which has one of its own."""


def word_of_channel(channel_id: str) -> str:
    """Return the word under which a hook keeps its subscription to a Dialpad channel."""
    return f"{_OF_CHANNEL}{channel_id}"


def is_of_channel(word: str) -> bool:
    """Tell whether a hook's word is that of a subscription to a Dialpad channel."""
    return word.startswith(_OF_CHANNEL)


def kinds_of(subscriptions: Iterable[str]) -> tuple[EventKind, ...]:
    """Return every kind that is subscribed to for everybody, and those of the channels among ``subscriptions``, which
    are words."""
    channels = (word.removeprefix(_OF_CHANNEL) for word in subscriptions if word.startswith(_OF_CHANNEL))
    return (*EVENT_KINDS, *(_channel_kind(one) for one in channels))


def _channel_kind(channel_id: str) -> EventKind:
    def fits(one: ChannelSubscription, _: str | None) -> bool:
        return _is_on(one) and one.direction == "all"

    return EventKind(
        word=word_of_channel(channel_id),
        personal=False,
        list=ListChannelSubscriptions,
        create=lambda endpoint, _: CreateChannelSubscription(
            endpoint_id=endpoint, target_id=channel_id, direction="all", enabled=True
        ),
        update=lambda id_, endpoint, _: UpdateChannelSubscription(
            id=id_, endpoint_id=endpoint, target_id=channel_id, direction="all", enabled=True
        ),
        delete=lambda id_: DeleteChannelSubscription(id=id_),
        fits=fits,
        belongs=lambda one: one.target_id == channel_id,
    )


EVERY_CHANNEL: Final = replace(_channel_kind(""), word=CHANNEL, belongs=lambda _: True)
"""To find and remove subscriptions to channels; there is no subscription to all of them."""
