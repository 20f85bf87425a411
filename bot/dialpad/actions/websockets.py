"""Websockets: lines that a program reads events from, without a public address."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Page, Rate, Risk
from bot.dialpad.actions.endpoints import Websocket
from bot.dialpad.actions.fields import Cursor, Secret, WebsocketId

WebsocketField = Annotated[WebsocketId, Field(title="Websocket", description="Which websocket.")]
WebsocketSecret = Annotated[
    Secret | None,
    Field(title="Secret", description="Signs the events, so that the reader can verify them; 32 characters or more."),
]


class ListWebsockets(Action[Page[Websocket]]):
    """List the websockets that events can be read from."""

    slug = "DIALPAD_RETRIEVE_WEBSOCKET_CONNECTION"
    name = "List websockets"
    request = GET("/api/v2/websockets")
    risk = Risk.READ
    sensitive = True

    cursor: Cursor = None


class GetWebsocket(Action[Websocket]):
    """Look a websocket up; this also gives it a new address for the next hour."""

    slug = "DIALPAD_RETRIEVE_WEBSOCKET_BY_ID"
    name = "Look up a websocket"
    request = GET("/api/v2/websockets/{id}")
    risk = Risk.READ
    sensitive = True
    reveals = "websocket_url"

    id: WebsocketField


class CreateWebsocket(Action[Websocket]):
    """Create a websocket for a program to read events from. Nothing is sent until something subscribes it."""

    slug = "DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET"
    name = "Create a websocket"
    request = POST("/api/v2/websockets")
    risk = Risk.CHANGE
    rates = (Rate(250),)
    sensitive = True
    reveals = "websocket_url"

    secret: WebsocketSecret = None


class UpdateWebsocket(Action[Websocket]):
    """Change the secret that a websocket's events are signed with. Readers need the new one."""

    slug = "DIALPAD_PATCH_WEBSOCKET_SIGNATURE_SECRET"
    name = "Change a websocket's secret"
    request = PATCH("/api/v2/websockets/{id}")
    risk = Risk.CHANGE
    sensitive = True
    repeatable = True

    id: WebsocketField
    secret: WebsocketSecret = None


class DeleteWebsocket(Action[Websocket]):
    """Delete a websocket; its readers no longer receive anything."""

    slug = "DIALPAD_DELETE_WEBSOCKET_CONNECTION_BY_ID"
    name = "Delete a websocket"
    request = DELETE("/api/v2/websockets/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: WebsocketField
