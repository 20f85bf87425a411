import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.basics.errors import DialpadError, NotConnected, TokenRefused, Unavailable, UserError
from bot.basics.person import PersonKey
from bot.dialpad.accounts import REMEMBERED_S, Accounts, name_me
from bot.dialpad.action import ME
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.callcenters import SetDutyStatus
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import GetUser, ToggleDnd
from bot.dialpad.client import DialpadClient, Http
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.oauth import DialpadOAuth
from tests.bot.dialpad.wire import Time, Wire, bad, good

ANA = PersonKey("T0NORTHLT", "U0ANA0001")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OAUTH_CONNECTION = DialpadConnection(
    kind="oauth",
    access_token=SecretStr("a1"),
    refresh_token=SecretStr("r1"),
    expires_at=NOW + timedelta(hours=1),
    scopes=("offline_access",),
    dialpad_user_id="5100000000000101",
    dialpad_name="Ana Ferreira",
    company_id="61",
    is_company_key=False,
    broken=False,
    connected_at=NOW,
)
KEY_CONNECTION = replace(
    OAUTH_CONNECTION, kind="api_key", access_token=SecretStr("k1"), refresh_token=None, expires_at=None
)
COMPANY_CONNECTION = replace(KEY_CONNECTION, is_company_key=True)
SOON = NOW + timedelta(seconds=30)


def pair(number: int) -> httpx.Response:
    return good({"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": 3600})


@dataclass
class Kept:
    """Links in memory, with a diary of what was done to them."""

    link: DialpadConnection | None
    diary: list[str] = field(default_factory=list)
    reads: int = 0

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        assert key == ANA
        self.reads += 1
        return self.link

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        await asyncio.sleep(0)
        self.link = link
        self.diary.append(f"saved {link.access_token.get_secret_value()}")

    async def mark_broken(self, key: PersonKey) -> bool:
        assert self.link is not None
        first, self.link = not self.link.broken, replace(self.link, broken=True)
        return first

    async def delete(self, key: PersonKey) -> None:
        self.link = None


@dataclass
class Bench:
    """Accounts over two wires: ``api`` for actions, ``tokens`` for OAuth."""

    kept: Kept
    api: Wire
    tokens: Wire
    told: list[PersonKey] = field(default_factory=list)

    def accounts(self, **options: Any) -> Accounts:
        time = Time()
        client = DialpadClient("https://d.example", transport=self.api, clock=time, sleep=time.sleep)
        oauth = DialpadOAuth(
            "app", "s", "https://d.example", "https://b.example/cb", (), http=Http(self.tokens), clock=lambda: NOW
        )

        async def tell(person: PersonKey) -> None:
            self.told.append(person)

        return Accounts(client, self.kept, oauth=oauth, clock=lambda: NOW, on_broken=tell, **options)

    def used(self) -> list[str]:
        return [asked.headers["authorization"].removeprefix("Bearer ") for asked in self.api.asked]


def build_bench(link: DialpadConnection | None, api: list[Any] | None = None, tokens: list[Any] | None = None) -> Bench:
    return Bench(Kept(link), Wire(api or []), Wire(tokens or []))


async def test_an_action_is_done_with_the_persons_own_token() -> None:
    bench = build_bench(OAUTH_CONNECTION, [good()])
    await bench.accounts().of(ANA).send(GetUser())
    assert bench.used() == ["a1"]


async def test_a_request_reads_the_connection_once_and_the_next_one_anew() -> None:
    bench = build_bench(OAUTH_CONNECTION, [good(), good(), good()])
    accounts = bench.accounts()
    account = accounts.of(ANA)
    await account.send(GetUser())
    await account.send(GetUser())
    assert bench.kept.reads == 1
    bench.kept.link = replace(OAUTH_CONNECTION, access_token=SecretStr("a9"))
    await accounts.of(ANA).send(GetUser())
    assert bench.used() == ["a1", "a1", "a9"]


