"""connect, disconnect, whoami, help, the menu and the Home tab."""

import pytest

from bot.basics.errors import FieldError, NotConnected
from bot.contract.context import Ended, Origin
from bot.contract.reply import Answer, Card, Confirm, Listing, Reply
from bot.sandbox.cast import ANA, NOOR, Person
from tests.handlers.harness import World, buttons_of, key_of, words_of


async def open_home(world: World, person: Person) -> Answer:
    return await world.run(person, world.table.by_event["app_home_opened"], {}, Origin.EVENT)


async def test_connect_offers_the_browser_and_a_key(world: World) -> None:
    answer = await world.type(NOOR, "connect")
    browser, key = buttons_of(answer)
    assert browser.url == "http://localhost:3000/connect/1"
    assert key.form


async def test_connect_offers_only_the_key_without_an_oauth_app(world: World) -> None:
    world.connections.offers_oauth = False
    answer = await world.type(NOOR, "connect")
    assert [button.label for button in buttons_of(answer)] == ["Use an API key"]


async def test_connect_says_who_one_is_already(world: World) -> None:
    assert words_of(await world.type(ANA, "connect")) == "You are connected to Dialpad as Ana Ferreira."


async def test_connect_says_that_dialpad_ended_the_last_one(world: World) -> None:
    await world.dialpad_connections.mark_broken(key_of(ANA))
    assert "Dialpad ended your last connection" in words_of(await world.type(ANA, "connect"))


async def test_a_good_key_connects(world: World) -> None:
    answer = await world.submit(NOOR, "connect.with_key", key="good-key")
    assert words_of(answer).startswith("You are connected: what you do here happens in Dialpad as Noor Haddad,")


async def test_whoever_has_just_connected_is_shown_where_to_begin(world: World) -> None:
    welcome = await world.submit(NOOR, "connect.with_key", key="good-key")
    assert isinstance(welcome, Reply)

    assert [button.label for button in welcome.buttons if button.route not in world.table.by_id] == []


@pytest.mark.parametrize("key", ["dp-secret-123", "two words", "ключ", "a" * 501])
async def test_a_bad_key_is_told_at_the_field_and_never_shown(world: World, key: str) -> None:
    with pytest.raises(FieldError) as caught:
        await world.submit(NOOR, "connect.with_key", key=key)
    assert caught.value.field == "key"
    assert key not in caught.value.text


def test_a_key_is_never_put_on_disk_with_the_request() -> None:
    world_table = World().table
    assert not world_table.by_id["connect.with_key"].changes


async def test_disconnect_asks_first_and_calls_off_what_was_due(world: World) -> None:
    await world.type(ANA, "dnd on for 1h")
    confirm = await world.type(ANA, "disconnect")
    assert isinstance(confirm, Confirm)
    assert "1 change that is still due will not happen" in words_of(confirm)
    assert key_of(ANA) in world.dialpad_connections.dialpad_connections
    assert words_of(await world.agree(ANA, confirm)).startswith("Disconnected.")
    assert key_of(ANA) not in world.dialpad_connections.dialpad_connections
    assert not world.later.kept


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (Ended(), "Disconnected. None of your Dialpad access is stored here."),
        (Ended(subscriptions=3), "Disconnected. Your access and 3 subscriptions were removed here."),
        (
            Ended(access_left=True),
            "Disconnected. Your Dialpad access can no longer be used here",
        ),
        (
            Ended(subscriptions=1, hooks_left=1),
            "Disconnected. Your access and 1 subscription were removed here. Dialpad has not yet confirmed that it",
        ),
    ],
)
async def test_disconnect_says_what_went_and_what_dialpad_still_has(world: World, ends: Ended, told: str) -> None:
    world.connections.ends = ends
    assert words_of(await world.agree(ANA, await world.type(ANA, "disconnect"))).startswith(told)


async def test_disconnect_asks_with_the_number_of_subscriptions(world: World) -> None:
    world.connections.ends = Ended(subscriptions=3)
    assert "Your subscriptions: 3. Those of channels go on with a colleague" in words_of(
        await world.type(ANA, "disconnect")
    )


async def test_disconnect_without_a_connection_says_so(world: World) -> None:
    assert words_of(await world.type(NOOR, "disconnect")) == "You are not connected to Dialpad."


