"""In which language somebody is answered while Slack says it, and while it does not."""

import asyncio
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.contract import reader_languages
from bot.contract.context import Profile
from bot.contract.reader_languages import ReaderLanguages

ANA = PersonKey("T1", "U1")


@dataclass
class FakePeople:
    """Says one language, and counts. ``trouble``: None, ``refuses``, or ``hangs``."""

    language: str = "es"
    trouble: str | None = None
    asked: int = 0

    async def profile(self, key: PersonKey) -> Profile:
        self.asked += 1
        if self.trouble == "refuses":
            raise UserError("Slack did not say who you are.")
        if self.trouble == "hangs":
            await asyncio.Event().wait()
        return Profile("Ana", None, ZoneInfo("UTC"), language=self.language)

    def look_again(self, key: PersonKey, *, after_s: float = 0.0) -> None:
        raise AssertionError("nobody asked for that")

    async def with_email(self, team_id: str, email: str) -> str | None:
        raise AssertionError("nobody asked for that")


@dataclass
class Seconds:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_person_is_answered_in_what_they_use_slack_in_now() -> None:
    people = FakePeople()
    languages = ReaderLanguages(people, "en")
    assert await languages.of(ANA) == "es"
    people.language = "en"
    assert await languages.of(ANA) == "en"


@pytest.mark.parametrize("trouble", ["refuses", "hangs"])
async def test_while_slack_does_not_say_what_it_said_last_holds_and_nobody_waits_twice(
    trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_languages, "_WAIT_S", 0.01)
    people, clock = FakePeople(), Seconds()
    languages = ReaderLanguages(people, "en", clock)
    await languages.of(ANA)
    people.trouble = trouble

    assert [await languages.of(ANA) for _ in range(5)] == ["es"] * 5
    assert people.asked == 2
    people.trouble = None
    people.language = "en"
    clock.now += 31
    assert await languages.of(ANA) == "en"


async def test_somebody_of_whom_slack_never_said_anything_is_answered_in_the_teams_language() -> None:
    languages = ReaderLanguages(FakePeople(trouble="refuses"), "es")
    assert await languages.of(ANA) == "es"
    assert await languages.of_channel("T1", "C1") == "es"
