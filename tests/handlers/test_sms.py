import pytest

from bot.basics.errors import FieldError, TooMany, UserError
from bot.basics.person import PersonKey
from bot.contract.reply import Confirm, Form, Reply
from bot.sandbox.cast import ANA, PRIYA, SUPPORT, TEAM_ID
from tests.handlers.harness import World, button_of, words_of


async def preview(world: World, typed: str) -> Confirm:
    answer = await world.type(ANA, typed)
    assert isinstance(answer, Confirm), words_of(answer)
    return answer


def sent(world: World) -> list[tuple[list[str], str, str]]:
    return [(one.to_numbers, one.text, one.from_number) for one in world.sandbox.state.messages]


async def test_the_preview_shows_text_recipient_sender_and_length(world: World) -> None:
    shown = words_of(await preview(world, "sms +14155550150 Running late"))
    assert "To: Jordan Lee +14155550150" in shown
    assert "From: Your number +14155550111" in shown
    assert "12 characters, 1 SMS" in shown


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("sms +14155550150 Hi  there,\nsee you", "Hi  there,\nsee you"),
        ("sms +14155550150 5 minutes late", "5 minutes late"),
        ("sms <tel:+14155550150|+1 415-555-0150> Fish &amp; chips", "Fish & chips"),
        ("sms (415) 555-0150 “quoted” words", "“quoted” words"),
        ("sms Jordan Lee Your order is ready", "Your order is ready"),
        ("sms jordan Will be there", "Will be there"),
        ("sms “Jordan Lee” hello", "hello"),
    ],
)
async def test_the_text_is_kept_letter_for_letter(world: World, typed: str, text: str) -> None:
    confirm = await preview(world, typed)
    assert confirm.quote == text
    assert confirm.args["to"] == ["+14155550150"]


@pytest.mark.parametrize(
    "typed",
    [
        "sms +14155550150 +14155550151 Hello both",
        "sms 4155550150, 4155550151 Hello both",
        "sms Jordan Lee, Amara Osei Hello both",
        "sms Jordan and Amara Hello both",
        "sms jordan, (415) 555-0151 Hello both",
    ],
)
async def test_several_recipients_are_read(world: World, typed: str) -> None:
    confirm = await preview(world, typed)
    assert confirm.args["to"] == ["+14155550150", "+14155550151"]
    assert confirm.quote == "Hello both"
    assert "2 in all" in words_of(confirm)


