"""Every error has words for people: what happened, and what to do next."""

import re

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.basics import errors
from bot.basics.errors import (
    NO_ANSWER,
    DialpadError,
    FieldError,
    NotAllowed,
    NotConfirmed,
    NotConnected,
    NotFound,
    OutcomeUnknown,
    TooMany,
    Unavailable,
    UserError,
)
from bot.contract.reading import Refused
from bot.dialpad.action import Risk
from bot.slack.conversation.errors import read_trouble
from bot.store.keys import KeyProblem


def refused(code: str | None) -> SlackApiError:
    return SlackApiError("x", {"error": code} if code else None)  # type: ignore[no-untyped-call]  # slack_sdk's


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DialpadError)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("risk", list(Risk))
def test_every_dialpad_error_says_what_to_do_and_no_status_code(kind: type[DialpadError], risk: Risk) -> None:
    trouble = read_trouble(kind(), reference="abcd1234", risk=risk)

    assert trouble.expected
    assert trouble.text.count(".") >= 2
    assert not re.search(r"\b[45]\d\d\b|sorry|oops", trouble.text, re.IGNORECASE)
    assert "abcd1234" not in trouble.text


def test_dialpads_own_short_sentence_is_quoted() -> None:
    assert "“No plan.”" in read_trouble(NotAllowed("No plan."), reference="x").text
    assert "“" not in read_trouble(NotAllowed("x" * 500), reference="x").text


def test_a_refusal_says_what_the_account_needs_for_it() -> None:
    for kind in (NotAllowed, NotFound):
        refused = kind("No.")
        refused.needs = "the scope “fax_message”"
        said = read_trouble(refused, reference="x").text
        assert said.endswith("Your company's Dialpad account needs the scope “fax_message” for this.")
    assert "account needs" not in read_trouble(NotAllowed("No."), reference="x").text


def test_a_missing_key_is_told_and_logged() -> None:
    trouble = read_trouble(KeyProblem("which row it was"), reference="abcd1234")

    assert "encryption key is missing. Tell whoever runs this bot the reference abcd1234" in trouble.text
    assert "which row" not in trouble.text
    assert not trouble.expected


def test_a_limit_says_how_long_to_wait() -> None:
    assert "in 4 s" in read_trouble(TooMany(retry_after=3.2), reference="x").text
    assert "in a minute" in read_trouble(TooMany(), reference="x").text


def test_only_a_change_can_have_happened() -> None:
    assert "may or may not" in read_trouble(OutcomeUnknown(), reference="x", risk=Risk.OUTWARD).text
    assert "may or may not" not in read_trouble(OutcomeUnknown(), reference="x", risk=Risk.READ).text


def test_a_change_that_dialpad_never_answered_is_not_said_to_have_changed_nothing() -> None:
    silent, down = Unavailable(reason=NO_ANSWER), Unavailable(reason="not reached")
    assert "may or may not" in read_trouble(silent, reference="x", risk=Risk.CHANGE).text
    assert "nothing was changed" in read_trouble(down, reference="x", risk=Risk.CHANGE).text
    assert "may or may not" not in read_trouble(silent, reference="x", risk=Risk.READ).text


def test_what_was_written_for_the_person_is_said_as_it_is() -> None:
    assert read_trouble(UserError("Pick one."), reference="x").text == "Pick one."
    assert read_trouble(NotConnected(), reference="x").text == NotConnected().text
    assert read_trouble(NotConfirmed("late"), reference="x").text == NotConfirmed("late").text


def test_a_field_error_knows_its_field() -> None:
    assert dict(read_trouble(FieldError("to", "Nobody."), reference="x").problems) == {"to": "Nobody."}
    assert dict(read_trouble(Refused({"a": "1", "b": "2"}), reference="x").problems) == {"a": "1", "b": "2"}


def test_slacks_refusals_have_words() -> None:
    assert "/invite" in read_trouble(refused("not_in_channel"), reference="x").text


@pytest.mark.parametrize("error", [refused("new_one"), RuntimeError("secret"), refused(None)])
def test_anything_else_gives_the_reference_and_nothing_of_itself(error: Exception) -> None:
    trouble = read_trouble(error, reference="abcd1234")

    assert not trouble.expected
    assert "abcd1234" in trouble.text
    assert "secret" not in trouble.text


def test_slack_being_away_is_told_apart() -> None:
    assert "Slack cannot be reached" in read_trouble(aiohttp.ClientConnectionError(), reference="x").text
