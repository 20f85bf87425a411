"""The two pages a browser shows while connecting: "Is this you?" before Dialpad, and the result after it."""

import secrets
from collections.abc import Awaitable, Callable
from html import escape
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.basics.language import accepted_language, say, speaking, spoken
from bot.connect.connector import Connected, Connector, ConnectRefused

COOKIE: Final = "dialpad_connect"
COOKIE_LIFE_S: Final = 25 * 60
"""Seconds the browser's cookie lasts: 15 minutes for the page and 10 for Dialpad's consent."""

_STYLE: Final = """
:root { color-scheme: light dark; --page: #f4f3f8; --card: #fff; --ink: #1d1c24; --soft: #5b586b; --accent: #5b3fd1;
  --on-accent: #fff; --line: #dddbe6 }
@media (prefers-color-scheme: dark) { :root { --page: #16151b; --card: #211f29; --ink: #f1f0f6; --soft: #aeabbd;
  --accent: #9d87ff; --on-accent: #16151b; --line: #383545 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
  font: 17px/1.5 system-ui, sans-serif; padding: 24px }
main { background: var(--card); border: 1px solid var(--line); border-radius: 16px; padding: 36px 40px;
  max-width: 460px; width: 100% }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 14px }
p { margin: 0 0 14px } .soft { color: var(--soft); font-size: 15px }
.who { border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; margin: 0 0 18px; font-weight: 600 }
.who span { display: block; font-weight: 400; color: var(--soft); font-size: 15px }
button { font: inherit; font-weight: 600; border: 0; border-radius: 10px; padding: 12px 20px; cursor: pointer;
  background: var(--accent); color: var(--on-accent); width: 100% }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
"""


def connect_routes(
    connector: Connector, connected: Callable[[Connected], Awaitable[None]], *, https: bool
) -> list[Route]:
    """Build the routes ``GET /connect/callback``, ``GET`` and ``POST /connect/{token}``.

    ``connected`` is called once a connection is stored: it tells the person in Slack and runs what was waiting.
    """

    async def is_this_you(request: Request) -> Response:
        try:
            profile = await connector.whose(request.path_params["token"])
        except ConnectRefused as refusal:
            return _page(say("This link no longer works"), _paragraph(refusal.text), status=410)
        email = f"<span>{escape(profile.email)}</span>" if profile.email else ""
        then = say(
            "Continue, and Dialpad will ask you to sign in. What {name} then does from Slack happens in the Dialpad "
            "account you sign in to.",
            name=profile.name,
        )
        other = say("Not you? Somebody sent you their own link. Close this page.")
        response = _page(
            say("Is this you in Slack?"),
            f"""<p class="who">{escape(profile.name)}{email}</p>
            {_paragraph(then)}
            <form method="post"><button autofocus>{escape(say("Yes, continue to Dialpad"))}</button></form>
            <p class="soft" style="margin-top:16px">{escape(other)}</p>""",
        )
        # A browser does not send this along when another site posts the form, so nobody skips the question.
        response.set_cookie(
            COOKIE,
            request.cookies.get(COOKIE) or secrets.token_urlsafe(24),
            max_age=COOKIE_LIFE_S,
            path="/connect",
            httponly=True,
            samesite="lax",
            secure=https,
        )
        return response

    async def leave(request: Request) -> Response:
        if not _is_own_form(request, connector.base_url):
            text = say("Another site sent you here. Open the link in Slack and continue from there.")
            return _page(say("Not connected"), _paragraph(text), status=403)
        try:
            authorize_url = await connector.leave_for_dialpad(
                request.path_params["token"], browser_secret=request.cookies.get(COOKIE, "")
            )
        except ConnectRefused as refusal:
            return _page(say("This link no longer works"), _paragraph(refusal.text), status=410)
        return RedirectResponse(authorize_url, status_code=303, headers={"cache-control": "no-store"})

    async def callback(request: Request) -> Response:
        query = request.query_params
        state = query.get("state", "")
        if "error" in query or not query.get("code"):
            await connector.refuse(state)
            text = say(
                "Dialpad was not connected, and nothing was stored. Type {typed} in Slack to try again.",
                typed=connector.typed("connect"),
            )
            return _page(say("Not connected"), _paragraph(text), status=400)
        try:
            done = await connector.come_back(
                state=state, code=query["code"], browser_secret=request.cookies.get(COOKIE, "")
            )
        except ConnectRefused as refusal:
            return _page(say("Not connected"), _paragraph(refusal.text), status=400)
        who = say("{name} in Slack", name=done.slack.name)
        if done.asked:
            text = say(
                "That account has another e-mail address, so {asked} was asked in Slack whether this is right. Nothing "
                "is connected before that.",
                asked=done.asked,
            )
            as_whom = say("signed in to Dialpad as {name}", name=done.dialpad_name)
            return _page(say("Not connected yet"), f"{_who(who, as_whom)}{_paragraph(text)}", status=202)
        await connected(done)
        back = say("Go back to Slack. What you asked for has been run there.")
        ends = say("{typed} ends this at any time.", typed=connector.typed("disconnect"))
        response = _page(
            say("You are connected"),
            f"""{_who(who, say("acts as {name} in Dialpad", name=done.dialpad_name))}
            {_paragraph(back)}
            <p class="soft">{escape(ends)}</p>""",
        )
        response.delete_cookie(COOKIE, path="/connect")
        return response

    return [
        Route("/connect/callback", _in_their_language(callback), methods=["GET"]),
        Route("/connect/{token}", _in_their_language(is_this_you), methods=["GET"]),
        Route("/connect/{token}", _in_their_language(leave), methods=["POST"]),
    ]


PageOf: TypeAlias = Callable[[Request], Awaitable[Response]]


def _in_their_language(endpoint: PageOf) -> PageOf:
    """Speak the browser's language while a request is answered."""

    async def answer(request: Request) -> Response:
        with speaking(accepted_language(request.headers.get("accept-language", ""))):
            return await endpoint(request)

    return answer


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _who(slack: str, dialpad: str) -> str:
    return f"""<p class="who">{escape(slack)}
            <span>{escape(dialpad)}</span></p>"""


def _is_own_form(request: Request, base_url: str) -> bool:
    """Tell whether the form was posted by our own page, as far as the browser says. Older ones say nothing; they send
    no cookie along from another site either."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    hosts = {urlsplit(base_url).netloc, request.headers.get("host", "")}
    return origin is None or urlsplit(origin).netloc in hosts - {""}


def _page(title: str, body: str, *, status: int = 200) -> HTMLResponse:
    document = f"""<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)} · Dialpad for Slack</title>
<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"""
    return HTMLResponse(
        document,
        status_code=status,
        headers={
            "cache-control": "no-store",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "referrer-policy": "same-origin",  # with "no-referrer" our own form would be posted with "Origin: null"
            "x-content-type-options": "nosniff",
        },
    )
