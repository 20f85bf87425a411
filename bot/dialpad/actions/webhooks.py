"""Webhooks: web addresses that Dialpad posts events to."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Page, Rate, Risk
from bot.dialpad.actions.endpoints import Webhook
from bot.dialpad.actions.fields import Cursor, Secret, WebhookId

WebhookField = Annotated[WebhookId, Field(title="Webhook", description="Which webhook.")]
WebhookSecret = Annotated[
    Secret | None,
    Field(title="Secret", description="Signs the events, so that the receiver can verify them; 32 characters or more."),
]


class ListWebhooks(Action[Page[Webhook]]):
    """List the web addresses that events can be sent to."""

    slug = "DIALPAD_GET_WEBHOOKS_INFORMATION"
    name = "List webhooks"
    request = GET("/api/v2/webhooks")
    risk = Risk.READ
    sensitive = True

    cursor: Cursor = None


class GetWebhook(Action[Webhook]):
    """Look a webhook up: its address and how it is signed."""

    slug = "DIALPAD_RETRIEVE_SPECIFIC_WEBHOOK_BY_ID"
    name = "Look up a webhook"
    request = GET("/api/v2/webhooks/{id}")
    risk = Risk.READ
    sensitive = True

    id: WebhookField


class CreateWebhook(Action[Webhook]):
    """Register a web address for events. None are sent until something subscribes it."""

    slug = "DIALPAD_CREATE_WEBHOOK_POST_ENDPOINT"
    name = "Create a webhook"
    request = POST("/api/v2/webhooks")
    risk = Risk.CHANGE
    rates = (Rate(100),)
    sensitive = True

    hook_url: str = Field(title="Address", description="Where events are posted; begins with https://.")
    secret: WebhookSecret = None


class UpdateWebhook(Action[Webhook]):
    """Change a webhook's address or secret. Events go to the new address immediately."""

    slug = "DIALPAD_MODIFY_WEBHOOK_CONFIGURATION"
    name = "Change a webhook"
    request = PATCH("/api/v2/webhooks/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: WebhookField
    hook_url: str | None = Field(default=None, title="Address", description="Where events are posted from now on.")
    secret: WebhookSecret = None


class DeleteWebhook(Action[Webhook]):
    """Delete a webhook; everything that was subscribed to it stops arriving."""

    slug = "DIALPAD_DELETE_WEBHOOK_BY_ID"
    name = "Delete a webhook"
    request = DELETE("/api/v2/webhooks/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: WebhookField
