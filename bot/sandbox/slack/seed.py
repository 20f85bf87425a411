"""The workspace as the demo finds it: the cast's people, five channels, the app."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox import cast
from bot.sandbox.slack.clock import Timers
from bot.sandbox.slack.workspace import SLACKBOT, Conversation, ConversationKind, Json, Workspace

APP_ID = "A0DIALPAD1"
BOT_ID = "B0DIALPAD1"
BOT_USER = "U0DIALPAD1"
GROUP = "S0ONCALL1"
TEAM_DOMAIN = "northlight"
ENGLISH = "en-US"
LOCALES = {ENGLISH: "English (US)", "es-LA": "Español (Latinoamérica)"}
"""The languages of this Slack, by its name for each."""

_COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "235e5b")


def build_workspace(timers: Timers, manifest: Json) -> Workspace:
    """Build the workspace. ``manifest`` names the app; everybody in the cast with a ``slack_id`` has an account."""
    display = manifest.get("display_information", {})
    features = manifest.get("features", {})
    home = features.get("app_home", {})
    app = {
        "id": APP_ID,
        "bot_id": BOT_ID,
        "user_id": BOT_USER,
        "name": features.get("bot_user", {}).get("display_name") or display.get("name") or "Dialpad",
        "description": display.get("description", ""),
        "color": display.get("background_color", ""),
        "home_tab": bool(home.get("home_tab_enabled", False)),
        "messages_tab": bool(home.get("messages_tab_enabled", True)),
        "messages_tab_read_only": bool(home.get("messages_tab_read_only_enabled", False)),
    }
    team = {"id": cast.TEAM_ID, "name": cast.COMPANY_NAME, "domain": TEAM_DOMAIN}
    space = Workspace(timers, team=team, app=app)
    for number, person in enumerate(one for one in cast.PEOPLE if one.slack_id):
        space.users[str(person.slack_id)] = _build_person(space, person, _COLORS[number % len(_COLORS)])
    space.users[BOT_USER] = _build_bot(space, BOT_USER, app["name"], is_bot=True)
    space.users[SLACKBOT] = _build_bot(space, SLACKBOT, "Slackbot", is_bot=False)
    _add_channels(space)
    _add_group(space)
    for person in cast.PEOPLE:
        if person.slack_id:
            space.dm(person.slack_id, BOT_USER)
    return space


def _add_channels(space: Workspace) -> None:
    everybody = [person.slack_id for person in cast.PEOPLE if person.slack_id]
    ana, sam, priya = str(cast.ANA.slack_id), str(cast.SAM.slack_id), str(cast.PRIYA.slack_id)
    noor, leo = str(cast.NOOR.slack_id), str(cast.LEO.slack_id)
    rows: tuple[tuple[str, str, ConversationKind, list[str], str], ...] = (
        ("C0GENERAL", "general", "channel", everybody, "Everybody at Northlight"),
        ("C0SUPPORT", "support", "channel", [sam, ana, noor, priya, BOT_USER], "Customers who need help"),
        ("C0SALES01", "sales", "channel", [leo, ana, priya], "Quotes and orders"),
        ("C0PHONES1", "phones", "channel", [priya, sam, ana, noor, leo, BOT_USER], "What happens on the phones"),
        ("C0LEADERS", "leadership", "private", [priya, sam], "Plans"),
    )
    for identifier, name, kind, members, purpose in rows:
        space.channels[identifier] = Conversation(
            identifier, name, kind, space.now() - 86_400, priya, list(members), purpose=purpose
        )


def _add_group(space: Workspace) -> None:
    """Add a user group as somebody once made it by hand, outdated since."""
    priya, leo = str(cast.PRIYA.slack_id), str(cast.LEO.slack_id)
    space.usergroups[GROUP] = build_group(space, GROUP, "Support on duty", "support-oncall", priya) | {"users": [leo]}


def build_group(space: Workspace, identifier: str, name: str, handle: str, creator: str) -> Json:
    """Build a user group without members."""
    return {
        "id": identifier,
        "team_id": space.team["id"],
        "is_usergroup": True,
        "is_subteam": True,
        "name": name,
        "description": "",
        "handle": handle,
        "is_external": False,
        "date_create": space.now(),
        "date_update": space.now(),
        "date_delete": 0,
        "auto_type": None,
        "created_by": creator,
        "updated_by": creator,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": [],
    }


def _profile(name: str, display_name: str, title: str, email: str | None) -> Json:
    first, _, last = name.partition(" ")
    profile: Json = {
        "title": title,
        "phone": "",
        "skype": "",
        "real_name": name,
        "real_name_normalized": name,
        "display_name": display_name,
        "display_name_normalized": display_name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "avatar_hash": "g" + display_name.lower()[:8],
        "team": cast.TEAM_ID,
    }
    if email:
        profile["email"] = email
    return profile


def _build_user(space: Workspace, identifier: str, name: str, profile: Json, **more: Any) -> Json:
    zone = datetime.fromtimestamp(space.timers.now(), ZoneInfo(cast.TIME_ZONE))
    offset = zone.utcoffset()
    return {
        "id": identifier,
        "team_id": cast.TEAM_ID,
        "name": name,
        "deleted": False,
        "color": "757575",
        "real_name": profile["real_name"],
        "locale": ENGLISH,
        "tz": cast.TIME_ZONE,
        "tz_label": "Pacific Daylight Time" if zone.dst() else "Pacific Standard Time",
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": space.now(),
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        **more,
    }


def build_guest(space: Workspace, identifier: str, name: str, team_id: str) -> Json:
    """Build somebody of another company, as a channel shared with it shows them."""
    profile = _profile(name, name.partition(" ")[0], "", None) | {"team": team_id}
    guest = _build_user(space, identifier, name.lower().replace(" ", "."), profile)
    return guest | {"team_id": team_id, "is_stranger": True}


def _build_person(space: Workspace, person: cast.Person, color: str) -> Json:
    profile = _profile(person.name, person.first_name, person.title, person.email)
    admin = person.role == "admin"
    return _build_user(
        space,
        str(person.slack_id),
        person.key,
        profile,
        color=color,
        is_admin=admin,
        is_owner=admin,
        is_primary_owner=admin,
    )


def _build_bot(space: Workspace, identifier: str, name: str, *, is_bot: bool) -> Json:
    profile = _profile(name, name, "", None)
    if is_bot:
        profile |= {"api_app_id": APP_ID, "bot_id": BOT_ID, "always_active": True}
    return _build_user(
        space, identifier, name.lower().replace(" ", ""), profile, is_bot=is_bot, is_email_confirmed=False
    )
