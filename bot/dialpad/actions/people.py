"""People, rooms and groups as Dialpad describes them; several resources answer with these."""

from typing import Any

from pydantic import SecretStr

from bot.dialpad.action import Id, OfficeId, Response
from bot.dialpad.actions.fields import DialpadTime


class GroupPlace(Response):
    """A person's place in one group."""

    group_id: Id | None = None
    group_type: str | None = None
    role: str | None = None
    do_not_disturb: bool | None = None


class User(Response):
    """A person."""

    id: Id | None = None
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    emails: tuple[str, ...] = ()
    phone_numbers: tuple[str, ...] = ()
    extension: str | None = None
    office_id: OfficeId | None = None
    company_id: Id | None = None
    job_title: str | None = None
    state: str | None = None
    license: str | None = None
    timezone: str | None = None
    is_admin: bool | None = None
    is_super_admin: bool | None = None
    admin_office_ids: tuple[Id, ...] = ()
    is_available: bool | None = None
    is_online: bool | None = None
    do_not_disturb: bool | None = None
    status_message: str | None = None
    is_on_duty: bool | None = None
    on_duty_status: str | None = None
    on_duty_started: DialpadTime | None = None
    duty_status_reason: str | None = None
    duty_status_started: DialpadTime | None = None
    group_details: tuple[GroupPlace, ...] = ()
    forwarding_numbers: tuple[str, ...] = ()
    image_url: str | None = None
    date_added: DialpadTime | None = None

    @property
    def name(self) -> str:
        """The name to show."""
        return self.display_name or " ".join(filter(None, (self.first_name, self.last_name))) or "(no name)"


class Room(Response):
    """A room phone."""

    id: Id | None = None
    name: str | None = None
    office_id: OfficeId | None = None
    phone_numbers: tuple[str, ...] = ()
    is_on_duty: bool | None = None
    state: str | None = None


class Operators(Response):
    """Who answers for a group."""

    users: tuple[User, ...] = ()
    rooms: tuple[Room, ...] = ()


class Operator(Response):
    """One person or room that answers for a group."""

    id: Id | None = None
    name: str | None = None
    office_id: OfficeId | None = None
    phone_numbers: tuple[str, ...] = ()
    is_on_duty: bool | None = None
    state: str | None = None


class Device(Response):
    """An app or phone that somebody is signed in to."""

    id: Id | None = None
    user_id: Id | None = None
    type: str | None = None
    display_name: str | None = None
    app_version: str | None = None
    phone_number: str | None = None
    date_registered: DialpadTime | None = None


class AssignedNumber(Response):
    """A number of the company and what it rings."""

    number: str | None = None
    status: str | None = None
    type: str | None = None
    area_code: str | None = None
    target_id: Id | None = None
    target_type: str | None = None
    office_id: OfficeId | None = None
    company_id: Id | None = None


class EmergencyAddress(Response):
    """Where emergency services are sent."""

    address: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None


class GroupDetails(Response):
    """A call center or department."""

    id: Id | None = None
    name: str | None = None
    office_id: OfficeId | None = None
    phone_numbers: tuple[str, ...] = ()
    state: str | None = None
    availability_status: str | None = None
    group_description: str | None = None
    timezone: str | None = None
    hours_on: bool | None = None
    ring_seconds: int | None = None
    first_action: str | None = None
    no_operators_action: str | None = None
    routing_options: dict[str, Any] | None = None
    hold_queue: dict[str, Any] | None = None
    voice_intelligence: dict[str, Any] | None = None


class CoachingTeam(Response):
    """A coaching team."""

    id: Id | None = None
    name: str | None = None
    office_id: OfficeId | None = None
    team_description: str | None = None
    phone_numbers: tuple[str, ...] = ()
    allow_trainee_eavesdrop: bool | None = None
    state: str | None = None


class DeskPhone(Response):
    """A desk phone. Its SIP password is kept out of sight."""

    id: Id | None = None
    name: str | None = None
    type: str | None = None
    device_model: str | None = None
    mac_address: str | None = None
    firmware_version: str | None = None
    owner_id: Id | None = None
    owner_type: str | None = None
    phone_number: str | None = None
    password: SecretStr | None = None


class DeskPhones(Response):
    """All desk phones of a person or a room."""

    items: tuple[DeskPhone, ...] = ()
