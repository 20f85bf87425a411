import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from bot.basics.errors import NotAllowed
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.dialpad.entries import Entry, fold
from tests.bot.dialpad.test_accounts import COMPANY_CONNECTION, OAUTH_CONNECTION
from tests.bot.dialpad.wire import Time, bad, good

ANA = PersonKey("T", "ana")
SAM = PersonKey("T", "sam")
PEOPLE = {
    "items": [
        {
            "id": "1",
            "display_name": "Léo Marchetti",
            "emails": ["leo@northlight.example"],
            "phone_numbers": ["+14155550115"],
        },
        {"id": "2", "display_name": "Leona Quist", "emails": ["leona@northlight.example"]},
        {"id": "3", "first_name": "Sam", "last_name": "Okafor", "phone_numbers": ["+14155550112"]},
    ]
}
CENTERS = {"items": [{"id": 11, "name": "Support"}, {"id": 12, "name": "Sales", "phone_numbers": ["+14155550102"]}]}
CONTACTS = {"items": [{"id": "c1", "display_name": "Jordan Lee", "phones": ["+14155550150"]}]}


@dataclass
class Lists(httpx.AsyncBaseTransport):
    """Lists by path, counted; ``gate`` holds every answer back until it is opened."""

    lists: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    after: dict[str, Callable[[], httpx.Response]] = field(default_factory=dict)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.rpartition("/")[2])
        cursor = request.url.params.get("cursor", "")
        if self.gate is not None and cursor == "held":
            await self.gate.wait()
        name = self.asked[-1] + cursor
        if name in self.after:
            return self.after[name]()
        return good(self.lists.get(name, {}))


@dataclass
class Kept:
    connections: dict[PersonKey, DialpadConnection]

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        return self.connections.get(key)

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        self.connections[key] = link

    async def mark_broken(self, key: PersonKey) -> bool:
        return True

    async def delete(self, key: PersonKey) -> None:
        del self.connections[key]


@dataclass
class Bench:
    wire: Lists
    time: Time
    accounts: Accounts
    directory: Directory

    def of(self, person: PersonKey = ANA) -> Account:
        return self.accounts.of(person)


def build_bench(
    ana: DialpadConnection = OAUTH_CONNECTION,
    sam: DialpadConnection | None = None,
    first_load: float = 5.0,
    **lists: Any,
) -> Bench:
    wire = Lists({"users": PEOPLE, "callcenters": CENTERS, "contacts": CONTACTS, **lists})
    time = Time()
    client = DialpadClient("https://d.example", transport=wire, clock=time, sleep=time.sleep)
    sam = sam or replace(OAUTH_CONNECTION, dialpad_user_id="5100000000000102")
    accounts = Accounts(client, Kept({ANA: ana, SAM: sam}), clock=lambda: OAUTH_CONNECTION.connected_at)
    return Bench(wire, time, accounts, Directory(clock=time, first_load=first_load))


def names(entries: list[Entry] | tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


async def search(bench: Bench, query: str, entity: Entity = Entity.USER, person: PersonKey = ANA) -> list[str]:
    return names(await bench.directory.search(bench.of(person), entity, query))


async def test_an_empty_query_lists_everybody_by_name() -> None:
    assert await search(build_bench(), "") == ["Léo Marchetti", "Leona Quist", "Sam Okafor"]


@pytest.mark.parametrize("query", ["leo m", "LÉO MAR", "marchetti", "leo@north", "5550115", "(415) 555-0115"])
async def test_a_person_is_found_by_name_mail_and_number(query: str) -> None:
    assert (await search(build_bench(), query))[0] == "Léo Marchetti"


async def test_a_slip_of_the_finger_still_finds_the_person() -> None:
    assert (await search(build_bench(), "okafro"))[0] == "Sam Okafor"


async def test_nonsense_finds_nobody() -> None:
    assert await search(build_bench(), "qqqqqq") == []


async def test_a_second_question_asks_dialpad_nothing() -> None:
    bench = build_bench()
    await search(bench, "leo")
    await search(bench, "sam")
    assert bench.wire.asked == ["users"]


async def test_many_questions_at_once_load_once() -> None:
    bench = build_bench()
    await asyncio.gather(*(search(bench, "leo") for _ in range(10)))
    assert bench.wire.asked == ["users"]


async def test_an_old_copy_answers_at_once_and_is_renewed_behind() -> None:
    bench = build_bench()
    await search(bench, "")
    bench.wire.lists["users"] = {"items": [{"id": "9", "display_name": "New Person"}]}
    bench.time.now += 301
    stale = await search(bench, "")
    for _ in range(20):
        await asyncio.sleep(0)
    assert (len(stale), await search(bench, "")) == (3, ["New Person"])


async def test_a_slow_first_load_answers_with_what_there_is() -> None:
    first = {**PEOPLE, "cursor": "held"}
    bench = build_bench(first_load=0.01, users=first, usersheld={"items": [{"id": "9", "display_name": "Zoe"}]})
    bench.wire.gate = asyncio.Event()
    early = await search(bench, "")
    bench.wire.gate.set()
    for _ in range(20):
        await asyncio.sleep(0)
    assert (len(early), len(await search(bench, ""))) == (3, 4)


async def test_what_one_person_may_see_is_not_shown_to_another() -> None:
    bench = build_bench()
    await search(bench, "")
    bench.wire.lists["users"] = {"items": []}
    assert await search(bench, "", person=SAM) == []


async def test_people_with_the_same_company_key_share_a_copy() -> None:
    bench = build_bench(COMPANY_CONNECTION, replace(COMPANY_CONNECTION, dialpad_user_id="2"))
    await search(bench, "")
    await search(bench, "", person=SAM)
    assert bench.wire.asked == ["users"]


async def test_forgetting_shows_what_is_new() -> None:
    bench = build_bench()
    await search(bench, "")
    await bench.directory.forget(bench.of())
    await search(bench, "")
    assert bench.wire.asked == ["users", "users"]


async def test_what_dialpad_says_has_changed_is_read_again_but_not_for_every_change() -> None:
    bench = build_bench()
    await search(bench, "")
    company = (await bench.of().link()).company_id or ""
    for seconds in (1, 10, 25, 1, 1):
        bench.time.now += seconds
        await bench.directory.outdate(company, Entity.USER)
        await bench.directory.outdate(company, Entity.CONTACT)
        await bench.directory.outdate("another company", Entity.USER)
        await search(bench, "")
        await bench.directory.loaded()
    assert bench.wire.asked == ["users", "users"]


async def test_a_refusal_is_said_when_there_is_nothing_to_show() -> None:
    bench = build_bench()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    with pytest.raises(NotAllowed):
        await search(bench, "leo")


async def test_after_a_failure_dialpad_is_left_alone_for_a_while() -> None:
    bench = build_bench()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    for _ in range(3):
        with pytest.raises(NotAllowed):
            await search(bench, "leo")
    assert len(bench.wire.asked) == 1


async def test_a_first_load_that_failed_is_tried_again_after_three_seconds() -> None:
    bench = build_bench()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    with pytest.raises(NotAllowed):
        await search(bench, "leo")
    del bench.wire.after["users"]
    bench.time.now += 3.1

    assert await search(bench, "sam") == ["Sam Okafor"]


async def test_an_old_copy_outlives_dialpad_being_down() -> None:
    bench = build_bench()
    await search(bench, "")
    bench.wire.after["users"] = lambda: bad(403)
    bench.time.now += 1000
    await search(bench, "")
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(await search(bench, "")) == 3


@pytest.mark.parametrize("text", ["Sales", "sales", " SALES ", "sal", "12", "+1 415 555 0102"])
async def test_a_name_without_doubt_is_one(text: str) -> None:
    bench = build_bench()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, text)
    assert (found.one and found.one.id, found.several) == ("12", ())


