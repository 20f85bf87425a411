"""``run``: finding an action, typing it whole, its form, its answer, and keeping it."""

import csv
import io
import json
from typing import Any

import pytest

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.catalogue.answers import as_csv, as_words
from bot.catalogue.running import prefill
from bot.catalogue.typed import read_pairs
from bot.contract.reply import Attachment, Card, Confirm, Form, Listing, Reply
from bot.dialpad.actions import by_slug
from bot.dialpad.client import Pages
from bot.sandbox.cast import ANA, NOOR, OFFICE, PRIYA, SAM, SUPPORT, TEAM_ID
from tests.each import every_action
from tests.handlers.harness import World, button_of, buttons_of, words_of

UPDATE = "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID"
DELETE = "DIALPAD_DELETE_CALL_CENTER_BY_ID"
SALES = "5527000000000012"


async def test_without_words_it_offers_actions_groups_and_a_search(world: World) -> None:
    answer = await world.type(ANA, "run")
    labels = [button.label for button in buttons_of(answer)]
    assert "Search all…" in labels
    assert any(label.startswith("Call centers ") for label in labels)


async def test_one_clear_hit_opens_its_form(world: World) -> None:
    assert await world.type(ANA, "run list call centers") == Form("run.dialpad_retrieve_call_centers_information")


async def test_words_that_fit_several_are_listed_with_their_group(world: World) -> None:
    answer = await world.type(ANA, "run operator")
    assert isinstance(answer, Listing)
    assert "Call centers" in words_of(answer)


async def test_words_that_fit_nothing_say_so(world: World) -> None:
    assert "No action matches" in words_of(await world.type(ANA, "run qqqqzzzz"))


@every_action
async def test_every_action_is_found_by_slug_and_by_name(world: World, action: type[Any]) -> None:
    by_name = await world.type(PRIYA, f"run {action.name}")
    listed = {button.route for button in buttons_of(by_name)} | {getattr(by_name, "route", "")}
    runs_at_once = isinstance(by_name, Card | Reply | Listing)
    assert f"run.{action.slug.lower()}" in listed or runs_at_once
    assert not (isinstance(by_name, Reply) and "No action matches" in words_of(by_name))


async def test_a_complete_line_runs(world: World) -> None:
    answer = await world.type(ANA, f"run DIALPAD_FETCH_USER_DETAILS_BY_ID id={NOOR.dialpad_id}")
    assert "Noor Haddad" in words_of(answer)


async def test_a_websocket_yields_its_address_to_whoever_made_it_and_nowhere_else(world: World) -> None:
    made = await world.type(PRIYA, "run DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET")
    made = await world.type(PRIYA, f"run {made.route.removeprefix('run.')}") if isinstance(made, Form) else made
    found = words_of(made)

    assert "ws://dialpad.example/events/" in found
    assert "Only you can see this." in found
    listed = await world.type(PRIYA, "run DIALPAD_RETRIEVE_WEBSOCKET_CONNECTION")
    assert "ws://" not in words_of(listed) + repr(listed)
    assert "ws://" not in json.dumps([button.args for button in buttons_of(made)])


