"""Random days of several customers: what is open is in every list of it, and what is settled in none."""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import pytest

from bot.activity.digest_times import period_so_far
from bot.activity.histories import Deed
from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.work_tally import StillOpen
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.reply import Listing, Phone, Prose
from bot.dialpad.events import Event
from bot.notifications.digests import Digests
from bot.notifications.intake import Arrived
from bot.notifications.posted_cards import MOST_WORK, PostedCardRenderer
from bot.notifications.service import NotificationService
from bot.sandbox.cast import PRIYA as PRIYA_AT_NORTHLIGHT
from bot.store.postings import NewPosting
from tests.bot.activity.payloads import ANA, SUPPORT, T0, at, call, text
from tests.bot.notifications.open_work_model import PRIYA, SAM, Model
from tests.bot.notifications.posting import COMPANY, OWNER, SUBSCRIPTION, NoNames, PostingStage, join, stage_posting
from tests.handlers.harness import World, plain

SALES: Final = {**SUPPORT, "id": 12, "name": "Sales", "phone": "+14155550102"}
LINES: Final[dict[str, dict[str, Any]]] = {"callcenter:11": SUPPORT, "callcenter:12": SALES}
CUSTOMERS: Final = tuple(f"+141555501{number}" for number in range(50, 62))
EVENTS: Final = ("missed", "missed", "texts", "texts", "answered", "called back", "called from own line", "was texted")
DEEDS: Final = (
    "claimed",
    "claimed",
    "taken over",
    "released",
    "snoozed",
    "waits",
    "woken",
    "done",
    "reopened",
    "blocked",
)
DAILY: Final = replace(SUBSCRIPTION, kinds=frozenset({NewsKind.DAILY}))
SPACE_S: Final = 120
"""Between two things that happen, so that no text passes for an automatic reply."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[PostingStage]:
    async with stage_posting(tmp_path) as made:
        await join(made, OWNER, PersonKey(OWNER.team_id, SAM))
        yield made


@dataclass
class Day:
    """What happens, second by second, at Dialpad and in the model."""

    stage: PostingStage
    luck: random.Random
    model: Model = field(default_factory=Model)
    second: int = 0
    held: list[Event] = field(default_factory=list)
    """What Dialpad has not delivered yet: it comes in any order, and some of it twice."""

    @property
    def service(self) -> NotificationService:
        return NotificationService(self.stage.store, cast(Any, None), cast(Any, None), lambda: None)

    async def happen(self, times: int) -> None:
        for _ in range(times):
            self.second += SPACE_S
            self.stage.time.now = datetime.fromtimestamp(T0 / 1000 + self.second, UTC)
            customer, line = self.luck.choice(CUSTOMERS), self.luck.choice(list(LINES))
            if self.luck.random() < 0.6:
                self.held += self._event(customer, line, self.luck.choice(EVENTS))
            else:
                await self._deliver()
                await self._act(customer, line, self.luck.choice(DEEDS))
        await self._deliver()

    def _event(self, customer: str, line: str, what: str) -> Iterator[Event]:
        waiting, second, target = self.model.of(customer, line), self.second, LINES[line]
        of_call = {
            "external_number": customer,
            "contact": {"id": customer, "type": "local", "name": "", "phone": customer},
            "target": target,
            "internal_number": target["phone"],
            "date_started": at(second),
            "date_rang": at(second + 1),
            "date_ended": at(second + 60),
        }
        talked = {"date_connected": at(second + 5), "talk_time": 55_000}
        of_text = {
            "target": {**target, "phone_number": target["phone"]},
            "contact": {"id": 7, "name": "", "phone_number": customer},
        }
        match what:
            case "missed":
                waiting.needs(second, called=True)
                yield call(second, "ringing", second + 1, **{**of_call, "date_ended": None})
                yield call(second, "hangup", second + 60, **of_call)
            case "answered":
                waiting.settled() if waiting.open else None
                entry = {"entry_point_call_id": second, "entry_point_target": target}
                by_ana = {**of_call, **talked, **entry, "target": ANA}
                yield call(second, "connected", second + 5, **{**of_call, **talked, "date_ended": None})
                yield call(second + 1, "connected", second + 5, **{**by_ana, "date_ended": None})
                yield call(second + 1, "hangup", second + 60, **by_ana)
                yield call(second, "hangup", second + 60, operator_call_id=second + 1, **of_call, **talked)
            case "called back":
                waiting.settled() if waiting.open else None
                yield call(second, "hangup", second + 60, direction="outbound", **of_call, **talked)
            case "called from own line":
                self.model.called_from_own_line(customer)
                own = {**of_call, "target": ANA, "internal_number": ANA["phone"]}
                yield call(second, "hangup", second + 60, direction="outbound", **own, **talked)
            case "texts":
                waiting.needs(second, called=False)
                numbers = {"from_number": customer, "to_number": [target["phone"]]}
                yield text(second, "Hello?", second, **of_text, **numbers)
            case "was texted":
                self.model.answered_text(customer, line)
                numbers = {"from_number": target["phone"], "to_number": [customer]}
                yield text(second, "On our way.", second, direction="outbound", **of_text, **numbers)

    async def _deliver(self) -> None:
        again = self.luck.sample(self.held, len(self.held) // 3)
        coming, self.held = [*self.held, *again], []
        self.luck.shuffle(coming)
        _, router = self.stage.start()
        while coming:
            size = self.luck.randint(1, 4)
            batch = [Arrived(one.key, one, self.stage.hook) for one in coming[:size]]
            coming = coming[size:]
            await self.stage.store.database.write(lambda connection, batch=batch: router.fold(connection, batch))  # type: ignore[misc]  # mypy cannot infer it

    async def _act(self, customer: str, line: str, deed: str) -> None:
        by = PersonKey(OWNER.team_id, self.luck.choice((PRIYA, SAM)))
        if deed == "blocked":
            self.model.blocked(customer)
            await self.service.did(by, customer, "blocked")
            return
        found = await self.stage.store.histories.get(COMPANY, customer)
        item = found.current(line) if found is not None else None
        if item is None:
            return
        card = await self.stage.store.cards.get(COMPANY, item.cards[-1])
        assert card is not None
        until_s = self.second + self.luck.choice((SPACE_S / 2, 5 * SPACE_S, 1_000 * SPACE_S))
        until = datetime.fromtimestamp(T0 / 1000 + until_s, UTC) if deed == "snoozed" else None
        self.model.act(self.model.of(customer, line), deed, by.user_id, self.second, until_s)
        await self.service.act(card, by, cast(Deed, deed), over=True, until=until)


def shown(rows: Listing) -> set[tuple[str, str]]:
    """Customer and line of each row that shows an item."""
    names = {str(LINES[line]["name"]): line for line in LINES}
    found: set[tuple[str, str]] = set()
    for row in rows.rows:
        number = _number(row.text)
        if number:
            found.add((number, next(line for name, line in names.items() if f"· {name} ·" in plain(row.text))))
    return found


def _number(said: Prose) -> str:
    return next((one.e164 for one in said if isinstance(one, Phone)), "") if isinstance(said, tuple) else ""


async def listed(world: World, typed: str) -> set[tuple[str, str]]:
    """What ``/dp open`` shows, page by page."""
    page = await world.type(PRIYA_AT_NORTHLIGHT, typed)
    found: set[tuple[str, str]] = set()
    while isinstance(page, Listing):
        new = shown(page)
        assert not new & found, "shown twice"
        found |= new
        more = next((one.label for one in page.buttons if one.label.endswith("more")), "")
        if not more:
            return found
        page = await world.press(PRIYA_AT_NORTHLIGHT, page, more)
    raise AssertionError(page)


async def handed_over(stage: PostingStage, line: str) -> Listing:
    """The handover of a line as it would be posted now."""
    store = stage.store
    said = {"about": "handover", "line": line.partition(":")[2], "name": "Support", "came": ["Ana"], "on": ["Ana"]}
    name = f"handover:{line}:{stage.time.now}"
    wanted = [NewPosting("C1", SUBSCRIPTION.id)]
    card_id = await store.cards.absorb(COMPANY, "notice", [name], fragment(0, 0, said), lambda *_: wanted)
    (posting,), card = await store.postings.of_card(COMPANY, card_id), await store.cards.get(COMPANY, card_id)
    assert card is not None
    nobody = cast(Any, NoNames())
    content = await PostedCardRenderer(store, nobody, nobody).of(posting, card)
    assert isinstance(content.shown, Listing)
    return content.shown


async def counted(stage: PostingStage, *lines: str) -> StillOpen | None:
    """What a digest of these lines says is still open."""
    included = tuple(PlaceFilter(line, str(LINES[line]["name"])) for line in lines)
    subscription = replace(DAILY, included=included)
    period = period_so_far(subscription, NewsKind.DAILY, stage.time.now)
    return (await Digests(stage.store)._count(subscription, period, ())).still_open


@pytest.mark.parametrize("seed", range(5))
async def test_what_is_open_is_in_every_list_and_what_is_settled_in_none(
    stage: PostingStage, world: World, seed: int
) -> None:
    day = Day(stage, random.Random(seed))  # noqa: S311  a story that can be told again
    world.deps = replace(world.deps, notifications=day.service)
    for _ in range(2):
        await day.happen(50)
        model, now = day.model, day.second
        world.clock.now = stage.time.now
        assert await listed(world, "open all") == model.open()
        for line in LINES:
            is_open = model.open(line)
            handover = await handed_over(stage, line)
            assert (len(shown(handover)), shown(handover) - is_open) == (min(len(is_open), MOST_WORK), set())
            heading = f"Open work ({len(is_open)})" if is_open else "Open work: nothing"
            assert heading in [plain(row.text) for row in handover.rows]
        for lines in ((), *((line,) for line in LINES)):
            left = await counted(stage, *lines)
            assert left is not None
            assert (left.items, left.unclaimed) == (len(model.open(*lines)), len(model.unclaimed(now, *lines)))


async def missed_call(stage: PostingStage) -> str:
    """One call that waits for somebody; its card's id."""
    await stage.happen(call(1, "hangup", 20, date_rang=at(1), date_ended=at(20)))
    card = await stage.store.cards.named(COMPANY, "call:1")
    assert card is not None
    return card.id


