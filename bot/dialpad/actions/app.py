"""Settings of the app that the token belongs to."""

from typing import Any

from pydantic import Field

from bot.dialpad.action import GET, Action, Response, Risk
from bot.dialpad.actions.fields import TargetId, TargetType


class AppSettings(Response):
    """The app's settings. Which keys ``settings`` has depends on the app."""

    enabled: bool | None = None
    is_preferred_service: bool | None = None
    settings: dict[str, Any] | None = None


class GetAppSettings(Action[AppSettings]):
    """See whether the connected app is switched on and how it is set, for the company or for one line."""

    slug = "DIALPAD_RETRIEVE_APP_SETTINGS"
    name = "See the app's settings"
    request = GET("/api/v2/app/settings")
    risk = Risk.READ
    sensitive = True  # an app may keep in them what it likes

    target_type: TargetType | None = Field(
        default=None, title="Kind of line", description="To see one line's settings: what kind of line."
    )
    target_id: TargetId | None = Field(
        default=None, title="Line", description="Which line; with its kind. The company when left out."
    )
