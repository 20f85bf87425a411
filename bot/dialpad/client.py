"""The HTTP client for Dialpad, and the only user of httpx.

``Http`` is one pooled client for the process: bounded time, bounded bodies, no redirects, no cookies (they would travel
from one person's requests to another's). ``DialpadClient`` sends actions through it: paced, with typed errors, and
repeated only where repeating cannot do anything twice.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from itertools import count
from ssl import SSLContext
from typing import Any, Final, Generic

import aiohttp
import httpx
import structlog
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from httpx_aiohttp import AiohttpTransport
from pydantic import SecretStr

from bot.basics.errors import (
    NO_ANSWER,
    BadRequest,
    Conflict,
    DialpadError,
    NotFound,
    OutcomeUnknown,
    TokenRefused,
    TooMany,
    Unavailable,
    Unreadable,
    may_have_been_done,
)
from bot.dialpad.action import A, Action, HttpRequest, Page, Risk, needs_of
from bot.dialpad.pacer import Pacer, Permit
from bot.dialpad.public_hosts import PublicHosts
from bot.dialpad.reachability import Reachability
from bot.dialpad.reading import read_answer, read_refusal

_log = structlog.get_logger(__name__)

TIMEOUT: Final = httpx.Timeout(connect=3.0, read=10.0, write=10.0, pool=5.0)
LARGEST_BODY: Final = 16 * 1024 * 1024
"""Bytes after decompression. The longest real answers, day-long transcripts, stay under one MB."""

TRIES: Final = 3
INTERACTIVE_BUDGET: Final = 6.0
"""Seconds after which an interactive request is not tried again."""
BACKGROUND_BUDGET: Final = 60.0

_FAILURES: Final = (httpx.TransportError, httpx.InvalidURL, aiohttp.ClientError, TimeoutError, ValueError)
"""Whatever an address that others wrote can raise: httpx's InvalidURL is no HTTPError, and yarl's is a ValueError."""

_CONNECTIONS: Final = 50
_KEEP_ALIVE: Final = 30.0


_permit: ContextVar[Permit | None] = ContextVar("permit", default=None)
"""The permit of the request that this task sends: httpx passes nothing of ours on to aiohttp."""


class NotSent(Exception):
    """The connection failed: the other side has seen nothing."""


class NotAnswered(Exception):
    """The connection broke or timed out after it was used: the other side may have acted."""


@dataclass(frozen=True)
class HttpAnswer:
    """An answer as it came. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """A pooled HTTP client. ``transport`` replaces the network, in tests and for the embedded Dialpad.

    With ``public_only`` names that lead into a private network are not followed: for addresses that others wrote.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None, *, public_only: bool = False) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs whole URLs: phone numbers are in them
        self._client = httpx.AsyncClient(
            transport=transport or _build_transport(public_only),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": "dialpad-chatops"},
        )

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        query: Mapping[str, str | list[str]] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        largest: int = LARGEST_BODY,
        permit: Permit | None = None,
    ) -> HttpAnswer:
        """Send one request, once. ``largest``: bytes of the answer that are taken at most. ``permit`` is used when the
        connection is open and the request about to be written.

        Raises ``NotSent``, ``NotAnswered`` or ``Unreadable`` (too large, or garbled).
        """
        try:
            request = self._client.build_request(
                method, url, headers=headers, params=query or None, json=body, data=form
            )
            _permit.set(permit)
            response = await self._client.send(request, stream=True)
            try:
                received = await _read_body(response, largest)
            finally:
                await response.aclose()
        except httpx.DecodingError:
            raise Unreadable(reason="garbled") from None
        except _FAILURES as failure:
            raise _kind_of(failure) from None  # the failure's own text may hold the URL
        return HttpAnswer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, received)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()


class _PacedConnector(aiohttp.TCPConnector):
    """Lends a connection for a request only while its permit is good: opening one may take longer than that, and so
    may the wait for a free one. aiohttp comes here also when it repeats a request whose old connection was closed."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  aiohttp calls it so
    ) -> Connection:
        permit = _permit.get()
        while True:
            connection = await super().connect(req, traces, timeout)
            if permit is None or permit.use():
                return connection
            connection.release()
            await permit.renew()


def _build_transport(public_only: bool) -> AiohttpTransport:
    def open_session() -> aiohttp.ClientSession:
        connector = _PacedConnector(
            limit=_CONNECTIONS,
            keepalive_timeout=_KEEP_ALIVE,
            ssl=transport.ssl_context,
            resolver=PublicHosts() if public_only else None,
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    transport = AiohttpTransport(client=open_session, verify=_trusted())
    return transport


@cache
def _trusted() -> SSLContext:
    """Read the certificates to trust, once for all clients: it takes 20 ms."""
    return httpx.create_ssl_context()


async def _read_body(response: httpx.Response, largest: int) -> bytes:
    chunks = bytearray()
    async for chunk in response.aiter_bytes():
        chunks += chunk
        if len(chunks) > largest:
            raise Unreadable(status=response.status_code, reason="too large")
    return bytes(chunks)


def _kind_of(failure: Exception) -> NotSent | NotAnswered:
    """Tell whether the request can have arrived.

    httpx-aiohttp calls nearly every connection failure a ConnectTimeout, also a connection lost after sending
    (https://github.com/karpetrosyan/httpx-aiohttp, ``AIOHTTP_EXC_MAP``), so aiohttp's own exception decides.
    """
    cause = failure if isinstance(failure, aiohttp.ClientError) else failure.__cause__
    if isinstance(cause, aiohttp.ClientError):
        sent = not isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL)
    else:
        sent = not isinstance(
            failure,
            httpx.ConnectError
            | httpx.ConnectTimeout
            | httpx.PoolTimeout
            | httpx.UnsupportedProtocol
            | httpx.InvalidURL,
        )
    return (NotAnswered if sent else NotSent)(type(cause or failure).__name__)


