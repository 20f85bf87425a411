"""Builds slack_sdk's Web API client, with one connection pool for the process and retries that post nothing twice."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Final, TypeAlias

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.basics.settings import Settings
from bot.slack.transport.loggers import quiet_logger

TIMEOUT_SECONDS: Final = 10
_UPLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=120, connect=5)
_POSTS: Final = ("chat.postMessage", "chat.scheduleMessage", "views.open", "views.push", "oauth.v2.access")
"""Methods that are not repeated after a broken connection: the first call may have arrived."""
_BROKEN: Final = (aiohttp.ServerConnectionError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


class ConnectionRetry(AsyncRetryHandler):
    """Retries once after a broken connection: calls that may be made twice, and any that were never sent."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if isinstance(error, aiohttp.ClientConnectorError):
            return True
        return isinstance(error, _BROKEN) and not request.url.endswith(_POSTS)


Answered: TypeAlias = Callable[[str, int | None, float], None]
"""Told of every request: the Web API's method, the status or None without an answer, and the seconds it took."""
_API: Final = "/api/"


def open_session(answered: Answered | None = None) -> aiohttp.ClientSession:
    """Open the connection pool for the Web API, ``response_url`` and Socket Mode. Close it last. Needs a running
    loop."""
    return aiohttp.ClientSession(
        trace_configs=[_tracing(answered)] if answered else None,
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=100, keepalive_timeout=30),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=3),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def _tracing(answered: Answered) -> aiohttp.TraceConfig:
    tracing = aiohttp.TraceConfig()

    async def begin(_: aiohttp.ClientSession, context: SimpleNamespace, __: aiohttp.TraceRequestStartParams) -> None:
        context.began = time.perf_counter()

    async def end(_: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        _tell(answered, params.url, params.response.status, context)

    async def fail(
        _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        _tell(answered, params.url, None, context)

    tracing.on_request_start.append(begin)
    tracing.on_request_end.append(end)
    tracing.on_request_exception.append(fail)
    return tracing


def _tell(answered: Answered, url: URL, status: int | None, context: SimpleNamespace) -> None:
    """Tell of a request to the Web API; a ``response_url`` is a secret, so what else is asked has one name."""
    _, _, method = url.path.rpartition(_API)
    answered(method if method and "/" not in method else "other", status, time.perf_counter() - context.began)


def build_web_client(settings: Settings, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    """Build the client for one workspace's token."""
    return AsyncWebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT_SECONDS,
        session=session,
        logger=quiet_logger(),
        retry_handlers=[ConnectionRetry(max_retry_count=1), AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )


def build_impatient_client(client: AsyncWebClient) -> AsyncWebClient:
    """Build the same client without waiting: a 429 is raised at once. For what is posted in channels, which waits in
    the database (``bot.notifications.poster``) and must not hold up what is behind it."""
    handlers = [one for one in client.retry_handlers if not isinstance(one, AsyncRateLimitErrorRetryHandler)]
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        timeout=client.timeout,
        session=client.session,
        logger=quiet_logger(),
        retry_handlers=handlers,
    )


async def upload(
    client: AsyncWebClient, name: str, content: bytes, *, channel: str | None = None, words: str | None = None
) -> str:
    """Upload a file to the workspace, shared with ``channel`` or with nobody yet; its id. slack_sdk's own upload has
    the
    10 s timeout of a short call, which is not enough for a long recording.

    Raises SlackApiError, and aiohttp's errors.
    """
    session = client.session
    assert session is not None  # noqa: S101  ``build_web_client`` gives it one
    step = await client.files_getUploadURLExternal(filename=name, length=len(content))
    async with session.post(str(step["upload_url"]), data=content, timeout=_UPLOAD_TIMEOUT) as answer:
        answer.raise_for_status()
    file = str(step["file_id"])
    await client.files_completeUploadExternal(
        files=[{"id": file, "title": name}], channel_id=channel, initial_comment=words
    )
    return file


class OneWorkspace:
    """The clients of an app that is installed in one workspace, with a token from the settings."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def of(self, team_id: str) -> AsyncWebClient:
        return self._client
