"""For all actions: Slack takes the form whatever is in it, and what is submitted is what was filled in."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.basics.person import PersonKey
from bot.catalogue.fields import fields_of
from bot.catalogue.validation import build_action
from bot.catalogue.values import data_of, raw_of
from bot.contract.argument import MORE
from bot.contract.context import Upload
from bot.contract.reading import parse_arguments
from bot.contract.reply import Raw
from bot.contract.routing import Route, RouteTable, build_table
from bot.dialpad.action import Action
from bot.dialpad.actions import ALL
from bot.sandbox.cast import PRIYA
from bot.sandbox.slack.blockkit.documents import check_view
from bot.sandbox.slack.inputs import state_values
from bot.slack.blockkit.forms import build_form, read_form
from handlers import all_routers
from tests.each import every_action
from tests.handlers.harness import World
from tests.newer_document import is_newer
from tests.rules.action_values import FILE, data_of_action
from tests.rules.shared_check import IS_THERE, shared_check

TABLE: Final[RouteTable] = build_table(all_routers())
HOSTILE: Final = (
    "<!channel> *bold* `code` & <b> \u202eright to left\u202c \U0001f98a " + "x" * 4_000,
    "\x00\x07\x1b[0m",
    "   ",
    "-",
    '"},{"type":"button"',
    "9" * 400,
)


class OneFile:
    """Whatever file is asked for, it is this one."""

    async def read(self, person: PersonKey, file_id: str, *, largest: int) -> Upload:
        return Upload("menu.mp3", 1, b"A")


class Stage:
    """A world for all examples of a module: starting one takes longer than an example."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.world = self.loop.run_until_complete(self._build())

    async def _build(self) -> World:
        world = World()
        world.connect(PRIYA)
        world.deps = replace(world.deps, files=OneFile())
        return world

    def form(self, route: Route, raw: Mapping[str, Raw]) -> dict[str, Any]:
        return self.loop.run_until_complete(build_form(self.world.ctx(PRIYA), route, raw))

    def parse(self, route: Route, raw: dict[str, Raw]) -> dict[str, Any]:
        return self.loop.run_until_complete(parse_arguments(self.world.ctx(PRIYA), route, raw))

    def close(self) -> None:
        self.loop.run_until_complete(self.world.aclose())
        self.loop.close()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


def route_for(action: type[Action[Any]]) -> Route:
    return TABLE.by_id[f"run.{action.slug.lower()}"]


few_examples = settings(
    max_examples=12,
    deadline=None,
    # An action with rules between its fields takes several tries for each example.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def valid(action: type[Action[Any]], values: dict[str, Any]) -> Action[Any]:
    try:
        return action.model_validate(values)
    except ValidationError:
        assume(False)  # rules between fields, such as a code that goes with one grant only
        raise


def raw_with_files(action: type[Action[Any]], values: dict[str, Any]) -> dict[str, Raw]:
    return {name: "F0FILE0001" if raw == FILE else raw for name, raw in raw_of(action, values).items()}


@every_action
def test_an_empty_form_fits(stage: Stage, action: type[Action[Any]]) -> None:
    view = stage.form(route_for(action), {})
    check_view(view, "modal")
    shared_check("modal", view)


@every_action
@pytest.mark.parametrize("hostile", HOSTILE, ids=["markup", "control", "blank", "dash", "json", "digits"])
def test_a_form_with_hostile_values_fits(stage: Stage, action: type[Action[Any]], hostile: str) -> None:
    route = route_for(action)
    for value in (hostile, [hostile] * 120):
        view = stage.form(route, dict.fromkeys(route.fields, value) | {MORE: "1"})
        check_view(view, "modal")
        shared_check("modal", view)


@every_action
def test_a_form_with_a_problem_at_every_field_fits(stage: Stage, action: type[Action[Any]]) -> None:
    route = route_for(action)
    problems = dict.fromkeys(route.fields, "This is wrong, and the reason takes a sentence to tell. " * 20)
    view = stage.loop.run_until_complete(build_form(stage.world.ctx(PRIYA), route, {MORE: "1"}, problems))
    check_view(view, "modal")


@every_action
@few_examples
@given(data=st.data())
def test_what_is_submitted_is_what_was_filled_in(stage: Stage, action: type[Action[Any]], data: st.DataObject) -> None:
    values = data.draw(data_of_action(action))
    wanted = valid(action, values)
    route = route_for(action)
    raw = raw_with_files(action, values)
    filled = {name: value for name, value in raw.items() if route.arguments[name].shown}
    view = stage.form(route, {**raw, MORE: "1"})
    check_view(view, "modal")
    view["state"] = {"values": state_values([one for one in view["blocks"] if one["type"] == "input"], {})}
    files = [name for name, value in filled.items() if value == "F0FILE0001"]
    read = {**read_form(route, view), **{name: filled[name] for name in files}}
    parsed = stage.parse(route, read)
    assert data_of(build_action(action, parsed)) == data_of(wanted)


@every_action
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_form_with_everything_filled_in_fits(stage: Stage, action: type[Action[Any]], data: st.DataObject) -> None:
    raw = raw_with_files(action, data.draw(data_of_action(action, whole=True)))
    view = stage.form(route_for(action), {**raw, MORE: "1"})
    check_view(view, "modal")
    shared_check("modal", view)


def test_the_second_opinion_was_asked() -> None:
    if not IS_THERE:
        pytest.skip("shared/slack/blockkit_check.py is not on this machine; our own check was used alone")


@every_action
def test_every_field_has_a_label_and_a_place_in_the_data(action: type[Action[Any]]) -> None:
    for field in fields_of(action):
        assert field.argument.label
        assert field.name == ".".join(field.path)


def test_the_first_192_are_among_them() -> None:
    assert len({action.slug for action in ALL if not is_newer(action)}) == 192
