from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.activity.subscriptions.subscription import Subscription
from bot.app import Misconfigured, check, open_store
from bot.basics.person import PersonKey
from bot.basics.settings import Settings
from bot.doctor import Finding, examine
from bot.sandbox.serving import listen, serving
from bot.setup_check import problems_of
from bot.slack.api.manifest import CORE, SCOPES
from bot.store.installations import Installations, SlackInstallation
from bot.store.postings import NewPosting, want


@dataclass
class Answers:
    """What the Slack and the Dialpad at ``url`` say; a test changes it before the doctor looks."""

    url: str = ""
    scopes: str = ",".join(need.name for need in SCOPES)
    slack: object = None
    dialpad_status: int = 401

    async def auth_test(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer xoxb-good":
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        if isinstance(self.slack, str):
            return PlainTextResponse(self.slack)
        answer = self.slack or {"ok": True, "team": "Northlight Supply"}
        return JSONResponse(answer, headers={"x-oauth-scopes": self.scopes})

    async def me(self, _: Request) -> Response:
        return JSONResponse({"error": {"code": self.dialpad_status}}, self.dialpad_status)


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    ready = Answers()
    web = Starlette(
        routes=[Route("/api/auth.test", ready.auth_test, methods=["POST"]), Route("/api/v2/users/me", ready.me)]
    )
    bound = listen(0)
    ready.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    async with serving(web, bound):
        yield ready


Configure = Callable[..., Settings]


@pytest.fixture
def configure(answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Settings where everything is right, except what the test changes."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10**12))

    def settings(**changes: object) -> Settings:
        right: dict[str, object] = {
            "slack_bot_token": SecretStr("xoxb-good"),
            "slack_app_token": SecretStr("xapp-good"),
            "slack_api_url": f"{answers.url}/api/",
            "dialpad_base_url": answers.url,
            "database_url": f"sqlite:///{tmp_path / 'bot.db'}",
        }
        return Settings.model_validate(right | changes)

    return settings


async def look(settings: Settings, what: str) -> Finding:
    """The finding about ``what``."""
    return next(finding for finding in await examine(settings) if finding.what == what)


async def test_with_everything_right_there_is_nothing_to_do(configure: Configure) -> None:
    assert [finding for finding in await examine(configure()) if not finding.ok] == []


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def make_database(settings: Settings) -> None:
    await (await open_store(settings)).aclose()


async def test_without_a_way_to_slack_it_names_both_ways(configure: Configure) -> None:
    found = await look(configure(slack_app_token=None), "SLACK_APP_TOKEN")

    assert not found.ok
    assert "SLACK_APP_TOKEN" in found.said
    assert "SLACK_SIGNING_SECRET" in found.said


async def test_what_run_refuses_is_no_way_to_slack(configure: Configure) -> None:
    found = await look(configure(slack_bot_token=None), "SLACK_BOT_TOKEN")

    assert not found.ok
    assert "Set SLACK_BOT_TOKEN" in found.said


def named(settings: Settings) -> list[str]:
    return [one.name for one in problems_of(settings)]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        ({"slack_bot_token": None, "slack_app_token": None}, ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
        ({"slack_app_token": None, "slack_signing_secret": "made-up"}, ["PUBLIC_URL"]),
        ({"slack_app_token": None, "public_url": "https://chatops.test"}, ["SLACK_SIGNING_SECRET"]),
        ({"slack_bot_token": None, "slack_client_id": "1.2"}, ["SLACK_CLIENT_SECRET", "PUBLIC_URL"]),
        ({"dialpad_client_id": "made-up"}, ["DIALPAD_CLIENT_SECRET"]),
        ({"dialpad_client_secret": "made-up"}, ["DIALPAD_CLIENT_ID"]),
    ],
)
def test_each_missing_setting_of_the_chosen_way_is_named(
    configure: Configure, changes: dict[str, object], names: list[str]
) -> None:
    assert named(configure(**changes)) == names


@pytest.mark.parametrize(
    "value",
    ["xoxb-…", "xoxb-...", "xoxb-your-token", "xoxb-", "your-token", "changeme", "CHANGE_ME", "<token>",
     "xoxb-xxxxxxxx", "xoxb-token", "TODO", "xapp-1-A0-1-abc", "xoxb-12 34", "12345"],
)  # fmt: skip
def test_what_stands_in_examples_is_no_token(configure: Configure, value: str) -> None:
    settings = configure(slack_bot_token=value)
    [problem] = problems_of(settings)

    assert problem.name == "SLACK_BOT_TOKEN"
    assert value in {"xoxb-", "<token>", "TODO", "12345"} or value not in problem.said
    with pytest.raises(Misconfigured):
        check(settings)


@pytest.mark.parametrize(
    "value",
    [
        "https://chatops.example.com",
        "chatops.test",
        "https://your-host",
        "http://",
        "https://a.test   # where",
        "http://[",
    ],
)
def test_what_stands_in_examples_is_no_address(configure: Configure, value: str) -> None:
    assert named(configure(public_url=value)) == ["PUBLIC_URL"]


@pytest.mark.parametrize("value", ["xoxb-1234-5678-AbCdEf", "xoxb-sandbox", "xoxb-good"])
def test_a_real_token_is_none(configure: Configure, value: str) -> None:
    assert named(configure(slack_bot_token=value)) == []


async def test_looking_makes_no_database_no_key_and_no_folder(configure: Configure, tmp_path: Path) -> None:
    found = await look(configure(), "Database")
    elsewhere = await look(configure(database_url=f"sqlite:///{tmp_path / 'data' / 'bot.db'}"), "Database")

    assert found.ok
    assert "the first start makes" in found.said
    assert not elsewhere.ok
    assert "There is no folder" in elsewhere.said
    assert files_of(tmp_path) == {}


async def test_looking_leaves_a_database_as_it_is(configure: Configure, tmp_path: Path) -> None:
    await make_database(configure())
    before = files_of(tmp_path)

    assert (await look(configure(), "Database")).ok
    assert files_of(tmp_path) == before


async def test_a_database_without_its_key_file_is_told_and_gets_no_new_one(
    configure: Configure, tmp_path: Path
) -> None:
    await make_database(configure())
    (tmp_path / "bot.db.key").unlink()
    found = await look(configure(), "Database")

    assert not found.ok
    assert "key file" in found.said
    assert not (tmp_path / "bot.db.key").exists()


async def test_http_is_a_way_to_slack_too(configure: Configure) -> None:
    settings = configure(slack_app_token=None, slack_signing_secret="made-up", public_url="https://chatops.test")

    assert (await look(settings, "Slack connection")).said == "HTTP at https://chatops.test/slack/events"


async def test_a_refused_token_is_named_with_slacks_reason(configure: Configure) -> None:
    found = await look(configure(slack_bot_token="xoxb-bad"), "Slack")

    assert not found.ok
    assert "SLACK_BOT_TOKEN" in found.said
    assert "invalid_auth" in found.said
    assert "xoxb-bad" not in found.said


async def test_a_missing_scope_is_named_with_what_it_is_for(configure: Configure, answers: Answers) -> None:
    answers.scopes = ",".join(need.name for need in SCOPES if need.name != "im:write")
    found = await look(configure(), "Slack")

    assert not found.ok
    assert "im:write (to " in found.said
    assert "chat:write" not in found.said


async def test_an_optional_scope_that_is_not_granted_is_no_fault_and_says_what_is_off(
    configure: Configure, answers: Answers
) -> None:
    answers.scopes = ",".join(need.name for need in SCOPES if not need.name.startswith(("usergroups", "files:read")))
    found = await look(configure(), "Slack")

    assert found.ok
    assert "user groups kept in step with who is on duty, and roles by user group (usergroups:read)" in found.said
    assert "user groups kept in step with who is on duty (usergroups:write)" in found.said
    assert "files attached to forms (files:read)" in found.said
    assert "topic" not in found.said


async def test_every_installation_is_checked_where_the_app_is_installed_by_workspaces(configure: Configure) -> None:
    settings = configure(slack_bot_token=None, slack_client_id="1.2", slack_client_secret="shh")
    store = await open_store(settings)
    installed = Installations(store.context, "1.2")
    core = tuple(need.name for need in CORE)
    await installed.save(SlackInstallation("T1", None, store.now(), "xoxb-1", scopes=core))
    first = await look(settings, "Slack")
    await installed.save(SlackInstallation("T2", None, store.now(), "xoxb-2", scopes=("chat:write",)))
    await store.aclose()

    assert first.ok
    assert "T1: " in first.said
    assert "files attached to forms" in first.said
    assert (await look(settings, "Slack")) == Finding(
        "Slack", False, "Missing scopes in T2. Open /slack/install there again."
    )


@pytest.mark.parametrize("said", ["<html>hotel wifi</html>", ["no", "object"]])
async def test_something_else_at_slacks_address_is_no_crash(
    configure: Configure, answers: Answers, said: object
) -> None:
    answers.slack = said

    assert not (await look(configure(), "Slack")).ok


async def test_addresses_where_nobody_listens_are_named(configure: Configure) -> None:
    nowhere = "http://127.0.0.1:9"
    settings = configure(slack_api_url=f"{nowhere}/api/", dialpad_base_url=nowhere)
    findings = {finding.what: finding for finding in await examine(settings)}

    assert not findings["Slack"].ok
    assert not findings["Dialpad"].ok
    assert "DIALPAD_BASE_URL" in findings["Dialpad"].said


@pytest.mark.parametrize("address", ["dialpad.example.test", "not an address"])
async def test_an_address_that_is_none_is_named(configure: Configure, address: str) -> None:
    assert not (await look(configure(dialpad_base_url=address), "Dialpad")).ok


@pytest.mark.parametrize(("status", "ok"), [(401, True), (200, True), (503, False)])
async def test_dialpad_counts_as_reached_when_it_answers(
    configure: Configure, answers: Answers, status: int, ok: bool
) -> None:
    answers.dialpad_status = status

    assert (await look(configure(), "Dialpad")).ok is ok


async def test_a_database_that_cannot_be_opened_is_a_sentence(configure: Configure, tmp_path: Path) -> None:
    found = await look(
        configure(database_url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'bot.db'}"), "Database"
    )

    assert not found.ok
    assert found.said


async def test_it_says_how_people_connect(configure: Configure) -> None:
    by_key = await look(configure(), "Connecting people")
    by_oauth = await look(configure(dialpad_client_id="made-up", dialpad_client_secret="made-up"), "Connecting people")

    assert "API key" in by_key.said
    assert "/connect/callback" in by_oauth.said


async def test_subscriptions_that_cannot_post_are_told_where_slack_tells_nobody(configure: Configure) -> None:
    store = await open_store(configure())
    troubled = Subscription("w1", PersonKey("T0NORTHLT", "U0PRIYA03"), "C1", problem="token_revoked?")
    await store.subscriptions.save(troubled)
    wanted = {"c1": [NewPosting("C1", "w1")]}
    await store.database.write(lambda held: want(held, store.now(), troubled.company, wanted, {"c1"}))
    await store.aclose()

    found = await look(configure(), "Notifications")
    assert (found.ok, found.said) == (
        False,
        "1 subscription cannot post (token_revoked); 1 message is waiting, for a day.",
    )


async def test_events_that_all_arrived_are_nothing_to_worry_about(configure: Configure) -> None:
    await make_database(configure())
    found = await look(configure(), "Events")

    assert (found.ok, found.said) == (True, "none waits")


async def receive(settings: Settings, *, parked: int, waiting: int) -> None:
    store = await open_store(settings)
    for number in range(parked + waiting):
        key = f"call:{number}:missed:1"
        await store.events.receive(key, hook_id="h1", kind="call", body=b"{}", timed=True)
        if number < parked:
            await store.events.park(f"h1:{key}", tries=12)
    await store.aclose()


async def test_events_on_their_way_are_counted_and_fine(configure: Configure) -> None:
    await receive(configure(), parked=0, waiting=2)
    found = await look(configure(), "Events")

    assert (found.ok, found.said) == (True, "2 wait to be delivered")


@pytest.mark.parametrize(
    ("count", "are"), [(1, "1 could not be delivered and is"), (3, "3 could not be delivered and are")]
)
async def test_events_that_were_set_aside_are_told_with_the_command(configure: Configure, count: int, are: str) -> None:
    await receive(configure(), parked=count, waiting=1)
    found = await look(configure(), "Events")

    assert (found.ok, found.said) == (False, f"{are} set aside. See dialpad-chatops events list")


@pytest.mark.parametrize(("free", "ok"), [(10_000_000, False), (10**12, True)])
async def test_a_disk_that_is_nearly_full_is_told(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, free: int, ok: bool
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    await make_database(configure())

    found = await look(configure(), "Disk")
    assert found.ok is ok
    assert f"{free // 1024**2:,} MB" in found.said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "shown to whoever asks from this machine"),
        ({"public_url": "https://chatops.test"}, "shown to nobody, until METRICS_TOKEN is set"),
        ({"metrics_token": SecretStr("made-up")}, "shown to whoever sends METRICS_TOKEN"),
    ],
)
async def test_it_says_who_sees_the_metrics(configure: Configure, changes: dict[str, object], said: str) -> None:
    assert (await look(configure(**changes), "Metrics")).said == said
