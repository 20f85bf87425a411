"""The two ends of a call or text, as the small objects ``contact`` and ``target`` of answers and events."""

import phonenumbers

from bot.sandbox.dialpad.model import Json, Target
from bot.sandbox.dialpad.state import State


def local_format(number: str) -> str:
    """Format a number as (415) 555-0101 for +14155550101; anything unreadable comes back as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def phone_of(state: State, target: Target) -> str:
    numbers = state.holder(target).phone_numbers
    return numbers[0] if numbers else ""


def name_of(state: State, target: Target) -> str:
    return state.holder(target).name


def render_target(state: State, target: Target) -> Json:
    email = state.users[target.id].emails[0] if target.kind == "user" else ""
    return {
        "id": target.id,
        "type": target.kind,
        "name": name_of(state, target),
        "phone": phone_of(state, target),
        "email": email,
    }


def render_contact(state: State, number: str) -> Json:
    """Render the owner of a number: a colleague, a known contact, or a bare number that Dialpad makes a contact of."""
    inside = state.target_of_number(number)
    if inside is not None and inside.kind == "user":
        return render_target(state, inside)
    contact = state.contact_by_number(number)
    if contact is None:
        digits = "".join(character for character in number if character.isdigit())
        return {
            "id": f"64{int(digits or 0) % 10**14:014d}",
            "type": "local",
            "name": local_format(number),
            "phone": number,
        }
    return {
        "id": contact.id,
        "type": contact.kind,
        "name": contact.name,
        "phone": number,
        "email": contact.emails[0] if contact.emails else "",
    }
