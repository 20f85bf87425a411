"""/contacts: the shared address book, and each person's own."""

from bot.sandbox.dialpad.events import contact_event
from bot.sandbox.dialpad.fields import E164, Body, Line, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_100
from bot.sandbox.dialpad.model import Contact, Json
from bot.sandbox.dialpad.refusals import bad_request, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class ContactFields(Body):
    company_name: Line | None = None
    emails: list[Text] | None = None
    extension: Text | None = None
    first_name: Line | None = None
    job_title: Line | None = None
    last_name: Line | None = None
    phones: list[E164] | None = None
    trunk_group: Text | None = None
    urls: list[Text] | None = None


class CreateContact(ContactFields):
    first_name: Line
    last_name: Line
    owner_id: Text | None = None


class UpsertContact(ContactFields):
    first_name: Line
    last_name: Line
    uid: Text


def render_contact(contact: Contact) -> Json:
    return {
        "id": contact.id,
        "type": contact.kind,
        "owner_id": contact.owner_id,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "display_name": contact.name,
        "company_name": contact.company_name,
        "job_title": contact.job_title,
        "phones": contact.phones,
        "primary_phone": contact.phones[0] if contact.phones else None,
        "emails": contact.emails,
        "primary_email": contact.emails[0] if contact.emails else None,
        "extension": contact.extension,
        "trunk_group": contact.trunk_group,
        "urls": contact.urls,
    }


def may_see(ctx: RequestContext, contact: Contact) -> bool:
    return contact.owner_id is None or ctx.is_admin or contact.owner_id == ctx.caller.user_id


def find_contact(ctx: RequestContext) -> Contact:
    found = ctx.state.contacts.get(ctx.path["id"])
    if found is None or not may_see(ctx, found):
        raise not_found("contact")
    return found


def list_contacts(ctx: RequestContext) -> Answer:
    """List the shared contacts; with ``owner_id`` that person's own; ``include_local`` adds all local ones the
    caller may see."""
    contacts = list(ctx.state.contacts.values())
    owner = ctx.query_text("owner_id")
    if owner is not None:
        owner_id = ctx.user_to_act_on(owner).id
        contacts = [contact for contact in contacts if contact.owner_id == owner_id]
    elif not ctx.query_flag("include_local"):
        contacts = [contact for contact in contacts if contact.owner_id is None]
    visible = [contact for contact in contacts if may_see(ctx, contact)]
    return ctx.page(visible, render_contact, id_of=lambda contact: contact.id)


def get_contact(ctx: RequestContext) -> Answer:
    return Answer(render_contact(find_contact(ctx)))


def check_names(first_name: str, last_name: str) -> None:
    if not first_name.strip() and not last_name.strip():
        raise bad_request("first_name: must not be empty")


def change(contact: Contact, body: ContactFields) -> None:
    for name, value in body.sent().items():
        if name in ContactFields.model_fields:
            setattr(contact, name, value)


def create_contact(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateContact)
    check_names(body.first_name, body.last_name)
    owner_id = None if body.owner_id is None else ctx.user(body.owner_id).id
    if owner_id is not None and owner_id != ctx.caller.user_id and not ctx.is_admin:
        raise forbidden("Contacts can be made only for oneself.")
    contact = Contact(str(ctx.state.new_id()), body.first_name, body.last_name, owner_id=owner_id)
    change(contact, body)
    ctx.state.contacts[contact.id] = contact
    ctx.state.emit("contact", contact_event(contact, "Created"))
    return Answer(render_contact(contact))


def upsert_contact(ctx: RequestContext) -> Answer:
    """Create or replace the shared contact with this ``uid``; what is not sent becomes empty."""
    body = ctx.body(UpsertContact)
    check_names(body.first_name, body.last_name)
    if not body.uid.strip():
        raise bad_request("uid: must not be empty")
    contact_id = f"shared_contact_pool_api_{body.uid}"
    word = "Updated" if contact_id in ctx.state.contacts else "Created"
    contact = Contact(contact_id, body.first_name, body.last_name)
    change(contact, body)
    ctx.state.contacts[contact_id] = contact
    ctx.state.emit("contact", contact_event(contact, word))
    return Answer(render_contact(contact))


def update_contact(ctx: RequestContext) -> Answer:
    contact = find_contact(ctx)
    body = ctx.body(ContactFields)
    check_names(
        contact.first_name if body.first_name is None else body.first_name,
        contact.last_name if body.last_name is None else body.last_name,
    )
    change(contact, body)
    ctx.state.emit("contact", contact_event(contact, "Updated"))
    return Answer(render_contact(contact))


def delete_contact(ctx: RequestContext) -> Answer:
    contact = find_contact(ctx)
    del ctx.state.contacts[contact.id]
    ctx.state.emit("contact", contact_event(contact, "Deleted"))
    return Answer(render_contact(contact))


ROUTES = (
    Route("GET", "/contacts", list_contacts),
    Route("GET", "/contacts/{id}", get_contact),
    Route("POST", "/contacts", create_contact, limit=PER_MINUTE_100),
    Route("PUT", "/contacts", upsert_contact, limit=PER_MINUTE_100),
    Route("PATCH", "/contacts/{id}", update_contact),
    Route("DELETE", "/contacts/{id}", delete_contact),
)