@pytest.fixture
def cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dialpad refuses its own cursor in every list."""
    begin = Pages.__init__

    def begin_and_be_cut(self: Pages[Any], *arguments: Any) -> None:
        begin(self, *arguments)
        self.cut_short = True

    monkeypatch.setattr(Pages, "__init__", begin_and_be_cut)


@pytest.mark.usefixtures("cut_short")
async def test_a_list_that_dialpad_cut_short_says_so_filtered_and_as_a_file(world: World) -> None:
    filtered = await world.submit(PRIYA, "run.dialpad_list_users", _find="o")
    file = await world.submit(PRIYA, "run.dialpad_list_users", _as="csv")

    assert isinstance(file, Attachment)
    assert "a part of it is missing" in words_of(filtered)
    assert "a part of it is missing" in str(file)
    assert "a part of it is missing" in words_of(await world.type(PRIYA, "calls"))


async def test_a_list_of_which_only_the_first_rows_were_read_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.catalogue.running.MOST_ROWS", 2)
    assert "Only the first 2 rows were read." in words_of(
        await world.submit(PRIYA, "run.dialpad_list_users", _find="o")
    )
    assert "Only the first 2 rows were read." in str(await world.submit(PRIYA, "run.dialpad_list_users", _as="csv"))


async def test_names_do_as_well_as_ids(world: World) -> None:
    assert "Noor Haddad" in words_of(await world.type(ANA, "run fetch_user_details_by_id id=Noor Haddad"))


async def test_an_incomplete_line_opens_the_form_with_what_was_given(world: World) -> None:
    answer = await world.type(PRIYA, f"run DIALPAD_ADD_OPERATOR_TO_CALL_CENTER id={SUPPORT.id}")
    assert answer == Form("run.dialpad_add_operator_to_call_center", {"id": str(SUPPORT.id)})


async def test_a_wrong_value_opens_the_form_with_the_reason_at_its_field(world: World) -> None:
    answer = await world.type(PRIYA, f"run {UPDATE} id={SUPPORT.id} monday_hours=25-26")
    assert isinstance(answer, Form)
    assert "08:00-12:00" in answer.problems["monday_hours"]


async def test_an_unknown_key_is_named(world: World) -> None:
    with pytest.raises(UserError, match="bogus"):
        await world.type(PRIYA, f"run {UPDATE} id=5 bogus=1")


def test_a_kind_and_an_id_become_one_field() -> None:
    raw = read_pairs(
        by_slug("DIALPAD_INITIATE_IVR_CALL_API_ENDPOINT"), "target_type=office target_id=5 phone_number=+1"
    )
    assert raw == {"target_id": "office:5", "phone_number": "+1"}


async def test_a_change_says_what_was_and_what_is(world: World) -> None:
    answer = await world.type(PRIYA, f"run {UPDATE} id=Support ring_seconds=25")
    assert "Ring for: 30 → 25" in words_of(answer)


async def test_an_update_form_comes_filled_and_sends_only_what_changed(world: World) -> None:
    action = by_slug(UPDATE)
    filled = dict(await prefill(world.ctx(PRIYA), action, {"id": str(SUPPORT.id)}))
    assert filled["name"] == "Support"
    assert filled["monday_hours"] == "08:00-18:00"
    world.sandbox.requests.clear()
    await world.submit(PRIYA, f"run.{UPDATE.lower()}", **{**filled, "ring_seconds": "22"})
    (sent,) = [one for one in world.sandbox.requests if one.method == "PATCH"]
    assert sent.body == {"ring_seconds": 22}


async def test_an_update_form_that_says_the_same_sends_nothing(world: World) -> None:
    filled = dict(await prefill(world.ctx(PRIYA), by_slug(UPDATE), {"id": str(SUPPORT.id)}))
    world.sandbox.requests.clear()
    answer = await world.submit(PRIYA, f"run.{UPDATE.lower()}", **filled)
    assert "so nothing was sent" in words_of(answer)
    assert not [one for one in world.sandbox.requests if one.method != "GET"]


async def test_an_update_with_nothing_to_change_opens_the_form(world: World) -> None:
    assert await world.type(PRIYA, f"run {UPDATE} id={SUPPORT.id}") == Form(
        f"run.{UPDATE.lower()}", {"id": str(SUPPORT.id)}
    )


async def test_the_worst_asks_for_the_name_then_for_a_yes(world: World) -> None:
    first = await world.type(PRIYA, f"run {DELETE} id=Sales")
    assert isinstance(first, Form)
    assert first.route == f"run_sure.{DELETE.lower()}"
    wrong = await world.submit(PRIYA, first.route, **first.args, typed="Support")
    assert isinstance(wrong, Form)
    assert "not its name" in wrong.problems["typed"]
    before = world.snapshot()
    confirm = await world.submit(PRIYA, first.route, **first.args, typed="sales")
    assert isinstance(confirm, Confirm)
    assert "Sales" in words_of(confirm)
    assert world.snapshot() == before
    assert "✅ The call center Sales was deleted." in words_of(await world.agree(PRIYA, confirm))


async def test_what_was_changed_is_said_for_whom(world: World) -> None:
    confirm = await world.type(PRIYA, "run DIALPAD_ADD_OPERATOR_TO_CALL_CENTER id=Support user_id=leo")
    assert "What: Let Léo Marchetti answer calls of Support" in words_of(confirm)
    assert "✅ Léo Marchetti now answers calls of Support." in words_of(await world.agree(PRIYA, confirm))
    off = await world.type(ANA, "run DIALPAD_UPDATE_OPERATOR_DUTY_STATUS id=me on_duty=no")
    assert "✅ You are now off duty." in words_of(off)
    label = await world.type(ANA, "run DIALPAD_PATCH_USER_STATUS status_message=Lunch")
    assert "✅ Your status is now “Lunch”." in words_of(label)


async def test_a_confirmation_names_people_and_shows_the_exact_text(world: World) -> None:
    slug = "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER"
    confirm = await world.type(ANA, f'run {slug} to_numbers="Jordan Lee" text=On  my way')
    assert isinstance(confirm, Confirm)
    assert "Jordan Lee" in words_of(confirm)
    assert confirm.quote == "On  my way"


async def test_dialpads_refusal_lands_at_its_field(world: World) -> None:
    answer = await world.type(PRIYA, f"run {UPDATE} id=Support ring_seconds=1")
    assert isinstance(answer, Form)
    assert "Dialpad did not accept this" in answer.problems["ring_seconds"]


async def test_a_list_goes_on_page_by_page(world: World) -> None:
    first = await world.type(PRIYA, "run DIALPAD_RETRIEVE_CALL_INFORMATION _find=")
    assert isinstance(first, Listing)
    second = await world.press(PRIYA, first, "Next")
    assert isinstance(second, Listing)
    assert set(words_of(first).splitlines()[1:]) != set(words_of(second).splitlines()[1:])
    assert "First page" in [button.label for button in second.buttons]


async def test_a_list_can_be_filtered(world: World) -> None:
    answer = await world.type(ANA, "run DIALPAD_LIST_USERS _find=sam okafor")
    assert isinstance(answer, Listing)
    assert [words_of(answer).count(one.name) for one in (SAM, ANA)] == [1, 0]


async def test_a_list_comes_as_csv_and_json(world: World) -> None:
    listing = await world.type(ANA, "run DIALPAD_LIST_USERS _find=okafor")
    table = await world.press(ANA, listing, "CSV file")
    assert isinstance(table, Attachment)
    (row,) = csv.DictReader(io.StringIO(table.content.decode()))
    assert row["display_name"] == "Sam Okafor"
    document = await world.press(ANA, listing, "JSON file")
    assert isinstance(document, Attachment)
    assert json.loads(document.content)[0]["display_name"] == "Sam Okafor"


def test_a_spreadsheet_runs_nothing_out_of_a_csv_file() -> None:
    assert "'=HYPERLINK" in as_csv([{"name": "=HYPERLINK(1)"}])


async def test_secrets_are_not_shown_and_not_kept(world: World) -> None:
    answer = await world.type(
        PRIYA, "run DIALPAD_CREATE_WEBHOOK_POST_ENDPOINT hook_url=https://a.example secret=hush-hush"
    )
    assert "hush-hush" not in words_of(answer)
    assert all("hush-hush" not in str(button.args) for button in buttons_of(answer))


async def test_a_favourite_stands_first_and_can_be_taken_out(world: World) -> None:
    card = await world.type(ANA, f"run DIALPAD_FETCH_USER_DETAILS_BY_ID id={SAM.dialpad_id}")
    kept = await world.press(ANA, card, "Save as favorite")
    menu = await world.type(ANA, "run")
    assert isinstance(menu, Listing)
    assert "★" in words_of(menu).splitlines()[1]
    assert menu.rows[0].button
    assert menu.rows[0].button.args == {"id": str(SAM.dialpad_id)}
    await world.press(ANA, kept, "Remove")
    assert "★" not in words_of(await world.type(ANA, "run"))


async def test_what_was_run_last_is_offered_first(world: World) -> None:
    await world.type(ANA, "run DIALPAD_GET_CALL_LABELS")
    assert "call labels" in words_of(await world.type(ANA, "run")).splitlines()[1]


async def test_the_command_that_is_copied_does_the_same(world: World) -> None:
    card = await world.type(ANA, "run DIALPAD_FETCH_USER_DETAILS_BY_ID id=me")
    copied = words_of(await world.press(ANA, card, "Copy as command"))
    line = next(line for line in copied.splitlines() if line.startswith("/dp"))
    assert words_of(await world.type(ANA, line.removeprefix("/dp "))) == words_of(card)


def test_a_command_quotes_what_has_blanks() -> None:
    made = as_words(by_slug(UPDATE), {"id": "5", "name": "Front desk"})
    assert read_pairs(by_slug(UPDATE), made.partition(UPDATE)[2]) == {"id": "5", "name": "Front desk"}


async def test_statistics_say_preparing_and_come_by_themselves(world: World) -> None:
    started = await world.type(PRIYA, "run DIALPAD_RETRIEVE_COACHING_STATS_V2 stat_type=calls export_type=stats")
    assert "Preparing" in words_of(started)
    answers: list[Any] = []
    for _ in range(6):
        answers += await world.pass_time(seconds=15)
    assert any("statistics are ready" in words_of(one) for one in answers if isinstance(one, Attachment))


async def test_connecting_goes_through_connect(world: World) -> None:
    answer = await world.type(ANA, "run DIALPAD_OAUTH2_AUTHORIZE_ENDPOINT")
    assert button_of(answer, "Connect").route == "connect.connect"


async def test_refresh_reads_the_lists_anew(world: World) -> None:
    await world.type(PRIYA, f"run DIALPAD_RETRIEVE_OFFICE_BY_ID id={OFFICE.name}")
    world.sandbox.state.groups[OFFICE.id].name = "Moved Away"
    assert "were refreshed" in words_of(await world.type(PRIYA, "run refresh"))
    assert "Moved Away" in words_of(await world.type(PRIYA, 'run DIALPAD_RETRIEVE_OFFICE_BY_ID id="Moved Away"'))


@pytest.mark.parametrize(
    "typed",
    [
        'run DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER to_numbers=+14155550150 text="No"',
        f"run DIALPAD_INITIATE_OUTBOUND_CALL_VIA_API user_id={ANA.dialpad_id} phone_number=+14155550150",
        "run DIALPAD_INITIATE_USER_CALL_WITH_GROUP_OPTIONS phone_number=+14155550150",
    ],
)
async def test_what_a_colleague_did_since_the_question_is_shown_before_it_happens(world: World, typed: str) -> None:
    confirm = await world.type(ANA, typed)
    assert isinstance(confirm, Confirm), words_of(confirm)
    before = len(world.sandbox.requests)
    sam = PersonKey(TEAM_ID, "U0SAM0002")
    await world.notifications.end(sam, ["+14155550150"], "x", sent="77", text="Yes")

    again = await world.agree(ANA, confirm)
    assert isinstance(again, Confirm)
    assert "U0SAM0002 sent" in words_of(again)
    assert all(one.method == "GET" for one in world.sandbox.requests[before:])
    await world.agree(ANA, again)
    assert [one.method for one in world.sandbox.requests[before:] if one.method != "GET"] == ["POST"]
