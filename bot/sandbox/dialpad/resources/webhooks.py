"""/webhooks and /websockets: where events are sent. Their answers carry the secret in clear, as Dialpad's do."""

from urllib.parse import urlsplit

from bot.sandbox.dialpad.delivery_signing import issue_ticket
from bot.sandbox.dialpad.fields import Body, Line, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_100, PER_MINUTE_250
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

WEBHOOK = "webhook"
WEBSOCKET = "websocket"


def _signature(document: Json) -> Json | None:
    if not document.get("secret"):
        return None
    return {"algo": "HS256", "type": "jwt", "secret": document["secret"]}


def render_webhook(document: Json) -> Json:
    return {"id": document["id"], "hook_url": document["hook_url"], "signature": _signature(document)}


def render_websocket(ctx: RequestContext, document: Json) -> Json:
    """Render a websocket. The URL is new each time: a connection and its token last an hour."""
    host = ctx.base_url.replace("http", "ws", 1)  # https becomes wss
    url = f"{host}/events/{issue_ticket(document['id'], ctx.state.now())}"
    return {"id": document["id"], "websocket_url": url, "signature": _signature(document)}


class CreateWebhook(Body):
    hook_url: Text
    secret: Line | None = None


class UpdateWebhook(Body):
    hook_url: Text | None = None
    secret: Line | None = None


class WebsocketFields(Body):
    secret: Line | None = None


def check_url(url: str | None, name: str = "hook_url") -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request(f"{name}: must be a web address")


def list_webhooks(ctx: RequestContext) -> Answer:
    return ctx.page(ctx.state.documents.all(WEBHOOK), render_webhook, id_of=lambda document: document["id"])


def create_webhook(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateWebhook)
    check_url(body.hook_url)
    return Answer(render_webhook(ctx.state.documents.add(WEBHOOK, body.model_dump())))


def get_webhook(ctx: RequestContext) -> Answer:
    return Answer(render_webhook(ctx.state.documents.find(WEBHOOK, ctx.path_id())))


def update_webhook(ctx: RequestContext) -> Answer:
    document = ctx.state.documents.find(WEBHOOK, ctx.path_id())
    body = ctx.body(UpdateWebhook)
    check_url(body.hook_url)
    document.update(body.sent())
    return Answer(render_webhook(document))


def delete_webhook(ctx: RequestContext) -> Answer:
    return Answer(render_webhook(ctx.state.documents.remove(WEBHOOK, ctx.path_id())))


def list_websockets(ctx: RequestContext) -> Answer:
    return ctx.page(
        ctx.state.documents.all(WEBSOCKET), lambda one: render_websocket(ctx, one), id_of=lambda one: one["id"]
    )


def create_websocket(ctx: RequestContext) -> Answer:
    body = ctx.body(WebsocketFields)
    return Answer(render_websocket(ctx, ctx.state.documents.add(WEBSOCKET, body.model_dump())))


def get_websocket(ctx: RequestContext) -> Answer:
    return Answer(render_websocket(ctx, ctx.state.documents.find(WEBSOCKET, ctx.path_id())))


def update_websocket(ctx: RequestContext) -> Answer:
    document = ctx.state.documents.find(WEBSOCKET, ctx.path_id())
    document.update(ctx.body(WebsocketFields).sent())
    return Answer(render_websocket(ctx, document))


def delete_websocket(ctx: RequestContext) -> Answer:
    return Answer(render_websocket(ctx, ctx.state.documents.remove(WEBSOCKET, ctx.path_id())))


ROUTES = (
    Route("GET", "/webhooks", list_webhooks),
    Route("POST", "/webhooks", create_webhook, limit=PER_MINUTE_100),
    Route("GET", "/webhooks/{id}", get_webhook),
    Route("PATCH", "/webhooks/{id}", update_webhook),
    Route("DELETE", "/webhooks/{id}", delete_webhook),
    Route("GET", "/websockets", list_websockets),
    Route("POST", "/websockets", create_websocket, limit=PER_MINUTE_250),
    Route("GET", "/websockets/{id}", get_websocket),
    Route("PATCH", "/websockets/{id}", update_websocket),
    Route("DELETE", "/websockets/{id}", delete_websocket),
)
