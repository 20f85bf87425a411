"""A person at Slack without a browser: what they do and what they see."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack import commands, presses, submits
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_home_opened
from bot.sandbox.slack.inputs import BadValue
from bot.sandbox.slack.links import write_in_composer
from bot.sandbox.slack.methods.files import announce
from bot.sandbox.slack.seed import BOT_USER, LOCALES
from bot.sandbox.slack.surfaces import find_surface, remember
from bot.sandbox.slack.workspace import Json


class Person:
    """Actions return the page's answer ``{"ok": bool, ...}`` once the bot has acknowledged or Slack gave up (3 s).

    They raise ``NotThere`` for what the person could not have seen and ``BadValue`` for what an element does not offer.
    ``channel`` takes an id, ``#name`` or ``app`` for the DM with the app.
    """

    def __init__(self, core: Core, slack_id: str) -> None:
        if slack_id not in core.space.users:
            raise LookupError(f"nobody at this Slack is {slack_id}")
        self.id = slack_id
        self._core = core

    # Doing

    async def command(self, channel: str, line: str, thread_ts: str | None = None) -> Json:
        return await commands.run_command(self._core, self.id, self.channel_id(channel), line, thread_ts)

    async def say(self, channel: str, text: str, thread_ts: str | None = None, *, broadcast: bool = False) -> Json:
        """Post a message and return it; events go out in the background."""
        return commands.say(self._core, self.id, self.channel_id(channel), text, thread_ts, broadcast=broadcast)

    async def share(self, channel: str, file: str, text: str = "") -> Json:
        """Post a file that was uploaded, with a text or none."""
        return commands.say(self._core, self.id, self.channel_id(channel), text, files=(file,))

    async def compose(self, text: str) -> str:
        """Write a message without sending it; the id under which its links' previews are shown."""
        return write_in_composer(self._core, self.id, text)

    def preview(self, unfurl_id: str) -> list[Json]:
        """Return what is shown of the links in a message that is being written."""
        return self._core.previews.get(unfurl_id, [])

    async def press(
        self,
        where: Any,
        action_id: str,
        value: Any = None,
        *,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Json:
        """Press an element. ``where``: a message or view as seen here, a view's id, or ``{"channel", "ts"}``;
        ``value`` as in ``client``."""
        unfolded = self._unfold(where, values)
        return await presses.press(self._core, self.id, where, action_id, value, block_id=block_id, values=unfolded)

    async def fill(self, view: Any, values: Json) -> None:
        """Fill inputs without submitting. ``values``: ``{block_id: {action_id: value}}``, or ``{block_id: value}``
        for input blocks."""
        surface = find_surface(self._core, self.id, view)
        remember(self._core, surface, self._unfold(view, values))

    async def submit(self, view: Any, values: Json | None = None) -> Json:
        """Submit a modal; ``values`` as in ``fill``."""
        surface = find_surface(self._core, self.id, view)
        return await submits.submit(self._core, self.id, str(surface.document["id"]), self._unfold(view, values))

    async def close(self, view: Any, *, everything: bool = False) -> Json:
        identifier = str(find_surface(self._core, self.id, view).document["id"])
        return await submits.close(self._core, self.id, identifier, everything=everything)

    async def options(
        self, where: Any, action_id: str, query: str, *, block_id: str | None = None, values: Json | None = None
    ) -> Json:
        """Return ``{"options": [...], "option_groups": [...]}``, both empty when nobody answered."""
        unfolded = self._unfold(where, values)
        return await presses.suggest(self._core, self.id, where, action_id, query, block_id=block_id, values=unfolded)

    async def shortcut(self, callback_id: str) -> Json:
        return await presses.use_shortcut(self._core, self.id, callback_id)

    async def message_shortcut(self, callback_id: str, channel: str, ts: str) -> Json:
        return await presses.use_message_shortcut(self._core, self.id, callback_id, self.channel_id(channel), ts)

    async def open_home(self, tab: str = "home") -> Json | None:
        """Open the app's Home and return what was published so far (the app may publish anew)."""
        send_home_opened(self._core, self.id, tab)
        return self.home

    async def react(self, channel: str, ts: str, name: str, *, remove: bool = False) -> bool:
        return commands.react(self._core, self.id, self.channel_id(channel), ts, name, remove=remove)

    async def invite_app(self, channel: str) -> None:
        commands.invite_app(self._core, self.id, self.channel_id(channel))

    def read_in(self, locale: str) -> None:
        """Choose the language of Slack, as its preferences let everybody."""
        if locale not in LOCALES:
            raise BadValue(f"This Slack has no {locale}.")
        self._core.space.users[self.id] |= {"locale": locale, "updated": self._core.space.now()}
        for tell in self._core.on_locale:
            tell(self.id)

    def dismiss(self, ts: str) -> None:
        self._core.space.remove_ephemeral(self.id, ts)

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file and return its id, to be chosen in a file input."""
        upload = announce(self._core, name, self.id)
        upload.content = content
        return upload.id

    # Seeing

    def channel_id(self, channel: str) -> str:
        if channel == "app":
            return self._core.space.dm(self.id, BOT_USER).id
        if channel in self._core.space.channels:
            return channel
        named = channel.removeprefix("#")
        return next((one.id for one in self._core.space.channels.values() if one.name == named), channel)

    def messages(self, channel: str) -> list[Json]:
        """Return messages by time, thread replies among them; empty for a conversation this person cannot see."""
        found = self._core.space.channels.get(self.channel_id(channel))
        if found is None or self.id not in self._core.space.audience(found):
            return []
        return [self._core.space.shown(found, one) for one in found.messages.values()]

    def ephemerals(self, channel: str | None = None) -> list[Json]:
        wanted = self.channel_id(channel) if channel else None
        return [one for one in self._core.space.ephemerals.get(self.id, []) if wanted in {None, one["channel"]}]

    @property
    def modals(self) -> list[Json]:
        """Return the open modals, bottom first."""
        return list(self._core.space.modals.get(self.id, []))

    @property
    def modal(self) -> Json | None:
        return self.modals[-1] if self.modals else None

    @property
    def home(self) -> Json | None:
        return self._core.space.homes.get(self.id)

    @property
    def notices(self) -> list[str]:
        """Return toasts, warning triangles and failed commands of this person, oldest first."""
        return [one.text for one in self._core.space.notices if one.user == self.id]

    async def until(self, predicate: Callable[[], Any], timeout: float = 60.0) -> Any:  # noqa: ASYNC109  (what a test reads)
        """Wait until ``predicate()`` is true, checking after every change; return its value. TimeoutError after real
        seconds."""
        return await self._core.space.until(predicate, timeout)

    def _unfold(self, where: Any, values: Json | None) -> Json:
        """Turn ``{block_id: value}`` into ``{block_id: {action_id: value}}`` for input blocks."""
        blocks = find_surface(self._core, self.id, where).blocks
        actions = {one["block_id"]: one["element"]["action_id"] for one in blocks if one["type"] == "input"}
        unfolded: Json = {}
        for block_id, value in (values or {}).items():
            action_id = actions.get(block_id)
            folded = action_id is not None and not (isinstance(value, dict) and action_id in value)
            unfolded[block_id] = {action_id: value} if folded else value
        return unfolded
