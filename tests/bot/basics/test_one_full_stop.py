"""A value that ends with a full stop is not followed by another one."""

from datetime import UTC, datetime

import pytest

from bot.basics.language import in_every_language, say, speaking
from bot.contract.prose import sentence
from bot.contract.reply import Bold, When
from bot.slack.blockkit.blocks import Reader, mrkdwn, rich_elements

AT = datetime(2026, 11, 30, 19, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Acme Inc.", "You called Acme Inc. Twice."),
        ("Acme", "You called Acme. Twice."),
        ("Hm...", "You called Hm.... Twice."),
    ],
)
def test_a_name_with_a_full_stop_ends_the_sentence(name: str, said: str) -> None:
    assert say("You called {name}. Twice.", name=name) == said
    assert "".join(map(str, sentence("You called {name}. Twice.", name=name))) == said


def test_in_a_part_too() -> None:
    assert sentence("You called {name}.", name=Bold("Acme Inc.")) == ("You called ", Bold("Acme Inc."))


def test_a_template_keeps_its_dots() -> None:
    assert say("{name} is typing...", name="Acme Inc.") == "Acme Inc. is typing..."
    assert say("{name}...", name="Acme Inc.") == "Acme Inc...."


def test_a_time_in_spanish_is_followed_by_none() -> None:
    ends, goes_on = sentence("Back at {when}.", when=When(AT)), sentence("Back at {when}. Call.", when=When(AT))
    with speaking("es"):
        assert mrkdwn(ends, Reader(), 300).endswith(">")
        assert mrkdwn(goes_on, Reader(), 300).endswith("> – Call.")
        assert rich_elements(ends, Reader(), 300)[-1]["type"] == "date"
    assert mrkdwn(goes_on, Reader(), 300).endswith(">. Call.")


def test_what_was_written_in_any_language_is_known_again() -> None:
    assert in_every_language("On duty: {people}") == ("On duty: {people}", "De turno: {people}")
