from dataclasses import replace
from typing import Any

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import LabelFilter
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.basics.errors import UserError
from bot.contract.context import Origin
from bot.contract.reply import Answer, Button, Confirm, Form, Listing
from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM, SUPPORT, Person
from tests.handlers.harness import World, button_of, plain, words_of
from tests.handlers.test_account import open_home

RULE = 'missed voicemail sms for "Support" except label:spam'
PLACE = f"callcenter:{SUPPORT.id}"


def only(world: World) -> Subscription:
    (subscription,) = world.notifications.subscriptions.values()
    return subscription


async def test_a_typed_subscription_is_kept_and_said_in_words(world: World) -> None:
    answer = words_of(await world.subscribe(PRIYA, RULE))

    assert "missed calls, voicemails and texts for Support, except label spam" in answer
    subscription = only(world)
    assert subscription.channel == "C0GENERAL"
    assert subscription.kinds == {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS}
    assert subscription.places == {PLACE: "Support"}
    assert subscription.excluded == (LabelFilter("spam"),)
    assert subscription.zone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("notify missed, voicemails and texts", "missed calls, voicemails and texts"),
        ("notify only external quiet:22-7", "only calls from outside, quiet from 10:00 PM to 7:00 AM"),
        ("notify missed for Support and Sales", "for Support or Sales"),
        ('notify missed except "Sales" internal', "except Sales or internal calls"),
        ("notify answered with longer:2m", "of 120 s or more"),
        ("notify missed only hours:open hours:mon-fri,8-18", "while the line is open, on Mon, Tue, Wed, Thu and Fri"),
        ('notify missed except "Sales" label:"a on b"', "except Sales or label a on b"),
        ("notify queue only queue:5", "more than 5 callers waiting"),
        ("notify missed on Billing", "for Billing"),
        ("notify sms only +44", "texts on every line, only numbers that begin with +44"),
        ("notify sms except +44 +49", "except numbers that begin with +44 or numbers that begin with +49"),
        ("notify missed only hours:8-18", "between 8:00 AM and 6:00 PM, in Los Angeles time"),
        ("notify daily except label:spam at:18:00", "a daily digest at 6:00 PM on every line, except label spam"),
        ('notify daily for "Support"', "a daily digest at 8:00 AM for Support"),
        (
            'notify missed weekly at:8 for "Support"',
            "missed calls and a weekly digest on Monday at 8:00 AM for Support",
        ),
        ("notify daily digest at 5:30pm for Support", "a daily digest at 5:30 PM for Support"),
        (
            "notify daily and weekly for Support at 9",
            "a daily digest at 9:00 AM and a weekly digest on Monday at 9:00 AM",
        ),
        (
            "notify daily 17:00 only external at:18:00",
            "a daily digest at 5:00 PM on every line, only calls from outside",
        ),
        ("notify daily only external at:18:00", "a daily digest at 6:00 PM on every line, only calls from outside"),
    ],
)
async def test_many_ways_of_typing_are_understood(world: World, typed: str, said: str) -> None:
    assert said in words_of(await world.type(PRIYA, typed))


async def test_the_policy_is_said_step_by_step(world: World) -> None:
    typed = f"{RULE} escalate 10 then @{ANA.slack_id} supervisor @{SAM.slack_id} finally sms handled 30"
    answer = words_of(await world.subscribe(PRIYA, typed))

    assert only(world).policy == EscalationPolicy(
        10, 30, person=str(ANA.slack_id), supervisor=str(SAM.slack_id), last="sms"
    )
    assert "Unclaimed for 10 min: whoever is on duty, then U0ANA0001, then U0SAM0002 in a direct message" in answer


async def test_nobody_listens_where_they_do_not_belong(world: World) -> None:
    answer = await world.subscribe(SAM, "missed for Sales")

    assert isinstance(answer, Form)
    assert "your own calls and the lines you belong to, not about Sales." in answer.problems["places"]
    assert world.notifications.subscriptions == {}


async def test_every_line_means_ones_shared_lines_for_who_is_no_admin(world: World) -> None:
    await world.subscribe(ANA, "missed")

    assert set(only(world).places.values()) == {"Support", "Sales"}


async def test_every_line_means_every_line_for_an_admin(world: World) -> None:
    assert "on every line" in words_of(await world.subscribe(PRIYA, "missed"))


async def test_what_is_unclear_comes_back_at_its_field(world: World) -> None:
    answer = await world.subscribe(PRIYA, "missed for Support except label:")

    assert isinstance(answer, Form)
    assert answer.problems == {"but": "Something is missing after the colon. Type something like label:spam"}
    assert answer.args["kinds"]


