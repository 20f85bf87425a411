"""Who gets a token and who does not: addresses come from outside."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import SecretStr

from bot.basics.errors import DialpadError, NotAllowed, NotConnected, NotFound, Unavailable, Unreadable
from bot.basics.person import PersonKey
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.client import DialpadClient, Http, NotAnswered, NotSent
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.downloads import SIGN_IN, TOO_LARGE, DialpadDownloads, Fetched
from bot.dialpad.oauth import DialpadOAuth
from bot.dialpad.public_hosts import PublicHosts, is_public, may_be_public

HOME = "https://dialpad.example"
STORAGE = "https://storage.example/signed?key=1"
ANA = PersonKey("T1", "U1")
LINK = DialpadConnection(
    kind="oauth", access_token=SecretStr("token-1"), refresh_token=SecretStr("refresh-1"), expires_at=None, scopes=(),
    dialpad_user_id="1", dialpad_name="Ana", company_id="1", is_company_key=False, broken=False,
    connected_at=datetime(2026, 11, 23, tzinfo=UTC),
)  # fmt: skip


class KeptConnection:
    def __init__(self) -> None:
        self.link: DialpadConnection | None = LINK

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        return self.link

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        self.link = link

    async def mark_broken(self, key: PersonKey) -> bool:
        assert self.link is not None
        self.link = replace(self.link, broken=True)
        return True

    async def delete(self, key: PersonKey) -> None:
        self.link = None


@dataclass
class Hosts:
    """Answers by address and remembers who was asked with what token, on which way out."""

    answers: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    def way(self, name: str) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append((name, str(request.url), request.headers.get("authorization")))
            found = self.answers.get(str(request.url))
            return found(request) if found else httpx.Response(404)

        return httpx.MockTransport(answer)

    def sound(self, url: str, content: bytes = b"sound") -> None:
        headers = {"content-type": "audio/mpeg; x=1"}
        self.answers[url] = lambda _: httpx.Response(200, content=content, headers=headers)

    def sends_on(self, url: str, to: str) -> None:
        self.answers[url] = lambda _: httpx.Response(302, headers={"location": to})

    def refuses(self, url: str, status: int) -> None:
        self.answers[url] = lambda _: httpx.Response(status)


@dataclass
class Stage:
    hosts: Hosts
    connections: KeptConnection
    account: Account
    downloads: DialpadDownloads

    async def read(self, url: str, largest: int = 1000, within_s: float = 5.0) -> Fetched:
        return await self.downloads.read_as(self.account, url, largest=largest, within_s=within_s)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    hosts, connections = Hosts(), KeptConnection()
    inside, outside = Http(hosts.way("dialpad")), Http(hosts.way("outside"))
    oauth = DialpadOAuth("app", "secret", HOME, "https://bot.example/connect/callback", (), http=inside)
    accounts = Accounts(DialpadClient(HOME, http=inside), connections, oauth=oauth)
    yield Stage(hosts, connections, accounts.of(ANA), DialpadDownloads(inside, HOME, outside))
    await inside.aclose()
    await outside.aclose()


async def test_dialpads_own_host_gets_the_token(stage: Stage) -> None:
    stage.hosts.sound(f"{HOME}/r/1")

    assert await stage.read(f"{HOME}/r/1") == Fetched(b"sound", "audio/mpeg")
    assert stage.hosts.asked == [("dialpad", f"{HOME}/r/1", "Bearer token-1")]


async def test_where_dialpad_sends_on_to_gets_none(stage: Stage) -> None:
    stage.hosts.sends_on(f"{HOME}/r/1", STORAGE)
    stage.hosts.sound(STORAGE)

    assert (await stage.read(f"{HOME}/r/1")).content == b"sound"
    assert stage.hosts.asked[1] == ("outside", STORAGE, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://storage.example/a.jpg",
        "https://dialpad.example.evil.example/r/1",
        "https://dialpad.example:8443/r/1",
        "https://evil-dialpad.example/r/1",
    ],
)
async def test_no_other_host_ever_gets_the_token(stage: Stage, url: str) -> None:
    with pytest.raises(DialpadError):
        await stage.read(url)
    assert all(token is None for _, _, token in stage.hosts.asked)


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example/a.jpg", "http://dialpad.example/r/1", "https://127.0.0.1/a", "https://10.1.2.3/a",
        "https://169.254.169.254/latest", "https://[::1]/a", "https://[::ffff:127.0.0.1]/a", "https://0.0.0.0/a",
        "https://224.0.0.1/a", "https://storage.example:22/a", "https://dialpad.example@evil.example/r/1",
        "https://dialpad.example\\@evil.example/r/1", "file:///etc/passwd", "ftp://storage.example/a", "", "/r/1",
        "https://", "https://storage.example/a b", "https://storage.example:99999/a",
        "https://0177.0.0.1/a", "https://127.1/a", "https://0x7f.0.0.1/a", "https://0x7f000001/a",
        "https://2130706433/a", "https://127.0.0.1./a", "https://1.2.3.4.5/a", "https://8.8.8.08/a",
        "https://[64:ff9b::7f00:1]/a", "https://[::127.0.0.1]/a", "https://[2002:7f00:1::]/a", "https://[8.8.8.8]/a",
        "https://[v1.x]/a", "https://[::1/a", "https://a..example/a", "https://-a.example/a", "https://./a",
        f"https://{'a' * 64}.example/a", f"https://{'a.' * 130}example/a", "https://xn--\u00e4.example/a",
        "https://storage.example:/a:b@c\t", "https://\u2460.example/a", "https://stor\u00e0ge.example/a",
    ],
)  # fmt: skip
async def test_an_address_that_leads_astray_is_not_asked(stage: Stage, url: str) -> None:
    with pytest.raises(Unreadable):
        await stage.read(url)
    assert stage.hosts.asked == []


async def test_a_redirect_into_our_own_network_is_not_followed(stage: Stage) -> None:
    stage.hosts.sends_on(f"{HOME}/r/1", "https://192.168.0.1/admin")

    with pytest.raises(Unreadable):
        await stage.read(f"{HOME}/r/1")
    assert len(stage.hosts.asked) == 1


@pytest.mark.parametrize(
    "location", ["https://0177.0.0.1/", "https://[::1", "//[", "http://storage.example/a", "\\\\x"]
)
async def test_a_redirect_to_what_is_no_address_is_a_refusal(stage: Stage, location: str) -> None:
    stage.hosts.sends_on(f"{HOME}/r/1", location)

    with pytest.raises(DialpadError):
        await stage.read(f"{HOME}/r/1")
    assert len(stage.hosts.asked) == 1


async def test_redirects_end(stage: Stage) -> None:
    stage.hosts.sends_on(f"{HOME}/r/1", "/r/1")

    with pytest.raises(Unreadable):
        await stage.read(f"{HOME}/r/1")
    assert len(stage.hosts.asked) == 4


async def test_the_sign_in_page_means_no_right(stage: Stage) -> None:
    stage.hosts.sends_on(f"{HOME}/r/1", "/login?continue=/r/1")

    with pytest.raises(NotAllowed) as refused:
        await stage.read(f"{HOME}/r/1")
    assert refused.value.reason == SIGN_IN


async def test_a_token_that_was_refused_is_renewed_once(stage: Stage) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        good = request.headers["authorization"] == "Bearer token-2"
        return httpx.Response(200, content=b"sound") if good else httpx.Response(401)

    fresh = {"access_token": "token-2", "refresh_token": "refresh-2", "token_type": "bearer"}
    stage.hosts.answers[f"{HOME}/r/1"] = answer
    stage.hosts.answers[f"{HOME}/oauth2/token"] = lambda _: httpx.Response(200, json=fresh)

    assert (await stage.read(f"{HOME}/r/1")).content == b"sound"


async def test_who_is_not_connected_fetches_nothing(stage: Stage) -> None:
    stage.connections.link = None

    with pytest.raises(NotConnected):
        await stage.read(f"{HOME}/r/1")
    assert stage.hosts.asked == []


async def test_what_is_larger_than_wanted_is_not_taken(stage: Stage) -> None:
    stage.hosts.sound(f"{HOME}/r/1", b"x" * 1001)

    with pytest.raises(Unreadable) as problem:
        await stage.read(f"{HOME}/r/1")
    assert problem.value.reason == TOO_LARGE


@pytest.mark.parametrize(("status", "error"), [(403, NotAllowed), (404, NotFound), (503, Unavailable)])
async def test_a_refusal_is_one_of_its_kind(stage: Stage, status: int, error: type[DialpadError]) -> None:
    stage.hosts.refuses(f"{HOME}/r/1", status)

    with pytest.raises(error):
        await stage.read(f"{HOME}/r/1")


async def test_it_takes_only_so_long() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

    http = Http(Silent())
    account = Accounts(DialpadClient(HOME, http=http), KeptConnection()).of(ANA)

    with pytest.raises(Unavailable):
        await DialpadDownloads(http, HOME, http).read_as(account, f"{HOME}/r/1", largest=9, within_s=0.01)
    await http.aclose()


async def test_a_signed_address_is_fetched_without_a_token(stage: Stage) -> None:
    stage.hosts.sound(STORAGE, b"a,b")

    assert await stage.downloads.read(STORAGE, largest=10) == b"a,b"
    assert stage.hosts.asked == [("outside", STORAGE, None)]


# Names, which are looked at when they are connected to


class Names(AbstractResolver):
    """A resolver that finds what it was told."""

    def __init__(self, *found: str) -> None:
        self.found = found

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0) for one in self.found
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_name_leads_to_its_public_addresses_only() -> None:
    hosts = PublicHosts(Names("10.0.0.1", "203.0.113.7", "8.8.8.8", "::1", "2606:4700::1111"))

    assert [one["host"] for one in await hosts.resolve("x.example", 443)] == ["8.8.8.8", "2606:4700::1111"]


async def test_a_name_that_leads_into_our_network_leads_nowhere() -> None:
    hosts = PublicHosts(Names("127.0.0.1", "fe80::1%eth0"))

    with pytest.raises(OSError, match="public"):
        await hosts.resolve("localtest.example", 443)


async def test_the_way_outside_does_not_reach_loopback() -> None:
    outside = Http(public_only=True)
    inside = Http()
    downloads = DialpadDownloads(inside, HOME, outside)

    with pytest.raises(Unavailable):
        await downloads.read("https://localhost/secret", largest=10)
    await outside.aclose()
    await inside.aclose()


@pytest.mark.parametrize(
    "url", ["https://0177.0.0.1/", "https://1.2.3.999/", "https://\u00ad.example/", "https://a\x00b/"]
)
async def test_whatever_address_is_asked_for_the_error_is_ours(url: str) -> None:
    outside = Http(public_only=True)

    with pytest.raises((NotSent, NotAnswered)):
        await outside.ask("GET", url, headers={})
    await outside.aclose()


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "1.1.1.1", "2a00:1450:4001::1", "192.0.1.1"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.255.255.254", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:20::1", "2001:db8::1",
        "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1", "fe80::1%eth0",
        "fec0::1", "ff02::1", "localhost", "", "8.8.8", "08.8.8.8", "0x8.8.8.8", "8.8.8.8 ", "1", "٨.8.8.8",
    ],
)  # fmt: skip
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["storage.example", "a-b.c_d.example", "storage.example.", "8.8.8.8", "1e100.net", "x"]
)
def test_what_a_name_may_look_like(host: str) -> None:
    assert may_be_public(host)
