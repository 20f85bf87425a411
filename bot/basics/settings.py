"""The bot's settings, read from the environment and from ``.env``."""

import os
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.basics.errors import ChatopsError

COMMAND: Final = "/dp"
"""The default root slash command: in manifest.yml and the generated pages. What people read in Slack
or a browser says ``Settings.typed``."""


class Settings(BaseSettings):
    """The settings, under the environment's names in lower case. Secrets never show in ``repr``."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True, use_attribute_docstrings=True
    )
    # Each docstring below is a row of docs/settings.md.

    slack_bot_token: SecretStr | None = None
    """``xoxb-…``, for one workspace. Leave it empty where people install through ``/slack/install``."""
    slack_app_token: SecretStr | None = None
    """``xapp-…``, with the scope ``connections:write``: turns Socket Mode on, so that no public address is needed."""
    slack_signing_secret: SecretStr | None = None
    """Proves that a request is Slack's. Needed where Slack reaches the bot over HTTP."""
    slack_client_id: str | None = None
    """With ``SLACK_CLIENT_SECRET``: for installing into several workspaces at ``/slack/install``."""
    slack_client_secret: SecretStr | None = None
    """Belongs to ``SLACK_CLIENT_ID``."""
    slack_api_url: str = "https://slack.com/api/"
    """Where Slack's API is; another one only for tests and for GovSlack."""

    dialpad_base_url: str = "https://dialpad.com"
    """``https://sandbox.dialpad.com`` for Dialpad's sandbox."""
    dialpad_client_id: str | None = None
    """Dialpad's OAuth app, so that people sign in instead of pasting an API key."""
    dialpad_client_secret: SecretStr | None = None
    """Belongs to ``DIALPAD_CLIENT_ID``."""
    dialpad_scopes: Annotated[tuple[str, ...], NoDecode] = (
        "offline_access", "calls:list", "message_content_export", "recordings_export",
    )  # fmt: skip
    """What people are asked to agree to. Add ``ai_recap`` for AI recaps and ``fax_message`` for faxes once Dialpad has
    approved them for your app: one that is not approved keeps everybody from connecting."""
    dialpad_api_key: SecretStr | None = None
    """For ``call`` in a terminal. Nobody in Slack acts with it."""

    database_url: str = "sqlite+aiosqlite:///dialpad-chatops.db"
    """Or ``postgresql://…``, for any number of replicas behind a balancer or in Socket Mode."""
    encryption_keys: SecretStr | None = None
    """Separated by commas; the first encrypts, all decrypt. Empty with SQLite: a key file beside the database."""

    public_url: str | None = Field(None, validation_alias=AliasChoices("public_url", "PUBLIC_URL"))
    """Where browsers, and over HTTP Slack, reach the bot. Empty: ``http://localhost:PORT``."""
    host: str = "127.0.0.1"
    """Where it listens. Only loopback, unless you open it."""
    port: int = 3000
    """Where it listens."""
    command: str = COMMAND
    """The root slash command; the short forms are this plus ``-dnd``, ``-sms`` and so on. ``manifest`` and every text
    go by it."""
    region: str = "US"
    """Where a number without country code is from, as ISO 3166 alpha-2, or several joined by ``+``, unless the person
    set their own. When it is not set, the company's offices tell."""
    channel_language: Literal["en", "es"] = "en"
    """What channels read: ``en`` or ``es``. Each person reads what they use Slack in."""
    keep_calls_days: int = Field(30, ge=15, le=3650)
    """How long calls that were heard, and their cards, are kept after they last changed. A weekly digest compares with
    the week before, so it is never less than fifteen days."""
    keep_texts_days: int = Field(30, ge=1, le=3650)
    """The same for texts and conversations."""
    keep_audit_days: int = Field(180, ge=1, le=3650)
    """The same for who did what."""
    roles_file: str | None = None
    """A TOML file that says who may do what (docs/admin.md). It goes before what is chosen in Slack."""
    log_format: Literal["console", "json"] = "console"
    """How a line of the log is written: ``console`` for people, ``json`` for machines."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least that is logged. What libraries say is logged from ``warning`` on, whatever this says."""
    metrics_token: SecretStr | None = None
    """Whoever sends it as a bearer token sees ``/metrics`` and the details of ``/readyz``. Without it only this machine
    does, and nobody once ``PUBLIC_URL`` is set: behind a proxy everybody seems to be this machine."""

    metrics_port: int | None = Field(None, ge=1, le=65535)
    """A port of its own, at ``HOST``, for ``/metrics``, ``/readyz`` and ``/healthz``: whoever reaches it needs no
    token. Publish it to your monitoring alone."""

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_lower_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

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


CONFIG: Final = "DIALPAD_CHATOPS_CONFIG"
"""The environment variable that names another file than ``.env``; ``--config`` sets it."""


def read_settings() -> Settings:
    """Read the settings: the environment goes before ``.env``, or before the file that CONFIG names. Raises
    BadSettings."""
    named = os.environ.get(CONFIG)
    if named and not Path(named).is_file():
        raise BadSettings(f"There is no file {named}. Check --config or {CONFIG}.")
    file = named or ".env"
    try:
        return Settings(_env_file=file)
    except ValidationError as problem:
        found = [
            f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}."
            for one in problem.errors(include_url=False, include_input=False)
        ]
        raise BadSettings(" ".join(["These settings cannot be used.", *found])) from None
    except UnicodeDecodeError:
        raise BadSettings(f"The file {file} is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as problem:
        raise BadSettings(f"The file {file} cannot be read: {problem.strerror}.") from None
