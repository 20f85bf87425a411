"""What is shown before a subscription is saved, and what is asked when it may not be meant."""

from dataclasses import replace
from typing import Any

import pytest

from bot.activity.news import OF_NO_LINE, NewsKind
from bot.activity.subscriptions.filters import InternalFilter, QueueFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import UserError
from bot.contract.context import Origin
from bot.contract.reply import Answer, Confirm, Form, Listing, Reply
from bot.sandbox.cast import ANA, PRIYA, SALES, SAM, SUPPORT, Person
from tests.bot.activity.test_news_words import ALL
from tests.handlers.harness import World, buttons_of, plain, words_of

RULE = 'missed voicemail sms for "Support"'
PLACE = f"callcenter:{SUPPORT.id}"


def only(world: World) -> Subscription:
    (subscription,) = world.notifications.subscriptions.values()
    return subscription


def labels(answer: Answer) -> list[str]:
    return [button.label for button in buttons_of(answer)]


async def edited(world: World, person: Person, **fields: Any) -> Answer:
    """What is shown when somebody changes the first subscription in its form."""
    form = await world.press(person, await world.type(person, "notify edit 1"), "Edit")
    assert isinstance(form, Form)
    return await world.submit(person, form.route, **{**form.args, **fields})


async def test_nothing_is_saved_before_it_was_shown(world: World) -> None:
    shown = await world.type(PRIYA, f"notify {RULE} only hours:8-18 quiet:22-7 escalate 10")
    assert isinstance(shown, Confirm)
    assert world.notifications.subscriptions == {}
    words = words_of(shown)
    assert "missed calls, voicemails and texts for Support, between 8:00 AM and 6:00 PM" in words
    assert "in Los Angeles time" in words
    assert "Where: in C0GENERAL" in words
    assert "Unclaimed for 10 min: whoever is on duty" in words
    assert "10:00 PM to 7:00 AM (Los Angeles time)" in words

    await world.agree(PRIYA, shown)
    assert only(world).channel == "C0GENERAL"


async def test_change_leads_back_to_the_form_as_it_was_typed(world: World) -> None:
    shown = await world.type(PRIYA, f"notify {RULE} only external")
    again = await world.press(PRIYA, shown, "Change")

    assert isinstance(again, Confirm)
    assert words_of(again) == words_of(shown)


@pytest.mark.parametrize(("kind", "name"), ALL, ids=str)
async def test_every_name_that_is_shown_makes_its_kind(world: World, kind: NewsKind, name: str) -> None:
    lines = "" if kind in OF_NO_LINE else " for Support"
    if name == "settings":
        return  # see below: it may also be the settings of what is here
    await world.subscribe(PRIYA, f"{name}{lines}")

    assert only(world).kinds == {kind}
    own = kind.row.own
    assert only(world).is_personal is bool(own and own.label == name)


async def test_settings_are_asked_about_where_there_are_some(world: World) -> None:
    await world.subscribe(PRIYA, "settings")
    assert only(world).kinds == {NewsKind.SETTING}

    asked = await world.type(PRIYA, "notify settings")
    assert isinstance(asked, Reply)
    assert isinstance(await world.press(PRIYA, asked, "Settings of what is posted here"), Listing)
    again = await world.press(PRIYA, asked, "Post changed settings")
    assert "already gets this" in words_of(again)


async def test_what_a_list_says_can_be_typed(world: World) -> None:
    await world.subscribe(PRIYA, "more than 5 callers waiting and missed calls on every line only external")

    assert only(world).kinds == {NewsKind.QUEUE, NewsKind.MISSED}
    assert only(world).places == {}
    assert set(only(world).included) == {InternalFilter(internal=False), QueueFilter(5)}


# People's own lines


async def test_missed_calls_are_no_incoming_calls_and_nobodys_own_line(world: World) -> None:
    await world.subscribe(SAM, "missed calls")

    assert only(world).kinds == {NewsKind.MISSED}
    assert not any(place.startswith("user:") for place in only(world).places)


@pytest.mark.parametrize("words", ["for me", f"for <@{SAM.slack_id}>", "for Sam Okafor", 'only "Sam Okafor"'])
async def test_ones_own_line_is_asked_about_in_a_channel(world: World, words: str) -> None:
    asked = await world.type(SAM, f"notify missed {words}")
    assert "That is about your own line: everybody in C0GENERAL would see what comes in." in words_of(asked)
    assert labels(asked) == ["Send them to me", "Post them here"]
    assert world.notifications.subscriptions == {}

    await world.agree(SAM, await world.press(SAM, asked, "Send them to me"))
    assert only(world).is_personal
    assert list(only(world).places) == [f"user:{SAM.dialpad_id}"]


async def test_a_line_beside_ones_own_can_be_chosen_alone(world: World) -> None:
    asked = await world.type(SAM, "notify missed for Support and me")
    assert labels(asked) == ["Only Support", "Mine to me", "Post them here"]

    await world.agree(SAM, await world.press(SAM, asked, "Only Support"))
    assert only(world).places == {PLACE: "Support"}


