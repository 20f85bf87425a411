"""What a subscription says of itself, in its form and in words, makes the same subscription again."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import (
    HoursFilter,
    InternalFilter,
    LabelFilter,
    LineHoursFilter,
    LongerFilter,
    NumberFilter,
    PlaceFilter,
    QueueFilter,
    QuietHoursFilter,
    arranged,
)
from bot.activity.subscriptions.subscription import DIGEST_AT, LOOKED_AT, EscalationPolicy, Subscription
from bot.cards.subscription import fields_of
from bot.contract.context import Origin
from bot.contract.reply import Raw
from bot.contract.routing import Route
from bot.sandbox.cast import ANA, LEO, PRIYA, SALES, SAM, SUPPORT
from bot.slack.blockkit.forms import build_form, read_form
from tests.handlers.harness import World, buttons_of, key_of

AND_NAME: Final = "Sales and Marketing, West"
PLACES: Final = {
    f"callcenter:{SUPPORT.id}": "Support",
    f"callcenter:{SALES.id}": AND_NAME,
    f"user:{LEO.dialpad_id}": LEO.name,
}
PEOPLE: Final = st.sampled_from(["", str(ANA.slack_id), str(SAM.slack_id)])
places = st.sampled_from(sorted(PLACES)).map(lambda place: PlaceFilter(place, PLACES[place]))
words = st.text(st.sampled_from("abon -_'&ü"), min_size=1, max_size=8).map(str.strip).filter(bool)
numbers = st.sampled_from(["+1", "+1415", "+14155550150", "+49"])
minutes = st.integers(0, 1439)
days = st.lists(st.integers(0, 6), unique=True).map(sorted).map(tuple)
parts_of_days = st.builds(DailyHours, minutes, minutes, days).filter(lambda span: span.begin != span.end)
whole_days = st.builds(DailyHours, st.just(0), st.just(1440), days.filter(bool))
parts_of_all_days = st.builds(DailyHours, minutes, minutes, st.just(())).filter(lambda span: span.begin != span.end)
lengths = st.integers(0, 99_999) | st.integers(0, 9_999).map(lambda length: length * 60)
on_both_sides = (
    places
    | st.builds(LabelFilter, words)
    | st.builds(NumberFilter, numbers)
    | st.builds(InternalFilter, st.booleans())
    | st.builds(LineHoursFilter, st.sampled_from(["open", "closed"]))
    | st.builds(HoursFilter, parts_of_days | whole_days)
)
after_only = (
    st.builds(LongerFilter, lengths)
    | st.builds(QuietHoursFilter, parts_of_all_days)
    | st.builds(QueueFilter, st.integers(0, 9_999))
)
policies = st.builds(
    EscalationPolicy,
    st.sampled_from([0, 1, 2, 5, 10, 15, 30, 60]),
    st.sampled_from([15, 30, 60, 120, 240, 480]),
    st.booleans(),
    st.sampled_from(["", "S0ONCALL1"]),
    PEOPLE,
    PEOPLE,
    st.sampled_from(["", "sms", "call"]),
    st.sampled_from([0, 5, 15, 60, 480]),
)
subscriptions = st.builds(
    Subscription,
    st.just("w1"),
    st.just(key_of(PRIYA)),
    st.just("C0GENERAL"),
    st.frozensets(st.sampled_from(NewsKind), min_size=1),
    st.lists(on_both_sides | after_only, max_size=8).map(arranged),
    st.lists(on_both_sides, max_size=6).map(arranged),
    st.just("America/Los_Angeles"),
    policies,
    st.booleans(),
    digest_at=minutes,
    digest_day=st.integers(0, 6),
    keep=st.sampled_from(["", "S0ONCALL1"]),
    topic=st.booleans(),
)


def can_be_saved(subscription: Subscription) -> Subscription:
    """A time is kept only with a digest, its day only with a weekly one, and a roster or a board is only there for
    a call center."""
    digest_at = subscription.digest_at if subscription.kinds & DIGESTS else DIGEST_AT
    digest_day = subscription.digest_day if NewsKind.WEEKLY in subscription.kinds else 0
    timed = replace(subscription, digest_at=digest_at, digest_day=digest_day)
    if subscription.call_centers:
        return timed
    kinds = subscription.kinds - {NewsKind.HANDOVER, *LOOKED_AT} or {NewsKind.MISSED}
    return replace(timed, kinds=frozenset(kinds), keep="", topic=False)


async def new_world() -> World:
    world = World()
    for group in world.sandbox.state.groups.values():
        if group.id == SALES.id:
            group.name = AND_NAME
    return world


def for_any_subscription(check: Callable[[World, Subscription], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner() as runner:
        world = runner.run(new_world())

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(subscriptions.map(can_be_saved))
        def check_one(subscription: Subscription) -> None:
            world.notifications.subscriptions = {subscription.id: subscription}
            runner.run(check(world, subscription))

        try:
            check_one()
        finally:
            runner.run(world.aclose())


def left_as_it_is(view: Mapping[str, Any]) -> dict[str, Any]:
    """The form's state when somebody submits it without touching anything."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = {"type": element["type"], "value": element.get("initial_value")}
            state |= {"selected_option": element.get("initial_option")}
            state |= {"selected_options": element.get("initial_options", [])}
            values[block["block_id"]] = {element["action_id"]: state}
    return {**view, "state": {"values": values}}


def test_the_form_that_is_submitted_as_it_opened_changes_nothing() -> None:
    async def check(world: World, subscription: Subscription) -> None:
        route = world.table.by_id["notify.save"]
        view = await build_form(world.ctx(PRIYA), route, fields_of(subscription))
        await world.agreed(PRIYA, await world.run(PRIYA, route, read_form(route, left_as_it_is(view)), Origin.FORM))

        assert world.notifications.subscriptions == {"w1": subscription}

    for_any_subscription(check)


def typed(route: Route, fields: Mapping[str, Raw]) -> str:
    """The fields as somebody types them, with Slack's mentions."""
    kinds = fields["kinds"]
    said = [" ".join(kinds) if isinstance(kinds, list) else ""]
    for name, value in fields.items():
        keyword = next(iter(route.arguments[name].keywords), "")
        match name, value:
            case ("places", list()):
                said.append("for " + " and ".join(f'"{PLACES[place]}"' for place in value))
            case (("group" | "keep"), str()):
                said.append(f"{keyword} <!subteam^{value}|@oncall>")
            case (("person" | "supervisor"), str()):
                said.append(f"{keyword} <{value}|somebody>")
            case ("topic", str()):
                said.append(value)
            case (_, str()) if keyword:
                said.append(f"{keyword} {value}")
    return " ".join(said)


def test_the_words_for_it_make_the_same_subscription() -> None:
    async def check(world: World, subscription: Subscription) -> None:
        words = typed(world.table.by_id["notify.save"], fields_of(subscription))
        world.notifications.subscriptions = {}
        answer = await world.type(PRIYA, f"notify {words}")
        if any(button.label == "Post them here" for button in buttons_of(answer)):
            answer = await world.press(PRIYA, answer, "Post them here")
        await world.agree(PRIYA, answer)

        made = [replace(one, id=subscription.id) for one in world.notifications.subscriptions.values()]
        assert made == [replace(subscription, paused=False)], words

    for_any_subscription(check)
