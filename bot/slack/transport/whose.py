"""Reads whose a payload is: which installation of the app it was sent to, where it happened, and who did it.

These are separate questions: in a channel shared with another company, or in an org, the person is of one
workspace and the token that may answer of another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.basics.person import PersonKey


@dataclass(frozen=True)
class Whose:
    """The parties of a payload. ``installation``: the workspace (``T…``) or org (``E…``) whose token answers.
    ``person``: who did it, under their own workspace, or the org that the app is installed in; None when nobody did."""

    installation: str
    person: PersonKey | None = None

    @property
    def through(self) -> str | None:
        """Return the installation that answers, where it is not that of the person's own workspace."""
        foreign = self.person is not None and self.installation != self.person.team_id
        return self.installation if foreign and self.installation else None


def read_whose(body: Mapping[str, Any]) -> Whose:
    """Read whose any payload is. Raises nothing for odd JSON: what is not said is empty."""
    if "command" in body:
        installed = _installed(body, _text(body.get("team_id")))
        return Whose(installed, _person(_text(body.get("user_id")), installed))
    return _of_event(body) if body.get("type") == "event_callback" else _of_interaction(body)


def _of_interaction(body: Mapping[str, Any]) -> Whose:
    user, team = _object(body.get("user")), _object(body.get("team"))
    at_home = _text(_object(body.get("view")).get("app_installed_team_id"))
    own = _text(user.get("team_id"))
    installed = _installed(body, at_home or _text(team.get("id")) or own)
    return Whose(installed, _person(_text(user.get("id")), _home(installed, own, org_wide=_is_org_wide(body))))


def _of_event(body: Mapping[str, Any]) -> Whose:
    event, authorized = _object(body.get("event")), first_authorization(body)
    installed = _installed({**body, **authorized}, _text(authorized.get("team_id")) or _text(body.get("team_id")))
    user = event.get("user")
    details = _object(user)
    name = _text(details.get("id")) if details else _text(user)
    own = _text(event.get("user_team")) or _text(event.get("source_team")) or _text(details.get("team_id"))
    orgs = {_text(authorized.get("enterprise_id")), _text(body.get("enterprise_id"))}
    if own in orgs or (_is_org_wide(authorized) and not _is_stranger(body, own)):
        own = ""
    return Whose(installed, _person(name, own or installed))


def _installed(body: Mapping[str, Any], workspace: str) -> str:
    org = (
        _text(_object(body.get("enterprise")).get("id"))
        or _text(body.get("enterprise_id"))
        or _text(_object(body.get("team")).get("enterprise_id"))
    )
    return org if org and (_is_org_wide(body) or not workspace) else workspace


def _home(installed: str, own: str, *, org_wide: bool) -> str:
    """Return what a person is known under: where the whole org has the app, everybody is known under the org."""
    return installed if org_wide or not own else own


def _is_stranger(body: Mapping[str, Any], own: str) -> bool:
    """Tell whether somebody who met an app of a whole org is of another company. Slack names the org of those who have
    one, so a workspace that is not ours has none."""
    ours = {_text(first_authorization(body).get("team_id")), _text(body.get("team_id")), ""}
    return own.startswith("E") or (body.get("is_ext_shared_channel") is True and own not in ours)


def first_authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the installation that an event was sent to, as Slack describes it; empty when it does not."""
    listed = body.get("authorizations")
    return _object(listed[0]) if isinstance(listed, list) and listed else {}


def _is_org_wide(body: Mapping[str, Any]) -> bool:
    return body.get("is_enterprise_install") in (True, "true")


def _person(user_id: str, team_id: str) -> PersonKey | None:
    return PersonKey(team_id, user_id) if user_id else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
