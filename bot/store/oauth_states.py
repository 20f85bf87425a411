"""The OAuth ``state`` a browser carries to Dialpad and back: valid once, for 10 minutes, for one Slack person."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, delete, insert

from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.store.keys import KeyProblem, hash_token, row_name
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns
from bot.store.table_rules import Goes, expired, rules

LIFETIME = timedelta(minutes=10)

oauth_states = Table(
    "oauth_states",
    metadata,
    Column("state_hash", Text, primary_key=True),
    *person_columns(),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=expired(), person=Goes()),
)


@dataclass(frozen=True)
class OAuthState:
    """What was stored for the browser's return. ``verifier`` is PKCE's; ``carry`` is what the caller gave."""

    person: PersonKey
    verifier: str = field(repr=False)
    token: str = field(default="", repr=False)
    carry: Mapping[str, Any] = field(default_factory=dict, repr=False)


_STATE: Final = StoredJson(OAuthState, "person")


class OAuthStates:
    """Queries on OAuth states. A hash of the state is stored, and everything that goes with it is sealed."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(
        self, person: PersonKey, verifier: str, token: str = "", carry: Mapping[str, Any] | None = None
    ) -> str:
        """Create a state. ``token`` may be the ``/connect/{token}`` it came from."""
        state = secrets.token_urlsafe(32)
        name = hash_token(state)
        kept = _STATE.dump(OAuthState(person, verifier, token, carry or {}))
        sealed = self._context.keys.seal_json(kept, row_name(oauth_states.name, name))
        statement = insert(oauth_states).values(
            state_hash=name,
            team_id=person.team_id,
            user_id=person.user_id,
            sealed=sealed,
            expires_at=self._context.now() + LIFETIME,
        )
        await self._context.run(statement)
        return state

    async def take(self, state: str) -> OAuthState | None:
        """Use a state up and return what was stored with it. None when it is unknown, used or expired, or its
        encryption key is missing, without telling which."""
        name = hash_token(state)
        statement = delete(oauth_states).where(oauth_states.c.state_hash == name).returning(oauth_states)

        def change(connection: Connection) -> OAuthState | None:
            row = connection.execute(statement).one_or_none()
            if row is None or row.expires_at <= self._context.now():
                return None
            try:
                kept = self._context.keys.open_json(row.sealed, row_name(oauth_states.name, name))
            except KeyProblem:
                return None
            return _STATE.load(kept, person=PersonKey(row.team_id, row.user_id))

        return await self._context.database.write(change)