class Pages(Generic[A]):
    """The pages of one list, fetched as they are asked for: ``async for page in client.pages(...)``.

    ``cut_short`` is True when Dialpad refused its own cursor half-way (a known fault of its contact lists): what came
    before is valid, the rest is missing.
    """

    def __init__(self, fetch: Callable[[Action[Page[A]]], Awaitable[Page[A]]], first: Action[Page[A]]) -> None:
        self._fetch = fetch
        self._first = first
        self.cut_short = False

    async def __aiter__(self) -> AsyncIterator[Page[A]]:
        action, seen = self._first, set[str]()
        while True:
            try:
                page = await self._fetch(action)
            except BadRequest:
                if not seen:
                    raise
                self.cut_short = True
                _log.warning("dialpad refused its own cursor", action=action.slug, pages=len(seen))
                return
            yield page
            if not page.cursor or page.cursor in seen:
                return
            seen.add(page.cursor)
            action = action.model_copy(update={"cursor": page.cursor})


class DialpadClient:
    """Sends actions to Dialpad. One for the process; the token comes with each call."""

    def __init__(
        self,
        base_url: str,
        *,
        http: Http | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        pacer: Pacer | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        answered: Callable[[str, int | None, float], None] | None = None,
    ) -> None:
        """``answered`` is told of every request: the action's slug, the status or None without an answer, and the
        seconds it took."""
        self.base_url = base_url.rstrip("/")
        self.http = http or Http(transport)
        self.pacer = pacer or Pacer(clock=clock, sleep=sleep)
        self.reachability = Reachability(clock)
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._answered = answered

    async def send(
        self,
        action: Action[A],
        *,
        token: SecretStr | str,
        company: str = "",
        background: bool = False,
        refresh: bool = False,
    ) -> A:
        """Do ``action`` as the owner of ``token`` and return its answer. Raises ``DialpadError``.

        ``company`` is whose rate limits count; ``background`` requests give way to interactive ones and wait longer;
        of those that ``refresh`` what is known already there are few. A 429 is repeated within the time budget, a
        failure at Dialpad's side only when sending the same request twice is the same as once.
        """
        request = action.build_request()
        secret = token.get_secret_value() if isinstance(token, SecretStr) else token
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise TokenRefused(reason="not a token")  # it could not even stand in a header
        end = self._clock() + (BACKGROUND_BUDGET if background else INTERACTIVE_BUDGET)
        unsure = False
        for attempt in count(1):
            permit = await self.pacer.turn(action, company=company, background=background, refresh=refresh)
            try:
                return await self._try(action, request, secret, attempt, permit)
            except (TooMany, Unavailable) as refused:
                pause = self._pause(attempt, refused)
                safe = isinstance(refused, TooMany) or action.can_repeat()
                unsure = unsure or may_have_been_done(refused)
                if not safe or attempt >= TRIES or self._clock() + pause > end:
                    if unsure and isinstance(refused, Unavailable):
                        refused.reason = NO_ANSWER  # the last try did nothing, but one before it may have
                    raise
            except (NotFound, Conflict):
                if unsure and action.risk is not Risk.READ:
                    raise OutcomeUnknown(reason=NO_ANSWER) from None  # "not found" is what a done deletion looks like
                raise
            await self._sleep(pause)
        raise AssertionError("count() does not end")

    def pages(
        self, action: Action[Page[A]], *, token: SecretStr | str, company: str = "", background: bool = False
    ) -> Pages[A]:
        """Iterate over all pages of a list, in order."""

        async def fetch(page_action: Action[Page[A]]) -> Page[A]:
            return await self.send(page_action, token=token, company=company, background=background)

        return Pages(fetch, action)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def _try(self, action: Action[A], request: HttpRequest, secret: str, attempt: int, permit: Permit) -> A:
        started = self._clock()
        outcome: int | str = "cancelled"
        try:
            heard = await self.http.ask(
                request.method,
                self.base_url + request.path,
                headers={"authorization": f"Bearer {secret}", "accept": "application/json"},
                query=request.query,
                body=request.body,
                permit=permit,
            )
            outcome = heard.status
            (self.reachability.failed if heard.status >= 500 else self.reachability.answered)()
        except NotSent as failure:
            outcome = str(failure)
            self.reachability.failed()
            raise Unavailable(reason="not reached") from None
        except NotAnswered as failure:
            outcome = str(failure)
            self.reachability.failed()
            raise (Unavailable if action.can_repeat() else OutcomeUnknown)(reason=NO_ANSWER) from None
        except DialpadError as failure:
            outcome = failure.reason
            raise
        finally:
            took = self._clock() - started
            _log.debug("dialpad", action=action.slug, outcome=outcome, ms=round(took * 1000, 1), attempt=attempt)
            if self._answered is not None:
                self._answered(action.slug, outcome if isinstance(outcome, int) else None, took)
        if 200 <= heard.status < 300:
            return read_answer(action, heard.body)
        refusal = read_refusal(heard.status, heard.headers, heard.body, can_repeat=action.can_repeat(), secret=secret)
        refusal.needs = needs_of(type(action))
        raise refusal

    def _pause(self, attempt: int, refused: DialpadError) -> float:
        """Return the seconds before the next try: what Dialpad asked for, else doubling from half a second, both
        with jitter."""
        asked = refused.retry_after if isinstance(refused, TooMany) else None
        if asked is not None:
            return asked + 0.25 * self._jitter()
        return float(0.5 * 2 ** (attempt - 1) * (0.5 + self._jitter()))
