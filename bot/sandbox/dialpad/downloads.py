"""Finished statistics, served as signed storage does: to anybody with the address, but not with a bearer token."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox.dialpad.api import Received
from bot.sandbox.dialpad.resources.stats import find_export
from bot.sandbox.dialpad.state import State


class Downloads:
    def __init__(self, state: State, requests: list[Received]) -> None:
        self._state = state
        self._requests = requests

    async def __call__(self, request: Request) -> Response:
        received = Received("GET", request.url.path, dict(request.query_params), headers=dict(request.headers))
        self._requests.append(received)
        response = self._answer(request)
        received.status = response.status_code
        return response

    def _answer(self, request: Request) -> Response:
        """Serve a file. A request with a bearer token is refused, as a storage service would."""
        if request.headers.get("authorization"):
            return PlainTextResponse("this address is signed; send no Authorization header", 400)
        found = find_export(self._state, request.path_params["token"])
        if found is None:
            return PlainTextResponse("this address is not valid, or not any more", 403)
        name = f'attachment; filename="stats-{found["id"]}.csv"'
        return Response(found["csv"], media_type="text/csv", headers={"Content-Disposition": name})
