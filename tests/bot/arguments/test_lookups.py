"""Recipients, callers, groups, colleagues, own numbers, reasons, switches: what is typed, picked and suggested."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.arguments.caller import CallerChoice
from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.group import Group, GroupChoice
from bot.arguments.moment import Moment
from bot.arguments.own_number import OwnNumberChoice
from bot.arguments.period import Since
from bot.arguments.reason import Reason
from bot.arguments.recipients import Recipients
from bot.arguments.switch import Switch
from bot.basics.errors import FieldError, UserError
from bot.basics.words import split
from bot.contract.argument import Argument, Lookup
from bot.sandbox.cast import ANA, MEI, NOOR, SALES, SUPPORT
from bot.sandbox.dialpad.model import Contact
from tests.handlers.harness import World

EVERY: tuple[Argument, ...] = (
    Moment("A"), Since("B"), Recipients("D"), CallerChoice("E"), GroupChoice("F"), ColleagueChoice("G"),
    OwnNumberChoice("H"), Reason("I"), Switch("J"),
)  # fmt: skip


def add_contact(world: World, name: str, *phones: str, company: str = "") -> None:
    first, _, last = name.partition(" ")
    contact_id = f"64{len(world.sandbox.state.contacts)}"
    world.sandbox.state.contacts[contact_id] = Contact(contact_id, first, last, list(phones), company_name=company)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.one_of(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3), st.booleans()))
async def test_whatever_arrives_is_a_value_or_a_sentence_for_people(world: World, raw: Any) -> None:
    for argument in EVERY:
        try:
            await argument.parse(world.ctx(ANA), "field", raw)
        except UserError as problem:
            assert problem.text  # noqa: PT017  either outcome is right; which one is not known beforehand


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
async def test_no_argument_takes_more_words_than_there_are(world: World, text: str) -> None:
    words = split(text)
    for argument in EVERY:
        assert 0 <= await argument.take(world.ctx(ANA), words, text) <= max(1, len(words))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
async def test_suggestions_fit_into_slack_and_can_be_described(world: World, query: str) -> None:
    for argument in EVERY:
        if isinstance(argument, Lookup):
            for option in (
                *await argument.suggest(world.ctx(ANA), query),
                await argument.describe(world.ctx(ANA), query),
            ):
                assert len(option.text) <= 75
                assert len(option.value) <= 75
                assert len(option.note) <= 75


@given(st.text(alphabet=string.printable + "“”\u202e🦊"))
def test_fits_answers_for_any_text(text: str) -> None:
    for argument in EVERY:
        assert argument.fits(text) in {True, False}


async def test_everything_suggested_can_be_picked(world: World) -> None:
    ctx = world.ctx(ANA)
    for argument in EVERY:
        if isinstance(argument, Lookup):
            for option in await argument.suggest(ctx, ""):
                raw: Any = [option.value] if argument.many else option.value
                assert await argument.parse(ctx, "field", raw)


async def test_a_type_ahead_without_dialpad_is_empty_instead_of_an_error(world: World) -> None:
    world.wire.state = "cut"
    for argument in (Recipients("A"), CallerChoice("B"), GroupChoice("C"), ColleagueChoice("D"), OwnNumberChoice("E")):
        assert await argument.suggest(world.ctx(ANA), "sam") == []
    assert [option.value for option in await Reason("F").suggest(world.ctx(ANA), "nap")] == ["nap"]


async def test_a_type_ahead_of_somebody_not_connected_is_empty(world: World) -> None:
    for argument in (Recipients("A"), CallerChoice("B"), GroupChoice("C"), ColleagueChoice("D"), OwnNumberChoice("E")):
        assert await argument.suggest(world.ctx(NOOR), "sam") == []


async def test_a_contact_is_suggested_with_number_and_kind(world: World) -> None:
    (option,) = await Recipients("To").suggest(world.ctx(ANA), "jordan")
    assert (option.text, option.value, option.note) == ("Jordan Lee (415) 555-0150", "+14155550150", "contact")


async def test_a_number_typed_whole_is_suggested_as_it_is(world: World) -> None:
    (option,) = await Recipients("To").suggest(world.ctx(ANA), "415 555 0153")
    assert option.value == "+14155550153"


async def test_namesakes_are_listed_with_their_numbers(world: World) -> None:
    add_contact(world, "Jordan Smith", "+14155550154")
    with pytest.raises(FieldError) as caught:
        await Recipients("To").parse(world.ctx(ANA), "to", ["Jordan"])
    assert "Jordan Lee (415) 555-0150" in caught.value.text
    assert "Jordan Smith (415) 555-0154" in caught.value.text


async def test_a_contact_without_a_number_is_told(world: World) -> None:
    add_contact(world, "Nora Blank")
    with pytest.raises(FieldError, match="Nora Blank has no phone number in Dialpad"):
        await CallerChoice("Who").parse(world.ctx(ANA), "who", "Nora Blank")


async def test_the_longest_name_wins(world: World) -> None:
    add_contact(world, "Jordan Lee Jr", "+14155550155")
    words = split("Jordan Lee Jr your order")
    assert await Recipients("To").take(world.ctx(ANA), words, "") == 3


async def test_accents_do_not_matter(world: World) -> None:
    assert (await CallerChoice("Who").parse(world.ctx(ANA), "who", "tomas herrera")).number == "+14155550152"
    assert (await CallerChoice("Who").parse(world.ctx(ANA), "who", "Leo")).name == "Léo Marchetti"


async def test_the_same_number_twice_is_one_recipient(world: World) -> None:
    parties = await Recipients("To").parse(world.ctx(ANA), "to", ["+14155550150", "(415) 555-0150", "Jordan Lee"])
    assert [party.number for party in parties] == ["+14155550150"]


async def test_recipients_in_one_string_are_split_at_commas(world: World) -> None:
    parties = await Recipients("To").parse(world.ctx(ANA), "to", "+14155550150, Amara Osei; 4155550153")
    assert [party.number for party in parties] == ["+14155550150", "+14155550151", "+14155550153"]


async def test_a_number_nobody_knows_is_a_party_as_well(world: World) -> None:
    party = await CallerChoice("Who").parse(world.ctx(ANA), "who", "+14155550153")
    assert (party.kind, party.name) == ("unknown", "")


async def test_a_group_is_found_by_name_and_carried_by_kind_and_id(world: World) -> None:
    ctx = world.ctx(ANA)
    group = await GroupChoice("In").parse(ctx, "group", "support")
    assert group == Group("callcenter", str(SUPPORT.id), "Support")
    assert await GroupChoice("In").parse(ctx, "group", group.raw) == group


async def test_only_the_kinds_that_make_sense_are_taken(world: World) -> None:
    with pytest.raises(FieldError, match=r"No call center is called “Billing”\. Choose one of: Sales, Support"):
        await GroupChoice("In", kinds=("callcenter",)).parse(world.ctx(ANA), "group", "Billing")


async def test_groups_are_suggested_by_name(world: World) -> None:
    (option,) = await GroupChoice("In").suggest(world.ctx(ANA), "sal")
    assert option.value == f"callcenter:{SALES.id}"


@pytest.mark.parametrize("text", ["@U0ANA0001", "ana@northlight.example", "Ana Ferreira", "@ana", "5100000000000101"])
async def test_a_colleague_by_mention_address_name_or_id(world: World, text: str) -> None:
    colleague = await ColleagueChoice("Who").parse(world.ctx(ANA), "who", text)
    assert colleague == Colleague("5100000000000101", "Ana Ferreira")


async def test_a_colleague_without_slack_is_picked_by_name(world: World) -> None:
    (option,) = await ColleagueChoice("Who").suggest(world.ctx(ANA), "mei")
    assert option.value == str(MEI.dialpad_id)


async def test_own_numbers_are_ones_own_first_then_the_groups(world: World) -> None:
    options = await OwnNumberChoice("From").suggest(world.ctx(ANA), "")
    assert options[0].text == "Your number (415) 555-0111"
    assert "Support (415) 555-0101" in {option.text for option in options}


async def test_reasons_are_the_offices_own_and_whatever_is_typed(world: World) -> None:
    assert [option.value for option in await Reason("Why").suggest(world.ctx(ANA), "lun")] == ["Lunch", "lun"]


@pytest.mark.parametrize(("raw", "value"), [("on", True), ("OFF", False), ("yes", True), (True, True), (False, False)])
async def test_a_switch_is_on_or_off(world: World, raw: Any, value: bool) -> None:
    assert await Switch("S").parse(world.ctx(ANA), "state", raw) is value


async def test_what_is_neither_on_nor_off_is_told(world: World) -> None:
    with pytest.raises(FieldError, match="neither on nor off"):
        await Switch("S").parse(world.ctx(ANA), "state", "maybe")
