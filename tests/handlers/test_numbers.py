"""who, block, unblock, blocked."""

import pytest

from bot.basics.errors import FieldError
from bot.contract.argument import SeveralMeanings
from bot.contract.reply import Confirm, Form
from bot.sandbox.cast import ANA, PRIYA, SUPPORT
from tests.handlers.harness import World, buttons_of, words_of


@pytest.mark.parametrize(
    ("number", "title", "who"),
    [
        ("+14155550150", "Jordan Lee", "Contact at Lee Roasters"),
        ("<tel:+14155550112|(415) 555-0112>", "Sam Okafor", "Colleague"),
        ("415-555-0101", "Support", "Your company's own line (call center)"),
        ("(415) 555-0153", "+14155550153", "Nobody in your contacts or your company has this number"),
    ],
)
async def test_who_tells_whose_number_it_is(world: World, number: str, title: str, who: str) -> None:
    shown = words_of(await world.type(ANA, f"who {number}"))
    assert shown.startswith(f"{title}\n")
    assert f"Who: {who}" in shown


async def test_who_finds_names_too(world: World) -> None:
    assert words_of(await world.type(ANA, "who amara osei")).startswith("Amara Osei\nNumber: +14155550151")


async def test_who_shows_the_last_calls_to_an_admin(world: World) -> None:
    assert "Jordan Lee +14155550150 called Support, missed" in words_of(await world.type(PRIYA, "who +14155550150"))


async def test_who_tells_others_that_only_admins_see_calls(world: World) -> None:
    assert "Only company admins can see them" in words_of(await world.type(ANA, "who +14155550150"))


async def test_who_knows_what_is_blocked_and_offers_to_unblock(world: World) -> None:
    answer = await world.type(ANA, "who +14155550159")
    assert "Blocked: Yes" in words_of(answer)
    assert isinstance(await world.press(ANA, answer, "Unblock"), Confirm)


async def test_who_does_not_offer_to_block_the_companys_own_lines(world: World) -> None:
    answer = await world.type(ANA, "who +14155550101")
    assert "Block" not in {button.label for button in buttons_of(answer)}


async def test_blocking_names_the_number_and_what_follows_and_waits(world: World) -> None:
    confirm = await world.type(ANA, "block +14155550150")
    assert isinstance(confirm, Confirm)
    assert confirm.danger
    assert "Jordan Lee +14155550150 (Lee Roasters)" in words_of(confirm)
    assert "Nobody at your company gets calls or texts" in words_of(confirm)
    assert "+14155550150" not in world.sandbox.state.blocked


async def test_agreeing_blocks_and_the_button_unblocks(world: World) -> None:
    done = await world.agree(ANA, await world.type(ANA, "block +14155550153 +14155550150"))
    assert {"+14155550153", "+14155550150"} <= set(world.sandbox.state.blocked)
    await world.agree(ANA, await world.press(ANA, done, "Unblock"))
    assert "+14155550153" not in world.sandbox.state.blocked


@pytest.mark.parametrize("number", ["+14155550101", "+14155550112", "+14155550111", "Support"])
async def test_the_companys_own_numbers_cannot_be_blocked(world: World, number: str) -> None:
    with pytest.raises(FieldError):
        await world.type(ANA, f"block {number}")


async def test_only_what_is_not_blocked_yet_is_asked_for(world: World) -> None:
    confirm = await world.type(ANA, "block +14155550159 +14155550153")
    assert isinstance(confirm, Confirm)
    assert confirm.args == {"numbers": ["+14155550153"]}


async def test_what_is_blocked_already_is_said(world: World) -> None:
    assert words_of(await world.type(ANA, "block +14155550159")) == "+14155550159 is already blocked."


async def test_unblocking_what_is_not_blocked_is_said(world: World) -> None:
    assert words_of(await world.type(ANA, "unblock +14155550150")) == "Jordan Lee +14155550150 is not blocked."


async def test_block_alone_opens_the_form(world: World) -> None:
    assert await world.type(ANA, "block") == Form("block.block", {})


async def test_blocked_lists_and_pages(world: World) -> None:
    for number in range(200, 225):
        world.sandbox.state.blocked[f"+14155550{number}"] = world.clock()
    first = await world.type(ANA, "blocked")
    assert len(words_of(first).splitlines()) == 1 + 10
    second = await world.press(ANA, first, "More")
    assert "+14155550209" in words_of(second)
    assert "Back" in {button.label for button in buttons_of(second)}


async def test_blocked_says_when_there_are_none(world: World) -> None:
    world.sandbox.state.blocked.clear()
    assert "No numbers are blocked." in words_of(await world.type(ANA, "blocked"))


async def test_blocked_checks_one_number(world: World) -> None:
    assert "is blocked" in words_of(await world.type(ANA, "blocked +14155550159"))
    assert "is not blocked" in words_of(await world.type(ANA, f"blocked {SUPPORT.phone}"))


async def test_ones_own_country_reads_the_numbers_that_one_types(world: World) -> None:
    with pytest.raises(FieldError, match="phone number"):
        await world.type(ANA, "who 07700 900123")
    assert "numbers of the United Kingdom" in words_of(await world.type(ANA, "country uk"))
    assert "+447700900123" in words_of(await world.type(ANA, "who 07700 900123"))
    assert "+447700900123" in words_of(await world.type(ANA, "sms 07700 900123 running late"))
    assert "You chose the United Kingdom" in words_of(await world.type(ANA, "country"))
    assert "your company's are" in words_of(await world.type(ANA, "country company"))
    assert "numbers of the United States" in words_of(await world.type(ANA, "country"))


async def test_a_country_that_is_none_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(FieldError, match="no country called"):
        await world.type(ANA, "country XQ")


async def test_digits_that_are_a_number_in_two_countries_are_two_buttons(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.directory, "_region", "DE+GB")
    monkeypatch.setattr(world.directory, "_region_first", True)
    with pytest.raises(SeveralMeanings) as unclear:
        await world.type(ANA, "who 07700 900123")

    assert [option.value for option in unclear.value.meanings] == ["+497700900123", "+447700900123"]
    await world.type(ANA, "country GB")
    assert "+447700900123" in words_of(await world.type(ANA, "who 07700 900123"))
