"""Slack's other addresses: response URLs, file bytes, and the consent page of an install."""

import html
import json
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack import posting
from bot.sandbox.slack.api import read_fields
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.workspace import SLACKBOT

_CONSENT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Install {app}</title>
<style>body{{font:16px/1.5 system-ui;max-width:34em;margin:4em auto;padding:0 1em;color-scheme:light dark}}</style>
<h1>{app} wants to join {team}</h1><p>It asks for:</p><ul>{scopes}</ul>
<form method="post">{fields}<label>Install as <select name="user">{people}</select></label>
<p><button name="decision" value="allow">Allow</button> <button name="decision"
value="deny">Cancel</button></p></form></html>"""


class Web:
    """Routes beside ``/api`` and ``/client``."""

    def __init__(self, core: Core) -> None:
        self._core = core
        handlers: tuple[tuple[str, list[str], Callable[[Request], Awaitable[Response]]], ...] = (
            ("/response/{team}/{ticket}", ["POST"], self._respond),
            ("/upload/v1/{file}", ["POST"], self._upload),
            ("/files/{file}/{name}", ["GET"], self._download),
            ("/oauth/v2/authorize", ["GET"], self._ask_consent),
            ("/oauth/v2/authorize", ["POST"], self._take_consent),
        )
        self.routes: list[BaseRoute] = [Route(path, run, methods=methods) for path, methods, run in handlers]

    async def _respond(self, request: Request) -> Response:
        """Answer ``ok``; 404 with ``expired_url`` or ``used_url``, 400 for content Slack does not take."""
        try:
            url = self._core.tickets.take_url(request.path_params["ticket"])
        except Refused as no:
            return JSONResponse(no.build_answer(), status_code=404)
        try:
            fields = await read_fields(request)
            if isinstance(fields.get("payload"), str):
                fields = json.loads(fields["payload"])
            posting.write_through_url(self._core, url, fields)
        except ValueError:
            return JSONResponse(Refused("invalid_payload").build_answer(), status_code=400)
        except Refused as no:
            return JSONResponse(no.build_answer(), status_code=400)
        return PlainTextResponse("ok")

    async def _upload(self, request: Request) -> Response:
        upload = self._core.space.files.get(request.path_params["file"])
        if upload is None:
            return PlainTextResponse("no such upload", status_code=404)
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            form = await request.form()
            parts = [one for one in form.values() if not isinstance(one, str)]
            upload.content = await parts[0].read() if parts else b""
        else:
            upload.content = await request.body()
        return PlainTextResponse(f"OK - {len(upload.content)}")

    async def _download(self, request: Request) -> Response:
        upload = self._core.space.files.get(request.path_params["file"])
        if upload is None or upload.content is None:
            return PlainTextResponse("no such file", status_code=404)
        token = self._core.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        allowed = token is not None and not token.revoked and "files:read" in token.scopes
        if not allowed and request.query_params.get("as") not in self._core.space.users:
            return RedirectResponse(f"{self._core.base_url}/?redir=/files/{upload.id}")
        return Response(upload.content, media_type=upload.mimetype)

    async def _ask_consent(self, request: Request) -> Response:
        asked = request.query_params
        scopes = [one for one in asked.get("scope", "").split(",") if one] or list(self._core.scopes)
        people = [one for one in self._core.space.users.values() if one["id"] not in {BOT_USER, SLACKBOT}]
        fields = "".join(
            f'<input type="hidden" name="{key}" value="{html.escape(asked.get(key, ""))}">'
            for key in ("state", "redirect_uri")
        )
        filled = _CONSENT.format(
            app=html.escape(self._core.space.app["name"]),
            team=html.escape(self._core.space.team["name"]),
            scopes="".join(f"<li><code>{html.escape(one)}</code></li>" for one in scopes),
            fields=fields,
            people="".join(f'<option value="{one["id"]}">{html.escape(one["real_name"])}</option>' for one in people),
        )
        return HTMLResponse(filled)

    async def _take_consent(self, request: Request) -> Response:
        fields = await read_fields(request)
        target = str(fields.get("redirect_uri", ""))
        allowed = self._core.manifest.get("oauth_config", {}).get("redirect_urls", [])
        if not any(target.startswith(one) for one in allowed):
            return PlainTextResponse("redirect_uri did not match any configured URIs.", status_code=400)
        answer = {"state": str(fields.get("state", ""))}
        if fields.get("decision") == "allow":
            code = self._core.new_secret()
            self._core.codes[code] = str(fields.get("user", ""))
            answer["code"] = code
        else:
            answer["error"] = "access_denied"
        return RedirectResponse(f"{target}?{urlencode(answer)}", status_code=303)
