"""The embedded Slack on a loopback port, and the client the bot speaks to it with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.app import build_routes
from bot.basics.settings import Settings
from bot.sandbox.serving import listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import CORE, build_manifest
from bot.slack.api.messages import Clients
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session


@asynccontextmanager
async def open_workspace(*, without: Sequence[str] = ()) -> AsyncIterator[tuple[SlackSandbox, Clients]]:
    """``without``: scopes the app was not given."""
    bound = listen(0)
    url = f"http://localhost:{bound.getsockname()[1]}"
    manifest = build_manifest(build_routes())
    manifest["oauth_config"]["scopes"]["bot"] = [need.name for need in CORE if need.name not in without]
    slack = SlackSandbox(manifest=manifest, base_url=url, declined=without)
    session = open_session()
    async with serving(slack.app, bound):
        try:
            client = build_web_client(Settings(_env_file=None, slack_api_url=f"{url}/api/"), session, "xoxb-sandbox")
            yield slack, OneWorkspace(client)
        finally:
            await session.close()
            await slack.aclose()
