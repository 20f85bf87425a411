"""The real transport against a real socket: what a fake transport cannot show."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from bot.basics.errors import OutcomeUnknown, Unavailable
from bot.basics.request_turns import Limit, Turn, TurnsInMemory
from bot.dialpad.action import GET, Action, Response, Risk
from bot.dialpad.actions.callcenters import RemoveCallCenterOperator
from bot.dialpad.actions.numbers import FormatNumber
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import GetUser
from bot.dialpad.client import DialpadClient, Http, HttpAnswer
from bot.dialpad.pacer import LEAST_PATIENCE_S, Pacer

SMS = SendSms(to_numbers=["+14155550150"], text="hello", user_id="5")


class Odd(Action[Response]):
    """An id with everything in it that a path may not have."""

    slug = "ODD"
    name = "Odd"
    request = GET("/api/v2/odd/{id}/end")
    risk = Risk.READ

    id: str


@dataclass
class Server:
    """Answers everything alike; with ``drop`` it closes the connection instead."""

    url: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    peers: set[tuple[str, int]] = field(default_factory=set)
    cookies: list[str] = field(default_factory=list)
    drop: bool = False
    drop_next: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        self.asked.append((request.method, request.raw_path, await request.read()))
        self.arrived.set()
        self.peers.add(request.transport.get_extra_info("peername"))
        self.cookies.append(request.headers.get("cookie", ""))
        if self.drop or self.drop_next:
            self.drop_next = False
            request.transport.abort()
            await asyncio.Event().wait()
        body = gzip.compress(b'{"id": 5}')
        return web.Response(body=body, headers={"content-encoding": "gzip", "set-cookie": "who=ana; Path=/"})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    runner = web.ServerRunner(web.Server(server.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[DialpadClient]:
    client = DialpadClient(server.url)
    yield client
    await client.aclose()


async def test_a_path_arrives_as_it_was_encoded(client: DialpadClient, server: Server) -> None:
    await client.send(Odd(id="+1/2?3#4%5 6é"), token="t")
    assert server.asked[0][1] == "/api/v2/odd/%2B1%2F2%3F3%234%255%206%C3%A9/end"


async def test_the_plus_of_a_number_is_encoded_in_a_query(client: DialpadClient, server: Server) -> None:
    await client.send(FormatNumber(number="+14155550150", country_code="US"), token="t")
    assert server.asked[0] == ("POST", "/api/v2/numbers/format?number=%2B14155550150&country_code=US", b"")


async def test_a_query_value_arrives_whole(client: DialpadClient, server: Server) -> None:
    await client.send(FormatNumber(number="a&b=c+d #%é"), token="t")
    assert parse_qs(urlsplit(server.asked[0][1]).query) == {"number": ["a&b=c+d #%é"]}


async def test_a_delete_may_have_a_body(client: DialpadClient, server: Server) -> None:
    await client.send(RemoveCallCenterOperator(id="7", user_id="5"), token="t")
    assert server.asked == [("DELETE", "/api/v2/callcenters/7/operators", b'{"user_id":5}')]


async def test_a_compressed_answer_is_read(client: DialpadClient, server: Server) -> None:
    assert (await client.send(GetUser(), token="t")).id == "5"


async def test_one_connection_serves_one_request_after_another(client: DialpadClient, server: Server) -> None:
    for _ in range(4):
        await client.send(GetUser(), token="t")
    assert len(server.peers) == 1


async def test_the_pool_keeps_no_cookies(client: DialpadClient, server: Server) -> None:
    await client.send(GetUser(), token="ana")
    await client.send(GetUser(), token="sam")
    assert server.cookies == ["", ""]


async def test_a_connection_lost_after_sending_leaves_a_texts_outcome_unknown(
    client: DialpadClient, server: Server
) -> None:
    server.drop = True
    with pytest.raises(OutcomeUnknown):
        await client.send(SMS, token="t")
    assert len(server.asked) == 1


async def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    listener = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    client = DialpadClient(f"http://127.0.0.1:{port}")
    with pytest.raises(Unavailable):
        await client.send(SMS, token="t")
    await client.aclose()


async def test_a_cancelled_request_leaves_the_client_usable(client: DialpadClient, server: Server) -> None:
    server.drop = True
    task = asyncio.create_task(client.send(SMS, token="t"))
    await server.arrived.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    server.drop = False
    assert (await client.send(GetUser(), token="t")).id == "5"


async def test_a_turn_that_passed_while_the_connection_was_opened_is_not_used(server: Server) -> None:
    late = iter([LEAST_PATIENCE_S * 2])
    now = [0.0]

    class Opening(Http):
        """Opening the first connection takes longer than a turn is good for."""

        async def ask(self, *args: Any, **more: Any) -> HttpAnswer:
            now[0] += next(late, 0.0)
            return await super().ask(*args, **more)

    book = Turns(lambda: now[0])
    client = DialpadClient(server.url, http=Opening(), pacer=Pacer(book, clock=lambda: now[0]))
    await client.send(GetUser(id="5"), token="t")
    await client.send(GetUser(id="5"), token="t")
    await client.aclose()
    assert (len(server.asked), book.taken, book.given_back) == (2, 3, 1)


class Turns(TurnsInMemory):
    """Counts what is taken and given back."""

    taken = given_back = 0

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        self.taken += 1
        return await super().take(limits, within_s=within_s, good_for_s=good_for_s)

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        self.given_back += 1
        await super().give_back(limits, end)


async def test_a_repeat_on_a_fresh_connection_takes_a_turn_of_its_own(server: Server) -> None:
    book = Turns()
    client = DialpadClient(server.url, pacer=Pacer(book))
    await client.send(GetUser(id="5"), token="t")
    server.drop_next = True
    await client.send(GetUser(id="5"), token="t")
    await client.aclose()
    assert (len(server.asked), book.taken) == (3, 3)
