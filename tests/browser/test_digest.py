"""The daily digest as a supervisor sees it, of a day whose calls were played at the phone network."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import expect
from sqlalchemy import Connection

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT
from bot.sandbox.demo import Demo
from bot.store.hooks import hooks
from bot.store.subscriptions import subscriptions
from tests.browser.visitor import Visitor
from tests.flows.stage import quick_demo, until_heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PACIFIC = ZoneInfo("America/Los_Angeles")
SHORT_DAY = {9: (1, 0), 10: (2, 1)}
LONG_DAY = {8: (1, 1), 9: (3, 0), 10: (5, 1), 11: (3, 1), 12: (1, 3), 13: (2, 1), 14: (3, 0), 15: (2, 1), 17: (1, 1)}
"""Hour of the day to calls that were answered and that were not; the long one is for the picture in the docs."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Demo]:
    """Its own demo: the subscription and the calls stay in it."""
    async with quick_demo() as started:
        yield started


async def play(demo: Demo, day: datetime, hours: dict[int, tuple[int, int]]) -> None:
    """A day on the support line, at the phone network's own clock."""
    state, real = demo.dialpad.state, demo.dialpad.state.now
    try:
        for hour, (answered, missed) in hours.items():
            for number in range(answered + missed):
                at = day + timedelta(hours=hour, minutes=6 * number)
                state.now = lambda at=at: at  # type: ignore[misc]  # mypy cannot infer the lambda
                call = demo.dialpad.phone.ring(CUSTOMERS[number % 3].phone, SUPPORT.phone)
                wait, talk = 8 + 5 * number, 90 + 70 * number
                state.now = lambda at=at, wait=wait: at + timedelta(seconds=wait)  # type: ignore[misc]  # likewise
                if number < answered:
                    demo.dialpad.phone.answer(call.id, (ANA, SAM)[number % 2])
                    state.now = lambda at=at, talk=talk: at + timedelta(seconds=talk)  # type: ignore[misc]  # likewise
                if number < answered or hour % 2:
                    demo.dialpad.phone.hang_up(call.id)
                else:
                    demo.dialpad.phone.leave_voicemail(call.id, "Please call me back.")
                await demo.dialpad.delivery.idle()
    finally:
        state.now = real
    await until_heard(demo)


async def make_due(demo: Demo, moment: datetime) -> None:
    """As if the subscription had been there for days and its time had just come."""

    def change(connection: Connection) -> None:
        connection.execute(hooks.update().values(created_at=moment - timedelta(days=9)))
        connection.execute(subscriptions.update().values(digest_at=moment))

    await demo.bot.store.database.write(change)
    demo.bot.poster.wake()


async def test_a_digest_is_a_chart_and_a_table(visitor: Visitor) -> None:
    demo = visitor.demo
    due = (datetime.now(UTC) - timedelta(minutes=1)).astimezone(PACIFIC).replace(second=0, microsecond=0)
    day = due.replace(hour=0, minute=0) - timedelta(days=1)
    await visitor.come(PRIYA)
    await visitor.subscribe(f'daily at:{due:%H:%M} for "Support"')
    await visitor.answered("a daily digest at")
    await play(demo, day - timedelta(days=1), LONG_DAY if visitor.shots else {10: (3, 0)})
    await play(demo, day, {**LONG_DAY, 16: (4, 1)} if visitor.shots else SHORT_DAY)
    await make_due(demo, due.astimezone(UTC))

    digest = visitor.page.get_by_test_id("message").filter(has_text="Daily digest for Support")
    await expect(digest.get_by_role("figure", name="Calls by hour")).to_be_visible()
    await expect(digest.get_by_role("row").filter(has_text="Median wait for an answer")).to_contain_text("s (of ")
    if not visitor.shots:
        await expect(digest).to_contain_text("4 calls: 3 answered (75%) and 1 missed (1 left a voicemail).")
        await expect(digest).to_contain_text("1 call more than the day before.")
        await expect(digest.locator("path[data-value]")).to_have_count(3)
    if visitor.shots:
        await visitor.page.set_viewport_size({"width": 1440, "height": 1080})
        await visitor.page.reload()  # the page's clock too comes back from the days that were played
        await expect(digest.get_by_role("figure", name="Calls by hour")).to_be_visible()
        await visitor.shoot_in_both("digest")
    await visitor.press(visitor.answer, "Test")
    await expect(visitor.page.get_by_text("Daily digest so far for Support").first).to_be_visible()
