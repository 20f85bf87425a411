"""/subscriptions: which events go to which webhook or websocket. Seven kinds with the same five operations."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.dialpad.fields import Body, Flag, Id
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.calls import TARGET_TYPES
from bot.sandbox.dialpad.resources.channels import CHANNEL
from bot.sandbox.dialpad.resources.webhooks import WEBHOOK, WEBSOCKET, render_webhook, render_websocket
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

TargetType = Literal[
    "callcenter",
    "callrouter",
    "channel",
    "coachinggroup",
    "coachingteam",
    "department",
    "office",
    "room",
    "staffgroup",
    "unknown",
    "user",
]
CallState = Literal[
    "admin",
    "admin_recording",
    "ai_playbook",
    "all",
    "barge",
    "blocked",
    "call_transcription",
    "calling",
    "connected",
    "csat",
    "dispositions",
    "eavesdrop",
    "hangup",
    "hold",
    "merged",
    "missed",
    "monitor",
    "parked",
    "pcsat",
    "postcall",
    "preanswer",
    "queued",
    "recap_action_items",
    "recap_outcome",
    "recap_purposes",
    "recap_summary",
    "recording",
    "ringing",
    "takeover",
    "transcription",
    "voicemail",
    "voicemail_uploaded",
]


class Subscription(Body):
    """The body that creates a subscription of any kind; a new one is enabled unless it says otherwise."""

    enabled: Flag | None = None
    endpoint_id: Id | None = None


class OfTarget(Subscription):
    target_id: Id | None = None
    target_type: TargetType | None = None


class CallSubscription(OfTarget):
    call_states: list[CallState] | None = None
    group_calls_only: Flag | None = None


class UpdateSmsSubscription(OfTarget):
    direction: Literal["all", "inbound", "outbound"] | None = None
    include_internal: Flag | None = None
    status: Flag | None = None


class CreateSmsSubscription(UpdateSmsSubscription):
    direction: Literal["all", "inbound", "outbound"]


class UpdateAgentStatusSubscription(Subscription):
    agent_type: Literal["callcenter"] | None = None


class CreateAgentStatusSubscription(Subscription):
    agent_type: Literal["callcenter"]


class ContactSubscription(Subscription):
    contact_type: Literal["local", "shared"]


class UpdateChannelSubscription(Subscription):
    direction: Literal["all", "inbound", "outbound"] | None = None
    target_id: Id | None = None


class CreateChannelSubscription(UpdateChannelSubscription):
    """The body of a subscription to one channel; there is none to all of them."""

    direction: Literal["all", "inbound", "outbound"]
    endpoint_id: Id
    target_id: Id


class UpdateFaxSubscription(Subscription):
    direction: Literal["all", "inbound", "outbound"] | None = None
    status: Flag | None = None
    target_id: Id | None = None
    target_type: Literal["callcenter", "department", "office", "unknown", "user"] | None = None


class CreateFaxSubscription(UpdateFaxSubscription):
    direction: Literal["all", "inbound", "outbound"]


@dataclass(frozen=True)
class SubscriptionKind:
    word: str
    create: type[Subscription]
    update: type[Subscription]
    admin: bool = False
    scope: str | None = None

    @property
    def shelf(self) -> str:
        return f"{self.word} subscription"


KINDS = (
    SubscriptionKind("call", CallSubscription, CallSubscription),
    SubscriptionKind("sms", CreateSmsSubscription, UpdateSmsSubscription),
    SubscriptionKind("agent_status", CreateAgentStatusSubscription, UpdateAgentStatusSubscription, admin=True),
    SubscriptionKind("contact", ContactSubscription, ContactSubscription, admin=True),
    SubscriptionKind("changelog", Subscription, Subscription, admin=True, scope="change_log"),
    SubscriptionKind("channel", CreateChannelSubscription, UpdateChannelSubscription),
    SubscriptionKind("fax", CreateFaxSubscription, UpdateFaxSubscription, scope="fax_message"),
)


def render_subscription(ctx: RequestContext, document: Json) -> Json:
    """Render a subscription. Its endpoint is included whole, under ``webhook`` or ``websocket``."""
    rendered = {key: value for key, value in document.items() if key != "endpoint_id"}
    endpoint = document.get("endpoint_id")
    if endpoint is not None and ctx.state.documents.has(WEBHOOK, endpoint):
        rendered["webhook"] = render_webhook(ctx.state.documents.find(WEBHOOK, endpoint))
    elif endpoint is not None and ctx.state.documents.has(WEBSOCKET, endpoint):
        rendered["websocket"] = render_websocket(ctx, ctx.state.documents.find(WEBSOCKET, endpoint))
    return rendered


def check(ctx: RequestContext, body: Subscription) -> None:
    endpoint = body.endpoint_id
    documents = ctx.state.documents
    if endpoint is not None and not (documents.has(WEBHOOK, endpoint) or documents.has(WEBSOCKET, endpoint)):
        raise not_found("endpoint")
    if isinstance(body, UpdateChannelSubscription):
        if body.target_id is not None and not documents.has(CHANNEL, body.target_id):
            raise bad_request("target_id: must be a channel")
    elif isinstance(body, OfTarget | UpdateFaxSubscription) and (body.target_id is None) != (body.target_type is None):
        raise bad_request("target_type and target_id must be given together")


def build_routes(kind: SubscriptionKind) -> list[Route]:
    def list_all(ctx: RequestContext) -> Answer:
        found = ctx.state.documents.all(kind.shelf)
        target_id = ctx.query_whole("target_id")
        target_type = ctx.query_choice("target_type", TARGET_TYPES)
        if target_id is not None:
            found = [one for one in found if (one.get("target_id"), one.get("target_type")) == (target_id, target_type)]
        return ctx.page(found, lambda one: render_subscription(ctx, one), id_of=lambda one: one["id"])

    def create(ctx: RequestContext) -> Answer:
        body = ctx.body(kind.create)
        check(ctx, body)
        content = {**body.model_dump(), "enabled": body.enabled is not False}
        return Answer(render_subscription(ctx, ctx.state.documents.add(kind.shelf, content)))

    def get(ctx: RequestContext) -> Answer:
        return Answer(render_subscription(ctx, ctx.state.documents.find(kind.shelf, ctx.path_id())))

    def update(ctx: RequestContext) -> Answer:
        document = ctx.state.documents.find(kind.shelf, ctx.path_id())
        body = ctx.body(kind.update)
        check(ctx, body)
        document.update(body.sent())
        return Answer(render_subscription(ctx, document))

    def delete(ctx: RequestContext) -> Answer:
        return Answer(render_subscription(ctx, ctx.state.documents.remove(kind.shelf, ctx.path_id())))

    def route(method: str, path: str, run: Callable[[RequestContext], Answer]) -> Route:
        return Route(method, f"/subscriptions/{kind.word}{path}", run, admin=kind.admin, scope=kind.scope)

    return [
        route("GET", "", list_all),
        route("POST", "", create),
        route("GET", "/{id}", get),
        route("PATCH", "/{id}", update),
        route("DELETE", "/{id}", delete),
    ]


ROUTES = tuple(route for kind in KINDS for route in build_routes(kind))
