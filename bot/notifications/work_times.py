"""Until when what waits is to be answered, by the messages that show it."""

from collections.abc import Sequence

from bot.activity.items import Item
from bot.basics.company import CompanyKey
from bot.contract.board import OpenWork, open_work
from bot.store.store import Store


async def works_of(store: Store, company: CompanyKey, items: Sequence[Item]) -> list[OpenWork]:
    """Return open work with until when it is to be answered: where several channels show it, the soonest of their
    times."""
    found = await store.postings.times_of(company, {card for item in items for card in item.cards})
    works = []
    for item in items:
        mine = [one for one in found if one.card_id in item.cards and one.episode in {None, item.since}]
        times = [one.answer_times for one in mine if one.answer_times is not None]
        works.append(open_work(item, min(times, key=lambda one: one.by, default=None)))
    return works