async def test_what_cannot_be_excluded_comes_back_at_its_field(world: World) -> None:
    answer = await world.subscribe(PRIYA, "missed for Support except quiet:22-7")

    assert isinstance(answer, Form)
    assert answer.problems == {
        "but": "“quiet:22-7” goes after only, not after except. Type something like only quiet:22-7"
    }


async def test_alone_it_lists_what_there_is(world: World) -> None:
    assert "Nothing yet" in words_of(await world.type(PRIYA, "notify"))
    await world.subscribe(PRIYA, RULE)

    listing = await world.type(ANA, "notify list")
    assert "1. missed calls, voicemails and texts for Support" in words_of(listing)
    assert "Set up by" in words_of(await world.press(ANA, listing, "Settings"))


async def test_the_settings_open_the_form_as_it_was_filled_in(world: World) -> None:
    await world.subscribe(PRIYA, f"{RULE} only quiet:22-7 external escalate 5 supervisor @{SAM.slack_id}")
    before = only(world)
    card = await world.type(PRIYA, "notify edit")
    form = await world.press(PRIYA, card, "Edit")
    assert isinstance(form, Form)

    await world.submit(PRIYA, form.route, **form.args)

    assert only(world) == before
    assert before.quiet == DailyHours(1320, 420)


async def test_the_settings_know_when_a_digest_comes(world: World) -> None:
    await world.subscribe(PRIYA, "daily weekly at:17:45 for Support")
    before = only(world)
    form = await world.press(PRIYA, await world.type(PRIYA, "notify edit"), "Edit")
    assert isinstance(form, Form)
    assert form.args["digest_at"] == "17:45"

    await world.submit(PRIYA, form.route, **form.args)

    assert only(world) == before


async def test_a_time_that_is_none_comes_back_at_its_field(world: World) -> None:
    answer = await world.subscribe(PRIYA, "daily for Support only at:25")

    assert isinstance(answer, Form)
    assert answer.problems == {"only": "I don't understand the time “25”. Type something like at:17:00."}


async def test_ones_own_digest_is_about_ones_own_calls(world: World) -> None:
    assert "A daily digest | 🔔 On, at 8:00 AM" in words_of(await world.subscribe(PRIYA, "me daily"))

    subscription = only(world)
    assert subscription.channel == PRIYA.slack_id
    assert subscription.places == {f"user:{PRIYA.dialpad_id}": "you"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("daily for Support", "The digest so far is on the way in the channel"),
        ("missed daily for Support", "A made-up missed call and the digest so far are on the way"),
    ],
)
async def test_what_a_test_posts_is_said(world: World, typed: str, said: str) -> None:
    await world.subscribe(PRIYA, typed)

    assert said in words_of(await world.type(PRIYA, "notify test"))


