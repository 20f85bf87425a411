"""Finds the workspaces that an installation is good for: some of Slack's methods want an org's token to name one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api.channel_messages import PostRefused, ask
from bot.slack.api.messages import Clients

KEPT_SECONDS: Final = 3600.0

Arguments: TypeAlias = Mapping[str, Any]


class Workspaces:
    """The workspaces of installations, from copies that are at most an hour old. ``clock`` is monotonic seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._clock = clock
        self._kept: dict[str, tuple[float, Sequence[Arguments]]] = {}

    async def of(self, team_id: str) -> Sequence[Arguments]:
        """Return what is to be added to a call, once for each workspace: ``team_id`` for an org's token, else nothing.
        Raises what ``ask`` raises."""
        if not team_id.startswith("E"):
            return ({},)
        until, kept = self._kept.get(team_id, (0.0, ()))
        if self._clock() >= until:
            client = await self._clients.of(team_id)
            teams = await ask_all(client, "auth.teams.list", {"limit": 1000}, "teams")
            kept = tuple({"team_id": str(team["id"])} for team in teams)
            self._kept[team_id] = (self._clock() + KEPT_SECONDS, kept)
        return kept

    def forget(self, team_id: str) -> None:
        """Ask anew the next time: an org's app got or lost workspaces."""
        self._kept.pop(team_id, None)

    def has_lost(self, team_id: str, refused: PostRefused) -> bool:
        """Tell whether a call was refused because the workspace that it named has lost the app: it is left out."""
        if refused.code != "team_access_not_granted":
            return False
        self.forget(team_id)
        return True


async def ask_all(client: AsyncWebClient, method: str, body: Arguments, what: str) -> list[Any]:
    """Return what all pages of a method list under ``what``. Raises what ``ask`` raises."""
    found: list[Any] = []
    cursor = ""
    while True:
        page = await ask(client, method, {**body, **({"cursor": cursor} if cursor else {})})
        found += page[what]
        cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found
