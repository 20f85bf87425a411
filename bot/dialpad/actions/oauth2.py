"""Connecting an account. People run these through the words ``connect`` and ``disconnect``.

They are declared like every other action so that docs, search and the audit know them. ``bot.dialpad.oauth`` carries
them out: the first is a page in the person's browser, the second must not carry a bearer token, the third ends the
very token it is sent with.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from bot.dialpad.action import GET, POST, Action, Done, Response, Risk
from bot.dialpad.actions.fields import OnlyWith, Secret


class TokenPair(Response):
    """Tokens from Dialpad. ``expires_in`` in seconds; no refresh token without the scope ``offline_access``."""

    access_token: SecretStr | None = None
    refresh_token: SecretStr | None = None
    id_token: SecretStr | None = None
    token_type: str | None = None
    expires_in: int | None = None


class Authorize(Action[Done]):
    """Ask a person, in their browser, to let this app act for them in Dialpad."""

    slug = "DIALPAD_OAUTH2_AUTHORIZE_ENDPOINT"
    name = "Connect to Dialpad"
    request = GET("/oauth2/authorize")
    risk = Risk.CHANGE
    rates = ()

    client_id: str = Field(title="App", description="The id Dialpad gave the app.")
    redirect_uri: str = Field(title="Back to", description="Where the browser goes afterwards; registered at Dialpad.")
    response_type: Literal["code"] | None = Field(default=None, title="Answer", description="Always a code.")
    scope: str | None = Field(default=None, title="Scopes", description="Scopes to ask for, separated by spaces.")
    state: str | None = Field(
        default=None, title="State", description="A random word that is sent back, so that nobody can forge an answer."
    )
    code_challenge: str | None = Field(
        default=None, title="Challenge", description="The hash of the verifier that later goes with the code."
    )
    code_challenge_method: Literal["S256", "plain"] | None = Field(
        default=None, title="Hash", description="How the challenge was made; S256 is the safe one."
    )


class RedeemToken(Action[TokenPair]):
    """Exchange the code of a finished sign-in, or a refresh token, for new tokens. Both work only once."""

    slug = "DIALPAD_REDEEM_ACCESS_OR_REFRESH_TOKEN"
    name = "Finish connecting or renew the access"
    request = POST("/oauth2/token")
    risk = Risk.CHANGE
    rates = ()
    sensitive = True

    grant_type: Literal["authorization_code", "refresh_token"] = Field(
        title="Trade in", description="A code from the callback, or a refresh token."
    )
    code: Annotated[Secret | None, OnlyWith("grant_type", "authorization_code", needed=True)] = Field(
        default=None, title="Code", description="What the callback brought."
    )
    code_verifier: Annotated[Secret | None, OnlyWith("grant_type", "authorization_code")] = Field(
        default=None, title="Verifier", description="What the challenge was made of."
    )
    refresh_token: Annotated[Secret | None, OnlyWith("grant_type", "refresh_token", needed=True)] = Field(
        default=None, title="Refresh token", description="The one from the last exchange."
    )
    client_id: str | None = Field(default=None, title="App", description="The id Dialpad gave the app.")
    client_secret: Secret | None = Field(
        default=None, title="App's secret", description="The secret Dialpad gave the app."
    )

    @model_validator(mode="after")
    def _has_what_its_grant_needs(self) -> Self:
        for name, info in type(self).model_fields.items():
            for mark in info.metadata:
                if not isinstance(mark, OnlyWith):
                    continue
                given, wanted = getattr(self, name) is not None, getattr(self, mark.field) == mark.word
                if given and not wanted:
                    raise ValueError(f"{name} does not go with this {mark.field}")
                if mark.needed and wanted and not given:
                    raise ValueError(f"{name} is needed with this {mark.field}")
        return self


class Deauthorize(Action[Done]):
    """Remove this app's access to a person's Dialpad account. They can connect again at any time."""

    slug = "DIALPAD_DEAUTHORIZE_OAUTH2_SESSION"
    name = "Disconnect from Dialpad"
    request = POST("/oauth2/deauthorize")
    risk = Risk.DESTRUCTIVE
    rates = ()


RUN_AS: Final[Mapping[type[Action[Any]], str]] = {
    Authorize: "connect",
    RedeemToken: "connect",
    Deauthorize: "disconnect",
}
"""The word that people type to run each of them."""
