"""What leaves is what was typed behind the address: properties of every line that sends a text."""

import re

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from bot.basics.errors import UserError
from bot.contract.argument import SeveralMeanings
from bot.contract.reply import Answer, Confirm, Form, Reply
from bot.sandbox.cast import ANA, LEO, NOOR, PEOPLE, SAM
from bot.sandbox.dialpad.model import Contact
from tests.handlers.harness import World

JORDAN, AMARA, TOMAS = "+14155550150", "+14155550151", "+14155550152"
TYPED = (
    ("Jordan Lee", JORDAN), ("jordan lee", JORDAN), ("“Jordan Lee”", JORDAN), ("'Jordan Lee'", JORDAN),
    ("+1 415 555 0150", JORDAN), ("<tel:+14155550150|+1 415 555 0150>", JORDAN), ("(415) 555‑0150", JORDAN),
    ("415 555 0150 x123", JORDAN), ("\u202a+14155550150\u202c", JORDAN), ("Amara Osei", AMARA),
    ("415.555.0151", AMARA), ("Ms Amara Osei", AMARA), ("Tomás Herrera", TOMAS), ("４１５ ５５５ ０１５２", TOMAS),
    ("x114", NOOR.phone or ""), ("ext. 114", NOOR.phone or ""), ("@sam", SAM.phone or ""), ("#115", LEO.phone or ""),
)  # fmt: skip
"""How people write the cast, and whom they mean."""
WORDS = ("running", "late", "10", "minutes", "at", "10:30", "your", "order", "is", "ready", "don't", "R&amp;D", "and",
         "call", "3pm", "x123", "-", "“now”", "ok?", "12,", "2026-01-31", "#12", "+1")  # fmt: skip


def said(text: str) -> str:
    return text.replace("&amp;", "&")


async def sent(world: World, line: str) -> tuple[list[str], str] | None:
    """To whom what would go, None where it is asked or a form opens."""
    answer: Answer = await world.type(ANA, line)
    if isinstance(answer, Form | Reply):
        return None
    assert isinstance(answer, Confirm), answer
    numbers = answer.args["to"]
    assert isinstance(numbers, list)
    return numbers, answer.quote


PROPERTY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(
    to=st.lists(st.sampled_from(TYPED), min_size=1, max_size=3),
    joiner=st.sampled_from([", ", " and ", " & ", "; ", ",  "]),
    first=st.sampled_from(["running", "your", "don't", "ok?"]),
    rest=st.lists(st.sampled_from(WORDS), max_size=6),
)
@example(to=[TYPED[4]], joiner=", ", first="10", rest=["minutes", "late"])
async def test_no_word_of_the_address_is_in_the_text(
    world: World, to: list[tuple[str, str]], joiner: str, first: str, rest: list[str]
) -> None:
    extensions = [typed.startswith(("x", "ext", "#")) for typed, _ in to]
    numbers = [any(map(str.isdigit, typed)) for typed, _ in to]
    # After a number it is that number's own, comma or not.
    assume(not any(number and own for number, own in zip(numbers, extensions[1:], strict=False)))
    text = " ".join([first, *rest])
    found = await sent(world, f"sms {joiner.join(typed for typed, _ in to)} {text}")
    assert found is None or found == (list(dict.fromkeys(number for _, number in to)), said(text))


@PROPERTY
@given(
    digits=st.text("0123456789", min_size=3, max_size=12),
    marks=st.sampled_from(["{}", "+{}", "({})", "+1{}", "1-{}"]),
    rest=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
)
async def test_no_number_is_texted_that_was_not_typed(world: World, digits: str, marks: str, rest: list[str]) -> None:
    line = f"sms {marks.format(digits)} {' '.join(rest)}"
    try:
        found = await sent(world, line)
    except UserError:
        return  # refused
    owner = next((one.phone for one in PEOPLE if one.extension == digits), None)
    if found is not None and found[0] != [owner]:  # an extension is its owner's number
        typed = re.sub(r"\D", "", line)
        assert all(number.removeprefix("+1").removeprefix("+") in typed for number in found[0])


@PROPERTY
@given(to=st.lists(st.sampled_from(TYPED), min_size=1, max_size=3), rest=st.lists(st.sampled_from(WORDS), max_size=6))
async def test_what_was_read_is_read_the_same_once_more(
    world: World, to: list[tuple[str, str]], rest: list[str]
) -> None:
    found = await sent(world, f"sms {', '.join(typed for typed, _ in to)} hello {' '.join(rest)}")
    if found is not None:
        escaped = found[1].replace("&", "&amp;")
        assert await sent(world, f"sms {' '.join(found[0])} {escaped}") == found


@pytest.mark.parametrize(
    "line", ["Jordan Leee hi", "jordan les hi", "joh a. smith hi", "jordan anf amara we are closed"]
)
async def test_where_the_text_begins_is_asked(world: World, line: str) -> None:
    world.sandbox.state.contacts["65"] = Contact("65", "John A.", "Smith", ["+14155550160"])
    asked = await world.type(ANA, f"sms {line}")
    assert isinstance(asked, Reply)
    assert len(asked.buttons) == 2
    text = await world.press(ANA, asked, asked.buttons[0].label)
    assert isinstance(text, Confirm)
    assert text.quote in {"hi", "we are closed"}


@pytest.mark.parametrize("line", ["jordan and aamara we are closed", "jordn lee hi"])
async def test_a_mistyped_name_is_asked_about(world: World, line: str) -> None:
    with pytest.raises(SeveralMeanings):
        await world.type(ANA, f"sms {line}")


@PROPERTY
@given(
    to=st.sampled_from(TYPED[:3]),
    when=st.sampled_from(["tomorrow 9am", "tomorrow at 9:30", "at 5pm", "friday 8:30", "in 2h", "at 7", "9pm"]),
    first=st.sampled_from(["running", "your", "we", "bring"]),
    rest=st.lists(st.sampled_from(("late", "10", "your", "order", "is", "ready", "don't", "-", "ok?")), max_size=5),
)
async def test_a_time_before_the_text_is_asked_about_with_every_word_of_it(
    world: World, to: tuple[str, str], when: str, first: str, rest: list[str]
) -> None:
    text = " ".join([first, *rest])
    asked = await world.type(ANA, f"sms {to[0]} {when} {text}")
    assert isinstance(asked, Reply)
    *later, now = asked.buttons
    assert later
    assert (now.args["to"], now.args["text"]) == ([to[1]], f"{when} {text}")
    assert all((one.args["to"], one.args["text"]) == ([to[1]], text) and one.args["at"] for one in later)


@pytest.mark.parametrize("line", ["jordan Lea hi", "Jordan Lea hi", "Jordan Lae hi"])
async def test_a_mistyped_surname_is_no_word_of_the_text(world: World, line: str) -> None:
    asked = await world.type(ANA, f"sms {line}")
    assert isinstance(asked, Reply)
    assert [one.args["text"] for one in asked.buttons] == ["hi", f"{line.split()[1]} hi"]