async def test_a_paused_subscription_is_kept(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    assert "paused" in words_of(await world.type(PRIYA, "notify pause 1"))
    assert only(world).paused

    await world.type(PRIYA, "notify resume")
    assert not only(world).paused


async def test_a_test_is_posted_the_usual_way(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    await world.type(ANA, "notify test")

    assert world.notifications.tested == [only(world).id]


async def test_removing_asks_first(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    question = await world.type(PRIYA, "notify remove 1")
    assert isinstance(question, Confirm)
    assert len(world.notifications.subscriptions) == 1

    assert "Removed" in words_of(await world.agree(PRIYA, question))
    assert world.notifications.subscriptions == {}


async def test_which_of_several_is_asked(world: World) -> None:
    await world.subscribe(PRIYA, RULE)
    await world.subscribe(PRIYA, "recap for Support")

    with pytest.raises(UserError, match="from 1 to 2"):
        await world.type(PRIYA, "notify pause")
    await world.type(PRIYA, "notify pause 2")
    assert [one.paused for one in world.notifications.subscriptions.values()] == [False, True]


async def test_notify_me_is_ones_own_line_as_direct_messages(world: World) -> None:
    answer = words_of(await world.type(ANA, "notify me"))

    assert "Your notifications" in answer
    subscription = only(world)
    assert subscription.channel == ANA.slack_id
    assert list(subscription.places) == [f"user:{ANA.dialpad_id}"]
    assert "Your notifications" in words_of(await world.type(ANA, "notify me"))
    assert len(world.notifications.subscriptions) == 1


async def test_each_event_of_ones_own_has_a_switch_that_changes_it_alone(world: World) -> None:
    answer = await world.type(ANA, "notify me")
    assert isinstance(answer, Listing)
    assert [(plain(row.text), plain(row.note)[2:]) for row in answer.rows] == [
        ("My missed calls", "On"),
        ("My voicemails", "On"),
        ("Texts to my number", "On"),
        ("Recaps of my calls", "On"),
        ("My texts that did not arrive", "Off"),
        ("Recordings of my calls", "Off"),
    ]

    after = await press_switch(world, answer, "My voicemails")
    assert only(world).kinds == {NewsKind.MISSED, NewsKind.SMS, NewsKind.RECAP}
    after = await press_switch(world, after, "Recordings of my calls")
    assert only(world).kinds == {NewsKind.MISSED, NewsKind.SMS, NewsKind.RECAP, NewsKind.RECORDING}
    assert "Recordings of my calls: on." in words_of(after)


def switch_of(answer: Answer, label: str) -> Button:
    assert isinstance(answer, Listing)
    (row,) = [row for row in answer.rows if plain(row.text) == label]
    assert row.button is not None
    return row.button


async def press_switch(world: World, answer: Answer, label: str) -> Answer:
    button = switch_of(answer, label)
    assert button.in_place
    return await world.run(ANA, world.table.by_id[button.route], button.args, Origin.BUTTON)


async def test_a_switch_that_is_pressed_twice_is_pressed_once(world: World) -> None:
    answer = await world.type(ANA, "notify me")
    for _ in range(2):
        await press_switch(world, answer, "My voicemails")

    assert NewsKind.VOICEMAIL not in only(world).kinds


async def test_the_last_one_off_is_a_pause_and_says_so(world: World) -> None:
    answer = await world.type(ANA, "notify me")
    for label in ("My missed calls", "My voicemails", "Texts to my number", "Recaps of my calls"):
        answer = await press_switch(world, answer, label)

    assert only(world).paused
    assert "Your notifications (paused)" in words_of(answer)
    assert "Everything is off, so nothing arrives until you turn something on." in words_of(answer)
    assert isinstance(answer, Listing)
    assert "Resume" not in [button.label for button in answer.buttons]

    await press_switch(world, answer, "Texts to my number")
    assert only(world).kinds == {NewsKind.SMS}
    assert not only(world).paused


@pytest.mark.parametrize(("kinds", "paused"), [([], True), (["recap"], False)])
async def test_the_form_of_what_is_off_turns_on_what_is_chosen_and_nothing_else(
    world: World, kinds: list[str], paused: bool
) -> None:
    await world.subscribe(ANA, "me sms on")
    await world.subscribe(ANA, "me sms off")
    form = await world.press(ANA, await world.type(ANA, "notify me"), "Edit")
    assert isinstance(form, Form)
    await world.agreed(ANA, await world.submit(ANA, form.route, **{**form.args, "kinds": kinds}))

    assert only(world).kinds == {NewsKind(kind) for kind in kinds}
    assert only(world).paused is paused


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("voicemail off", {NewsKind.MISSED, NewsKind.SMS, NewsKind.RECAP}),
        ("my missed calls off", {NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP}),
        ("texts and recaps off", {NewsKind.MISSED, NewsKind.VOICEMAIL}),
        (
            "Recordings of my calls on",
            {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP, NewsKind.RECORDING},
        ),
        ("failed-sms on", {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP, NewsKind.FAILED_SMS}),
    ],
)
async def test_switches_are_typed_too(world: World, typed: str, on: set[NewsKind]) -> None:
    await world.type(ANA, "notify me")
    await world.subscribe(ANA, f"me {typed}")

    assert only(world).kinds == on


async def test_all_of_ones_own_are_paused_and_resumed_by_a_word(world: World) -> None:
    await world.type(ANA, "notify me")
    assert "(paused)" in words_of(await world.type(ANA, "notify me off"))
    assert only(world).paused
    await world.type(ANA, "notify me on")

    assert not only(world).paused


async def test_the_first_event_that_is_turned_on_is_the_only_one(world: World) -> None:
    assert "Nothing is turned on" in words_of(await world.subscribe(ANA, "me voicemail off"))
    assert world.notifications.subscriptions == {}
    await world.subscribe(ANA, "me recap on")

    assert only(world).kinds == {NewsKind.RECAP}


async def test_what_is_not_about_one_person_is_not_switched(world: World) -> None:
    with pytest.raises(UserError, match="Changed settings are not about one person"):
        await world.subscribe(ANA, "me setting on")


async def test_looking_at_the_switches_turns_nothing_on(world: World) -> None:
    answer = await world.run(ANA, world.table.by_id["notify.mine"], {}, Origin.BUTTON)
    assert world.notifications.subscriptions == {}
    await world.press(ANA, answer, "Turn on the usual ones")

    assert only(world).kinds == {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS, NewsKind.RECAP}


async def test_home_leads_to_the_switches(world: World) -> None:
    home = await open_home(world, ANA)

    assert "Your notifications" in words_of(await world.press(ANA, home, "Notifications"))


async def test_the_gear_of_ones_own_opens_the_switches(world: World) -> None:
    await world.type(ANA, "notify me")
    opened = await world.run(ANA, world.table.by_id["notify.settings"], {"subscription": only(world).id}, Origin.BUTTON)

    assert isinstance(opened, Listing)


async def test_what_one_hears_of_a_line_is_no_switch_of_ones_own(world: World) -> None:
    await world.subscribe(ANA, "me missed for Support")
    await world.type(ANA, "notify me")

    assert [list(one.places) for one in world.notifications.subscriptions.values()] == [
        [PLACE],
        [f"user:{ANA.dialpad_id}"],
    ]


async def test_quiet_hours_are_explained(world: World) -> None:
    answer = words_of(await world.subscribe(PRIYA, "missed only quiet:22-7 escalate 5"))

    assert (
        "10:00 PM to 7:00 AM (Los Angeles time): what arrives then is posted at 7:00 AM, and nobody is asked to claim "
        "a call before that." in answer
    )


async def test_whoever_edits_leaves_the_hours_in_the_zone_they_were_meant_in(world: World) -> None:
    await world.subscribe(PRIYA, f"{RULE} only quiet:22-7")
    world.notifications.subscriptions = {
        name: replace(one, zone="Europe/Berlin") for name, one in world.notifications.subscriptions.items()
    }
    form = await world.press(PRIYA, await world.type(PRIYA, "notify edit"), "Edit")
    assert isinstance(form, Form)
    await world.submit(PRIYA, form.route, **form.args)

    assert only(world).zone == "Europe/Berlin"


async def test_somebody_elses_own_notifications_are_theirs(world: World) -> None:
    await world.type(ANA, "notify me")
    route = world.table.by_id["notify.pause"]

    with pytest.raises(UserError, match="belong to somebody else"):
        await world.run(SAM, route, {"subscription": only(world).id}, Origin.BUTTON)


async def test_what_stands_in_the_way_of_events_is_said(world: World) -> None:
    world.notifications.refusal = "Ask a Dialpad admin to set this up."

    assert "Ask a Dialpad admin" in words_of(await world.subscribe(PRIYA, RULE))


async def test_who_is_not_connected_is_told_to_connect(world: World) -> None:
    with pytest.raises(UserError, match=r"[Cc]onnect"):
        await world.subscribe(NOOR, RULE)


async def test_the_last_button_of_the_answer_removes(world: World) -> None:
    answer: Any = await world.subscribe(PRIYA, RULE)

    assert button_of(answer, "Remove").style == "danger"
    assert LEO not in SUPPORT.members


async def test_a_roster_is_followed_with_its_user_group_and_topic(world: World) -> None:
    answer = words_of(await world.subscribe(PRIYA, "handover for Support keep @support-oncall topic"))
    assert "handovers for Support" in answer
    assert "Who is on duty: S0ONCALL1 is kept in sync and the channel's topic names who is on duty." in answer
    subscription = only(world)
    assert subscription.kinds == {NewsKind.HANDOVER}
    assert (subscription.keep, subscription.topic) == ("S0ONCALL1", True)
    assert subscription.call_centers == (str(SUPPORT.id),)


async def test_a_user_group_or_topic_alone_is_about_handovers(world: World) -> None:
    await world.subscribe(PRIYA, "for Support keep <!subteam^S0ONCALL1|@support-oncall>")
    assert only(world).kinds == {NewsKind.HANDOVER}


async def test_calls_alone_follow_no_roster(world: World) -> None:
    await world.subscribe(PRIYA, "missed for Support")
    assert only(world).call_centers == ()


@pytest.mark.parametrize(
    ("person", "typed", "said"),
    [
        (PRIYA, "notify handover", "Name the call center to follow"),
        (PRIYA, "notify me handover for Support topic", "A direct message has no topic."),
        (ANA, "notify handover for Support keep @support-oncall", "Only supervisors of that call center"),
        (PRIYA, "notify handover for Support keep @nobody", "“@nobody” is not a user group in this workspace."),
    ],
)
async def test_a_roster_that_cannot_be_followed_so_is_told_at_its_field(
    world: World, person: Person, typed: str, said: str
) -> None:
    answer = await world.type(person, typed)
    assert isinstance(answer, Form)
    assert said in " ".join(answer.problems.values())
    assert world.notifications.subscriptions == {}


async def test_a_supervisor_may_tie_a_user_group_to_their_own_call_center(world: World) -> None:
    await world.subscribe(SAM, "handover for Support keep @support-oncall")
    assert only(world).keep == "S0ONCALL1"


async def test_where_the_app_is_not_a_member_it_says_so_at_once(world: World) -> None:
    world.notifications.strange.add("C0GENERAL")
    answer = words_of(await world.subscribe(PRIYA, RULE))
    assert "Saved, but I am not in this channel yet, so nothing is posted. Invite me with /invite." in answer


async def test_what_cannot_be_read_is_answered_with_how_it_is_typed(world: World) -> None:
    for words, said in (
        ("everything", "Use it like this: /dp notify missed voicemail"),
        ("me foo", "I don't understand “foo”. Use it like this: /dp notify me"),
        ("missed escalate 0", "After “escalate”: “0” is not one of the choices. Type one of: 1, 2, 5"),
        ("missed for Support for Sales", "“for” appears twice; the first was followed by “Support”. Use it once."),
    ):
        with pytest.raises(UserError) as problem:
            await world.subscribe(PRIYA, f"{words}")
        assert said in str(problem.value)


async def test_a_word_that_is_no_name_may_be_meant_as_a_label(world: World) -> None:
    asked = await world.type(PRIYA, "notify missed except spam")
    assert "For a label type label:spam." in words_of(asked)

    assert "except label spam" in words_of(await world.press(PRIYA, asked, "The label spam"))


@pytest.mark.parametrize(
    ("words", "place", "name"),
    [
        ("for me", f"user:{ANA.dialpad_id}", "Ana Ferreira"),
        (f"for <@{ANA.slack_id}|ana>", f"user:{ANA.dialpad_id}", "Ana Ferreira"),
        (f"for Support and <@{ANA.slack_id}>", f"user:{ANA.dialpad_id}", "Ana Ferreira"),
    ],
)
async def test_people_are_named_by_mention_and_oneself_as_me(world: World, words: str, place: str, name: str) -> None:
    asked = await world.type(ANA, f"notify missed {words}")
    await world.agree(ANA, await world.press(ANA, asked, "Post them here"))
    assert only(world).places[place] == name


async def test_a_mention_of_somebody_without_a_seat_is_explained(world: World) -> None:
    form = await world.subscribe(PRIYA, "missed for <@U0NOBODY9>")
    assert isinstance(form, Form)
    assert form.problems["places"].endswith("Choose them by name.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("weekly on friday for Support", "a weekly digest on Friday at 8:00 AM for Support"),
        ("weekly for Support on Fridays, at 17:00", "a weekly digest on Friday at 5:00 PM for Support"),
        ("weekly every tue on Support", "a weekly digest on Tuesday at 8:00 AM for Support"),
    ],
)
async def test_a_weekly_digest_has_its_day(world: World, words: str, said: str) -> None:
    assert said in words_of(await world.subscribe(PRIYA, f"{words}"))


