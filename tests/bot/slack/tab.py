"""The Home tab of the small handlers."""

from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button, Card, Fact, Reply
from bot.contract.routing import Router
from tests.bot.slack import verbs

router = Router()


@router.event("app_home_opened")
async def home(ctx: Ctx) -> Answer:
    return Card(
        "Your phone",
        (Fact("Do not disturb", str(len(verbs.happened))),),
        buttons=(Button("Quiet", "verbs.dnd", {"state": "on"}), Button("Refresh", "tab.refresh")),
    )


@router.button()
async def refresh(ctx: Ctx) -> Answer:
    return Reply("Drawn anew.")
