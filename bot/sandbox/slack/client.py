"""The API of the Slack-like page: ``/client/...`` (JSON) and ``/client/live`` (a WebSocket of changes).

Everybody is trusted: ``as`` names the person who acts. JSON in, JSON out, always HTTP 200 with ``ok``
except for an unknown route (404) and an unknown person (400 ``{"ok": false, "error": "unknown_person", ...}``).

Objects
=======

``person``   ``{id, name, display_name, real_name, first_name, title, email, tz, tz_label, color, initials,
             is_bot, locale}``
``channel``  ``{id, name, kind: "channel"|"private"|"im"|"mpim", user?, topic, purpose, is_archived, is_member,
             app_is_member, members: [user id]}``; ``user`` is the other side of an ``im``; the app's DM has
             ``user`` = ``app.user_id``.
``message``  Slack's message object plus ``channel``, ``ephemeral`` (bool) and ``pinned`` (bool): ``{type, subtype?,
             channel, ts, thread_ts?, user?, bot_id?, username?, text, blocks?, attachments?, files?, reactions:
             [{name, users, count}], edited?: {ts, user}, reply_count?, latest_reply?, reply_users?, metadata?,
             ephemeral, pinned}``. The author is ``user`` (``app.user_id`` for the app, ``USLACKBOT`` for Slackbot).
             Every block has a ``block_id`` and every interactive element an ``action_id``. A reply has
             ``thread_ts`` unlike ``ts``; it belongs in the channel too only when ``subtype`` is
             ``thread_broadcast``. Text is Slack mrkdwn with ``&amp; &lt; &gt;`` escaped and ``<@U…>``,
             ``<#C…|name>``, ``<!date^…>``, ``<url|label>``, ``<tel:+1…|typed>`` inside; a message without blocks is
             drawn from ``text``.
``view``     Slack's view object (``type`` is ``modal`` or ``home``): ``{id, type, title, submit, close, blocks,
             callback_id, state: {values}, hash, root_view_id, previous_view_id, ...}`` plus ``errors: {block_id:
             text}`` and ``error: text|null`` (shown at the top of the modal, for example when nobody answered a
             submit).
``where``    what holds an element: ``{"kind": "message"|"ephemeral", "channel", "ts"}`` or ``{"kind": "view",
             "view_id"}``.
``option``   Slack's option object ``{text: {type, text}, value, description?}``.
``value``    what was chosen, by element type: button: left out · static_select, external_select, radio_buttons,
             overflow: the option's ``value`` or the option itself (external_select: the option itself) ·
             multi_*_select of those and checkboxes: a list of them · datepicker ``YYYY-MM-DD`` · timepicker
             ``HH:MM`` · datetimepicker: unix seconds · users_select, conversations_select, channels_select: an id,
             multi: a list of ids · plain_text_input, email_text_input, url_text_input, number_input: the text ·
             file_input: list of file ids from ``/client/upload`` · rich_text_input: the text, or a ``rich_text``
             block. ``null`` clears.
``values``   ``{block_id: {action_id: value}}``.

GET
===

``/client/boot?as=U…`` ->
    ``{ok, me: person, people: [person] (who can be switched to), users: [person] (people, the app's bot user,
    Slackbot), team: {id, name, domain}, time_zone, locales: [{locale, name}], app: {id, bot_id, user_id, name,
    description, color, home_tab, messages_tab, messages_tab_read_only}, app_dm: channel id, channels: [channel] (those
    the person can see: public, own private, own DMs), commands: [{command, description, usage_hint}] (the app's, plus
    Slack's ``/invite``), shortcuts: [{callback_id, name, description, kind: "global"|"message"}], usergroups: [{id,
    handle, name, users}], modals: [view] (bottom first), home: view|null}``
``/client/conversation?as=U…&channel=C…`` ->
    ``{ok, channel, messages: [message] (by ts, replies among them), ephemerals: [message] (mine only)}``

POST ``/client/act/{name}`` with ``{"as": "U…", ...}``
======================================================

Every answer has ``ok``; when false also ``error`` (a code) and ``message`` (one line for the person). It comes once
the bot has acknowledged or Slack has given up (3 s); what the bot does later arrives over ``/client/live``.

``command``           ``{channel, text, thread_ts?}``: the whole line, ``/dp dnd on``. An unknown command: ``error:
                      "unknown_command"``, also shown as an ephemeral of Slackbot. In a thread Slack refuses
                      commands: ``error: "not_in_threads"``.
``say``               ``{channel, text, thread_ts?, broadcast?}`` -> ``{message}``
``press``             ``{where, action_id, block_id?, value?, values?}``: a button, select, overflow, date ... that
                      acts at once (not an input block, unless it has ``dispatch_action``). ``values`` carries all
                      inputs of the surface as they stand. A ``url`` button is pressed *and* opened by the page; a
                      ``confirm`` dialog is asked by the page before.
``fill``              ``{where, values}``: remembers inputs without telling the bot (optional: ``press`` and
                      ``submit`` take ``values``).
``submit``            ``{view_id, values}`` -> ``{ok, result:
                      "closed"|"updated"|"pushed"|"cleared"|"errors"|"failed", errors?}``. With ``ok: false``,
                      ``error: "invalid_input"`` and ``errors: {block_id: text}`` nothing was sent to the bot.
``close``             ``{view_id, everything?}``: the modal's Close button; ``everything: true`` is the X, which
                      closes the whole stack.
``options``           ``{where, action_id, block_id?, query, values?}`` -> ``{options: [option], option_groups:
                      [{label, options}]}``; both empty when nobody answered.
``shortcut``          ``{callback_id}``
``message_shortcut``  ``{callback_id, channel, ts}``
``open_home``         ``{tab?: "home"|"messages"}``: the person looks at the app.
``react``             ``{channel, ts, name, remove?}``
``dismiss``           ``{channel, ts}``: an ephemeral is put away.
``read_in``           ``{locale}``: the person uses Slack in another language from now on, such as ``es-LA``.
``invite_app``        ``{channel}``: same as typing ``/invite @Dialpad``.
``join``              ``{channel}``
``open_dm``           ``{user}`` -> ``{channel}``

POST ``/client/upload`` (multipart: ``as``, ``file``) -> ``{ok, file: {id, name, mimetype, size, url_private,
permalink}}``; GET ``/files/{id}/{name}`` gives the bytes (the page needs no token: it adds ``?as=U…``).

WebSocket ``/client/live?as=U…``
================================

The server sends one JSON object per change that this person can see; the page sends nothing. A reconnecting page
boots again.

``{type: "hello", as}``
``{type: "message", message}`` · ``{type: "changed", message}`` (edits, reactions, pins, reply counts) · ``{type:
    "deleted", channel, ts}``
``{type: "ephemeral", message}`` · ``{type: "ephemeral_changed", message}`` · ``{type: "ephemeral_deleted", channel,
    ts}``
``{type: "view_opened"|"view_pushed"|"view_updated", view, stack: [view]}`` · ``{type: "view_closed", view_id,
    stack}``: ``stack`` is all open modals, bottom first, so a page may simply draw its last one
``{type: "view_errors", view_id, errors: {block_id: text}, error: text|null}``: ``view_id`` stays open
``{type: "home", view}``
``{type: "failed", where, action_id, message}``: nobody acknowledged a press: Slack's warning triangle beside the
    element
``{type: "command_failed", channel, command, message}`` (an ephemeral of Slackbot with the same text comes too)
``{type: "toast", text}``: a shortcut failed, a modal could not be opened ...
``{type: "channel", channel}``: created, joined, topic changed
``{type: "file", file}``
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox import cast
from bot.sandbox.slack import commands
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.payloads import build_file
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.seed import BOT_USER, LOCALES
from bot.sandbox.slack.surfaces import NotThere, find_surface, only_known
from bot.sandbox.slack.workspace import SLACKBOT, Json

Act = Callable[[Person, Json], Awaitable[Json]]


class ClientApi:
    """Routes of the page; every act is the same function that ``Person`` calls."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._acts: dict[str, Act] = {
            "command": self._command,
            "say": self._say,
            "press": self._press,
            "fill": self._fill,
            "submit": self._submit,
            "close": self._close,
            "options": self._options,
            "shortcut": self._shortcut,
            "message_shortcut": self._message_shortcut,
            "open_home": self._open_home,
            "react": self._react,
            "dismiss": self._dismiss,
            "read_in": self._read_in,
            "invite_app": self._invite_app,
            "join": self._join,
            "open_dm": self._open_dm,
        }
        self.routes: list[BaseRoute] = [
            Route("/client/boot", self._boot),
            Route("/client/conversation", self._conversation),
            Route("/client/act/{name}", self._act, methods=["POST"]),
            Route("/client/upload", self._upload, methods=["POST"]),
            WebSocketRoute("/client/live", self._live),
        ]

    # Looking

    async def _boot(self, request: Request) -> Response:
        me = self._person(request.query_params.get("as"))
        if me is None:
            return _unknown_person()
        space = self._core.space
        seen = [one for one in space.channels.values() if one.kind == "channel" or me.id in one.members]
        shortcuts = [
            {
                "callback_id": one["callback_id"],
                "name": one["name"],
                "description": one.get("description", ""),
                "kind": one["type"],
            }
            for one in self._core.feature("shortcuts")
        ]
        typed = [
            {
                "command": one["command"],
                "description": one.get("description", ""),
                "usage_hint": one.get("usage_hint", ""),
            }
            for one in (*self._core.feature("slash_commands"), commands.INVITE)
        ]
        groups = [{key: one[key] for key in ("id", "handle", "name", "users")} for one in space.usergroups.values()]
        body = {
            "ok": True,
            "me": shown_person(space.users[me.id]),
            "people": [shown_person(one) for one in space.users.values() if one["id"] not in {BOT_USER, SLACKBOT}],
            "users": [shown_person(one) for one in space.users.values()],
            "team": space.team,
            "time_zone": cast.TIME_ZONE,
            "locales": [{"locale": locale, "name": name} for locale, name in LOCALES.items()],
            "app": space.app,
            "app_dm": me.channel_id("app"),
            "channels": [space.shown_channel(one, me.id) for one in seen],
            "commands": typed,
            "shortcuts": shortcuts,
            "usergroups": groups,
            "modals": me.modals,
            "home": me.home,
        }
        return JSONResponse(body)

    async def _conversation(self, request: Request) -> Response:
        me = self._person(request.query_params.get("as"))
        if me is None:
            return _unknown_person()
        wanted = request.query_params.get("channel", "")
        channel = self._core.space.channels.get(wanted)
        if channel is None or me.id not in self._core.space.audience(channel):
            return _refused("not_there", "That conversation is not there for you.")
        body = {
            "ok": True,
            "channel": self._core.space.shown_channel(channel, me.id),
            "messages": me.messages(wanted),
            "ephemerals": me.ephemerals(wanted),
        }
        return JSONResponse(body)

    async def _live(self, socket: WebSocket) -> None:
        me = self._person(socket.query_params.get("as"))
        if me is None:
            await socket.close(code=4004)
            return
        await socket.accept()
        queue = self._core.space.watch(me.id)
        queue.put_nowait({"type": "hello", "as": me.id})
        sender = asyncio.ensure_future(_send_all(socket, queue))
        try:
            with contextlib.suppress(WebSocketDisconnect):
                while True:
                    await socket.receive()
                    if socket.client_state.name != "CONNECTED":
                        break
        finally:
            self._core.space.unwatch(me.id, queue)
            sender.cancel()

    # Doing

    async def _act(self, request: Request) -> Response:
        act = self._acts.get(request.path_params["name"])
        if act is None:
            return JSONResponse({"ok": False, "error": "unknown_act"}, status_code=404)
        try:
            body = await request.json()
        except ValueError:
            body = None
        me = self._person(body.get("as")) if isinstance(body, dict) else None
        if me is None:
            return _unknown_person()
        try:
            answer = {"ok": True, **await act(me, body)}
        except KeyError as lacking:
            return _refused("missing_field", f"The request lacks {lacking}.")
        except NotThere as no:
            return _refused("not_there", str(no))
        except ValueError as no:
            return _refused("bad_value", str(no))
        return JSONResponse(answer)

    async def _upload(self, request: Request) -> Response:
        form = await request.form()
        me = self._person(form.get("as"))
        if me is None:
            return _unknown_person()
        given = form.get("file")
        if given is None or isinstance(given, str):
            return _refused("missing_field", "The request lacks 'file'.")
        identifier = me.upload(given.filename or "file", await given.read())
        shown = build_file(self._core, self._core.space.files[identifier])
        self._core.space.tell([me.id], {"type": "file", "file": shown})
        return JSONResponse({"ok": True, "file": shown})

    async def _command(self, me: Person, body: Json) -> Json:
        return await me.command(body["channel"], body["text"], body.get("thread_ts"))

    async def _say(self, me: Person, body: Json) -> Json:
        broadcast = bool(body.get("broadcast"))
        message = await me.say(body["channel"], body["text"], body.get("thread_ts"), broadcast=broadcast)
        return {"message": self._core.space.shown(self._core.space.channels[body["channel"]], message)}

    async def _press(self, me: Person, body: Json) -> Json:
        values = self._values(me, body["where"], body)
        block_id, value = body.get("block_id"), body.get("value")
        return await me.press(body["where"], body["action_id"], value, block_id=block_id, values=values)

    async def _fill(self, me: Person, body: Json) -> Json:
        await me.fill(body["where"], self._values(me, body["where"], body))
        return {}

    async def _submit(self, me: Person, body: Json) -> Json:
        return await me.submit(body["view_id"], self._values(me, body["view_id"], body))

    async def _close(self, me: Person, body: Json) -> Json:
        return await me.close(body["view_id"], everything=bool(body.get("everything")))

    async def _options(self, me: Person, body: Json) -> Json:
        values = self._values(me, body["where"], body)
        query, block_id = str(body.get("query", "")), body.get("block_id")
        return await me.options(body["where"], body["action_id"], query, block_id=block_id, values=values)

    async def _shortcut(self, me: Person, body: Json) -> Json:
        return await me.shortcut(body["callback_id"])

    async def _message_shortcut(self, me: Person, body: Json) -> Json:
        return await me.message_shortcut(body["callback_id"], body["channel"], body["ts"])

    async def _open_home(self, me: Person, body: Json) -> Json:
        return {"home": await me.open_home(str(body.get("tab", "home")))}

    async def _react(self, me: Person, body: Json) -> Json:
        await me.react(body["channel"], body["ts"], body["name"], remove=bool(body.get("remove")))
        return {}

    async def _dismiss(self, me: Person, body: Json) -> Json:
        me.dismiss(body["ts"])
        return {}

    async def _read_in(self, me: Person, body: Json) -> Json:
        me.read_in(body["locale"])
        return {"me": shown_person(self._core.space.users[me.id])}

    async def _invite_app(self, me: Person, body: Json) -> Json:
        await me.invite_app(body["channel"])
        return {}

    async def _join(self, me: Person, body: Json) -> Json:
        channel = commands.find_channel(self._core, me.id, body["channel"])
        if me.id not in channel.members:
            commands.join(self._core, channel, me.id)
        return {"channel": self._core.space.shown_channel(channel, me.id)}

    async def _open_dm(self, me: Person, body: Json) -> Json:
        if body["user"] not in self._core.space.users:
            raise NotThere("Nobody here has that id.")
        channel = self._core.space.dm(me.id, body["user"])
        return {"channel": self._core.space.shown_channel(channel, me.id)}

    def _values(self, me: Person, where: Any, body: Json) -> Json:
        return only_known(find_surface(self._core, me.id, where), body.get("values"))

    def _person(self, identifier: Any) -> Person | None:
        known = identifier in self._core.space.users and identifier not in {BOT_USER, SLACKBOT}
        return Person(self._core, str(identifier)) if known else None


async def _send_all(socket: WebSocket, queue: "asyncio.Queue[Json]") -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while event := await queue.get():
            await socket.send_json(event)
        await socket.close()


def shown_person(user: Json) -> Json:
    """Return a person as the page gets them."""
    profile = user["profile"]
    return {
        "id": user["id"],
        "name": user["name"],
        "display_name": profile["display_name"],
        "real_name": user["real_name"],
        "first_name": profile["first_name"],
        "title": profile["title"],
        "email": profile.get("email", ""),
        "tz": user["tz"],
        "tz_label": user["tz_label"],
        "color": user["color"],
        "initials": "".join(part[0] for part in user["real_name"].split()[:2]).upper(),
        "is_bot": user["is_bot"] or user["id"] == SLACKBOT,
        "locale": user["locale"],
    }


def _unknown_person() -> Response:
    body = {"ok": False, "error": "unknown_person", "message": "Nobody at this workspace has that id."}
    return JSONResponse(body, status_code=400)


def _refused(code: str, message: str) -> Response:
    return JSONResponse({"ok": False, "error": code, "message": message})
