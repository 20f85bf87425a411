"""People outside: shared and personal contacts."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, PUT, Action, ContactId, Id, Page, Rate, Response, Risk
from bot.dialpad.actions.fields import Cursor, PhoneNumbers, TextUserId

Contact = Annotated[ContactId, Field(title="Contact", description="Which contact.")]
FirstName = Annotated[str, Field(title="First name", description="One line.")]
LastName = Annotated[str, Field(title="Last name", description="One line.")]
CompanyName = Annotated[str | None, Field(title="Company", description="One line.")]
JobTitle = Annotated[str | None, Field(title="Job title", description="One line.")]
Phones = Annotated[PhoneNumbers | None, Field(title="Numbers", description="The first is the main number.")]
Emails = Annotated[list[str] | None, Field(title="Email addresses", description="The first is the main address.")]
Urls = Annotated[list[str] | None, Field(title="Web pages", description="Addresses that belong to the contact.")]
Extension = Annotated[str | None, Field(title="Extension", description="Dialed after the number.")]
TrunkGroup = Annotated[
    str | None, Field(title="Trunk group", description="No longer used by Dialpad.", deprecated=True)
]


class ContactCard(Response):
    """A contact. ``type`` is shared, or local when it belongs to one person."""

    id: Id | None = None
    type: str | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    primary_phone: str | None = None
    phones: tuple[str, ...] = ()
    primary_email: str | None = None
    emails: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    extension: str | None = None
    owner_id: Id | None = None

    @property
    def name(self) -> str:
        """The name to show."""
        return self.display_name or " ".join(filter(None, (self.first_name, self.last_name))) or "(no name)"


class ListContacts(Action[Page[ContactCard]]):
    """List the company's shared contacts, or one person's own."""

    slug = "DIALPAD_RETRIEVE_CONTACT_LIST"
    name = "List contacts"
    request = GET("/api/v2/contacts")
    risk = Risk.READ
    sensitive = True

    owner_id: TextUserId | None = Field(default=None, title="Owner", description="Only this person's contacts.")
    include_local: bool | None = Field(
        default=None, title="Personal ones too", description="Also contacts that belong to one person; no by default."
    )
    cursor: Cursor = None


class GetContact(Action[ContactCard]):
    """Look a contact up."""

    slug = "DIALPAD_RETRIEVE_CONTACT_BY_ID"
    name = "Look up a contact"
    request = GET("/api/v2/contacts/{id}")
    risk = Risk.READ
    sensitive = True

    id: Contact


class CreateContact(Action[ContactCard]):
    """Save a new contact, for everybody or for one person."""

    slug = "DIALPAD_CREATE_NEW_CONTACT_ENTRY"
    name = "Save a contact"
    request = POST("/api/v2/contacts")
    risk = Risk.CHANGE
    rates = (Rate(100),)
    sensitive = True

    first_name: FirstName
    last_name: LastName
    phones: Phones = None
    emails: Emails = None
    company_name: CompanyName = None
    job_title: JobTitle = None
    urls: Urls = None
    extension: Extension = None
    owner_id: TextUserId | None = Field(
        default=None, title="Owner", description="Only this person sees it; left out, everybody does."
    )
    trunk_group: TrunkGroup = None


class UpsertContact(Action[ContactCard]):
    """Save a shared contact under an id of your own: it is created, or replaced if that id already exists."""

    slug = "DIALPAD_UPDATE_CONTACT_INFORMATION"
    name = "Save a contact under your own id"
    request = PUT("/api/v2/contacts")
    risk = Risk.CHANGE
    rates = (Rate(100),)
    sensitive = True

    uid: str = Field(title="Your id", description="Becomes part of the contact's id; the same id replaces it.")
    first_name: FirstName
    last_name: LastName
    phones: Phones = None
    emails: Emails = None
    company_name: CompanyName = None
    job_title: JobTitle = None
    urls: Urls = None
    extension: Extension = None
    trunk_group: TrunkGroup = None


class UpdateContact(Action[ContactCard]):
    """Change a contact. Only what is filled in changes."""

    slug = "DIALPAD_MODIFY_CONTACT_DETAILS_USING_ID"
    name = "Change a contact"
    request = PATCH("/api/v2/contacts/{id}")
    risk = Risk.CHANGE
    sensitive = True

    id: Contact
    first_name: FirstName | None = Field(default=None, title="First name", description="One line.")
    last_name: LastName | None = Field(default=None, title="Last name", description="One line.")
    phones: Phones = None
    emails: Emails = None
    company_name: CompanyName = None
    job_title: JobTitle = None
    urls: Urls = None
    extension: Extension = None
    trunk_group: TrunkGroup = None


class DeleteContact(Action[ContactCard]):
    """Delete a contact for everybody who sees it."""

    slug = "DIALPAD_DELETE_CONTACT_BY_ID"
    name = "Delete a contact"
    request = DELETE("/api/v2/contacts/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: Contact
