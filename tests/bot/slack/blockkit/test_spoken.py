"""What a screen reader says of buttons."""

import pytest

from bot.basics.language import speaking
from bot.contract.reply import Bold, Button, Card, Listing, Phone, Reply, Row
from bot.slack.blockkit.blocks import Json, Reader
from bot.slack.blockkit.render import render_home, render_message
from bot.slack.blockkit.spoken import label_about, subject

READER = Reader()


def spoken(blocks: list[Json]) -> list[str]:
    elements = [one for block in blocks for one in [*block.get("elements", ()), block.get("accessory") or {}]]
    return [one["accessibility_label"] for one in elements if one.get("type") == "button"]


@pytest.mark.parametrize(
    ("label", "about", "said"),
    [
        ("Claim", "Missed call, Jordan Lee", "Claim: Missed call, Jordan Lee"),
        ("People…", "Support", "People: Support"),
        ("/dp dnd on", "There is no “dmd”", "/dp dnd on: There is no “dmd”"),
        ("… for 30 min", "", "for 30 min"),
        ("Status…", "Status: none", "Status: none"),
        ("Status…", "Statuses of all", "Status: Statuses of all"),
        ("Call Jordan Lee", "Jordan Lee", "Call Jordan Lee"),
        ("Who am I?", "Ana Ferreira", "Who am I? Ana Ferreira"),
        ("Undo", "Ana is on duty.", "Undo: Ana is on duty"),
        ("", "", "–"),
    ],
)
def test_a_button_says_what_it_does_and_to_whom(label: str, about: str, said: str) -> None:
    assert label_about(label, about) == said


def test_what_it_is_about_is_the_first_line_in_words_alone() -> None:
    title = ("🔴 ", Bold("Missed call"), " · ", Phone("+14155550150"), "\nRang for 20 s")
    assert subject(title, READER) == "Missed call, (415) 555-0150"


def test_a_long_one_is_cut() -> None:
    (said,) = spoken(render_message(Card("x" * 200, buttons=(Button("Claim", "card.claim"),)), READER).blocks)
    assert len(said) == 75
    assert said.endswith("…")


def test_rows_that_read_the_same_are_numbered_unless_they_do_the_same() -> None:
    rows = tuple(Row("Jordan Lee", button=Button("Open", "card.show", {"card": name})) for name in "abb")
    blocks = render_message(Listing("Calls", rows), READER).blocks
    assert spoken(blocks) == ["Open: Jordan Lee", "Open: Jordan Lee (2)", "Open: Jordan Lee (2)"]


def test_a_number_is_read_at_the_end_of_what_was_cut_too() -> None:
    rows = tuple(Row("x" * 90 + name, button=Button("Open", "card.show", {"card": name})) for name in "ab")
    first, second = spoken(render_message(Listing("Calls", rows), READER).blocks)
    assert first.endswith("x…")
    assert second.endswith("x… (2)")
    assert len(second) == 75


def test_what_a_button_says_itself_stays() -> None:
    button = Button("People…", "supervise.people", spoken="People: Support")
    assert spoken(render_message(Reply("Hello", (button,)), READER).blocks) == ["People: Support"]


def test_homes_own_buttons_are_about_nothing_but_themselves() -> None:
    assert spoken(
        render_home(Reply("Ana Ferreira at Dialpad", (Button("Refresh", "home.refresh"),)), READER)["blocks"]
    ) == ["Refresh"]


def test_it_is_said_in_the_readers_language() -> None:
    with speaking("es"):
        blocks = render_message(Card("Llamada de Ana", buttons=(Button("Claim", "card.claim"),)), READER).blocks
    assert spoken(blocks) == ["Me encargo: Llamada de Ana"]
