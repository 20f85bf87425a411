"""What a person does and sees in these tests, in few words."""

import json
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from bot.basics.person import PersonKey
from bot.contract.later import Pending
from bot.sandbox.cast import TEAM_ID
from bot.sandbox.cast import Person as CastMember
from bot.sandbox.demo import Demo
from bot.sandbox.slack.person import Person as PersonAtSlack
from bot.slack.blockkit.render import CONFIRM

Json = dict[str, Any]


class Hands:
    """One person at the embedded Slack. Everything typed goes to ``#support``, where the app is a member."""

    def __init__(self, demo: Demo, who: CastMember) -> None:
        assert who.slack_id is not None
        self.demo = demo
        self.who = who
        self.person = demo.slack.person(who.slack_id)
        self.key = PersonKey(TEAM_ID, who.slack_id)

    async def type(self, line: str) -> Json:
        """Type a command and wait for the bot to be done; the newest answer only this person sees, {} if none."""
        await self.person.command("#support", line)
        return await self.settled()

    async def subscribe(self, words: str, channel: str = "#support") -> Json:
        """Type ``/dp notify`` with these words and press Save where there is something to save; the newest answer."""
        await self.person.command(channel, f"/dp notify {words}")
        await self.demo.bot.dispatcher.idle()
        if self.person.modal is not None:
            await self.submit()
        answers = self.person.ephemerals(channel)
        return answers[-1] if answers else {}

    async def settled(self) -> Json:
        await self.demo.bot.dispatcher.idle()
        answers = self.person.ephemerals("#support")
        return answers[-1] if answers else {}

    async def mention(self, words: str, thread_ts: str | None = None) -> Json:
        """Say ``@Dialpad words`` in ``#support``; the answer only this person sees."""
        before = self.person.ephemerals("#support")
        app = self.demo.slack.workspace.app["user_id"]
        await self.person.say("#support", f"<@{app}> {words}".strip(), thread_ts)
        await self.person.until(lambda: self.person.ephemerals("#support") != before)
        return await self.settled()

    async def say_to_app(self, words: str) -> Json:
        """Write to the app's DM; what it answers there."""
        before = len(self.person.messages("app"))
        await self.person.say("app", words)
        await self.person.until(lambda: len(self.person.messages("app")) >= before + 2)
        await self.demo.bot.dispatcher.idle()
        return self.person.messages("app")[-1]

    async def told(self) -> Json:
        """The newest message of the app's DM, waiting for one."""
        await self.person.until(lambda: self.from_app)
        await self.demo.bot.dispatcher.idle()
        return self.from_app[-1]

    @property
    def from_app(self) -> list[Json]:
        """What the app said in its DM with this person."""
        return [
            one for one in self.person.messages("app") if one.get("user") == self.demo.slack.workspace.app["user_id"]
        ]

    async def press(self, where: Json, label: str) -> Json:
        """Press the button with this label and wait for the bot to be done. A message that was drawn anew meanwhile is
        pressed as it is now, if it still has the button."""
        now = next((one for one in self.person.messages("#support") if one["ts"] == where.get("ts")), where)
        where = now if label in labels(now) else where
        button, block_id = find_button(where, label)
        value = _option(button, label) if button["type"] == "overflow" else button.get("value")
        await self.person.press(where, button["action_id"], value, block_id=block_id)
        return await self.settled()

    async def submit(self, values: Json | None = None) -> Json:
        """Submit the top modal; what Slack shows: ``{"ok": False, "errors": {...}}`` when refused at the fields."""
        assert self.person.modal is not None, "no modal is open"
        answer = await self.person.submit(self.person.modal, values)
        await self.demo.bot.dispatcher.idle()
        return answer

    async def pick(self, field: str, query: str) -> Json:
        """The first option that the type-ahead of a field of the open modal offers."""
        form = await self.modal()
        (element,) = [block["element"] for block in form["blocks"] if block.get("block_id") == field]
        found = await self.person.options(form, element["action_id"], query)
        assert found["options"], f"nothing is offered for {query!r}: {found}"
        option: Json = found["options"][0]
        return option

    async def modal(self) -> Json:
        """The open modal, once its content is there."""
        await self.demo.bot.dispatcher.idle()
        assert self.person.modal is not None, f"no modal is open; notices: {self.person.notices}"
        return self.person.modal

    async def home(self) -> Json:
        """The Home tab as it is drawn when this person opens it."""
        old = self.person.home
        await self.person.open_home()
        await self.person.until(lambda: self.person.home is not None and self.person.home is not old)
        await self.demo.bot.dispatcher.idle()
        assert self.person.home is not None
        return self.person.home

    async def pending(self) -> list[Pending]:
        """What changes by itself later."""
        return await self.demo.bot.dispatcher.deps.later.pending(self.key)

    async def let_time_pass(self, *, seconds_left: float = 0) -> None:
        """What this person set for a while is over now, or in a moment."""
        later, store = self.demo.bot.dispatcher.deps.later, self.demo.bot.store
        due = store.now() + timedelta(seconds=seconds_left)
        for one in await later.pending(self.key):
            await later.at(due, one.key, one.route, one.args, self.key, {})

    @property
    def account(self) -> Any:
        """This person as the embedded Dialpad knows them."""
        return self.demo.dialpad.state.users[self.who.dialpad_id or 0]

    def sent(self, method: str, path: str) -> list[Any]:
        """What Dialpad was asked with this method and this whole path, `*` for what may be anything. A path that only
        ends so may be somebody else's: `/subscriptions/call` is asked for while nobody looks, and calls nobody."""
        asked = self.demo.dialpad.requests
        return [one for one in asked if one.method == method and fnmatchcase(one.path.removeprefix("/api/v2"), path)]


async def save_preview(person: PersonAtSlack, channel: str) -> None:
    """Press Save once the preview is there, in a window or as a message, and wait until it is saved: for those who see
    no more than people do."""

    def look() -> Json | None:
        if person.modal is not None:
            return person.modal if person.modal["callback_id"] == CONFIRM else None
        return next((one for one in reversed(person.ephemerals(channel)) if "Save" in labels(one)), None)

    found = await person.until(look)
    if "callback_id" in found:
        await person.submit(found)
    else:
        button, block_id = find_button(found, "Save")
        await person.press(found, button["action_id"], button.get("value"), block_id=block_id)
    await person.until(lambda: "Saved. Use Test" in str([*person.ephemerals(channel), *person.modals]))


def said(document: Json) -> str:
    """All the words somebody would read in a message or view."""
    return json.dumps(document.get("blocks", document), ensure_ascii=False) + str(document.get("text", ""))


def find_button(document: Json, label: str) -> tuple[Json, str]:
    """The button with this label, or the menu that has it, and its block's id."""
    for element, block_id in _pressable(document):
        if label in _labels(element):
            return element, block_id
    raise AssertionError(f"no button {label!r} in {said(document)}")


def labels(document: Json) -> list[str]:
    """The labels of all buttons and of what is in menus, in order."""
    return [label for element, _ in _pressable(document) for label in _labels(element)]


def _pressable(document: Json) -> list[tuple[Json, str]]:
    return [
        (element, block["block_id"])
        for block in document.get("blocks", ())
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("type") in {"button", "overflow"}
    ]


def _labels(element: Json) -> list[str]:
    texts = [option["text"] for option in element.get("options", ())] or [element["text"]]
    return [one["text"] for one in texts]


def _option(menu: Json, label: str) -> Json:
    return next(one for one in menu["options"] if one["text"]["text"] == label)
