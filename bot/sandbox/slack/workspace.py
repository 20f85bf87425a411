"""A Slack workspace's state: people, conversations, messages, views, files. Nothing here uses HTTP."""

import asyncio
import copy
import itertools
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.slack.clock import Timers

Json = dict[str, Any]
ConversationKind = Literal["channel", "private", "im", "mpim"]

SLACKBOT = "USLACKBOT"


@dataclass
class Conversation:
    """A channel, private channel, DM or group DM. ``user`` is the other side of a DM with the app."""

    id: str
    name: str
    kind: ConversationKind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    messages: dict[str, Json] = field(default_factory=dict)
    pins: set[str] = field(default_factory=set)

    def other_side(self, user: str) -> str:
        return next((one for one in self.members if one != user), user)


@dataclass
class Upload:
    """An uploaded file; ``channels`` says where it was shared, ``content`` is None until the upload came. Until
    ``ready_at`` (epoch s) Slack has not determined its type, and shows it in no block."""

    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)
    ready_at: float = 0.0


@dataclass(frozen=True)
class Notice:
    """A notice outside of messages: a toast, a warning triangle, a failed command."""

    user: str
    kind: Literal["toast", "failed", "command_failed"]
    text: str


class Workspace:
    """The state and the pages connected to it. ``ts`` values never repeat and only grow."""

    def __init__(self, timers: Timers, *, team: Json, app: Json) -> None:
        self.timers = timers
        self.team = team
        self.app = app
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Conversation] = {}
        self.ephemerals: dict[str, list[Json]] = {}
        self.modals: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Upload] = {}
        self.usergroups: dict[str, Json] = {}
        self.notices: list[Notice] = []
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._queues: dict[str, set[asyncio.Queue[Json]]] = {}
        self._waiters: set[asyncio.Future[None]] = set()

    # Names and moments

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0{next(self._numbers):07d}{secrets.token_hex(1).upper()}"

    def new_ts(self) -> str:
        self._last_ts = max(self._last_ts + 1, int(self.timers.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def now(self) -> int:
        return int(self.timers.now())

    # Watching

    def watch(self, user: str) -> "asyncio.Queue[Json]":
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._queues.setdefault(user, set()).add(queue)
        return queue

    def unwatch(self, user: str, queue: "asyncio.Queue[Json]") -> None:
        self._queues.get(user, set()).discard(queue)

    def stop_watching(self) -> None:
        """End every page's connection: an empty event is the last one."""
        for queue in itertools.chain.from_iterable(self._queues.values()):
            queue.put_nowait({})

    def tell(self, audience: Iterable[str], event: Json) -> None:
        """Send one live event to the pages of these people and notify callers of ``until``."""
        for user in set(audience):
            for queue in self._queues.get(user, ()):
                queue.put_nowait(copy.deepcopy(event))  # what is sent is what was true now
        for waiter in list(self._waiters):
            if not waiter.done():
                waiter.set_result(None)

    def notice(self, user: str, kind: Literal["toast", "failed", "command_failed"], text: str, event: Json) -> None:
        self.notices.append(Notice(user, kind, text))
        self.tell([user], event)

    async def until(self, predicate: Callable[[], Any], timeout: float) -> Any:  # noqa: ASYNC109  (what a test reads)
        """Wait for changes until ``predicate()`` is true; return its value. TimeoutError after ``timeout`` real
        seconds."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiters.add(waiter)
                try:
                    await waiter
                finally:
                    self._waiters.discard(waiter)
            return found

    # Conversations

    def audience(self, channel: Conversation) -> list[str]:
        return list(self.users) if channel.kind == "channel" else list(channel.members)

    def dm(self, *members: str) -> Conversation:
        """Return the DM (two members) or group DM of exactly these people, made when there is none yet."""
        kind: ConversationKind = "im" if len(members) == 2 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and set(channel.members) == set(members):
                return channel
        identifier = self.new_id("D" if kind == "im" else "G")
        name = "" if kind == "im" else "mpdm-" + "--".join(self.users[one]["name"] for one in members) + "-1"
        made = Conversation(identifier, name, kind, self.now(), members[0], list(members))
        self.channels[made.id] = made
        self.tell_channel(made)
        return made

    def shown_channel(self, channel: Conversation, user: str) -> Json:
        """Return a conversation as the page gets it, seen by ``user``."""
        shown: Json = {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "topic": channel.topic,
            "purpose": channel.purpose,
            "is_archived": channel.is_archived,
            "is_member": user in channel.members,
            "app_is_member": self.app["user_id"] in channel.members,
            "members": list(channel.members),
        }
        return {**shown, "user": channel.other_side(user)} if channel.kind == "im" else shown

    def tell_channel(self, channel: Conversation) -> None:
        for user in self.audience(channel):
            self.tell([user], {"type": "channel", "channel": self.shown_channel(channel, user)})

    def add_message(self, channel: Conversation, message: Json) -> Json:
        channel.messages[message["ts"]] = message
        parent = channel.messages.get(message.get("thread_ts", ""))
        self.tell(self.audience(channel), {"type": "message", "message": self.shown(channel, message)})
        if parent is not None and parent is not message:
            self._count_replies(channel, parent)
        return message

    def change_message(self, channel: Conversation, message: Json) -> None:
        self.tell(self.audience(channel), {"type": "changed", "message": self.shown(channel, message)})

    def remove_message(self, channel: Conversation, ts: str) -> Json:
        message = channel.messages.pop(ts)
        channel.pins.discard(ts)
        self.tell(self.audience(channel), {"type": "deleted", "channel": channel.id, "ts": ts})
        parent = channel.messages.get(message.get("thread_ts", ""))
        if parent is not None:
            self._count_replies(channel, parent)
        return message

    def replies(self, channel: Conversation, ts: str) -> list[Json]:
        return [one for one in channel.messages.values() if one.get("thread_ts") == ts and one["ts"] != ts]

    def _count_replies(self, channel: Conversation, parent: Json) -> None:
        replies = self.replies(channel, parent["ts"])
        users = list(dict.fromkeys(one.get("user", "") for one in replies))
        if replies:
            parent |= {
                "thread_ts": parent["ts"],
                "reply_count": len(replies),
                "reply_users": users,
                "reply_users_count": len(users),
                "latest_reply": replies[-1]["ts"],
            }
        else:
            for key in ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"):
                parent.pop(key, None)
        self.change_message(channel, parent)

    def shown(self, channel: Conversation, message: Json, *, ephemeral: bool = False) -> Json:
        """Return a message as the page gets it."""
        return {**message, "channel": channel.id, "ephemeral": ephemeral, "pinned": message["ts"] in channel.pins}

    # Ephemerals

    def add_ephemeral(self, user: str, message: Json) -> None:
        self.ephemerals.setdefault(user, []).append(message)
        self.tell([user], {"type": "ephemeral", "message": message})

    def find_ephemeral(self, user: str, ts: str) -> Json | None:
        return next((one for one in self.ephemerals.get(user, []) if one["ts"] == ts), None)

    def change_ephemeral(self, user: str, message: Json) -> None:
        self.tell([user], {"type": "ephemeral_changed", "message": message})

    def remove_ephemeral(self, user: str, ts: str) -> None:
        found = self.find_ephemeral(user, ts)
        if found is not None:
            self.ephemerals[user].remove(found)
            self.tell([user], {"type": "ephemeral_deleted", "channel": found["channel"], "ts": ts})
