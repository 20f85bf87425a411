"""Cards are drawn again in the language of their channel, whatever was spoken when they were stored."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.activity.alerts import WRONG, AlertRule, Thresholds, what_is_wrong
from bot.activity.board import BoardView
from bot.activity.digest import Digest, from_json, tally, to_json
from bot.activity.digest_times import DigestPeriod
from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import InternalFilter, LabelFilter, NumberFilter, PlaceFilter
from bot.activity.subscriptions.stored import write_whole
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.language import speaking
from bot.basics.person import PersonKey
from bot.cards.alert import alert_card
from bot.cards.announcement import acts_between, announcement
from bot.cards.digest import digest_card
from bot.cards.notice import notice
from bot.cards.subscription import broken_owner, ended_with_owner
from bot.contract.reply import Card, Listing, Reply
from tests.handlers.harness import plain

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LINE = PlaceFilter("callcenter:1", "Support")
ONE = Subscription(
    "one", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.MISSED, NewsKind.SMS}), included=(LINE,)
)


def words(shown: Card | Reply | Listing) -> str:
    return plain(shown.text if isinstance(shown, Reply) else shown.title)


@pytest.mark.parametrize("stored_in", ["en", "es"])
def test_an_alert_says_what_is_wrong_in_the_language_it_is_read_in(stored_in: str) -> None:
    with speaking(stored_in):
        (found,) = what_is_wrong(Thresholds(), BoardView("Support", "callcenter:1", NOON, waiting=(NOON,) * 3)).values()
        said = {"name": "Support", "rule": AlertRule.WAITING.value, "wrong": WRONG.dump(found)}
    assert words(alert_card(said, "c1", "")) == "🚨 Support: 3 callers wait"
    with speaking("es"):
        assert words(alert_card(said, "c1", "")) == "🚨 Support: 3 llamadas en espera"


def test_an_alert_of_an_earlier_version_is_said_as_it_was_stored() -> None:
    assert (
        words(alert_card({"name": "Support", "what": "nobody is on duty"}, "c1", "")) == "🚨 Support: nobody is on duty"
    )


@pytest.mark.parametrize("stored_in", ["en", "es"])
def test_a_notice_of_a_change_is_read_in_the_language_of_the_channel(stored_in: str) -> None:
    with speaking(stored_in):
        state = acts_between(None, ONE, "U1", 1)
    assert words(announcement(state)) == "📣 U1 added: missed calls and texts for Support."
    with speaking("es"):
        assert words(announcement(state)) == "📣 U1 agregó: llamadas perdidas y SMS para Support."


def test_a_notice_of_a_change_keeps_no_filters() -> None:
    some = replace(ONE, included=(LINE, NumberFilter("+4420")), excluded=(LabelFilter("secret"),))
    stored = str(acts_between(None, some, "U1", 1))
    assert "Support" in stored
    assert "secret" not in stored
    assert "+4420" not in stored


def test_a_notice_of_a_change_of_an_earlier_version_is_said_as_it_was_stored() -> None:
    state = {"one|added|U1|": (1, 0, "missed calls for Support")}
    assert words(announcement(state)) == "📣 U1 added: missed calls for Support."


@pytest.mark.parametrize("said", [ended_with_owner(ONE), broken_owner(ONE), {"about": "subscription ended"}])
def test_what_ended_is_said_in_the_language_of_the_channel(said: dict[str, object]) -> None:
    old = said if "made" in said else {**said, "what": "missed calls and texts for Support", "owner": "U1"}
    assert "missed calls and texts for Support" in words(notice(old, ""))
    if "made" in said:
        with speaking("es"):
            assert "llamadas perdidas y SMS para Support" in words(notice(said, ""))


def test_a_digest_says_what_was_counted_in_the_language_of_the_channel() -> None:
    day = DigestPeriod(NewsKind.DAILY, NOON.replace(hour=0), NOON.replace(hour=12))
    outside = replace(ONE, kinds=frozenset({NewsKind.DAILY}), included=(LINE, InternalFilter(False)))
    stored = to_json(
        Digest(
            day, "UTC", "for Support", ("only calls from outside",), tally([], outside.clock), made=write_whole(outside)
        )
    )
    assert "for Support" in words(digest_card(from_json(stored), ""))
    with speaking("es"):
        assert words(digest_card(from_json(stored), "")).startswith("📊 Resumen diario para Support, lunes 30")
