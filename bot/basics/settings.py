"""The bot's settings, read from the environment and from ``.env``."""

from typing import Annotated, Final, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.basics.errors import ChatopsError

COMMAND: Final = "/dp"
"""The default root slash command: in manifest.yml and the generated pages. What people read in Slack
or a browser says ``Settings.typed``."""


class Settings(BaseSettings):
    """The settings, under the environment's names in lower case. Secrets never show in ``repr``."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    """``xoxb-``: one workspace. Leave empty when people install through ``/slack/install``."""
    slack_app_token: SecretStr | None = None
    """``xapp-``: turns Socket Mode on, so that no public address is needed."""
    slack_signing_secret: SecretStr | None = None
    """Needed when Slack reaches the bot over HTTP."""
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    dialpad_base_url: str = "https://dialpad.com"
    dialpad_client_id: str | None = None
    dialpad_client_secret: SecretStr | None = None
    dialpad_scopes: Annotated[tuple[str, ...], NoDecode] = (
        "offline_access", "calls:list", "message_content_export", "recordings_export",
    )  # fmt: skip
    """The OAuth scopes people are asked to consent to; Dialpad approves each scope for an OAuth app by hand."""
    dialpad_api_key: SecretStr | None = None
    """For the command line (``call``); never used for requests from Slack."""

    database_url: str = "sqlite+aiosqlite:///dialpad-chatops.db"
    encryption_keys: SecretStr | None = None
    """Comma-separated; the first encrypts, all decrypt. Empty with SQLite: a key file beside the database."""

    public_url: str | None = Field(None, validation_alias=AliasChoices("public_url", "PUBLIC_URL"))
    """Where browsers reach this bot, for connecting; without it ``http://localhost:PORT``."""
    host: str = "127.0.0.1"
    port: int = 3000
    command: str = COMMAND
    """The root slash command; aliases are this plus ``-dnd``, ``-sms`` and so on."""
    region: str = "US"
    """Where a number without country code is from, as ISO 3166 alpha-2, or several joined by "+", unless the person set
    their own. When it is not set, the company's offices tell."""
    keep_calls_days: int = Field(30, ge=15, le=3650)
    """How long calls that were heard, and their cards, are kept after they last changed. A weekly digest compares with
    the week before, so it is never less than fifteen days."""
    keep_texts_days: int = Field(30, ge=1, le=3650)
    """The same for texts and conversations."""
    keep_audit_days: int = Field(180, ge=1, le=3650)
    log_format: Literal["console", "json"] = "console"
    metrics_token: SecretStr | None = None
    """Whoever sends it as a bearer token sees ``/metrics`` and the details of ``/readyz``. Without it only this machine
    does, and nobody once PUBLIC_URL is set: behind a proxy everybody seems to be this machine."""

    @field_validator("dialpad_scopes", mode="before")
    @classmethod
    def _split_scopes(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("command", mode="after")
    @classmethod
    def _with_one_slash(cls, value: str) -> str:
        return "/" + value.strip().strip("/").lower()  # as Slack sends it

    @field_validator("public_url", "dialpad_base_url", mode="after")
    @classmethod
    def _without_trailing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value

    @field_validator("slack_api_url", mode="after")
    @classmethod
    def _with_trailing_slash(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    def typed(self, words: str) -> str:
        """Return how ``words`` are typed in Slack; every text that says what to type uses this."""
        return f"{self.command} {words.strip()}".rstrip()

    @property
    def base_url(self) -> str:
        """Return the address for links that browsers open, without a trailing slash."""
        return self.public_url or f"http://localhost:{self.port}"


class BadSettings(ChatopsError):
    """Settings cannot be used as they are; the message names each, without its value."""


def read_settings() -> Settings:
    """Read the settings from the environment and ``.env``. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as problem:
        found = [
            f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}."
            for one in problem.errors(include_url=False, include_input=False)
        ]
        raise BadSettings(" ".join(["These settings cannot be used.", *found])) from None
    except UnicodeDecodeError:
        raise BadSettings("The file .env is not UTF-8 text. Save it as UTF-8.") from None
