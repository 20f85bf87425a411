"""Channels: Dialpad's own chat rooms."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, POST, Action, Done, Id, InBody, Page, Response, Risk, UserId
from bot.dialpad.actions.fields import ChannelId, Cursor

ChannelField = Annotated[ChannelId, Field(title="Channel", description="Which Dialpad channel.")]


class Channel(Response):
    """A channel."""

    id: Id | None = None
    name: str | None = None


class ChannelMember(Response):
    """A person in a channel; ``id`` is the person's."""

    id: Id | None = None
    name: str | None = None


class ListChannels(Action[Page[Channel]]):
    """List the company's Dialpad channels."""

    slug = "DIALPAD_LIST_CHANNELS_API"
    name = "List Dialpad channels"
    request = GET("/api/v2/channels")
    risk = Risk.READ

    state: str | None = Field(default=None, title="State", description="Only channels in this state, such as active.")
    cursor: Cursor = None


class GetChannel(Action[Channel]):
    """Look a Dialpad channel up."""

    slug = "DIALPAD_RETRIEVE_CHANNEL_BY_ID"
    name = "Look up a Dialpad channel"
    request = GET("/api/v2/channels/{id}")
    risk = Risk.READ

    id: ChannelField


class CreateChannel(Action[Channel]):
    """Create a Dialpad channel, for everybody or for its members only."""

    slug = "DIALPAD_CREATE_CHANNEL_ENDPOINT"
    name = "Create a Dialpad channel"
    request = POST("/api/v2/channels")
    risk = Risk.CHANGE

    channel_name: str = Field(alias="name", title="Name", description="One line.")
    description: str = Field(title="Description", description="What it is for.")
    privacy_type: Literal["private", "public"] = Field(
        title="Who may join", description="Everybody in the company, or invited members only."
    )
    user_id: UserId | None = Field(
        default=None, title="Owner", description="Only with a company's API key: who owns the channel."
    )


class DeleteChannel(Action[Done]):
    """Permanently delete a Dialpad channel and everything in it."""

    slug = "DIALPAD_DELETE_CHANNEL_BY_ID"
    name = "Delete a Dialpad channel"
    request = DELETE("/api/v2/channels/{id}")
    risk = Risk.DESTRUCTIVE

    id: ChannelField


class ListChannelMembers(Action[Page[ChannelMember]]):
    """List who is in a Dialpad channel."""

    slug = "DIALPAD_GET_CHANNEL_MEMBERS_BY_ID"
    name = "List a Dialpad channel's members"
    request = GET("/api/v2/channels/{id}/members")
    risk = Risk.READ

    id: ChannelField
    cursor: Cursor = None


class AddChannelMember(Action[ChannelMember]):
    """Add a person to a Dialpad channel."""

    slug = "DIALPAD_ADD_MEMBER_TO_CHANNEL"
    name = "Add a member to a Dialpad channel"
    request = POST("/api/v2/channels/{id}/members")
    risk = Risk.CHANGE

    id: ChannelField
    user_id: UserId = Field(title="Person", description="Who to add.")


class RemoveChannelMember(Action[Done]):
    """Remove a person from a Dialpad channel."""

    slug = "DIALPAD_DELETE_CHANNEL_MEMBER_BY_ID"
    name = "Remove a member from a Dialpad channel"
    request = DELETE("/api/v2/channels/{id}/members")
    risk = Risk.CHANGE

    id: ChannelField
    user_id: Annotated[UserId, InBody] = Field(title="Person", description="Who to remove.")
