"""Slack's word that an org's app lost or got workspaces, as it may be shaped, and how it is answered."""

import asyncio
from typing import Any

import pytest

from bot.slack.transport import team_access
from bot.slack.transport.shapes import find_odd_field
from bot.slack.transport.team_access import AccessChanged, TeamAccess, read_access_changed

REVOKED = {"type": "team_access_revoked", "team_ids": ["T1", "T2"]}
NESTED = {"team_id": None, "enterprise_id": "E1", "api_app_id": "A1", "event": REVOKED}
ORG_WIDE = [{"enterprise_id": "E1", "team_id": None, "is_enterprise_install": True}]
BOTH = AccessChanged("E1", frozenset({"T1", "T2"}), revoked=True)


def body(event: Any, **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event_id": "Ev1", "event": event, **more}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (body(REVOKED, authorizations=ORG_WIDE), BOTH),
        (body(REVOKED, team_id=None, enterprise_id="E1"), BOTH),
        (body(NESTED, team_id="T9"), BOTH),
        (
            body({**REVOKED, "type": "team_access_granted"}, enterprise_id="E1"),
            AccessChanged("E1", frozenset({"T1", "T2"}), revoked=False),
        ),
        (body(REVOKED, team_id="T9"), None),
        (body({**REVOKED, "team_ids": []}, enterprise_id="E1"), None),
        (body({**REVOKED, "team_ids": "T1"}, enterprise_id="E1"), None),
        (body({"type": "app_uninstalled"}, enterprise_id="E1"), None),
        (body("x"), None),
        ({"type": "block_actions", "event": REVOKED}, None),
    ],
)
def test_how_it_is_read(sent: dict[str, Any], expected: AccessChanged | None) -> None:
    assert read_access_changed(sent) == expected


def test_ids_that_are_none_are_odd() -> None:
    assert find_odd_field(body(REVOKED)) is None
    assert find_odd_field(body({**REVOKED, "team_ids": [{}]})) == "team_ids"


class Slow(TeamAccess):
    """Takes as long as it is told to."""

    def __init__(self) -> None:
        self._following = {}
        self._workspaces = self  # type: ignore[assignment]  # forgets
        self.began = 0
        self.free = asyncio.Event()

    def forget(self, org: str) -> None:
        """Nothing to forget."""

    async def _remove(self, change: AccessChanged) -> None:
        self.began += 1
        await self.free.wait()


async def test_what_takes_longer_than_slack_waits_goes_on_and_is_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team_access, "ANSWERED_WITHIN_S", 0.0)
    access = Slow()
    assert not await access.followed(BOTH)
    assert not await access.followed(BOTH)
    assert access.began == 1

    access.free.set()
    monkeypatch.setattr(team_access, "ANSWERED_WITHIN_S", 60.0)
    assert await access.followed(BOTH)
    assert access._following == {}
    await access.aclose()