async def test_somebody_elses_line_is_asked_about_too(world: World) -> None:
    asked = await world.type(PRIYA, "notify missed for Ana Ferreira")
    assert "Ana Ferreira's own line" in words_of(asked)
    assert labels(asked) == ["Post them here"]

    await world.agree(PRIYA, await world.press(PRIYA, asked, "Post them here"))
    assert list(only(world).places) == [f"user:{ANA.dialpad_id}"]


async def test_a_person_added_in_the_form_is_asked_about_and_one_that_is_there_is_not(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    asked = await edited(world, PRIYA, places=[PLACE, f"user:{SAM.dialpad_id}"])
    assert labels(asked) == ["Only Support", "Post them here"]
    await world.agree(PRIYA, await world.press(PRIYA, asked, "Post them here"))
    assert set(only(world).places) == {PLACE, f"user:{SAM.dialpad_id}"}

    assert isinstance(await edited(world, PRIYA, only="external"), Confirm)


async def test_a_yes_for_one_person_is_none_for_another(world: World) -> None:
    asked = await world.type(PRIYA, "notify missed for Ana Ferreira")
    shown = await world.press(PRIYA, asked, "Post them here")
    assert isinstance(shown, Confirm)
    assert shown.edit is not None
    fields = {**shown.edit.args, "places": [f"user:{ANA.dialpad_id}", f"user:{SAM.dialpad_id}"]}

    assert "Sam Okafor's own line" in words_of(await world.submit(PRIYA, "notify.save", **fields))


async def test_every_line_of_an_admin_says_that_it_includes_peoples_own(world: World) -> None:
    assert "Every line means people's own numbers too." in words_of(await world.type(PRIYA, "notify missed"))


# What can mean two things


async def test_a_digest_is_daily_or_weekly(world: World) -> None:
    asked = await world.type(PRIYA, "notify missed and digest for Support at 17:00")
    assert labels(asked) == ["A daily digest", "A weekly digest"]

    await world.agree(PRIYA, await world.press(PRIYA, asked, "A weekly digest"))
    assert only(world).kinds == {NewsKind.MISSED, NewsKind.WEEKLY}
    assert (only(world).digest_time, only(world).places) == ("17:00", {PLACE: "Support"})


async def test_a_name_of_two_is_asked_about_one_after_the_other(world: World) -> None:
    for group in world.sandbox.state.groups.values():
        if group.id in {SUPPORT.id, SALES.id}:
            group.name = f"Coffee {group.name}"
    asked = await world.type(PRIYA, "notify missed for Coffee except Coffee")
    first = await world.press(PRIYA, asked, "Coffee Support (call center)")
    second = await world.press(PRIYA, first, "Coffee Sales (call center)")
    await world.agree(PRIYA, second)

    assert only(world).places == {PLACE: "Coffee Support"}
    assert [plain(one.words) for one in only(world).excluded] == ["Coffee Sales"]


# What is there already


async def test_the_same_one_twice_is_not_saved_twice(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    answer = await world.type(ANA, "notify texts, missed calls and voicemails for Support")

    assert words_of(answer) == f"C0GENERAL already gets this: set up by {PRIYA.slack_id}."
    assert labels(answer) == ["Settings"]
    assert len(world.notifications.subscriptions) == 1


async def test_the_same_one_that_is_paused_can_be_resumed(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    await world.type(PRIYA, "notify pause 1")
    answer = await world.type(PRIYA, f"notify {RULE}")
    assert "but it is paused." in words_of(answer)

    await world.press(PRIYA, answer, "Resume")
    assert not only(world).paused


async def test_what_overlaps_is_said_and_the_other_can_be_changed_instead(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    shown = await world.type(ANA, "notify missed recap for Support")
    assert "Already there: missed calls, by “missed calls, voicemails and texts for Support”" in words_of(shown)
    instead = await world.press(ANA, shown, "Change that one instead")
    assert isinstance(instead, Confirm)
    assert "Changes: events" in words_of(instead)

    await world.agree(ANA, instead)
    assert only(world).kinds == {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP}
    assert only(world).owner.user_id == PRIYA.slack_id


async def test_one_that_cannot_be_joined_opens_the_others_form(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    shown = await world.type(ANA, "notify missed recap for Support only external")

    form = await world.press(ANA, shown, "Change that one instead")
    assert isinstance(form, Form)
    assert form.args["subscription"] == only(world).id


async def test_a_change_that_makes_it_the_same_as_another_is_not_saved(world: World) -> None:
    await world.subscribe(PRIYA, "missed for Support")
    await world.subscribe(PRIYA, "recap for Support")

    assert "already gets this" in words_of(await edited(world, PRIYA, kinds=["recap"]))


async def test_two_digests_would_come_twice(world: World) -> None:
    await world.subscribe(PRIYA, "daily for Support")
    shown = await world.type(PRIYA, "notify daily for Support at 17:00")

    assert "A daily digest would come twice." in words_of(shown)


# Changed meanwhile


async def test_what_somebody_else_added_before_the_save_is_not_added_again(world: World) -> None:
    shown = await world.type(PRIYA, f"notify {RULE}")
    await world.subscribe(ANA, RULE)
    answer = await world.agree(PRIYA, shown)

    assert f"already gets this: set up by {ANA.slack_id}" in words_of(answer)
    assert len(world.notifications.subscriptions) == 1


async def test_an_overlap_that_came_before_the_save_is_shown_first(world: World) -> None:
    shown = await world.type(PRIYA, f"notify {RULE}")
    await world.subscribe(ANA, "missed for Support")
    again = await world.agree(PRIYA, shown)

    assert isinstance(again, Confirm)
    assert "Somebody else set something up here meanwhile." in words_of(again)
    await world.agree(PRIYA, again)
    assert len(world.notifications.subscriptions) == 2


async def test_a_change_of_what_somebody_else_changed_is_shown_again(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    shown = await edited(world, PRIYA, only="external")
    await world.agreed(ANA, await edited(world, ANA, but="label:spam"))
    again = await world.agree(PRIYA, shown)

    assert isinstance(again, Confirm)
    assert "Somebody changed this meanwhile, so nothing was saved yet." in words_of(again)
    assert "Until now: missed calls, voicemails and texts for Support, except label spam" in words_of(again)
    assert only(world).excluded
    await world.agree(PRIYA, again)
    assert not only(world).excluded
    assert only(world).included[-1] == InternalFilter(internal=False)


async def test_a_form_that_was_open_while_somebody_else_changed_it_says_so(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    form = await world.press(PRIYA, await world.type(PRIYA, "notify edit 1"), "Edit")
    assert isinstance(form, Form)
    await world.agreed(ANA, await edited(world, ANA, but="label:spam"))
    shown = await world.submit(PRIYA, form.route, **{**form.args, "only": "external"})

    assert "Somebody changed this while the form was open" in words_of(shown)


async def test_what_somebody_removed_can_be_saved_as_a_new_one(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    shown = await edited(world, PRIYA, only="external")
    world.notifications.subscriptions.clear()
    answer = await world.agree(PRIYA, shown)
    assert "Somebody removed this meanwhile" in words_of(answer)

    await world.agree(PRIYA, await world.press(PRIYA, answer, "Save it as a new one"))
    assert only(world).included[-1] == InternalFilter(internal=False)


async def test_rights_are_looked_at_when_it_is_saved(world: World) -> None:
    shown = await world.type(SAM, "notify missed for Support")
    for group in world.sandbox.state.groups.values():
        group.members.pop(SAM.dialpad_id or 0, None)

    with pytest.raises(UserError, match="not about Support"):
        await world.agree(SAM, shown)
    assert world.notifications.subscriptions == {}


async def test_times_of_another_clock_are_pointed_out(world: World) -> None:
    await world.subscribe(PRIYA, "missed for Support only hours:8-18")
    world.notifications.subscriptions = {
        name: replace(one, zone="Europe/Madrid") for name, one in world.notifications.subscriptions.items()
    }
    words = words_of(await edited(world, PRIYA, but="label:spam"))

    assert "between 8:00 AM and 6:00 PM" in words
    assert "in Madrid time" in words
    assert "Times are by the clock of Madrid, not by yours." in words


# One's own


async def test_what_is_added_to_ones_own_joins_them(world: World) -> None:
    await world.type(ANA, "notify me")
    shown = await world.type(ANA, "notify me daily")
    assert "Changes: events" in words_of(shown)
    answer = await world.agree(ANA, shown)

    assert len(world.notifications.subscriptions) == 1
    assert "My missed calls | 🔔 On" in words_of(answer)
    assert "A daily digest | 🔔 On, at 8:00 AM Los Angeles time" in words_of(answer)
    assert "You already get this." in words_of(await world.type(ANA, "notify me daily"))


async def test_what_is_on_in_any_of_ones_own_is_on_and_one_press_turns_it_off_there(world: World) -> None:
    await world.type(ANA, "notify me sms on")
    await world.subscribe(ANA, "me daily only external")
    await world.subscribe(ANA, "me voicemail only internal")
    assert len(world.notifications.subscriptions) == 3
    answer = await world.type(ANA, "notify me")
    states = {plain(row.text): plain(row.note)[2:4] for row in answer.rows} if isinstance(answer, Listing) else {}
    assert [name for name, state in states.items() if state == "On"] == [
        "My voicemails",
        "Texts to my number",
        "A daily digest",
    ]

    assert isinstance(answer, Listing)
    (button,) = [row.button for row in answer.rows if plain(row.text) == "My voicemails"]
    assert button is not None
    await world.run(ANA, world.table.by_id[button.route], button.args, Origin.BUTTON)
    left = [one.kinds for one in world.notifications.subscriptions.values() if not one.paused]
    assert left == [{NewsKind.SMS}, {NewsKind.DAILY}]


async def test_all_of_ones_own_are_paused_by_a_word(world: World) -> None:
    await world.type(ANA, "notify me sms on")
    await world.subscribe(ANA, "me voicemail only external")
    await world.type(ANA, "notify me off")
    assert all(one.paused for one in world.notifications.subscriptions.values())

    await world.type(ANA, "notify me on")
    assert not any(one.paused for one in world.notifications.subscriptions.values())
