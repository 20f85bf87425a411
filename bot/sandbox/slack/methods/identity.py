"""``auth.*``, ``team.info``, ``bots.info``, ``apps.connections.open``, ``oauth.v2.access``."""

from bot.sandbox.slack.core import Core, Token
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID, BOT_ID, BOT_USER
from bot.sandbox.slack.workspace import Json


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
        "team_id": team["id"],
        "user_id": user,
        "is_enterprise_install": False,
    }
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


def oauth_access(core: Core, args: Args) -> Json:
    """Exchange a code from the consent page for the bot's token; a code works once."""
    installer = core.codes.pop(args.text("code"), None)
    if installer is None:
        raise Refused("invalid_code")
    bot_token = next(
        (name for name, one in core.tokens.items() if one.kind == "bot" and not one.revoked),
        f"xoxb-{core.new_secret()}",
    )
    core.tokens.setdefault(bot_token, Token("bot", BOT_USER, core.scopes))
    return {
        "access_token": bot_token,
        "token_type": "bot",
        "scope": ",".join(core.scopes),
        "bot_user_id": BOT_USER,
        "app_id": APP_ID,
        "team": {"id": core.space.team["id"], "name": core.space.team["name"]},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installer},
    }