async def test_a_day_without_a_weekly_digest_is_explained(world: World) -> None:
    form = await world.subscribe(PRIYA, "missed on friday")
    assert isinstance(form, Form)
    assert "Add the word weekly." in form.problems["digest_day"]


async def test_the_form_of_a_refused_subscription_shows_each_thing_that_was_typed(world: World) -> None:
    form = await world.subscribe(PRIYA, f"missed voicemail for Support and <@{SAM.slack_id}> except label:")
    assert isinstance(form, Form)
    assert form.args["kinds"] == ["missed", "voicemail"]
    assert form.args["places"] == [PLACE, f"user:{SAM.dialpad_id}"]

    form = await world.subscribe(PRIYA, "missed for Zzyzx, Nowhere")
    assert isinstance(form, Form)
    assert form.args["places"] == ["Zzyzx", "Nowhere"]


async def test_a_supervisor_is_found_in_slack_by_any_of_their_addresses(world: World) -> None:
    world.sandbox.state.users[SAM.dialpad_id or 0].emails = ["s.okafor@northlight.example", SAM.email]
    await world.subscribe(PRIYA, f"{RULE} escalate 5 supervisor @{SAM.slack_id}")

    (made,) = world.notifications.subscriptions.values()
    assert made.policy.supervisor == SAM.slack_id
