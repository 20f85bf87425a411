"""``auth.*``, ``team.info``, ``bots.info``, ``apps.connections.open``, ``oauth.v2.access``."""

from bot.sandbox.slack.core import Core, Token
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID, BOT_ID, BOT_USER
from bot.sandbox.slack.workspace import Json

TOKEN_SECONDS = 12 * 60 * 60
"""How long a token lasts where the app rotates them."""


def api_test(core: Core, args: Args) -> Json:
    if args.text("error"):
        raise Refused(args.text("error"))
    return {"args": dict(args.fields)}


def auth_test(core: Core, args: Args) -> Json:
    team, user = core.space.team, args.token.user
    answer: Json = {
        "url": f"https://{team['domain']}.slack.com/",
        "team": team["name"],
        "user": core.space.users[user]["name"],
        "team_id": core.org if core.org_wide else team["id"],
        "user_id": user,
        "is_enterprise_install": core.org_wide,
    }
    if core.org is not None:
        answer |= {"enterprise_id": core.org}
    if args.token.kind == "bot":
        answer |= {"bot_id": BOT_ID}
    return answer


def revoke(core: Core, args: Args) -> Json:
    if not args.flag("test"):
        args.token.revoked = True
    return {"revoked": not args.flag("test")}


def team_info(core: Core, args: Args) -> Json:
    team = core.space.team
    icon = {"image_default": True}
    return {
        "team": {
            **team,
            "email_domain": "northlight.example",
            "icon": icon,
            "url": f"https://{team['domain']}.slack.com/",
        }
    }


def bots_info(core: Core, args: Args) -> Json:
    if args.text("bot", BOT_ID) != BOT_ID:
        raise Refused("bot_not_found")
    bot = {
        "id": BOT_ID,
        "deleted": False,
        "name": core.space.app["name"],
        "updated": core.space.now(),
        "app_id": APP_ID,
        "user_id": BOT_USER,
        "icons": {"image_48": f"{core.base_url}/static/favicon.svg"},
    }
    return {"bot": bot}


def open_connection(core: Core, args: Args) -> Json:
    if args.token.kind != "app":
        raise Refused("not_allowed_token_type")
    return {"url": core.ws_url(core.delivery.sockets.issue_ticket())}


def list_teams(core: Core, args: Args) -> Json:
    """List the workspaces that an org's token is good for; the one workspace for any other token."""
    team = core.space.team
    teams = [] if core.lost else [{"id": team["id"], "name": team["name"]}]
    teams += [{"id": one, "name": "Another of the org"} for one in core.org_teams]
    return {"teams": teams, "response_metadata": {"next_cursor": ""}}


def oauth_access(core: Core, args: Args) -> Json:
    """Exchange a code from the consent page, or a refresh token, for the bot's token; either works once."""
    if args.text("grant_type") == "refresh_token":
        renewed = core.refreshing.pop(args.text("refresh_token"), None)
        if renewed is None:
            raise Refused("invalid_refresh_token")
        return _granted(core, BOT_USER, _new_token(core))
    installer = core.codes.pop(args.text("code"), None)
    if installer is None:
        raise Refused("invalid_code")
    known = (name for name, one in core.tokens.items() if one.kind == "bot" and not one.revoked)
    return _granted(core, installer, _new_token(core) if core.rotates else next(known, None) or _new_token(core))


def _new_token(core: Core) -> str:
    name = f"xoxe.xoxb-{core.new_secret()}" if core.rotates else f"xoxb-{core.new_secret()}"
    ends = core.timers.now() + TOKEN_SECONDS if core.rotates else None
    core.tokens[name] = Token("bot", BOT_USER, core.scopes, expires_at=ends)
    return name


def _granted(core: Core, installer: str, bot_token: str) -> Json:
    team = None if core.org_wide else {"id": core.space.team["id"], "name": core.space.team["name"]}
    answer: Json = {
        "access_token": bot_token,
        "token_type": "bot",
        "scope": ",".join(core.scopes),
        "bot_user_id": BOT_USER,
        "app_id": APP_ID,
        "team": team,
        "enterprise": {"id": core.org, "name": "Northlight Group"} if core.org is not None else None,
        "is_enterprise_install": core.org_wide,
        "authed_user": {"id": installer},
    }
    if core.rotates:
        refresh = f"xoxe-1-{core.new_secret()}"
        core.refreshing[refresh] = bot_token
        answer |= {"refresh_token": refresh, "expires_in": TOKEN_SECONDS}
    return answer
