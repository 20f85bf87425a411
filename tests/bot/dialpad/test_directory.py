import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
import pytest
from pydantic import SecretStr

from bot.basics.company import CompanyKey
from bot.basics.errors import NotAllowed
from bot.basics.name_search import fold
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.action import Entity
from bot.dialpad.client import DialpadClient
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.dialpad.entries import Entry
from bot.dialpad.events import ChangeEvent, ContactEvent
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
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
    for_token: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What somebody is shown instead; None for what they may not see."""
    owned: dict[str, Any] = field(default_factory=dict)
    """Local contacts by their owner's id."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_asked(self, times: int) -> None:
        while len(self.asked) < times:
            self.news.clear()
            await self.news.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.rpartition("/")[2])
        self.news.set()
        cursor = request.url.params.get("cursor", "")
        if self.gate is not None and cursor == "held":
            await self.gate.wait()
        name = self.asked[-1] + cursor
        if name in self.after:
            return self.after[name]()
        if (owner := request.url.params.get("owner_id")) in self.owned:
            return good(self.owned[owner])
        theirs = self.for_token.get(request.headers["authorization"].removeprefix("Bearer "), {})
        if name in theirs:
            return bad(403) if theirs[name] is None else good(theirs[name])
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


SAMS_CONNECTION = replace(OAUTH_CONNECTION, access_token=SecretStr("s1"), dialpad_user_id="5100000000000102")


@dataclass
class Bench:
    wire: Lists
    time: Time
    kept: Kept
    accounts: Accounts
    directory: Directory
    store: Store

    def of(self, person: PersonKey = ANA) -> Account:
        return self.accounts.of(person)

    @property
    def company(self) -> CompanyKey:
        return CompanyKey(ANA.team_id, OAUTH_CONNECTION.company_id or "")


class Build(Protocol):
    """Builds a bench; ``lists`` are answers by path."""

    async def __call__(
        self,
        ana: DialpadConnection = OAUTH_CONNECTION,
        sam: DialpadConnection | None = None,
        first_load: float = 60.0,
        **lists: Any,
    ) -> Bench: ...


@pytest.fixture
async def build(database_url: str) -> AsyncIterator[Build]:
    async with AsyncExitStack() as closing:

        async def build_bench(
            ana: DialpadConnection = OAUTH_CONNECTION,
            sam: DialpadConnection | None = None,
            first_load: float = 60.0,
            **lists: Any,
        ) -> Bench:
            wire = Lists({"users": PEOPLE, "callcenters": CENTERS, "contacts": CONTACTS, **lists})
            time = Time()
            client = DialpadClient("https://d.example", transport=wire, clock=time, sleep=time.sleep)
            kept = Kept({ANA: ana, SAM: sam or SAMS_CONNECTION})
            accounts = Accounts(client, kept, clock=lambda: OAUTH_CONNECTION.connected_at)

            def now() -> datetime:
                return OAUTH_CONNECTION.connected_at + timedelta(seconds=time.now)

            store = await Store.open(database_url, parse_keys(generate_key()), now)
            closing.push_async_callback(store.aclose)
            directory = Directory(store.directory, accounts, first_load=first_load)
            closing.push_async_callback(directory.aclose)
            return Bench(wire, time, kept, accounts, directory, store)

        yield build_bench