async def test_what_was_read_is_not_remembered_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = build_bench(OAUTH_CONNECTION, [good()])
    account = bench.accounts().of(ANA)
    await account.send(GetUser())
    bench.kept.link = None
    later = monotonic() + REMEMBERED_S
    monkeypatch.setattr("bot.dialpad.accounts.monotonic", lambda: later)
    with pytest.raises(NotConnected):
        await account.send(GetUser())


async def test_nobody_connected_is_said_so() -> None:
    with pytest.raises(NotConnected) as refused:
        await build_bench(None).accounts().of(ANA).send(GetUser())
    assert not refused.value.broken


async def test_a_broken_link_is_not_tried() -> None:
    with pytest.raises(NotConnected) as refused:
        await build_bench(replace(OAUTH_CONNECTION, broken=True)).accounts().of(ANA).send(GetUser())
    assert refused.value.broken


async def test_a_token_about_to_end_is_renewed_first() -> None:
    bench = build_bench(replace(OAUTH_CONNECTION, expires_at=SOON), [good()], [pair(2)])
    await bench.accounts().of(ANA).send(GetUser())
    assert bench.used() == ["a2"]


async def test_a_refused_token_is_renewed_and_the_action_done_after_all() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401), good({"id": 1})], [pair(2)])
    await bench.accounts().of(ANA).send(SendSms(to_numbers=["+14155550150"], text="hi"))
    assert bench.used() == ["a1", "a2"]


async def test_the_new_pair_is_kept_before_it_is_used() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401), good()], [pair(2)])
    wire = bench.api

    class Watching(Wire):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            bench.kept.diary.append(f"used {request.headers['authorization'][7:]}")
            return await wire.handle_async_request(request)

    bench.api = Watching()
    await bench.accounts().of(ANA).send(GetUser())
    assert bench.kept.diary == ["used a1", "saved a2", "used a2"]


async def test_twenty_requests_at_the_end_of_a_token_renew_it_once() -> None:
    bench = build_bench(replace(OAUTH_CONNECTION, expires_at=SOON), [good() for _ in range(20)], [pair(2)])
    account = bench.accounts().of(ANA)
    await asyncio.gather(*(account.send(GetUser()) for _ in range(20)))
    assert (len(bench.tokens.asked), set(bench.used())) == (1, {"a2"})


async def test_twenty_refused_requests_renew_the_token_once() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401) for _ in range(20)] + [good() for _ in range(20)], [pair(2)])
    account = bench.accounts().of(ANA)
    await asyncio.gather(*(account.send(GetUser()) for _ in range(20)))
    assert (len(bench.tokens.asked), bench.used().count("a2")) == (1, 20)


async def test_whoever_stops_waiting_does_not_lose_the_new_pair() -> None:
    bench = build_bench(replace(OAUTH_CONNECTION, expires_at=SOON), [], [pair(2)])
    accounts = bench.accounts()
    request = asyncio.create_task(accounts.of(ANA).send(GetUser()))
    await bench.tokens.arrived.wait()
    request.cancel()
    await accounts.aclose()
    assert bench.kept.diary == ["saved a2"]


async def test_a_renewal_that_another_replica_made_is_used() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401), good()])

    @asynccontextmanager
    async def lock(_: PersonKey) -> AsyncIterator[None]:
        bench.kept.link = replace(OAUTH_CONNECTION, access_token=SecretStr("a9"))
        yield

    await bench.accounts(lock=lock).of(ANA).send(GetUser())
    assert (bench.used(), bench.tokens.asked) == (["a1", "a9"], [])


async def test_a_refresh_token_that_another_replica_used_up_does_not_break_the_link() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401), good()])

    class Raced(Wire):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            bench.kept.link = replace(OAUTH_CONNECTION, access_token=SecretStr("a9"))
            return httpx.Response(400, json={"error": "invalid_grant"})

    bench.tokens = Raced()
    await bench.accounts().of(ANA).send(GetUser())
    assert bench.used() == ["a1", "a9"]


async def test_someone_who_disconnects_meanwhile_stays_disconnected() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401)])

    class Leaving(Wire):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            bench.kept.link = None
            return pair(2)

    bench.tokens = Leaving()
    with pytest.raises(NotConnected):
        await bench.accounts().of(ANA).send(GetUser())
    assert bench.kept.link is None


