"""Tells whoever set the bot up that it was upgraded, once for each version and workspace."""

from importlib.metadata import version

from bot.cards.whats_new import SEE_NEWS, UPGRADED
from bot.notifications.personal_notices import tell_person
from bot.store.store import Store


async def tell_of_upgrade(store: Store) -> None:
    """Tell, in each workspace, whoever has been connected the longest: the one who set it up goes first, and somebody
    who cares is there when they have left. Does nothing where nobody worked with an earlier version."""
    if not store.upgrade.happened:
        return
    now = version("dialpad-chatops")
    for person in await store.connections.first_people():
        await tell_person(store, person, f"upgraded:{now}", UPGRADED, [SEE_NEWS], {"version": now})
