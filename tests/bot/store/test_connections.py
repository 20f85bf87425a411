import asyncio
import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, text

from bot.basics.person import PersonKey
from bot.dialpad.connection import DialpadConnection, DialpadConnections
from bot.store.keys import KeyProblem
from bot.store.store import Store
from tests.bot.store.files import everything_in

LINK = DialpadConnection(
    kind="oauth",
    access_token=SecretStr("access-token-of-ana"),
    refresh_token=SecretStr("refresh-token-of-ana"),
    expires_at=datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC),
    scopes=("calls:list", "offline_access"),
    dialpad_user_id="5100000000000101",
    dialpad_name="Ana Ferreira",
    company_id="6100000000000001",
    is_company_key=False,
    broken=False,
    connected_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)
API_KEY = dataclasses.replace(
    LINK,
    kind="api_key",
    refresh_token=None,
    expires_at=None,
    scopes=(),
    dialpad_user_id=None,
    company_id=None,
    is_company_key=True,
)


@pytest.mark.parametrize("link", [LINK, API_KEY], ids=["oauth", "api_key"])
async def test_a_link_comes_back_as_it_was_saved(store: Store, ana: PersonKey, link: DialpadConnection) -> None:
    connections: DialpadConnections = store.connections

    await connections.save(ana, link)

    assert await connections.get(ana) == link


async def test_somebody_without_a_link_has_none(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    await store.connections.save(ana, LINK)

    assert await store.connections.get(sam) is None


async def test_the_same_user_id_in_another_workspace_is_somebody_else(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)

    assert await store.connections.get(PersonKey("T0OTHER", ana.user_id)) is None


async def test_saving_again_replaces_the_tokens(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)
    await store.connections.save(ana, API_KEY)

    assert await store.connections.get(ana) == API_KEY


async def test_a_deleted_link_is_gone_and_deleting_again_is_fine(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)
    await store.connections.delete(ana)
    await store.connections.delete(ana)

    assert await store.connections.get(ana) is None


async def test_of_many_who_find_a_link_broken_one_tells_the_person(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)

    firsts = await asyncio.gather(*(store.connections.mark_broken(ana) for _ in range(8)))

    assert sorted(firsts) == [False] * 7 + [True]
    assert await store.connections.get(ana) == dataclasses.replace(LINK, broken=True)


async def test_connecting_again_mends_a_broken_link(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)
    await store.connections.mark_broken(ana)
    await store.connections.save(ana, LINK)

    assert await store.connections.get(ana) == LINK
    assert await store.connections.mark_broken(ana)


async def test_nobody_is_told_about_a_link_that_is_not_there(store: Store, ana: PersonKey) -> None:
    assert not await store.connections.mark_broken(ana)


async def test_tokens_copied_into_another_persons_row_do_not_open(store: Store, ana: PersonKey, sam: PersonKey) -> None:
    await store.connections.save(ana, LINK)
    await store.connections.save(sam, API_KEY)

    def steal(connection: Connection) -> None:
        connection.execute(
            text("UPDATE links SET sealed = (SELECT sealed FROM links WHERE user_id = :ana) WHERE user_id = :sam"),
            {"ana": ana.user_id, "sam": sam.user_id},
        )

    await store.database.write(steal)

    with pytest.raises(KeyProblem):
        await store.connections.get(sam)


async def test_no_token_is_readable_in_the_database_file(sqlite_store: Store, ana: PersonKey, tmp_path: Path) -> None:
    await sqlite_store.connections.save(ana, LINK)
    await sqlite_store.aclose()

    on_disk = everything_in(tmp_path)
    assert b"Ana Ferreira" in on_disk
    assert b"token-of-ana" not in on_disk
