from typing import Annotated

import pytest

from bot.contract.argument import Carried, Text
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Nothing
from bot.contract.routing import Clash, RouteKind, Router, build_table
from bot.dialpad.action import Risk
from bot.dialpad.actions.sms import SendSms
from handlers import all_routers


async def send(ctx: Ctx, text: Annotated[str, Text("Text")], note: Annotated[str, Carried("Note")] = "") -> Answer:
    return Nothing()


def test_an_id_is_the_file_and_the_function() -> None:
    router = Router()
    router.command("send", summary="Send")(send)
    assert router.routes[0].id == "test_routing.send"


def test_what_has_no_default_is_required_and_what_is_hidden_is_no_field() -> None:
    router = Router()
    router.command("send", summary="Send")(send)
    (route,) = router.routes
    assert route.required == {"text"}
    assert list(route.fields) == ["text"]


def test_the_risk_is_the_actions() -> None:
    router = Router()
    router.command("send", summary="Send", action=SendSms)(send)
    assert router.routes[0].risk is Risk.OUTWARD
    assert router.routes[0].changes


def test_a_confirmation_without_an_action_counts_as_the_worst() -> None:
    router = Router()
    router.confirmed()(send)
    assert router.routes[0].risk is Risk.DESTRUCTIVE


def test_a_parameter_without_an_argument_is_refused_at_once() -> None:
    async def careless(ctx: Ctx, text: str) -> Answer:
        return Nothing()

    with pytest.raises(TypeError, match="'text' is not Annotated"):
        Router().command("careless", summary="Careless")(careless)


def test_two_handlers_cannot_have_the_same_word() -> None:
    async def other(ctx: Ctx) -> Answer:
        return Nothing()

    first, second = Router(), Router()
    first.command("send", summary="Send")(send)
    second.command("other", summary="Other", aliases=("send",))(other)
    with pytest.raises(Clash, match="'send' is claimed by both"):
        build_table([first, second])


def test_the_real_handlers_do_not_clash_and_every_command_says_what_it_does() -> None:
    table = build_table(all_routers())
    for route in table.of_kind(RouteKind.COMMAND):
        assert route.summary
        assert route.title
        assert not route.word or route.examples
