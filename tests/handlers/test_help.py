"""Help: groups, examples that can be pressed, and what is nearest to a topic nobody knows."""

import pytest

from bot.contract.doubt import WORDS
from bot.contract.reply import Card, Confirm, Listing
from bot.sandbox.cast import ANA
from handlers.help import GROUPS
from tests.handlers.harness import World, button_of, buttons_of, words_of


async def test_the_first_screen_is_a_handful_of_groups(world: World) -> None:
    first = await world.type(ANA, "help")
    assert isinstance(first, Listing)
    assert len(first.rows) <= 9
    for info in world.table.commands():
        assert info.word in words_of(first), info.word


def test_a_command_stands_in_one_group_at_most() -> None:
    words = [word for _, _, group in GROUPS for word in group]
    assert len(words) == len(set(words))


async def test_each_command_of_a_group_has_an_example_that_runs_or_opens_its_form(world: World) -> None:
    first = await world.type(ANA, "help")
    assert isinstance(first, Listing)
    for row in first.rows:
        assert row.button is not None
        shown = await world.run(ANA, world.table.by_id["help.group"], row.button.args, world.ctx(ANA).origin)
        examples = [button for button in buttons_of(shown) if button.route == WORDS]
        for example in examples:
            read = world.table.read(str(example.args["t"]))
            assert read is not None
            assert example.form == (read[0].risk == "change"), example


async def test_an_example_that_reaches_somebody_asks_first(world: World) -> None:
    card = await world.type(ANA, "help sms")
    assert isinstance(await world.press(ANA, card, "/dp sms Jordan Lee Your order is ready"), Confirm)
    assert not button_of(card, "/dp sms Jordan Lee Your order is ready").form


@pytest.mark.parametrize(
    ("topic", "word"),
    [("texting", "sms"), ("text", "sms"), ("messages", "sms"), ("ring", "call"), ("hang up", "hangup"),
     ("contacts", "contact"), ("save a contact", "contact"), ("lunch", "duty"), ("on call", "oncall")],
)  # fmt: skip
async def test_a_topic_leads_to_what_it_is_about(world: World, topic: str, word: str) -> None:
    answer = await world.type(ANA, f"help {topic}")
    if isinstance(answer, Card):
        assert f"/dp {word}" in words_of(answer)
    else:
        assert f"/dp help {word}" in [button.label for button in buttons_of(answer)]


async def test_a_group_can_be_asked_for_and_an_unknown_topic_shows_what_there_is(world: World) -> None:
    assert "call" in words_of(await world.type(ANA, "help calls"))
    assert "Block numbers" in words_of(await world.type(ANA, "help customers"))
    assert "There is no help about “zzyzx”" in words_of(await world.type(ANA, "help zzyzx"))