async def test_an_ended_grant_breaks_the_link_and_tells_the_person_once() -> None:
    ended = httpx.Response(400, json={"error": "invalid_grant"})
    bench = build_bench(OAUTH_CONNECTION, [bad(401)], [ended])
    account = bench.accounts().of(ANA)
    for _ in range(2):
        with pytest.raises(NotConnected) as refused:
            await account.send(GetUser())
        assert refused.value.broken
    assert bench.told == [ANA]


@pytest.mark.parametrize("trouble", [bad(503), httpx.ReadTimeout(""), bad(429)])
async def test_trouble_while_renewing_does_not_break_the_link(trouble: httpx.Response | Exception) -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401)], [trouble])
    with pytest.raises(DialpadError):
        await bench.accounts().of(ANA).send(GetUser())
    assert bench.kept.link == OAUTH_CONNECTION


async def test_a_token_that_still_works_is_used_when_renewing_fails() -> None:
    bench = build_bench(replace(OAUTH_CONNECTION, expires_at=SOON), [good()], [bad(503)])
    await bench.accounts().of(ANA).send(GetUser())
    assert bench.used() == ["a1"]


async def test_a_text_is_not_called_unknown_when_only_renewing_went_wrong() -> None:
    ended = replace(OAUTH_CONNECTION, expires_at=NOW - timedelta(hours=1))
    bench = build_bench(ended, [], [httpx.ReadTimeout("")])
    with pytest.raises(Unavailable):
        await bench.accounts().of(ANA).send(SendSms(to_numbers=["+14155550150"], text="hi"))


async def test_a_refused_api_key_breaks_the_link() -> None:
    bench = build_bench(KEY_CONNECTION, [bad(401)])
    with pytest.raises(NotConnected) as refused:
        await bench.accounts().of(ANA).send(GetUser())
    assert (refused.value.broken, bench.told) == (True, [ANA])


async def test_a_new_token_that_is_refused_too_is_the_actions_own_trouble() -> None:
    bench = build_bench(OAUTH_CONNECTION, [bad(401), bad(401)], [pair(2)])
    with pytest.raises(TokenRefused):
        await bench.accounts().of(ANA).send(GetUser())
    assert bench.kept.link is not None
    assert not bench.kept.link.broken


async def test_me_stays_me_where_dialpad_takes_the_word() -> None:
    assert (
        name_me(ToggleDnd(do_not_disturb=True), OAUTH_CONNECTION).build_request().path == "/api/v2/users/me/togglednd"
    )


async def test_me_becomes_the_persons_id_for_a_company_key() -> None:
    path = name_me(ToggleDnd(do_not_disturb=True), COMPANY_CONNECTION).build_request().path
    assert path == "/api/v2/users/5100000000000101/togglednd"


@pytest.mark.parametrize("link", [OAUTH_CONNECTION, COMPANY_CONNECTION])
async def test_me_becomes_the_persons_id_where_dialpad_does_not_take_the_word(link: DialpadConnection) -> None:
    duty = name_me(SetDutyStatus(id=ME, on_duty=True), link).build_request()
    call = name_me(PlaceCall(user_id=ME, phone_number="+14155550150"), link).build_request()
    assert duty.path == "/api/v2/callcenters/operators/5100000000000101/dutystatus"
    assert (call.body or {})["user_id"] == 5100000000000101


async def test_a_company_key_of_somebody_unknown_says_what_to_do() -> None:
    bench = build_bench(replace(COMPANY_CONNECTION, dialpad_user_id=None))
    with pytest.raises(UserError, match="email address"):
        await bench.accounts().of(ANA).send(GetUser())


async def test_a_company_key_of_somebody_unknown_still_does_what_is_about_others() -> None:
    bench = build_bench(replace(COMPANY_CONNECTION, dialpad_user_id=None), [good()])
    await bench.accounts().of(ANA).send(GetUser(id="5"))
    assert bench.api.asked[0].path == "/api/v2/users/5"
