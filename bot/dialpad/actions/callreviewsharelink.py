"""Links to a call's review: its recording, transcript and recap on one page."""

from typing import Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, POST, PUT, Action, CallId, Id, Rate, Response, Risk
from bot.dialpad.actions.fields import ShareLink

ReviewPrivacy = Literal["company", "public"]


class ReviewLink(Response):
    """A link and who may open it."""

    id: str | None = None
    access_link: str | None = None
    privacy: str | None = None
    call_id: Id | None = None


class CreateReviewLink(Action[ReviewLink]):
    """Create a link to a call's review. Anyone who has a public link can listen."""

    slug = "DIALPAD_CREATE_CALL_REVIEW_SHARE_LINK"
    name = "Share a call's review"
    request = POST("/api/v2/callreviewsharelink")
    risk = Risk.OUTWARD
    rates = (Rate(250),)
    sensitive = True

    call_id: CallId | None = Field(default=None, title="Call", description="Which call.")
    privacy: ReviewPrivacy | None = Field(
        default=None, title="Who may open it", description="Everybody in the company when left out."
    )


class GetReviewLink(Action[ReviewLink]):
    """Look up a link to a call's review and who may open it."""

    slug = "DIALPAD_GET_CALL_REVIEW_SHARE_LINK_BY_ID"
    name = "Look up a link to a call's review"
    request = GET("/api/v2/callreviewsharelink/{id}")
    risk = Risk.READ
    sensitive = True

    id: ShareLink


class UpdateReviewLink(Action[ReviewLink]):
    """Change who can open a link to a call's review. Public means anyone who has it."""

    slug = "DIALPAD_UPDATE_CALL_REVIEW_SHARE_LINK_PRIVACY"
    name = "Change who may open a call's review"
    request = PUT("/api/v2/callreviewsharelink/{id}")
    risk = Risk.OUTWARD
    rates = (Rate(250),)
    sensitive = True

    id: ShareLink
    privacy: ReviewPrivacy = Field(title="Who may open it", description="The company, or anybody who has the link.")


class DeleteReviewLink(Action[ReviewLink]):
    """Delete a link to a call's review; it stops working for everybody who has it."""

    slug = "DIALPAD_DELETE_CALL_REVIEW_SHARE_LINK_BY_ID"
    name = "Delete a link to a call's review"
    request = DELETE("/api/v2/callreviewsharelink/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: ShareLink