async def test_a_card_is_kept_while_people_deal_with_what_it_is_about(stage: PostingStage) -> None:
    day = Day(stage, random.Random(0))  # noqa: S311  nothing is secret about it
    card_id = await missed_call(stage)
    stage.time.move(days=25)
    card = await stage.store.cards.get(COMPANY, card_id)
    assert card is not None
    await day.service.act(card, OWNER, "noted", words="They are on holiday.")
    stage.time.move(days=10)
    await stage.store.purge()

    assert await stage.store.cards.get(COMPANY, card_id) is not None
    assert [one.card for one in await day.service.open_work(OWNER)] == [card_id]


async def test_another_companys_work_is_not_listed(stage: PostingStage) -> None:
    day = Day(stage, random.Random(0))  # noqa: S311  nothing is secret about it
    await missed_call(stage)
    stranger = PersonKey(OWNER.team_id, "U0GUS0007")
    assert await day.service.open_work(stranger) == []

    await join(stage, stranger, company=CompanyKey(OWNER.team_id, "2"))
    assert await day.service.open_work(stranger) == []
    assert len(await day.service.open_work(OWNER)) == 1


async def test_a_made_up_call_is_nobodys_work(stage: PostingStage) -> None:
    service = NotificationService(stage.store, cast(Any, None), cast(Any, None), lambda: None)
    await service.post_test(replace(SUBSCRIPTION, id="w9"))

    assert await service.open_work(OWNER) == []
    assert await counted(stage) == StillOpen()
