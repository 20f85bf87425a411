"""Direct messages that must arrive: that something a person waits for has ended for good.

They are stored like cards, so that they are posted once Slack takes them, after a restart too.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.activity.registers import fragment
from bot.basics.company import own_company
from bot.basics.language import mark
from bot.basics.person import PersonKey
from bot.cards.notice import TOLD
from bot.store.postings import NewPosting
from bot.store.store import Store

EVENTS_PARKED: Final = mark(
    "Something that happened on the phones could not be shown in Slack. It is kept for two weeks: ask whoever runs "
    "this bot to look at it with `dialpad-chatops events list`. Until then you find it in Dialpad's own history."
)

PUT_OFF_DUTY: Final = mark("{who} put you off duty{why}. Call center calls go to others until you are back.")
PUT_ON_DUTY: Final = mark("{who} put you on duty{why}, so call center calls ring at your phone.")


async def tell_person(
    store: Store,
    person: PersonKey,
    name: str,
    text: str,
    buttons: Sequence[tuple[str, str]] = (),
    values: Mapping[str, str] | None = None,
) -> None:
    """Tell a person something in a direct message, once for each ``name``. ``text`` is in their language, or one of the
    catalogue, with ``values`` for what it names. ``buttons`` are labels and routes."""
    told = {"about": TOLD, "text": text, "values": values or {}, "buttons": [list(one) for one in buttons]}
    said = fragment(0, 0, told)
    wanted = [NewPosting(person.user_id, "")]
    await store.cards.absorb(own_company(person), "notice", [f"told:{person.user_id}:{name}"], said, lambda *_: wanted)
