"""call, hangup, transfer, calls."""

import pytest

from bot.basics.errors import FieldError, TooMany, UserError
from bot.basics.person import PersonKey
from bot.contract.context import Origin
from bot.contract.reply import Confirm, Listing, Reply
from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT, TEAM_ID
from tests.handlers.harness import World, buttons_of, words_of


async def test_a_call_is_shown_first_with_what_they_see(world: World) -> None:
    confirm = await world.type(ANA, "call jordan")
    shown = words_of(confirm)
    assert "To: Jordan Lee +14155550150 (Lee Roasters)" in shown
    assert "They see: Your number +14155550111" in shown
    assert "Your own phone rings first" in shown
    assert not world.sandbox.phone.live


async def test_the_groups_number_can_be_shown(world: World) -> None:
    confirm = await world.submit(ANA, "call.call", to="+14155550150", shown=SUPPORT.phone)
    await world.agree(ANA, confirm)
    (live,) = world.sandbox.phone.live
    assert live.internal_number == SUPPORT.phone


async def test_hangup_ends_the_call_that_was_started_here(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    assert words_of(await world.type(ANA, "hangup")) == "You hung up."
    assert not world.sandbox.phone.live


async def test_the_calls_own_button_hangs_up_too(world: World) -> None:
    placed = await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    assert words_of(await world.press(ANA, placed, "Hang up")) == "You hung up."
    assert words_of(await world.press(ANA, placed, "Hang up")).startswith("That call has already ended.")


async def test_hangup_without_a_call_says_what_it_can_end(world: World) -> None:
    assert "no live call that I know of" in words_of(await world.type(ANA, "hangup"))


async def test_hangup_with_several_calls_asks_which(world: World) -> None:
    ids = []
    for number in ("+14155550150", "+14155550151"):
        await world.agree(ANA, await world.type(ANA, f"call {number}"))
        (live,) = world.sandbox.phone.live
        ids.append(live.id)
        live.ended = world.clock()
    for call_id in ids:
        call = world.sandbox.state.calls[call_id]
        call.ended, call.state = None, "connected"
    answer = await world.type(ANA, "hangup")
    assert isinstance(answer, Listing)
    said = words_of(answer)
    assert "to Jordan Lee +14155550150 | by Ana Ferreira" in said
    assert "to Amara Osei +14155550151 | by Ana Ferreira" in said


def transfers(world: World) -> list[object]:
    """What was asked of Dialpad, call by call."""
    return [one.body for one in world.sandbox.requests if one.path.endswith("/transfer")]


async def test_a_transfer_shows_who_goes_to_whom_before_anything_happens(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    (live,) = world.sandbox.phone.live
    world.sandbox.phone.pick_up(live.id)
    confirm = await world.type(ANA, "transfer Sam Okafor")
    shown = words_of(confirm)
    assert "Call with: Jordan Lee" in shown
    assert "To: Sam Okafor" in shown
    assert not transfers(world)

    assert words_of(await world.agree(ANA, confirm)) == "The call is now with Sam Okafor +14155550112."
    assert transfers(world) == [{"to": {"number": SAM.phone}}]


async def test_a_call_that_still_rings_is_not_transferred(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    confirm = await world.type(ANA, "transfer Sam Okafor")
    assert "nobody has answered it yet" in words_of(await world.agree(ANA, confirm))


async def test_a_transfer_without_a_call_says_what_it_can_pass_on(world: World) -> None:
    assert "no live call that I know of" in words_of(await world.type(ANA, "transfer Sam Okafor"))


async def test_a_call_is_not_transferred_to_who_is_on_it(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    with pytest.raises(UserError, match="already talking to them"):
        await world.type(ANA, "transfer Jordan Lee")


async def test_a_call_that_ended_meanwhile_is_not_transferred(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    confirm = await world.type(ANA, "transfer Sam Okafor")
    await world.type(ANA, "hangup")
    assert "already ended, so nothing was transferred" in words_of(await world.agree(ANA, confirm))


async def test_a_transfer_that_dialpad_never_answered_is_told_as_unknown(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    confirm = await world.type(ANA, "transfer Sam Okafor")
    world.sandbox.faults.add("POST /api/v2/call/", kind="broken_json", after_effect=True)
    assert "may or may not have been transferred" in words_of(await world.agree(ANA, confirm))


async def test_a_call_that_dialpad_no_longer_knows_is_not_transferred(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    confirm = await world.type(ANA, "transfer Sam Okafor")
    world.sandbox.faults.add("POST /api/v2/call/", status=404)
    assert "already ended, so nothing was transferred" in words_of(await world.agree(ANA, confirm))


async def test_a_second_call_while_one_goes_on_is_told(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    with pytest.raises(UserError, match="may be on another one"):
        await world.agree(ANA, await world.type(ANA, "call +14155550151"))


async def test_a_call_that_was_not_answered_for_is_told_as_unknown(world: World) -> None:
    confirm = await world.type(ANA, "call +14155550150")
    world.wire.state = "silent"
    answer = await world.agree(ANA, confirm)
    assert isinstance(answer, Reply)
    assert "may or may not ring" in words_of(answer)


async def test_ones_own_number_is_not_called(world: World) -> None:
    with pytest.raises(FieldError, match="your own number"):
        await world.type(ANA, "call +14155550111")


async def test_no_number_is_kept_with_the_calls_of_ones_own(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    assert "555" not in repr(list(world.chosen.chosen.values())).replace(str(world.sandbox.phone.live[0].id), "")


async def test_an_admin_sees_one_row_per_call_newest_first(world: World) -> None:
    lines = words_of(await world.type(PRIYA, "calls")).splitlines()
    assert lines[0] == "Calls in the last 7 days"
    assert lines[1] == "Jordan Lee +14155550150 called Support, missed | 23 09:46"
    assert lines[2] == "Amara Osei +14155550151 called Support, answered by Ana Ferreira | 23 09:22, 4 min 12 s"
    assert len(lines) == 1 + 8


async def test_older_goes_on_where_the_page_ended(world: World) -> None:
    first = await world.type(PRIYA, "calls")
    second = await world.press(PRIYA, first, "Older")
    rows = [words_of(answer).splitlines()[1:] for answer in (first, second)]
    assert rows[1]
    assert not set(rows[0]) & set(rows[1])


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("calls today missed", "Missed calls today"),
        ("calls missed today", "Missed calls today"),
        (
            "calls with Jordan in Support last 7 days",
            "Calls with Jordan Lee +14155550150 in Support in the last 7 days",
        ),
        ("calls in Support yesterday missed", "Missed calls in Support yesterday"),
        ("calls +14155550150 since monday", "Calls with Jordan Lee +14155550150 since Monday"),
        ("calls from amara", "Calls with Amara Osei +14155550151 in the last 7 days"),
        ("calls from yesterday", "Calls yesterday"),
    ],
)
async def test_words_are_understood_in_any_order(world: World, typed: str, title: str) -> None:
    assert words_of(await world.type(PRIYA, typed)).splitlines()[0] == title


async def test_somebody_who_is_no_admin_is_told_who_can_help(world: World) -> None:
    answer = await world.type(ANA, "calls")
    assert words_of(answer).startswith("Only company admins can see call lists in Dialpad. Ask Priya Nair.")


async def test_somebody_who_is_no_admin_sees_the_calls_made_from_slack(world: World) -> None:
    await world.agree(ANA, await world.type(ANA, "call +14155550150"))
    assert "Calls you made from Slack\nAna Ferreira called Jordan Lee" in words_of(await world.type(ANA, "calls"))


async def test_the_details_of_a_call(world: World) -> None:
    answered = await world.type(PRIYA, "calls answered with amara")
    shown = await world.press(PRIYA, answered, "Details")
    words = words_of(shown)
    assert words.startswith("Call from Amara Osei +14155550151")
    assert "Line: Support" in words
    assert "Labels: Order" in words
    assert {"Call back", "Text", "Block", "Transcript"} <= {button.label for button in buttons_of(shown)}


async def test_the_transcript_is_what_was_said(world: World) -> None:
    answered = await world.type(PRIYA, "calls answered with amara")
    words = words_of(await world.press(PRIYA, await world.press(PRIYA, answered, "Details"), "Transcript"))
    assert "the second box of filters never came" in words
    assert "Only you can see this." in words


async def test_a_voicemail_shows_its_words(world: World) -> None:
    listed = await world.type(PRIYA, "calls voicemail today")
    words = words_of(await world.press(PRIYA, listed, "Details"))
    assert "this is Tomás from Herrera Bikes" in words


async def test_too_many_questions_for_details_carry_the_wait(world: World) -> None:
    listed = await world.type(PRIYA, "calls")
    world.sandbox.faults.add("GET /api/v2/call/", status=429, times=None)
    with pytest.raises(TooMany):
        await world.press(PRIYA, listed, "Details")


async def test_no_raw_recording_address_is_shown(world: World) -> None:
    listed = await world.type(PRIYA, "calls answered")
    answer = await world.press(PRIYA, listed, "Details")
    assert "https://" not in repr(answer)


async def test_asking_shows_nothing_before_it_is_confirmed(world: World) -> None:
    assert isinstance(await world.type(ANA, "call +14155550150"), Confirm)


async def test_a_call_goes_out_from_the_line_that_they_used(world: World) -> None:
    confirm = await world.run(
        ANA, world.table.by_id["call.call"], {"to": "+14155550150", "line": SUPPORT.phone}, Origin.BUTTON
    )
    assert f"They see: Support {SUPPORT.phone}" in words_of(confirm)
    await world.agree(ANA, confirm)
    assert [one.caller_id for one in world.sandbox.phone.live] == [SUPPORT.phone]


async def test_who_may_not_use_that_line_is_told_what_they_see(world: World) -> None:
    confirm = await world.run(
        PRIYA, world.table.by_id["call.call"], {"to": "+14155550150", "line": SUPPORT.phone}, Origin.BUTTON
    )
    assert f"They see: Your number {PRIYA.phone}" in words_of(confirm)
    assert f"Dialpad does not let you call from {SUPPORT.phone}" in words_of(confirm)


async def test_a_call_that_a_colleague_began_since_is_shown_before_a_second_one(world: World) -> None:
    confirm = await world.type(ANA, "call +14155550150")
    sam = PersonKey(TEAM_ID, "U0SAM0002")
    await world.notifications.end(sam, ["+14155550150"], "x", sent="77", text=None)
    again = await world.agree(ANA, confirm)
    assert "U0SAM0002 called them" in words_of(again)
    assert world.sandbox.phone.live == []
    await world.agree(ANA, again)
    assert len(world.sandbox.phone.live) == 1


async def test_an_extension_is_said_and_not_dialed(world: World) -> None:
    asked = await world.type(ANA, "call 415 555 0150 x123")
    assert "Dial 123 when they have answered" in words_of(asked)
    assert isinstance(asked, Confirm)
    assert asked.args["to"] == "+14155550150"
