"""Fixtures for all tests."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.cached_queries import watch_every_compilation
from tests.company_queries import watch_every_query
from tests.marks import kept_inside, mark, turn
from tests.memory import keep_temporary_files_in_memory
from tests.postgres import NoPostgres, PostgresServer, start_postgres
from tests.prepared import Lending, sqlite_with_tables

settings.register_profile("unhurried", settings(), deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--two-processes",
        choices=["http", "socket mode"],
        help="run tests/flows with two processes of the bot on Postgres, reached by Slack in this way",
    )


def pytest_configure() -> None:
    keep_temporary_files_in_memory()
    watch_every_query()
    watch_every_compilation()


def pytest_itemcollected(item: pytest.Item) -> None:
    mark(item)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=turn)


@pytest.fixture(autouse=True)
def inside_this_process(request: pytest.FixtureRequest) -> Iterator[None]:
    with kept_inside(request.node):
        yield


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """structlog's own default draws tracebacks with every local variable, which takes seconds each."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The command line sets logging up for its own process; the next test finds it as it was."""
    structlog_before = structlog.get_config()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**structlog_before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server per pytest process. Without Postgres the test is skipped, and fails where ``CI`` is set."""
    try:
        with start_postgres() as server:
            yield server
    except NoPostgres as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def lending(postgres_server: PostgresServer) -> Lending:
    return Lending(postgres_server)


@pytest.fixture
def postgres_url(lending: Lending) -> Iterator[str]:
    """A database with all tables and no rows, for one test."""
    url = lending.lend()
    yield url
    lending.take_back(url)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database without any tables."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database with all tables and no rows, for one test."""
    return sqlite_with_tables(tmp_path / "bot.db")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """All tables and no rows; the test runs once on SQLite and once on Postgres."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """No tables; the test runs once on SQLite and once on Postgres."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bot.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url
