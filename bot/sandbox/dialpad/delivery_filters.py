"""Filters that decide which subscription wants which event."""

from collections.abc import Callable, Mapping

from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.state import State

KINDS = ("call", "sms", "agent_status", "contact", "changelog", "channel", "fax")
SHELVES = {kind: f"{kind} subscription" for kind in KINDS}
TARGETS = ("target", "entry_point_target", "proxy_target")


def wanted_by(state: State, kind: str, payload: Json, *, is_update: bool) -> list[Json]:
    """Return the enabled subscriptions that get this event. ``is_update``: how far a text or fax is."""
    test = _TESTS.get(kind)
    if test is None:
        return []
    return [
        one
        for one in state.documents.all(SHELVES[kind])
        if one.get("enabled") and one.get("endpoint_id") is not None and test(one, payload, is_update)
    ]


def _is_of_line(subscription: Json, payload: Json) -> bool:
    if subscription.get("target_id") is None:
        return True
    line = (subscription["target_type"], subscription["target_id"])
    parties = (payload.get(name) or {} for name in TARGETS)
    return any((str(one.get("type", "")).replace("_", ""), one.get("id")) == line for one in parties)


def _call(subscription: Json, payload: Json, _: bool) -> bool:
    states = subscription.get("call_states") or ["all"]
    if "all" not in states and payload["state"] not in states:
        return False
    if subscription.get("group_calls_only") and payload["group_id"] is None:
        return False
    return _is_of_line(subscription, payload)


def _sms(subscription: Json, payload: Json, is_update: bool) -> bool:
    if is_update and not subscription.get("status"):
        return False
    if payload["is_internal"] and not subscription.get("include_internal"):
        return False
    return subscription["direction"] in ("all", payload["direction"]) and _is_of_line(subscription, payload)


def _contact(subscription: Json, payload: Json, _: bool) -> bool:
    return bool(payload["contact"]["type"] == subscription["contact_type"])


def _channel(subscription: Json, payload: Json, _: bool) -> bool:
    """Every message in a channel is of somebody of the company; Dialpad asks for a direction all the same."""
    return bool(subscription.get("target_id") == payload["target"]["id"])


def _fax(subscription: Json, payload: Json, is_update: bool) -> bool:
    if is_update and not subscription.get("status"):
        return False
    return subscription["direction"] in ("all", payload["direction"]) and _is_of_line(subscription, payload)


_TESTS: Mapping[str, Callable[[Json, Json, bool], bool]] = {
    "call": _call,
    "sms": _sms,
    "agent_status": lambda *_: True,
    "contact": _contact,
    "changelog": lambda *_: True,
    "channel": _channel,
    "fax": _fax,
}
