"""The embedded Dialpad as one object: an ASGI app, the state behind it, and what tests and the demo control it by."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

from bot.sandbox.cast import NORTHLIGHT, Company, Person
from bot.sandbox.dialpad.access import ALL_SCOPES, OAuthApp, Tokens, dialpad_id_of
from bot.sandbox.dialpad.ai import Ai
from bot.sandbox.dialpad.api import Api, Received
from bot.sandbox.dialpad.blobs import Blobs
from bot.sandbox.dialpad.delivery import Delivery
from bot.sandbox.dialpad.downloads import Downloads
from bot.sandbox.dialpad.faults import Faults
from bot.sandbox.dialpad.limits import RateLimits
from bot.sandbox.dialpad.oauth import OAuth
from bot.sandbox.dialpad.phone import PhoneNetwork
from bot.sandbox.dialpad.phone_routes import build_phone_routes
from bot.sandbox.dialpad.refusals import not_found
from bot.sandbox.dialpad.resources.stats import DOWNLOAD_PATH
from bot.sandbox.dialpad.seed import fill
from bot.sandbox.dialpad.state import EventListener, State
from bot.sandbox.dialpad.switchboard import Switchboard
from bot.sandbox.dialpad.timers import RunLater
from bot.sandbox.dialpad.times import utc_now


class DialpadSandbox:
    """A Dialpad with one company in it, Northlight Supply.

    ``app`` answers /api/v2/..., /oauth2/..., /phone/... and the addresses of recordings and pictures. ``state`` may be
    read and changed by tests; ``phone`` plays the people outside; ``ai`` writes transcripts and recaps; ``delivery``
    sends events out; ``faults`` injects failures; ``requests`` lists everything that came in, without /phone.
    """

    def __init__(
        self,
        *,
        oauth_app: OAuthApp | None = None,
        now: Callable[[], datetime] = utc_now,
        enforce_limits: bool = True,
        later: RunLater | None = None,
        base_url: str = "https://dialpad.example",
        let_pass: Callable[[timedelta], None] | None = None,
        company: Company = NORTHLIGHT,
    ) -> None:
        """Set the sandbox up with a company. ``base_url`` is where it is reached: events and answers name recordings
        and pictures there. ``later`` makes calls ring out and be summarised; without it they ring until answered.
        ``let_pass`` puts the clock forward that ``now`` reads: then the panel offers it."""
        self.oauth_app = oauth_app
        self.state = State(now, base_url, company)
        fill(self.state)
        self.requests: list[Received] = []
        self.faults = Faults()
        self.limits = RateLimits(now, enforce=enforce_limits)
        self.tokens = Tokens(self.state)
        self._switchboard = Switchboard(self.state, later)
        self.phone = PhoneNetwork(self.state, self._switchboard, let_pass)
        self.delivery = Delivery(self.state)
        self.on_event(self.delivery.hear)
        self.ai = Ai(self.state, later)
        self.on_event(self.ai.hear)
        self.app = self._build_app()

    def issue_token(self, person: Person, scopes: Collection[str] | None = None) -> dict[str, Any]:
        """Issue a pair of OAuth tokens as if the person had allowed the app: access_token, refresh_token, expires_in
        (s)."""
        if scopes is None:
            scopes = ALL_SCOPES if self.oauth_app is None else self.oauth_app.scopes
        grant = self.tokens.issue(dialpad_id_of(person), scopes, with_refresh=True)
        return {
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_in": grant.expires_in,
        }

    def on_event(self, callback: EventListener) -> Callable[[], None]:
        """Call back with (kind, payload) for every event; return a function that ends it."""
        self.state.listeners.append(callback)
        return lambda: self.state.listeners.remove(callback)

    def close(self) -> None:
        """End open /phone/live streams and slow faults, so that a server can stop at once."""
        self.state.changes.close()
        self.faults.clear()

    def _build_app(self) -> Starlette:
        api = Api(self.state, self.tokens, self._switchboard, self.faults, self.limits, self.requests)
        oauth = OAuth(self.oauth_app, self.state, self.tokens, self.faults, self.requests)

        async def answer_api(request: Request) -> Response:
            return await api(request)

        async def answer_oauth(request: Request) -> Response:
            return await oauth(request)

        downloads = Downloads(self.state, self.requests)
        blobs = Blobs(self.state, self.tokens, self._switchboard, self.faults, self.requests)

        async def download(request: Request) -> Response:
            return await downloads(request)

        async def nothing_here(_: Request, __: Exception) -> Response:
            refusal = not_found("resource")
            return JSONResponse(refusal.body, refusal.status)

        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return Starlette(
            routes=[
                Route(f"{DOWNLOAD_PATH}/{{token}}.csv", download, methods=["GET"]),
                Route("/api/v2/{rest:path}", answer_api, methods=every),
                Route("/oauth2/{rest:path}", answer_oauth, methods=every),
                *blobs.routes,
                WebSocketRoute("/events/{ticket}", self.delivery.sockets.serve),
                Mount("", app=build_phone_routes(self.state, self.phone)),
            ],
            exception_handlers={404: nothing_here, 405: nothing_here},
        )