def names(entries: list[Entry] | tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


async def search(bench: Bench, query: str, entity: Entity = Entity.USER, person: PersonKey = ANA) -> list[str]:
    return names(await bench.directory.search(bench.of(person), entity, query))


async def test_an_empty_query_lists_everybody_by_name(build: Build) -> None:
    assert await search(await build(), "") == ["Léo Marchetti", "Leona Quist", "Sam Okafor"]


@pytest.mark.parametrize("query", ["leo m", "LÉO MAR", "marchetti", "leo@north", "5550115", "(415) 555-0115"])
async def test_a_person_is_found_by_name_mail_and_number(build: Build, query: str) -> None:
    assert (await search(await build(), query))[0] == "Léo Marchetti"


async def test_a_slip_of_the_finger_still_finds_the_person(build: Build) -> None:
    assert (await search(await build(), "okafro"))[0] == "Sam Okafor"


async def test_nonsense_finds_nobody(build: Build) -> None:
    assert await search(await build(), "qqqqqq") == []


async def test_a_second_question_asks_dialpad_nothing(build: Build) -> None:
    bench = await build()
    await search(bench, "leo")
    await search(bench, "sam")
    assert bench.wire.asked == ["users"]


async def test_many_questions_at_once_load_once(build: Build) -> None:
    bench = await build()
    await asyncio.gather(*(search(bench, "leo") for _ in range(10)))
    assert bench.wire.asked == ["users"]


async def test_a_reading_that_is_cancelled_before_it_began_is_begun_again(build: Build) -> None:
    bench = await build()
    reading = bench.directory.reading
    begun = reading.start((OAUTH_CONNECTION.company_of(ANA), "", "anything"), "", asyncio.sleep(0))
    begun.task.cancel()
    async with asyncio.timeout(5):
        await reading.idle()

    assert await search(bench, "leo")


async def test_an_old_copy_answers_at_once_and_is_renewed_behind(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    bench.wire.lists["users"] = {"items": [{"id": "9", "display_name": "New Person"}]}
    bench.time.now += 301
    stale = await search(bench, "")
    await bench.directory.reading.idle()
    assert (len(stale), await search(bench, "")) == (3, ["New Person"])


async def test_a_slow_first_load_answers_with_what_there_is(build: Build) -> None:
    first = {**PEOPLE, "cursor": "held"}
    bench = await build(first_load=0.0, users=first, usersheld={"items": [{"id": "9", "display_name": "Zoe"}]})
    bench.wire.gate = asyncio.Event()
    await search(bench, "")
    await bench.wire.until_asked(2)
    while not (early := await search(bench, "")):  # noqa: ASYNC110  # the database tells nobody
        await asyncio.sleep(0)
    bench.wire.gate.set()
    await bench.directory.reading.idle()
    assert (len(early), len(await search(bench, ""))) == (3, 4)


async def test_one_copy_serves_all_to_whom_dialpad_shows_the_same(build: Build) -> None:
    bench = await build(users={**PEOPLE, "cursor": "2"}, users2={"items": [{"id": "9", "display_name": "Zoe"}]})
    assert await search(bench, "") == await search(bench, "", person=SAM)
    assert bench.wire.asked == ["users"] * 3  # two pages for Ana, and one look whether Sam is shown the same


async def test_what_one_person_may_see_is_not_shown_to_another(build: Build) -> None:
    bench = await build()
    bench.wire.for_token["s1"] = {"users": {"items": [{"id": "3", "display_name": "Sam Okafor"}]}}
    assert len(await search(bench, "")) == 3
    assert await search(bench, "", person=SAM) == ["Sam Okafor"]
    assert await search(bench, "leo", person=SAM) == []
    assert len(await search(bench, "")) == 3


async def test_who_may_not_see_a_list_finds_nothing_in_the_companys(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    bench.wire.for_token["s1"] = {"users": None}
    with pytest.raises(NotAllowed):
        await search(bench, "leo", person=SAM)
    assert await bench.directory.name_of(bench.of(SAM), Entity.USER, "1") is None


async def test_when_who_read_the_list_has_left_nothing_of_what_they_saw_is_shown(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    del bench.kept.connections[ANA]
    bench.wire.for_token["s1"] = {"users": {"items": [{"id": "3", "display_name": "Sam Okafor"}]}}
    assert await search(bench, "", person=SAM) == ["Sam Okafor"]
    assert await search(bench, "leo", person=SAM) == []


async def test_a_list_is_read_again_with_the_access_it_was_read_with(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    await search(bench, "", person=SAM)
    bench.wire.for_token["s1"] = {"users": {"items": [{"id": "7", "display_name": "The Board"}]}}  # Sam's rights grew
    bench.time.now += 301
    await search(bench, "", person=SAM)
    await bench.directory.reading.idle()
    assert await search(bench, "board") == []


async def test_a_right_that_ended_ends_here_within_a_day(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    await search(bench, "", person=SAM)
    bench.wire.for_token["s1"] = {"users": None}
    bench.time.now += timedelta(days=1, minutes=1).total_seconds()
    await search(bench, "", person=SAM)
    await bench.directory.reading.idle()
    with pytest.raises(NotAllowed):
        await search(bench, "", person=SAM)


async def test_when_the_list_changed_for_everybody_it_is_read_again_before_it_is_shown(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    bench.wire.lists["users"] = {"items": []}
    assert await search(bench, "", person=SAM) == []


async def test_local_contacts_are_their_owners_alone(build: Build) -> None:
    bench = await build()
    bench.wire.owned["5100000000000102"] = {"items": [{"id": "l1", "display_name": "Sam's Dentist", "type": "local"}]}
    bench.wire.owned["5100000000000101"] = {"items": []}
    assert await search(bench, "", Entity.CONTACT) == ["Jordan Lee"]
    assert await search(bench, "", Entity.CONTACT, SAM) == ["Jordan Lee", "Sam's Dentist"]
    assert await search(bench, "dentist", Entity.CONTACT) == []


async def test_with_another_dialpad_account_nothing_of_the_one_before_is_seen(build: Build) -> None:
    bench = await build(numbers={"items": [{"number": "+14155550199", "status": "company"}]})
    assert await search(bench, "", Entity.NUMBER) == ["+14155550199"]
    bench.kept.connections[ANA] = SAMS_CONNECTION
    bench.wire.for_token["s1"] = {"numbers": None}
    with pytest.raises(NotAllowed):
        await search(bench, "", Entity.NUMBER)


async def test_people_with_the_same_company_key_share_a_copy(build: Build) -> None:
    bench = await build(COMPANY_CONNECTION, replace(COMPANY_CONNECTION, dialpad_user_id="2"))
    await search(bench, "")
    await search(bench, "", person=SAM)
    assert bench.wire.asked == ["users"]


async def test_forgetting_shows_what_is_new(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    await bench.directory.forget(bench.of())
    await search(bench, "")
    assert bench.wire.asked == ["users", "users"]


async def test_what_dialpad_says_has_changed_is_read_again_but_not_for_every_change(build: Build) -> None:
    bench = await build()
    await search(bench, "", Entity.CALL_CENTER)
    changed = {"action": "edited", "target": {"type": "call_center", "id": "11"}}
    for seconds in (1, 10, 25, 1, 1):
        bench.time.now += seconds
        await bench.directory.heard(bench.company, ChangeEvent.model_validate(changed))
        await bench.directory.heard(CompanyKey(ANA.team_id, "other"), ChangeEvent.model_validate(changed))
        await search(bench, "", Entity.CALL_CENTER)
        await bench.directory.reading.idle()
    assert bench.wire.asked == ["callcenters", "callcenters"]


@pytest.mark.parametrize(
    ("change", "name", "then"),
    [("Updated", "Jordan Leigh", ["Jordan Leigh"]), ("Created", "Zoe", ["Jordan Lee", "Zoe"]), ("Deleted", "", [])],
)
async def test_a_contacts_event_changes_its_entry_and_asks_dialpad_nothing(
    build: Build, change: str, name: str, then: list[str]
) -> None:
    bench = await build()
    await search(bench, "", Entity.CONTACT)
    asked = len(bench.wire.asked)
    contact = {"id": "c9" if change == "Created" else "c1", "type": "shared", "display_name": name}
    event = ContactEvent.model_validate({"event": change, "contact": contact})
    await bench.directory.heard(bench.company, event)
    assert await search(bench, "", Entity.CONTACT) == then
    assert len(bench.wire.asked) == asked


async def test_a_local_contacts_event_reaches_only_whoever_has_it(build: Build) -> None:
    bench = await build()
    bench.wire.owned["5100000000000102"] = {"items": [{"id": "l1", "display_name": "Dentist"}]}
    bench.wire.owned["5100000000000101"] = {"items": []}
    for person in (ANA, SAM):
        await search(bench, "", Entity.CONTACT, person)
    contact = {"id": "l1", "type": "local", "display_name": "Doctor"}
    await bench.directory.heard(bench.company, ContactEvent.model_validate({"event": "Updated", "contact": contact}))
    assert await search(bench, "doc", Entity.CONTACT) == []
    assert await search(bench, "doc", Entity.CONTACT, SAM) == ["Doctor"]
    assert await search(bench, "dentist", Entity.CONTACT, SAM) == []


async def test_of_a_person_that_changed_only_that_person_is_read_again(build: Build) -> None:
    bench = await build()
    bench.wire.lists["3"] = {"id": "3", "display_name": "Samuel Okafor", "emails": ["sam@northlight.example"]}
    await search(bench, "")
    event = ChangeEvent.model_validate({"action": "edited", "target": {"type": "user", "id": 3}})
    await bench.directory.heard(bench.company, event)
    await bench.directory.reading.idle()
    assert await search(bench, "samuel") == ["Samuel Okafor"]
    assert bench.wire.asked == ["users", "3"]


async def test_a_refusal_is_said_when_there_is_nothing_to_show(build: Build) -> None:
    bench = await build()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    with pytest.raises(NotAllowed):
        await search(bench, "leo")


async def test_after_a_failure_dialpad_is_left_alone_for_a_while(build: Build) -> None:
    bench = await build()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    for _ in range(3):
        with pytest.raises(NotAllowed):
            await search(bench, "leo")
    assert len(bench.wire.asked) == 1


async def test_a_first_load_that_failed_is_tried_again_after_three_seconds(build: Build) -> None:
    bench = await build()
    bench.wire.after["users"] = lambda: bad(403, "Not for you")
    with pytest.raises(NotAllowed):
        await search(bench, "leo")
    del bench.wire.after["users"]
    bench.time.now += 3.1

    assert await search(bench, "sam") == ["Sam Okafor"]


async def test_an_old_copy_outlives_dialpad_being_down(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    bench.wire.after["users"] = lambda: bad(500)
    bench.time.now += 1000
    await search(bench, "")
    await bench.directory.reading.idle()
    assert len(await search(bench, "")) == 3


@pytest.mark.parametrize("text", ["Sales", "sales", " SALES ", "sal", "12", "+1 415 555 0102"])
async def test_a_name_without_doubt_is_one(build: Build, text: str) -> None:
    bench = await build()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, text)
    assert (found.one and found.one.id, found.several) == ("12", ())


async def test_a_name_that_fits_several_asks_which(build: Build) -> None:
    bench = await build()
    several = await bench.directory.find(bench.of(), Entity.USER, "le")
    assert (several.one, names(several.several)) == (None, ["Léo Marchetti", "Leona Quist"])


async def test_a_wrong_name_says_what_may_be_meant(build: Build) -> None:
    bench = await build()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, "suport")
    assert (found.one, names(found.several)) == (None, ["Support"])


async def test_nothing_typed_means_nothing(build: Build) -> None:
    bench = await build()
    found = await bench.directory.find(bench.of(), Entity.CALL_CENTER, "  ")
    assert (found.one, found.several) == (None, ())


async def test_an_id_has_a_name(build: Build) -> None:
    bench = await build()
    assert await bench.directory.name_of(bench.of(), Entity.CALL_CENTER, "11") == "Support"


async def test_an_id_has_no_name_when_dialpad_refuses(build: Build) -> None:
    bench = await build()
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
async def test_a_number_has_an_owner(build: Build, number: str, name: str, sure: str) -> None:
    bench = await build()
    who = await bench.directory.by_number(bench.of(), number)
    assert who is not None
    assert (who.entry.name, who.sure) == (name, sure)


async def test_a_number_of_two_contacts_is_not_sure(build: Build) -> None:
    both = {"items": [{"id": i, "display_name": i, "phones": ["+14155550150"]} for i in ("a", "b")]}
    bench = await build(contacts=both)
    who = await bench.directory.by_number(bench.of(), "+14155550150")
    assert who is not None
    assert who.sure == "several"


OFFICES = {"items": [{"id": 1, "name": "London", "phone_numbers": ["+442079460018"]}]}
NATIONAL = {"items": [{"id": "a", "display_name": "Amara Osei", "phones": ["07700 900123"]}]}


@pytest.mark.parametrize("typed", ["+447700900123", "07700 900123", "7700 900123", "+44 7700 900 123", "900123"])
async def test_a_number_in_national_form_is_known_by_the_offices_country(build: Build, typed: str) -> None:
    bench = await build(contacts=NATIONAL, offices=OFFICES)
    await search(bench, "", Entity.OFFICE)
    found = await bench.directory.search(bench.of(), Entity.CONTACT, typed)
    who = await bench.directory.by_number(bench.of(), "+447700900123")

    assert [entry.phones for entry in found] == [("+447700900123",)]
    assert who is not None
    assert (who.entry.name, who.sure, who.entry.phones) == ("Amara Osei", "contact", ("+447700900123",))


async def test_a_number_in_national_form_is_known_by_the_country_that_is_set(build: Build) -> None:
    national = {"items": [{"id": "a", "display_name": "Amara Osei", "phones": ["(415) 555-0173"]}]}
    bench = await build(contacts=national)
    who = await bench.directory.by_number(bench.of(), "+14155550173")

    assert who is not None
    assert (who.entry.name, who.entry.phones) == ("Amara Osei", ("+14155550173",))
    assert await bench.directory.by_number(bench.of(), "+494155550173") is None


async def test_a_list_that_dialpad_cut_short_says_so_until_it_is_whole(build: Build) -> None:
    first = {"items": [{"id": "a", "display_name": "Amara Osei", "phones": ["+14155550151"]}], "cursor": "c1"}
    bench = await build(contacts=first)
    bench.wire.after["contactsc1"] = lambda: bad(400)
    assert await bench.directory.by_number(bench.of(), "+14155550173") is None
    await bench.directory.reading.idle()

    assert await bench.directory.is_cut_short(bench.of())
    del bench.wire.after["contactsc1"]
    bench.wire.lists["contacts"] = {"items": first["items"]}
    await bench.directory.forget(bench.of())
    await bench.directory.by_number(bench.of(), "+14155550173")
    await bench.directory.reading.idle()
    assert not await bench.directory.is_cut_short(bench.of())


async def test_an_unknown_number_is_nobodys_even_when_a_list_is_refused(build: Build) -> None:
    bench = await build()
    bench.wire.after["contacts"] = lambda: bad(403)
    assert await bench.directory.by_number(bench.of(), "+14155550153") is None


@pytest.mark.parametrize(("text", "folded"), [("Léo", "leo"), (" BERGSTRÖM  x ", "bergstrom x"), ("Straße", "strasse")])
def test_names_are_compared_without_accents_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


async def test_what_one_process_has_read_another_one_knows(build: Build) -> None:
    here, there = await build(), await build()
    await search(here, "")
    assert await search(there, "leo m") == ["Léo Marchetti"]
    assert there.wire.asked == []


async def test_a_list_goes_on_where_a_process_that_ended_had_stopped(build: Build) -> None:
    pages: dict[str, Any] = {
        "users": {**PEOPLE, "cursor": "b"},
        "usersb": {"items": [{"id": "8", "display_name": "Yan"}], "cursor": "held"},
        "usersheld": {"items": [{"id": "9", "display_name": "Zoe"}]},
    }
    here, there = await build(first_load=0.0, **pages), await build(**pages)
    here.wire.gate = asyncio.Event()
    await search(here, "")
    await here.wire.until_asked(3)
    await here.directory.aclose()

    await there.directory.resume()
    await there.directory.reading.idle()
    assert there.wire.asked == ["users"]
    assert len(await search(there, "")) == 5


async def test_a_place_in_a_list_that_dialpad_no_longer_knows_begins_it_anew(build: Build) -> None:
    pages: dict[str, Any] = {"users": {**PEOPLE, "cursor": "held"}}
    here, there = await build(first_load=0.0, **pages), await build()
    here.wire.gate = asyncio.Event()
    await search(here, "")
    await here.wire.until_asked(2)
    await here.directory.aclose()

    there.wire.after["usersheld"] = lambda: bad(400, "invalid cursor")
    await there.directory.resume()
    await there.directory.reading.idle()
    assert there.wire.asked == ["users", "users"]
    assert len(await search(there, "")) == 3


async def test_what_is_in_the_list_no_more_is_found_no_more(build: Build) -> None:
    bench = await build()
    await search(bench, "")
    bench.wire.lists["users"] = {"items": [{"id": "1", "display_name": "Léo Martin"}]}
    bench.time.now += 301
    await search(bench, "")
    await bench.directory.reading.idle()
    for query, names_found in (("", ["Léo Martin"]), ("marchetti", []), ("okafor", []), ("0112", [])):
        assert await search(bench, query) == names_found, query