async def test_a_name_that_fits_several_asks_which() -> None:
    bench = build_bench()
    several = await bench.directory.find(bench.of(), Entity.USER, "le")
    assert (several.one, names(several.several)) == (None, ["Léo Marchetti", "Leona Quist"])


async def test_a_wrong_name_says_what_may_be_meant() -> None:
    bench = build_bench()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, "suport")
    assert (found.one, names(found.several)) == (None, ["Support"])


async def test_nothing_typed_means_nothing() -> None:
    bench = build_bench()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, "  ")
    assert (found.one, found.several) == (None, ())


async def test_an_id_has_a_name() -> None:
    bench = build_bench()
    assert await bench.directory.name_of(bench.of(), Entity.CALL_CENTER, "11") == "Support"


async def test_an_id_has_no_name_when_dialpad_refuses() -> None:
    bench = build_bench()
    bench.wire.after["callcenters"] = lambda: bad(500)
    assert await bench.directory.name_of(bench.of(), Entity.CALL_CENTER, "11") is None


@pytest.mark.parametrize(
    ("number", "name", "sure"),
    [
        ("+14155550112", "Sam Okafor", "line"),
        ("+14155550102", "Sales", "line"),
        ("+14155550150", "Jordan Lee", "contact"),
    ],
)
async def test_a_number_has_an_owner(number: str, name: str, sure: str) -> None:
    bench = build_bench()
    who = await bench.directory.by_number(bench.of(), number)
    assert who is not None
    assert (who.entry.name, who.sure) == (name, sure)


async def test_a_number_of_two_contacts_is_not_sure() -> None:
    both = {"items": [{"id": i, "display_name": i, "phones": ["+14155550150"]} for i in ("a", "b")]}
    bench = build_bench(contacts=both)
    who = await bench.directory.by_number(bench.of(), "+14155550150")
    assert who is not None
    assert who.sure == "several"


async def test_an_unknown_number_is_nobodys_even_when_a_list_is_refused() -> None:
    bench = build_bench()
    bench.wire.after["contacts"] = lambda: bad(403)
    assert await bench.directory.by_number(bench.of(), "+14155550153") is None


@pytest.mark.parametrize(("text", "folded"), [("Léo", "leo"), (" BERGSTRÖM  x ", "bergstrom x"), ("Straße", "strasse")])
def test_names_are_compared_without_accents_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


async def test_what_is_outdated_in_one_process_is_read_again_in_another() -> None:
    here, there = build_bench(), build_bench()
    told: list[tuple[str, str]] = []

    async def tell(scope: str, entity: str) -> None:
        told.append((scope, entity))

    here.directory._tell_others = tell
    await search(there, "")
    await here.directory.expire(here.of())
    company = (await here.of().link()).company_id or ""
    await here.directory.outdate(company, Entity.CONTACT)
    assert not any(company in scope for scope, _ in told)  # whose it is stays here

    for scope, entity in told:
        there.directory.heard(scope, entity)
    there.time.now += 4
    await search(there, "")
    await there.directory.loaded()
    assert there.wire.asked == ["users", "users"]