async def test_agreeing_sends_exactly_that(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 Running late")
    before = len(world.sandbox.state.messages)
    answer = await world.agree(ANA, confirm)
    assert words_of(answer) == "Your text is on its way to Jordan Lee +14155550150."
    assert sent(world)[before:] == [(["+14155550150"], "Running late", "+14155550111")]


async def test_a_group_line_can_be_the_sender(world: World) -> None:
    confirm = await world.submit(ANA, "sms.sms", to=["+14155550150"], text="Hello", sender=SUPPORT.phone)
    assert "From: Support +14155550101" in words_of(confirm)
    await world.agree(ANA, confirm)
    assert sent(world)[-1][2] == SUPPORT.phone


async def test_a_line_that_is_not_mine_is_refused_at_the_field(world: World) -> None:
    with pytest.raises(FieldError) as caught:
        await world.submit(ANA, "sms.sms", to=["+14155550150"], text="Hello", sender="+14155550103")
    assert caught.value.field == "sender"


async def test_without_text_the_form_opens_with_the_number_in_it(world: World) -> None:
    assert await world.type(ANA, "sms Jordan Lee") == Form("sms.sms", {"to": ["+14155550150"]})


async def test_1501_characters_are_refused_with_their_count(world: World) -> None:
    with pytest.raises(FieldError, match="1,501 characters"):
        await world.type(ANA, "sms +14155550150 " + "a" * 1501)


async def test_fifty_one_recipients_are_too_many(world: World) -> None:
    numbers = [f"+1415555{number:04d}" for number in range(200, 251)]
    with pytest.raises(FieldError, match="more than 50"):
        await world.submit(ANA, "sms.sms", to=numbers, text="Hello")


async def test_a_wrong_number_is_told_at_its_field(world: World) -> None:
    with pytest.raises(FieldError, match="“12” is nobody's extension here, and is too short") as caught:
        await world.type(ANA, "sms 12 hello")
    assert caught.value.field == "to"


async def test_a_misspelt_name_gets_a_suggestion_with_its_number(world: World) -> None:
    with pytest.raises(FieldError, match="Did you mean Jordan Lee"):
        await world.type(ANA, "sms Jordn hello")


async def test_who_opted_out_is_refused_when_it_is_known(world: World) -> None:
    world.sandbox.phone.text("+14155550150", SUPPORT.phone, "STOP")
    with pytest.raises(FieldError, match=r"Jordan Lee .* has opted out of texts"):
        await world.type(PRIYA, "sms +14155550150 Hello")


async def test_who_opted_out_is_told_in_words_when_dialpad_refuses(world: World) -> None:
    world.sandbox.phone.text("+14155550150", SUPPORT.phone, "STOP")
    with pytest.raises(UserError, match="was not sent"):
        await world.agree(ANA, await preview(world, "sms +14155550150 Hello"))


async def test_a_blocked_recipient_is_pointed_out(world: World) -> None:
    assert "blocked here" in words_of(await preview(world, "sms +14155550159 Hello"))


async def test_an_answer_that_never_came_is_told_as_unknown(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 Hello")
    world.wire.state = "silent"
    answer = await world.agree(ANA, confirm)
    assert isinstance(answer, Reply)
    assert answer.tone == "warning"
    assert "may or may not have been sent" in words_of(answer)


async def test_a_lost_answer_does_not_send_the_text_twice(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 Hello")
    before = len(world.sandbox.state.messages)
    world.sandbox.faults.add("POST /api/v2/sms", status=500, after_effect=True, times=None)
    assert "may or may not" in words_of(await world.agree(ANA, confirm))
    assert len(world.sandbox.state.messages) == before + 1


async def test_too_many_texts_are_told_as_such(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 Hello")
    world.sandbox.faults.add("POST /api/v2/sms", status=429, times=None)
    with pytest.raises(TooMany):
        await world.agree(ANA, confirm)


async def test_edit_opens_the_form_with_everything_in_it(world: World) -> None:
    edit = button_of(await preview(world, "sms +14155550150 Hello"), "Edit")
    assert edit.form
    assert edit.args == {"to": ["+14155550150"], "text": "Hello"}


async def test_an_emoji_makes_the_segments_shorter_and_says_why(world: World) -> None:
    assert "2 SMS (fewer without 🦊)" in words_of(await preview(world, "sms +14155550150 " + "a" * 100 + "🦊"))
    invisible = words_of(await preview(world, "sms +14155550150 " + "a" * 60 + "\u00a0" + "a" * 40))
    assert "2 SMS (fewer without the no-break space (U+00A0))" in invisible


# What colleagues do, and from which line


async def texted(world: World, who: str, text: str) -> None:
    """A colleague texts Jordan through the bot."""
    number = "+14155550150"
    await world.notifications.end(PersonKey(TEAM_ID, who), [number], "x", sent=f"{len(text)}", text=text)


async def test_what_a_colleague_sent_since_the_preview_is_shown_and_sent_on_the_second_yes(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 No")
    before = len(world.sandbox.state.messages)
    await texted(world, "U0SAM0002", "Yes")

    again = await world.agree(ANA, confirm)
    assert isinstance(again, Confirm)
    assert again.title == "Still send this text?"
    assert "U0SAM0002 sent" in words_of(again)
    assert "“Yes”" in words_of(again)
    assert len(world.sandbox.state.messages) == before

    assert "is on its way" in words_of(await world.agree(ANA, again))
    assert [one.text for one in world.sandbox.state.messages[before:]] == ["No"]


async def test_a_refused_text_leaves_nothing_on_its_way(world: World) -> None:
    await texted(world, "U0SAM0002", "Yes")
    confirm = await preview(world, "sms +14155550150 No")
    world.sandbox.faults.add("POST /api/v2/sms", status=429, times=None)
    with pytest.raises(TooMany):
        await world.agree(ANA, confirm)
    assert [act.words for _, act in world.notifications.acts] == ["Yes"]


async def test_whoever_opted_out_is_known_to_agents_too(world: World) -> None:
    world.notifications.opted_out["+14155550150"] = True
    with pytest.raises(FieldError, match=r"Jordan Lee .* has opted out of texts \(STOP\)\. Call them instead\."):
        await world.type(ANA, "sms +14155550150 Hello")
    world.notifications.opted_out["+14155550150"] = False
    await preview(world, "sms +14155550150 Hello")


async def test_a_refusal_of_dialpads_because_of_an_opt_out_is_remembered(world: World) -> None:
    confirm = await preview(world, "sms +14155550150 Hello")
    world.sandbox.phone.text("+14155550150", SUPPORT.phone, "STOP")
    with pytest.raises(UserError, match="was not sent"):
        await world.agree(ANA, confirm)
    assert world.notifications.opted_out == {"+14155550150": True}


async def test_an_answer_goes_out_from_the_line_that_they_used(world: World) -> None:
    confirm = await world.submit(ANA, "sms.sms", to=["+14155550150"], text="Hello", line=SUPPORT.phone)
    assert "From: Support +14155550101" in words_of(confirm)
    await world.agree(ANA, confirm)
    assert sent(world)[-1][2] == SUPPORT.phone


async def test_who_may_not_use_that_line_is_told_and_uses_their_own(world: World) -> None:
    confirm = await world.submit(PRIYA, "sms.sms", to=["+14155550150"], text="Hello", line=SUPPORT.phone)
    assert f"From: Your number {PRIYA.phone}" in words_of(confirm)
    assert "Dialpad does not let you text from +14155550101" in words_of(confirm)
    await world.agree(PRIYA, confirm)
    assert sent(world)[-1][2] == PRIYA.phone


async def test_a_line_of_ones_own_choice_goes_before_the_one_that_they_used(world: World) -> None:
    assert ANA.phone is not None
    given = {"to": ["+14155550150"], "text": "Hello", "line": SUPPORT.phone, "sender": ANA.phone}
    confirm = await world.submit(ANA, "sms.sms", **given)
    assert f"From: Your number {ANA.phone}" in words_of(confirm)
