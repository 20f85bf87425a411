"""Every button that version 0.1.0 has drawn, in cards, answers and Home tabs, is understood."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, LEO, PEOPLE, PRIYA, Person
from tests.flows.hands import said
from tests.upgrade.opened import Opened, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
VERSION: Final = "version_0_1_0"
NOT_UNDERSTOOD: Final = (
    "older version of the bot",
    "There is no command “",
    "Something went wrong",
    "no longer have this",
)
WHO: Final = {who.slack_id: who for who in PEOPLE if who.slack_id}
LAST: Final = ("disconnect", "notify.remove")
DOES: Final = {
    "call.call": "Your own phone rings first",
    "calls.detail": "Please call me back about the blue one.",
    "calls.transcript": "It left us this morning.",
    "card.claim": "It is yours",
    "card.handled": "Done.",
    "card.label/form": "Separated by commas",
    "card.listen": "Voicemail from (415) 555-0169, 4 s. The file is in our direct messages",
    "card.more": "Léo Marchetti, Ana Ferreira",
    "card.share": "Anyone at your company who has the link",
    "confirm.yes": "Your text is on its way to *Jordan Lee*",
    "connect.with_key/form": "API key",
    "dnd.dnd": "Do not disturb: off → on until",
    "dnd.dnd/again": "Do not disturb in Support: on → off",
    "duty.duty/again": "on duty*",
    "hangup.hangup": "You hung up.",
    "home.refresh": "views.publish",
    "notify.mine": "My missed calls",
    "notify.pause/again": "Notifications here (paused)",
    "notify.resume/again": "notifications are posted again",
    "notify.settings": "missed calls and abandoned calls for Sales",
    "notify.switch/again": "*My missed calls*\\n🔕 Off",
    "oncall.withdraw": "Taken back",
    "run.drop": "removed from your favorites",
    "run.group": "*Access policies*",
    "run.keep": "is now a favorite",
    "sms.sms/form": "Amara Osei",
    "status.status/again": "“*At the workbench*” → none",
    "whoami.keep": "It stays as it is now",
}
"""Some of what is read after a press, by how a button was named."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def old(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    async with opened(VERSION, tmp_path_factory.mktemp("old"), same_port=True) as there:
        yield there


def drawn(slack: Json) -> Iterator[tuple[str, Person, Json]]:
    """Everything with buttons, and somebody who sees it."""
    for channel in slack["channels"]:
        who = next((one for one in (ANA, PRIYA, LEO) if one.slack_id in channel["members"]), ANA)
        yield from (("message", who, {**one, "channel": channel["id"]}) for one in channel["messages"].values())
    for user, messages in slack["ephemerals"].items():
        yield from (("ephemeral", WHO[user], one) for one in messages)
    for user, view in slack["homes"].items():
        yield "home", WHO[user], view


def buttons(slack: Json) -> list[tuple[str, Person, Json, Json, str]]:
    """Each kind of button once: what it is about does not make it another."""
    found: dict[tuple[str, ...], tuple[str, Person, Json, Json, str]] = {}
    for kind, who, document in drawn(slack):
        for block in document.get("blocks") or ():
            for element in [*block.get("elements", ()), block.get("accessory") or {}]:
                if element.get("type") == "button" and "url" not in element:
                    key = (_name(element), *_arguments(element.get("value", "")))
                    found.setdefault(key, (kind, who, document, element, block["block_id"]))
    return sorted(found.values(), key=lambda one: one[3]["action_id"].startswith(LAST))


def _arguments(value: str) -> list[str]:
    """Names; none of a confirmation's, whose value is an id."""
    return sorted(json.loads(value)) if value.startswith("{") else []


async def test_every_button_is_understood_and_does_what_it_did(old: Opened) -> None:
    await old.until_done()
    heard: dict[str, str] = {}
    for kind, who, document, button, block_id in buttons(old.written["slack"]):
        answer = await _press(old, kind, who, document, button, block_id)
        name = _name(button)
        heard[name] = f"{heard.get(name, '')} {answer or NOT_UNDERSTOOD[0]}"
    assert not {name: answer for name, answer in heard.items() if any(one in answer for one in NOT_UNDERSTOOD)}
    assert not {name: heard.get(name) for name, words in DOES.items() if words not in heard.get(name, "")}


def _name(button: Json) -> str:
    """Without the number that tells it from others in its row."""
    return str(button["action_id"]).partition(":")[0]


async def _press(old: Opened, kind: str, who: Person, document: Json, button: Json, block_id: str) -> str:
    if kind == "message":
        return await old.act(who, document, button, block_id, document["channel"])
    hands, space = old.hands(who), old.demo.slack.workspace
    space.modals.pop(hands.person.id, None)
    where = json.loads(json.dumps(document))
    if kind == "ephemeral":
        where["ts"] = space.new_ts()
        space.add_ephemeral(hands.person.id, where)
    else:
        space.homes[hands.person.id] = where
    before = copy.deepcopy(hands.person.ephemerals())
    sent = len(old.demo.slack.calls)
    await hands.person.press(where, button["action_id"], button.get("value"), block_id=block_id)
    await old.demo.bot.dispatcher.idle()
    heard = [said(one) for one in hands.person.ephemerals() if one not in before]
    heard += [said(one) for one in hands.person.modals]
    heard += [call.method for call in old.demo.slack.calls[sent:] if call.method == "views.publish"]
    return " ".join(heard)
