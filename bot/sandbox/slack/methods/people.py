"""``users.*`` and ``usergroups.*``."""

import copy

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.args import Args, page
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import BOT_USER, build_group
from bot.sandbox.slack.workspace import Json


def _shown(core: Core, args: Args, user: Json) -> Json:
    """Return a user as the app may see them: e-mail addresses only with ``users:read.email``."""
    shown = copy.deepcopy(user)
    if core.org is not None:
        teams = user.get("org_teams") or [user["team_id"]]
        shown["enterprise_user"] = {"id": user["id"], "enterprise_id": core.org, "teams": list(teams)}
    shown.pop("org_teams", None)
    if "users:read.email" not in args.token.scopes:
        shown["profile"].pop("email", None)
    if not args.flag("include_locale"):
        shown.pop("locale", None)
    return shown


def _find(core: Core, args: Args) -> Json:
    user = core.space.users.get(args.required("user"))
    if user is None:
        raise Refused("user_not_found")
    return user


def info(core: Core, args: Args) -> Json:
    return {"user": _shown(core, args, _find(core, args))}


def list_(core: Core, args: Args) -> Json:
    chosen, metadata = page(list(core.space.users.values()), args)
    members = [_shown(core, args, one) for one in chosen]
    return {"members": members, "cache_ts": core.space.now(), "response_metadata": metadata}


def look_up_by_email(core: Core, args: Args) -> Json:
    email = args.required("email").casefold()
    for user in core.space.users.values():
        if user["profile"].get("email", "").casefold() == email and not user["deleted"]:
            return {"user": _shown(core, args, user)}
    raise Refused("users_not_found")


def get_profile(core: Core, args: Args) -> Json:
    user = _find(core, args) if args.text("user") else core.space.users[BOT_USER]
    return {"profile": {**_shown(core, args, user)["profile"], "fields": {}}}


def list_groups(core: Core, args: Args) -> Json:
    groups = [_group(one, users=args.flag("include_users")) for one in core.space.usergroups.values()]
    wanted = groups if args.flag("include_disabled") else [one for one in groups if not one["date_delete"]]
    return {"usergroups": wanted}


def create_group(core: Core, args: Args) -> Json:
    name = args.required("name")
    handle = args.text("handle") or name.casefold().replace(" ", "-")
    for group in core.space.usergroups.values():
        if group["name"] == name:
            raise Refused("name_already_exists")
        if group["handle"] == handle:
            raise Refused("handle_already_exists")
    identifier = core.space.new_id("S")
    made = build_group(core.space, identifier, name, handle, BOT_USER)
    made |= {"description": args.text("description"), "prefs": {"channels": args.names("channels"), "groups": []}}
    core.space.usergroups[identifier] = made
    return {"usergroup": _group(core.space.usergroups[identifier])}


def list_group_users(core: Core, args: Args) -> Json:
    return {"users": list(_find_group(core, args)["users"])}


def update_group_users(core: Core, args: Args) -> Json:
    """Replace the whole list of a user group's members; Slack refuses an empty one, and one with somebody whose account
    has ended."""
    group = _find_group(core, args)
    users = args.names("users")
    if not users:
        raise Refused("no_users_provided")
    if any(one not in core.space.users or core.space.users[one].get("deleted") for one in users):
        raise Refused("invalid_users")
    group |= {"users": users, "date_update": core.space.now()}
    return {"usergroup": _group(group, users=True)}


def _find_group(core: Core, args: Args) -> Json:
    group = core.space.usergroups.get(args.required("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return group


def _group(group: Json, *, users: bool = False) -> Json:
    shown = {**group, "user_count": len(group["users"])}
    return shown if users else {key: value for key, value in shown.items() if key != "users"}
