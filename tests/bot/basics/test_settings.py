from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.basics.settings import CONFIG, BadSettings, Settings, read_settings

NAMES = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET",
    "SLACK_API_URL", "DIALPAD_BASE_URL", "DIALPAD_CLIENT_ID", "DIALPAD_CLIENT_SECRET", "DIALPAD_API_KEY",
    "DATABASE_URL", "ENCRYPTION_KEYS", "PUBLIC_URL", "HOST", "METRICS_TOKEN",
)  # fmt: skip
"""Fixed: other tools are written against them. PORT, which is a number, has a test of its own."""

MORE = (
    "PORT", "COMMAND", "REGION", "LOG_FORMAT", "DIALPAD_SCOPES", "KEEP_CALLS_DAYS", "KEEP_TEXTS_DAYS",
    "KEEP_AUDIT_DAYS", "LOG_LEVEL", "METRICS_PORT", CONFIG,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*NAMES, *MORE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def read(settings: Settings, name: str) -> str:
    value = getattr(settings, name.lower())
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_of_the_interface_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "https://value.example.test")

    assert read(Settings(), name).rstrip("/") == "https://value.example.test"


def test_the_port_is_read_and_shows_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8080")

    assert Settings().base_url == "http://localhost:8080"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_value_is_as_good_as_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = getattr(Settings(), name.lower())
    monkeypatch.setenv(name, "")

    assert getattr(Settings(), name.lower()) == unset


def test_no_secret_shows_in_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [name for name in NAMES if name.endswith(("_TOKEN", "_SECRET", "_KEY", "_KEYS"))]
    for name in secrets:
        monkeypatch.setenv(name, f"hidden-{name}")
    settings = Settings()

    assert len(secrets) == 8
    assert "hidden-" not in repr(settings)
    assert "hidden-" not in str(settings)


@pytest.mark.parametrize("name", ["PUBLIC_URL", "DIALPAD_BASE_URL"])
def test_a_trailing_slash_is_dropped_where_paths_are_added(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "https://value.example.test/")

    assert read(Settings(), name) == "https://value.example.test"


@pytest.mark.parametrize("value", ["https://slack.example.test/api", "https://slack.example.test/api/"])
def test_slacks_address_ends_in_a_slash(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", value)

    assert Settings().slack_api_url == "https://slack.example.test/api/"


@pytest.mark.parametrize(
    "value", ["calls:list offline_access", "calls:list,offline_access", "calls:list, offline_access"]
)
def test_scopes_are_separated_by_spaces_or_commas(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALPAD_SCOPES", value)

    assert Settings().dialpad_scopes == ("calls:list", "offline_access")


@pytest.mark.parametrize("value", ["phone", "/phone", " /Phone "])
def test_the_command_is_written_as_slack_sends_it(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMAND", value)

    assert Settings().command == "/phone"
    assert Settings().typed("dnd on") == "/phone dnd on"
    assert Settings().typed("") == "/phone"


def test_the_public_address_is_what_browsers_are_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://chatops.example.test")

    assert Settings().base_url == "https://chatops.example.test"


def test_a_dotenv_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOST=0.0.0.0\nSLACK_BOT_TOKEN=xoxb-file\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-environment")
    settings = Settings()

    assert settings.host == "0.0.0.0"  # noqa: S104  what the file says; nothing listens
    assert read(settings, "SLACK_BOT_TOKEN") == "xoxb-environment"


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(ValidationError):
        setattr(Settings(), "port", 1)  # noqa: B010  spelt so because the type checker refuses it too


@pytest.mark.parametrize(
    ("name", "value"),
    [("KEEP_CALLS_DAYS", "14"), ("KEEP_TEXTS_DAYS", "0"), ("KEEP_AUDIT_DAYS", "-1"), ("KEEP_CALLS_DAYS", "a month")],
)
def test_what_is_kept_too_short_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=name):
        read_settings()


def test_another_file_is_read_when_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMMAND=/wrong\nREGION=DE\n", encoding="utf-8")
    (tmp_path / "other.env").write_text("COMMAND=/phone\n", encoding="utf-8")
    monkeypatch.setenv(CONFIG, str(tmp_path / "other.env"))

    found = read_settings()

    assert (found.command, found.region) == ("/phone", "US")


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMMAND=/file\n", encoding="utf-8")
    monkeypatch.setenv("COMMAND", "/environment")

    assert read_settings().command == "/environment"


def test_a_named_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CONFIG, str(tmp_path / "missing.env"))

    with pytest.raises(BadSettings, match="There is no file"):
        read_settings()


@pytest.mark.parametrize("typed", ["DEBUG", "Warning", "error"])
def test_the_level_of_the_log_may_be_written_in_any_case(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", typed)

    assert read_settings().log_level == typed.lower()


def test_a_level_that_does_not_exist_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")

    with pytest.raises(BadSettings, match="LOG_LEVEL"):
        read_settings()


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