async def test_whoami_shows_once_what_is_pending_and_keeps_it_as_it_is(world: World) -> None:
    await world.type(ANA, "dnd on for 1h")
    answer = await world.type(ANA, "whoami")
    assert isinstance(answer, Listing)
    assert "Do not disturb: On until 23 11:00" in words_of(answer)
    assert words_of(answer).count("11:00") == 1
    assert words_of(await world.press(ANA, answer, "Keep as is")) == "It stays as it is now, until you change it."
    assert not world.later.kept


async def test_nobody_calls_off_what_is_somebody_elses(world: World) -> None:
    await world.type(ANA, "dnd on for 1h")
    (key,) = world.later.kept
    world.connect(NOOR)
    assert "could not be canceled" in words_of(await world.submit(NOOR, "whoami.keep", key=key))
    assert world.later.kept


async def test_whoami_names_number_connection_and_duty(world: World) -> None:
    words = words_of(await world.type(ANA, "whoami"))
    assert words.startswith("You are Ana Ferreira at Dialpad")
    for piece in ("Numbers: +14155550111", "Duty: On", "with an API key"):
        assert piece in words


async def test_help_lists_every_word_once(world: World) -> None:
    rows = [line.partition(" | ")[2] for line in words_of(await world.type(ANA, "help")).splitlines()]
    told = [word for row in rows for word in row.split(", ") if row]
    assert sorted(told) == sorted(info.word for info in world.table.commands() if info.word)


@pytest.mark.parametrize("typed", ["help sms", "help /dp-sms", "help /dp sms", "help SMS"])
async def test_help_for_one_word_has_usage_and_examples(world: World, typed: str) -> None:
    answer = await world.type(ANA, typed)
    assert "/dp sms <numbers or names> [from <line>:] [at <time>:] <text>" in words_of(answer)
    assert "/dp sms Jordan Lee Your order is ready" in [button.label for button in buttons_of(answer)]


async def test_help_for_a_wrong_word_has_a_suggestion(world: World) -> None:
    asked = await world.type(ANA, "help blockd")
    assert {button.label for button in buttons_of(asked)} == {"/dp help blocked", "/dp help block"}
    assert "List the blocked numbers" in words_of(await world.press(ANA, asked, "/dp help blocked"))


async def test_nothing_typed_is_the_menu_and_needs_no_dialpad(world: World) -> None:
    world.wire.state = "cut"
    answer = await world.type(ANA, "")
    assert {"Do not disturb", "Send a text…", "Call…", "Help"} <= {button.label for button in buttons_of(answer)}


async def test_the_menu_of_somebody_new_is_connecting(world: World) -> None:
    assert [button.label for button in buttons_of(await world.type(NOOR, ""))] == ["Connect", "Help"]


async def test_home_toggles_in_one_press(world: World) -> None:
    answer = await open_home(world, ANA)
    assert "Do not disturb: Off" in words_of(answer)
    assert words_of(await world.press(ANA, answer, "… for 30 min")) == "Do not disturb: off → on until 23 10:30."
    again = await open_home(world, ANA)
    assert "Do not disturb: On until 23 10:30" in words_of(again)
    assert "Turn off do not disturb" in {button.label for button in buttons_of(again)}


async def test_home_of_somebody_new_offers_to_connect(world: World) -> None:
    answer = await open_home(world, NOOR)
    assert isinstance(answer, Card)
    assert buttons_of(answer)[0].label == "Connect"


@pytest.mark.parametrize("state", ["silent", "cut"])
async def test_home_is_a_page_also_when_dialpad_does_not_answer(world: World, state: str) -> None:
    world.wire.state = "silent" if state == "silent" else "cut"
    assert "Dialpad is not responding right now" in words_of(await open_home(world, ANA))


async def test_home_is_a_page_also_when_dialpad_refuses(world: World) -> None:
    world.sandbox.faults.add("*", status=500, times=None)
    assert "Dialpad is not responding" in words_of(await open_home(world, ANA))


async def test_whoami_without_a_connection_offers_to_connect(world: World) -> None:
    with pytest.raises(NotConnected):
        await world.type(NOOR, "whoami")


async def test_news_show_what_is_new_each_with_help_that_there_is(world: World) -> None:
    shown = await world.type(NOOR, "news")
    assert isinstance(shown, Listing)

    words = [str(button.args["word"]) for row in shown.rows if (button := row.button)]
    assert words
    for word in words:
        assert word in words_of(await world.type(NOOR, f"help {word}"))
