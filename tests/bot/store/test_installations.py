"""Slack's tokens are sealed, old ones in plain text as well, and change their key with all others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from sqlalchemy import Connection, inspect, text

from bot.store.database import sqlite_file
from bot.store.installations import Installations, SlackInstallation
from bot.store.keys import KeyProblem, Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock

AT = datetime(2026, 3, 10, 17, tzinfo=UTC)
OURS = SlackInstallation("T1", "E1", AT, "xoxb-secret", "xoxe-secret", AT + timedelta(hours=12), "U1", ("chat:write",))


def whole_file(store: Store) -> bytes:
    file = sqlite_file(store.database.url)
    assert file is not None
    beside = [file, file.with_name(file.name + "-wal")]
    return b"".join(Path(one).read_bytes() for one in beside if one.exists())


async def test_an_installation_comes_back_as_it_was_stored(store: Store) -> None:
    mine = Installations(store.context, "1.2")
    await mine.save(OURS)

    assert await mine.get("T1") == OURS
    assert await Installations(store.context, "another app").get("T1") is None
    assert "secret" not in repr(OURS)


async def test_no_token_of_slacks_is_readable_in_the_database(sqlite_store: Store) -> None:
    await Installations(sqlite_store.context, "1.2").save(OURS)

    assert b"secret" not in whole_file(sqlite_store)


async def test_slacks_tokens_change_their_key_with_all_others(database_url: str, keys: Keyring, clock: Clock) -> None:
    old, new = generate_key(), generate_key()
    before = await Store.open(database_url, parse_keys(old), clock)
    await before.migrate()
    await Installations(before.context, "1.2").save(OURS)
    await before.aclose()

    both = await Store.open(database_url, parse_keys(f"{new},{old}"), clock)
    assert (await both.rotate()).resealed == 1
    await both.aclose()

    after = await Store.open(database_url, parse_keys(new), clock)
    await after.migrate()
    assert await Installations(after.context, "1.2").get("T1") == OURS
    await after.aclose()

    stranger = await Store.open(database_url, keys, clock)
    with pytest.raises(KeyProblem, match="1 stored"):
        await stranger.migrate()
    await stranger.aclose()


async def test_tokens_in_plain_text_are_sealed_at_the_next_start(
    database_url: str, keys: Keyring, clock: Clock
) -> None:
    store = await Store.open(database_url, keys, clock)
    await store.migrate()
    slack_sdks = AsyncSQLAlchemyInstallationStore("1.2", store.database.engine)
    await slack_sdks.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out
    for hours, token in ((1, "xoxb-newest-secret"), (2, "xoxb-old-secret")):
        since = (AT - timedelta(hours=hours)).timestamp()
        ends = int(AT.timestamp())
        await slack_sdks.async_save(
            Installation(
                app_id="A1", team_id="T1", enterprise_id="E1", bot_token=token, bot_id="B1",
                bot_user_id="UBOT", user_id="U1",
                bot_scopes=["chat:write"], bot_refresh_token="xoxe-secret", bot_token_expires_at=ends,
                incoming_webhook_url="https://hooks.slack.com/secret", user_token="xoxp-secret", installed_at=since,
            )
        )  # fmt: skip
    org = Installation(
        app_id="A1",
        enterprise_id="E2",
        bot_token="xoxb-org-secret",
        bot_id="B",
        bot_user_id="UB",
        user_id="U",
        is_enterprise_install=True,
    )
    await slack_sdks.async_save(org)
    await store.aclose()

    again = await Store.open(database_url, keys, clock)
    await again.migrate()
    mine = Installations(again.context, "1.2")
    at = AT - timedelta(hours=1)
    assert await mine.get("T1") == SlackInstallation(
        "T1", "E1", at, "xoxb-newest-secret", "xoxe-secret", AT, "UBOT", ("chat:write",)
    )
    found = await mine.get("E2")
    assert found is not None
    assert found.token == "xoxb-org-secret"

    def left(connection: Connection) -> set[str]:
        return {"slack_bots", "slack_installations"} & set(inspect(connection).get_table_names())

    assert await again.database.read(left) == set()
    await again.aclose()


async def test_a_sealed_token_leaves_nothing_readable_in_the_file(sqlite_url: str, keys: Keyring, clock: Clock) -> None:
    store = await Store.open(sqlite_url, keys, clock)
    slack_sdks = AsyncSQLAlchemyInstallationStore("1.2", store.database.engine)
    await slack_sdks.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out
    await slack_sdks.async_save(
        Installation(
            app_id="A1",
            team_id="T1",
            bot_token="xoxb-secret",
            bot_id="B1",
            bot_user_id="UB",
            user_id="U1",
            user_token="xoxp-secret",
            installed_at=1.0,
        )
    )
    await store.migrate()
    await store.database.read(lambda connection: connection.execute(text("SELECT 1")).all())
    await store.aclose()  # the last to close it empties the log beside the file

    assert b"secret" not in whole_file(store)


async def test_one_process_at_a_time_renews(store: Store, clock: Clock) -> None:
    mine = Installations(store.context, "1.2")
    await mine.save(OURS)

    assert await mine.begin_renewal(OURS, timedelta(minutes=1))
    assert not await mine.begin_renewal(OURS, timedelta(minutes=1))
    clock.pass_(seconds=61)
    assert await mine.begin_renewal(OURS, timedelta(minutes=1))
