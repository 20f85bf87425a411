"""Voicemails, recordings and pictures as Dialpad serves them: with a bearer token, else the sign-in page comes.

``/shared/`` is where share links lead. Here everybody who opens one is taken for somebody of the company who has signed
in; a link that does not exist gives a 404.
"""

import base64
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.dialpad.access import TokenOwner, Tokens, is_admin
from bot.sandbox.dialpad.api import Received, render_fault
from bot.sandbox.dialpad.consent import render_page, render_problem
from bot.sandbox.dialpad.faults import Faults
from bot.sandbox.dialpad.faxing import PDF
from bot.sandbox.dialpad.model import Call, Json, Picture, Recording
from bot.sandbox.dialpad.refusals import Refusal, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import require_may_see
from bot.sandbox.dialpad.resources.sharelinks import RECORDING, REVIEW
from bot.sandbox.dialpad.sound import build_wav
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import Switchboard

SCOPE = "recordings_export"
FAX_SCOPE = "fax_message"
BLOB_PATHS = ("/secureblob/", "/blob/", "/r/", "/mms/", "/login", "/shared/")


class Blobs:
    def __init__(
        self, state: State, tokens: Tokens, switchboard: Switchboard, faults: Faults, requests: list[Received]
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._switchboard = switchboard
        self._faults = faults
        self._requests = requests
        self.routes = [
            Route("/secureblob/voicemail/{name}", self._serve, methods=["GET"]),
            Route("/blob/adminrecording/{name}", self._serve, methods=["GET"]),
            Route("/r/{name}", self._serve, methods=["GET"]),
            Route("/mms/{name}", self._serve, methods=["GET"]),
            Route("/blob/fax/{name}", self._serve, methods=["GET"]),
            Route("/login", self._sign_in, methods=["GET"]),
            Route("/shared/{folder}/{token}", self._shared, methods=["GET"]),
        ]

    async def _serve(self, request: Request) -> Response:
        received = Received("GET", request.url.path, dict(request.query_params), headers=dict(request.headers))
        self._requests.append(received)
        fault = self._faults.take("GET", request.url.path)
        if fault is not None and fault.kind == "slow":
            fault.entered.set()
            await fault.release.wait()
            fault = None
        response = render_fault(fault) if fault is not None else self._answer(request)
        received.status = response.status_code
        return response

    def _answer(self, request: Request) -> Response:
        if not request.headers.get("authorization"):
            return RedirectResponse(f"{self._state.base_url}/login?continue={request.url.path}", 302)
        try:
            caller = self._tokens.caller(request.headers["authorization"])
            if request.url.path.startswith("/mms/"):
                picture = self._picture(request.path_params["name"], caller)
                return Response(picture.content, media_type=picture.kind)
            if request.url.path.startswith("/blob/fax/"):
                return Response(self._fax(request.url.path, caller), media_type="application/pdf")
            recording = self._recording(request.url.path, caller)
            return Response(build_wav(recording.duration_ms), media_type="audio/wav")
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)

    def _recording(self, path: str, caller: TokenOwner) -> Recording:
        if SCOPE not in caller.scopes:
            raise forbidden(f"This requires the scope {SCOPE}.")
        call, recording = self._find(path)
        if recording.is_gone:
            raise forbidden("This address has expired.")
        if recording.kind == "admincallrecording" and not is_admin(self._state, caller):
            raise forbidden("Only admins have access to this recording.")
        asked = RequestContext("", caller, {}, {}, None, self._state, self._switchboard, self._state.base_url)
        require_may_see(asked, call)
        return recording

    def _find(self, path: str) -> tuple[Call, Recording]:
        for call in self._state.calls.values():
            for recording in call.recordings:
                if recording.path == path:
                    return call, recording
        raise not_found("recording")

    def _picture(self, name: str, caller: TokenOwner) -> Picture:
        """Serve a picture to those the text was for, the people of its line, and admins."""
        for message in self._state.messages:
            if message.picture is not None and str(message.picture.id) == name:
                target = message.target
                people = self._state.groups[target.id].members if target.is_group else {target.id}
                if not is_admin(self._state, caller) and caller.user_id not in people:
                    raise forbidden("You do not have access to this message.")
                return message.picture
        raise not_found("picture")

    def _fax(self, path: str, caller: TokenOwner) -> bytes:
        """Serve a fax to those whose line it is, with the scope for faxes, and to admins."""
        if FAX_SCOPE not in caller.scopes:
            raise forbidden(f"This requires the scope {FAX_SCOPE}.")
        fax = next((one for one in self._state.faxes if one.path == path), None)
        if fax is None:
            raise not_found("fax")
        people = self._state.groups[fax.target.id].members if fax.target.is_group else {fax.target.id}
        if not is_admin(self._state, caller) and caller.user_id not in people:
            raise forbidden("You do not have access to this fax.")
        return PDF

    async def _sign_in(self, _: Request) -> Response:
        said = "<h1>Sign in to Dialpad</h1><p>The embedded one has no passwords.</p>"
        return HTMLResponse(render_page("Sign in", said))

    async def _shared(self, request: Request) -> Response:
        address = f"{self._state.base_url}{request.url.path}"
        if request.path_params["folder"] == "voicemail":
            for call in self._state.calls.values():
                if any(str(one.id) == request.path_params["token"] for one in call.recordings):
                    return HTMLResponse(self._page_of({"call_id": call.id, "privacy": "company"}))
        for shelf in (REVIEW, RECORDING):
            for link in self._state.documents.all(shelf):
                if link["access_link"] == address:
                    return HTMLResponse(self._page_of(link))
        return HTMLResponse(render_problem("Nothing is shared at this address.", "Ask for a new link."), 404)

    def _page_of(self, link: Json) -> str:
        call = self._state.call(link["call_id"])
        wanted = [one for one in call.recordings if link.get("item_id") in {None, str(one.id)}]
        sounds = [base64.b64encode(build_wav(one.duration_ms)).decode() for one in wanted]
        players = "".join(f'<p><audio controls src="data:audio/wav;base64,{sound}"></audio></p>' for sound in sounds)
        said = f"<p>{escape(call.voicemail_text)}</p>" if call.voicemail_text else ""
        who = {"company": f"Everybody at {self._state.company_name}", "public": "Anybody who has the link"}
        may = who.get(link["privacy"], "Its owner")
        shown = f"<h1>Shared from Dialpad</h1>{players}{said}<p>{escape(may)} can open this.</p>"
        return render_page("Shared from Dialpad", shown)
