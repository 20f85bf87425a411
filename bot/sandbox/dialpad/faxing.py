"""Faxes in both directions, and the events that tell of them.

Dialpad's document has the fields of a fax; how its events are shaped is taken from there and from the events of texts.
"""

from bot.sandbox.dialpad.events import EVENT_TYPE_NAMES
from bot.sandbox.dialpad.model import FaxMessage, Json, Target
from bot.sandbox.dialpad.parties import name_of, phone_of, render_contact
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import epoch_ms

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def owner_of(state: State, number: str) -> Target | None:
    """Return whose number it is, on a fax line of its own or on a line that rings."""
    return state.fax_lines.get(number) or state.target_of_number(number)


def fax_event(state: State, fax: FaxMessage) -> Json:
    """Build the event of a fax."""
    other = fax.from_number if fax.direction == "inbound" else fax.to_number
    contact = render_contact(state, other)
    return {
        "id": str(fax.id),
        "created_date": epoch_ms(fax.created),
        "event_timestamp": epoch_ms(state.now()),
        "direction": fax.direction,
        "fax_status": fax.status,
        "from_number": fax.from_number,
        "to_number": fax.to_number,
        "target": {
            "id": fax.target.id,
            "name": name_of(state, fax.target),
            "type": EVENT_TYPE_NAMES.get(fax.target.kind, fax.target.kind),
            "phone_number": phone_of(state, fax.target),
        },
        "contact": {"id": int(str(contact["id"])), "name": contact["name"], "phone_number": other},
        "user_id": fax.user_id,
        "sender_id": None,
        "fax_transaction": {"num_pages": fax.pages, "is_billed": fax.direction == "outbound"},
        "fax_url": state.base_url + fax.path,
    }


def send(state: State, whose: Target, own_number: str, number: str, user_id: int | None) -> FaxMessage:
    """Send a fax: it is pending, then arrives, or fails where nobody answers."""
    fax = FaxMessage(state.new_id(), "outbound", whose, own_number, number, 1, state.now(), user_id)
    state.faxes.append(fax)
    state.emit("fax", fax_event(state, fax))
    fax.status = "error" if number in state.unreachable else "success"
    state.emit("fax", fax_event(state, fax))
    return fax


def receive_fax(state: State, sender: str, number: str, pages: int) -> FaxMessage:
    """Receive a fax at a number of the company."""
    target = owner_of(state, number)
    if target is None:
        raise bad_request("to: must be a number of the company that somebody has")
    fax = FaxMessage(state.new_id(), "inbound", target, sender, number, pages, state.now(), status="success")
    state.faxes.append(fax)
    state.emit("fax", fax_event(state, fax))
    return fax


def channel_message_event(state: State, channel: Json, user_id: int, text: str) -> Json:
    """Build the event of a message in a Dialpad channel."""
    user, now = state.user(user_id), epoch_ms(state.now())
    return {
        "id": state.new_id(),
        "created_date": now,
        "event_timestamp": now,
        "direction": "outbound",
        "target": {"id": channel["id"], "name": channel["name"], "type": "channel"},
        "contact": {"id": user.id, "name": user.name, "type": "user", "email": user.emails[0]},
        "sender_id": user.id,
        "text": text,
        "text_content": text,
    }
