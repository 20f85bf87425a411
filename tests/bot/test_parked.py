"""``dialpad-chatops events``: what was set aside is listed, retried and dropped, on either database."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.app import _count
from bot.basics.metrics import Metrics
from bot.notifications import intake
from bot.notifications.intake import TRIES
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.notifications.arriving import Recorder, arrival
from tests.payloads import payload

NUMBER = "4155550150"


class Place:
    """A database of a bot that is not running."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = generate_key()

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "ENCRYPTION_KEYS": self.key}

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ("events", *arguments), env=self.environment)

    def listed(self) -> list[dict[str, Any]]:
        found = self.run("list", "--json")
        assert found.exit_code == 0, found.output
        events: list[dict[str, Any]] = json.loads(found.stdout)
        return events

    def park(self, count: int) -> None:
        """A bot runs until so many events have failed for good."""

        async def fail() -> None:
            recorder = Recorder()
            recorder.errors = [ValueError() for _ in range(TRIES * count)]
            async with arrival(self.url, recorder, parse_keys(self.key)) as here:
                for number in range(count):
                    await here.arrives(payload("call missed", call_id=number + 1))
                await here.until_idle()

        asyncio.run(fail())

    def deliver(self, count: int) -> list[str]:
        """A bot runs until it has delivered so many; which calls they are about."""

        async def run() -> list[str]:
            recorder = Recorder()
            async with arrival(self.url, recorder, parse_keys(self.key)) as here:
                delivered = await recorder.until_delivered(count)
                await here.until_idle()
            return [str(getattr(event, "call_id", "")) for event in delivered]

        return asyncio.run(run())


@pytest.fixture
def place(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(database_url)


@pytest.fixture
def quick(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """For what the database has no part in."""
    monkeypatch.chdir(tmp_path)
    return Place(sqlite_url)


def test_parked_events_are_listed_with_what_is_known_and_nothing_of_their_content(place: Place) -> None:
    place.park(2)

    first, second = place.listed()
    assert sorted(first) == ["company", "hook", "key", "kind", "parked", "received", "tries"]
    assert (first["kind"], first["company"], first["tries"]) == ("call", "61", TRIES)
    assert first["key"] != second["key"]
    assert NUMBER not in json.dumps([first, second])


def test_the_table_shows_the_same_key_and_no_content(quick: Place) -> None:
    quick.park(1)
    shown = quick.run("list").output

    assert quick.listed()[0]["key"] in shown
    assert NUMBER not in shown


def test_with_nothing_set_aside_it_says_so(quick: Place) -> None:
    found = quick.run("list")

    assert (found.exit_code, found.output) == (0, "Nothing is set aside.\n")
    assert quick.listed() == []


def test_one_of_two_is_retried_and_delivered_by_the_next_bot(place: Place) -> None:
    place.park(2)
    first, second = place.listed()

    found = place.run("retry", first["key"])
    assert (found.exit_code, found.output) == (0, "Queued for delivery again: 1.\n")
    assert [one["key"] for one in place.listed()] == [second["key"]]
    assert place.deliver(1) == ["1"]


def test_all_are_retried(quick: Place) -> None:
    quick.park(2)

    assert quick.run("retry", "--all").output == "Queued for delivery again: 2.\n"
    assert sorted(quick.deliver(2)) == ["1", "2"]


@pytest.mark.process
async def test_a_bot_that_runs_in_another_process_delivers_what_is_retried_here(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LOOK_EVERY_S", 0.05)
    recorder = Recorder()
    recorder.errors = [ValueError()] * TRIES
    async with arrival(place.url, recorder, parse_keys(place.key)) as here:
        await here.arrives(payload("call missed"))
        await recorder.until_tried(TRIES)
        await here.until_idle()

        other = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "events", "retry", "--all"),
            env={**os.environ, **place.environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await other.communicate()

        assert other.returncode == 0, output
        assert len(await recorder.until_delivered(1)) == 1


def test_dropped_events_are_gone_for_good(place: Place) -> None:
    place.park(2)
    first, second = place.listed()

    found = place.run("drop", first["key"], "--yes")
    assert (found.exit_code, found.output) == (0, "Dropped: 1.\n")
    assert [one["key"] for one in place.listed()] == [second["key"]]
    assert place.run("drop", "--all", "--yes").output == "Dropped: 1.\n"
    assert place.listed() == []


def test_nothing_is_dropped_without_a_yes(quick: Place) -> None:
    quick.park(1)
    found = quick.run("drop", "--all")

    assert found.exit_code == 2
    assert "--yes" in found.output
    assert len(quick.listed()) == 1


@pytest.mark.parametrize("line", [("retry",), ("drop", "--yes")])
def test_an_unknown_key_changes_nothing_and_is_named(quick: Place, line: tuple[str, ...]) -> None:
    quick.park(1)
    known = quick.listed()[0]["key"]
    found = quick.run(line[0], known, "0000000000", *line[1:])

    assert found.exit_code == 2
    assert "0000000000" in found.output
    assert known not in found.output
    assert len(quick.listed()) == 1


@pytest.mark.parametrize("line", [("retry",), ("retry", "0000000000", "--all"), ("drop", "--yes")])
def test_either_keys_or_all_have_to_be_given(quick: Place, line: tuple[str, ...]) -> None:
    found = quick.run(*line)

    assert found.exit_code == 2
    assert "--all" in found.output


async def test_the_numbers_of_a_running_bot_are_those_of_its_database(database_url: str) -> None:
    store = await Store.open(database_url, parse_keys(generate_key()))
    metrics = Metrics()
    for name in ("call:1:missed:1", "call:2:missed:1"):
        await store.events.receive(name, hook_id="h1", kind="call", body=b"{}", timed=True)
    await store.events.park("h1:call:1:missed:1", tries=TRIES)

    await _count(store, metrics, lambda: 2.5)

    assert metrics.registry.get_sample_value("chatops_events_waiting") == 1
    assert metrics.registry.get_sample_value("chatops_events_parked") == 1
    assert metrics.registry.get_sample_value("chatops_slack_socket_silent_seconds") == 2.5
    oldest = metrics.registry.get_sample_value("chatops_events_oldest_waiting_seconds")
    assert oldest is not None
    assert oldest > 0
    await store.aclose()


async def test_without_a_database_the_numbers_are_unknown_and_not_old(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'no such folder' / 'bot.db'}", parse_keys(generate_key()))
    metrics = Metrics()
    metrics.events(waiting=5, parked=0, oldest_s=1)

    await _count(store, metrics, None)

    waiting = metrics.registry.get_sample_value("chatops_events_waiting")
    assert waiting is not None
    assert waiting != waiting  # noqa: PLR0124  # only NaN is not itself
    await store.aclose()
