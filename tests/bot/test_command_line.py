import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.store.keys import parse_keys

COMMANDS = (
    "demo", "run", "doctor", "actions", "call", "form", "audit", "completion", "manifest", "docs", "sandbox", "db",
    "keys", "events", "slack",
)  # fmt: skip
BELOW = (
    "sandbox dialpad", "sandbox slack", "db upgrade", "db purge", "db backup", "db restore", "db check", "db copy",
    "keys generate", "keys rotate", "slack create", "slack diff",
    "events list", "events retry", "events drop",
)  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture(autouse=True)
def _empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nobody's .env is read and nobody's database is opened."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_help_names_every_command() -> None:
    found = run("--help")

    assert found.exit_code == 0
    assert [name for name in COMMANDS if name not in found.output] == []


@pytest.mark.parametrize("command", [*COMMANDS, *BELOW])
def test_every_command_explains_itself(command: str) -> None:
    found = run(*command.split(), "--help")

    assert found.exit_code == 0
    assert "Usage:" in found.output


@pytest.mark.process
def test_the_module_is_the_command(tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stderr
    assert "Run your team's Dialpad phone system from Slack." in found.stdout


def test_the_version_is_the_one_of_the_package() -> None:
    wanted = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert run("--version").output == f"dialpad-chatops {wanted['project']['version']}\n"


@pytest.mark.process
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_what_makes_it_complete(shell: str) -> None:
    found = run("completion", shell)

    assert found.exit_code == 0
    assert f"_DIALPAD_CHATOPS_COMPLETE=complete_{shell}" in found.output


@pytest.mark.process
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", {"call", "doctor", "audit", "events"}),
        ("d", {"demo", "doctor", "docs", "db"}),
        ("events re", {"retry"}),
        ("call DIALPAD_LIST_U", {"DIALPAD_LIST_USERS"}),
        ("call list_u", {"list_users"}),
        ("form DIALPAD_LIST_U", {"DIALPAD_LIST_USERS"}),
        ("actions --output ", {"table", "json", "csv"}),
        ("completion z", {"zsh"}),
        ("call --dr", {"--dry-run"}),
    ],
)
def test_a_shell_completes_commands_options_and_actions(typed: str, offered: set[str]) -> None:
    words = f"dialpad-chatops {typed}"
    environment = {
        **os.environ, "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1),
        "_DIALPAD_CHATOPS_COMPLETE": "complete_bash",
    }  # fmt: skip
    start = "import sys; sys.argv = ['dialpad-chatops']; from bot.__main__ import main; main()"
    found = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, env=environment, check=False)

    assert offered <= set(found.stdout.split())


@pytest.mark.process
def test_whoever_stops_reading_sees_no_traceback(tmp_path: Path) -> None:
    line = f"{sys.executable} -m bot actions --json | head -n 1"
    found = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)

    assert (found.stdout, found.stderr) == ("[\n", "")


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("LOG_FORMAT", "xml")])
def test_a_setting_that_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    found = run("doctor")

    assert found.exit_code == 2
    assert name in found.stderr
    assert value not in found.stderr


def test_the_manifest_is_printed_as_yaml() -> None:
    assert yaml.safe_load(run("manifest").output)["settings"]["socket_mode_enabled"]


def test_the_manifest_for_http_carries_the_address() -> None:
    found = yaml.safe_load(run("manifest", "--public-url", "https://chatops.example.test").output)

    assert found["settings"]["interactivity"]["request_url"] == "https://chatops.example.test/slack/events"


def test_the_manifest_names_the_command_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMAND", "/phone")
    found = yaml.safe_load(run("manifest").output)["features"]["slash_commands"]

    assert {one["command"].partition("-")[0] for one in found} == {"/phone"}
    assert "command: /dp\n" in run("manifest", "--command", "/dp").output


def test_a_manifest_in_step_passes_the_check(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text(run("manifest").output, encoding="utf-8")

    assert run("manifest", "--check", "manifest.yml").exit_code == 0


def test_a_manifest_that_differs_fails_the_check_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("settings: {}\n", encoding="utf-8")
    found = run("manifest", "--check", "manifest.yml")

    assert found.exit_code == 1
    assert "make docs" in found.output


def test_a_manifest_that_is_missing_fails_the_check() -> None:
    assert run("manifest", "--check", "manifest.yml").exit_code == 1


def test_docs_are_written_into_a_new_folder_and_pass_the_check() -> None:
    assert run("docs", "docs").exit_code == 0
    assert run("docs", "docs", "--check").exit_code == 0


def test_a_page_that_differs_fails_the_check(tmp_path: Path) -> None:
    run("docs", "docs")
    (tmp_path / "docs" / "commands.md").write_text("old", encoding="utf-8")

    assert run("docs", "docs", "--check").exit_code == 1


def test_a_generated_key_encrypts_and_decrypts() -> None:
    keys = parse_keys(run("keys", "generate").output.strip())

    assert keys.open(keys.seal(b"a token", "row"), "row") == b"a token"


def test_two_generated_keys_differ() -> None:
    assert run("keys", "generate").output != run("keys", "generate").output


def test_the_database_is_made_in_the_folder_it_is_run_in(tmp_path: Path) -> None:
    found = run("db", "upgrade")

    assert found.exit_code == 0, found.output
    assert (tmp_path / "dialpad-chatops.db").exists()


def test_purging_says_how_much_went() -> None:
    found = run("db", "purge")

    assert found.exit_code == 0, found.output
    assert "0 expired rows" in found.output


def test_keys_that_cannot_be_used_are_a_sentence_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCRYPTION_KEYS", "too-short")
    found = run("db", "upgrade")

    assert found.exit_code == 2
    assert "keys generate" in found.output
    assert "Traceback" not in found.output


def test_rotating_keeps_what_the_new_key_comes_first_for(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = run("keys", "generate").output.strip(), run("keys", "generate").output.strip()
    monkeypatch.setenv("ENCRYPTION_KEYS", old)
    run("db", "upgrade")
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{new},{old}")
    found = run("keys", "rotate")

    assert found.exit_code == 0, found.output
    assert found.output.startswith("Encrypted with the first key")


@pytest.mark.parametrize(
    ("name", "said"),
    [("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"), ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")],
)
def test_run_says_which_setting_is_missing(monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    for other in ("SLACK_APP_TOKEN", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "made-up")
    found = run("run")

    assert found.exit_code == 2
    assert said in found.output
