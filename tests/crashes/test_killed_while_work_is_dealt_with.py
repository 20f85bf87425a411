"""The real bot in a process of its own, killed with signal 9 at every step of what people do about open work: handed
over, put off, settled. Nothing is lost or doubled, nobody is asked about what is settled, and one person has it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription
from bot.sandbox.cast import ANA, CUSTOMERS, SAM, SUPPORT, Person
from tests.crashes.outside import OWNER, Outside, Story, tell_at_every_step
from tests.flows.hands import find_button, labels, said

Json = dict[str, Any]
JORDAN: Final = CUSTOMERS[0]
POLICY: Final = EscalationPolicy(5, handle=30, supervisor=str(SAM.slack_id))
SUBSCRIPTION: Final = Subscription(
    "w1", OWNER, "C0SUPPORT", kinds=frozenset({NewsKind.MISSED, NewsKind.SMS}), policy=POLICY
)
ASKS_TO_TAKE: Final = "asks you to take this over"
ASKED: Final = "Nobody has claimed this call"
MOST_TRIES: Final = 4


@dataclass(frozen=True)
class Worker:
    """Somebody who presses until it is so: when nothing comes of it, they look at the card and press again."""

    here: Outside
    who: Person

    @property
    def person(self) -> Any:
        return self.here.slack.person(str(self.who.slack_id))

    async def press(
        self, label: str, is_so: Callable[[], Any], *, app: bool = False, picks: Mapping[str, str] | None = None
    ) -> None:
        """Press a button of the call's card, or with ``app`` of what the app asked in a direct message. ``picks``: what
        is looked for in each field of the form that it opens."""
        for _ in range(MOST_TRIES):
            if is_so():
                return
            self.here.slack._core.space.modals.clear()
            found = next((one for one in self._shown(app=app) if label in labels(one)), None)
            if found is not None:
                await self._press(found, label)
                await self.here.until_idle()
            if found is not None and picks is not None:
                await self._fill(picks)
            await self.here.until_idle()
        assert is_so(), (label, self.here.said(), [said(one) for one in self.person.ephemerals()])

    async def _press(self, message: Json, label: str) -> None:
        element, block_id = find_button(message, label)
        value = element.get("value")
        if element["type"] == "overflow":
            value = next(one["value"] for one in element["options"] if one["text"]["text"] == label)
        await self.person.press(message, element["action_id"], value, block_id=block_id)

    async def _fill(self, picks: Mapping[str, str]) -> None:
        form = self.person.modal
        fields = {one["block_id"]: one["element"] for one in form["blocks"] if one["type"] == "input"} if form else {}
        values = {}
        for name, query in picks.items():
            if name not in fields:
                return  # it has not opened, or was not filled
            found = await self.person.options(form, fields[name]["action_id"], query)
            if not found["options"]:
                return
            values[name] = found["options"][0]
        await self.person.submit(form, values)

    def _shown(self, *, app: bool) -> Iterator[Json]:
        ours = self.here.slack.workspace.app["user_id"]
        found = self.person.messages("app" if app else "#support")
        return (one for one in reversed(found) if one.get("user") == ours)


async def a_missed_call(here: Outside) -> None:
    here.dialpad.phone.hang_up(here.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone).id)
    await here.until_said("Missed call")
    await here.until_idle()


def claimed_by(who: Person) -> str:
    """How a card's title names its owner."""
    return f"🙋 Claimed by* <@{who.slack_id}>"


def card_says(here: Outside, *words: str) -> Callable[[], int]:
    return lambda: here.count("Jordan Lee", *words)


async def a_hand_over(here: Outside, answer: str) -> None:
    await a_missed_call(here)
    ana, sam = Worker(here, ANA), Worker(here, SAM)
    await ana.press("Claim", card_says(here, claimed_by(ANA)))
    await here.count_from_here()
    await ana.press("Hand to…", card_says(here, "handed to"), picks={"to": SAM.name})
    assert here.count(ASKS_TO_TAKE, to=SAM) == 1
    owner = SAM if answer in {"Accept", "Take over"} else ANA
    said_so = "declined by" if answer == "Decline" else claimed_by(SAM)
    await sam.press(answer, card_says(here, said_so), app=answer != "Take over")
    await here.until_idle()

    assert here.count(ASKS_TO_TAKE, to=SAM) == 1
    assert here.count(claimed_by(owner)) == 1
    assert len(here.said()) == 1
    await here.go_on(31 * 60)
    assert here.count("still open. Press Done", f"<@{owner.slack_id}>") == here.count("still open. Press Done") == 1


async def accepted(here: Outside) -> None:
    await a_hand_over(here, "Accept")


async def declined(here: Outside) -> None:
    await a_hand_over(here, "Decline")


async def taken_over(here: Outside) -> None:
    await a_hand_over(here, "Take over")


async def put_off(here: Outside) -> None:
    """Put off, which nobody is asked about, until it comes due."""
    await a_missed_call(here)
    await here.count_from_here()
    ana = Worker(here, ANA)
    await ana.press("Put off…", card_says(here, "Put off until"), picks={"until": "30m"})
    assert len(here.said()) == 1
    await here.go_on(29 * 60)
    assert here.count("💤 Put off until") == len(here.said()) == 1
    await here.go_on(2 * 60)
    assert here.count("🔴 Missed call") == len(here.said()) == 1
    await here.go_on(5 * 60)
    assert here.count(ASKED) == 1
    await here.go_on(5 * 60)
    assert here.count(ASKED, to=SAM) == 1
    assert here.count("🔴 Missed call") == 1
    assert len(here.said()) == 2


async def given_back(here: Outside) -> None:
    """Claimed and given back: somebody is asked again, and only about what nobody has."""
    await a_missed_call(here)
    await here.count_from_here()
    ana = Worker(here, ANA)
    await ana.press("Claim", card_says(here, "🙋 Claimed by"))
    await ana.press("Give back", card_says(here, "🔴 Missed call"))
    await here.let_time_pass()

    assert here.count(ASKED) == 1
    assert len(here.said()) == 2


async def settled_with_done(here: Outside) -> None:
    """Somebody was asked, and it is done and reopened by mistake in the middle of that."""
    await a_missed_call(here)
    await here.let_time_pass()
    assert here.count(ASKED) == 1
    await here.count_from_here()
    ana = Worker(here, ANA)
    await ana.press("Done", card_says(here, "✅ Done by"))
    for _ in range(3):
        await here.let_time_pass()

    assert here.count("✅ Done by") >= 1
    assert (here.count(ASKED), here.count(ASKED, to=SAM)) == (1, 0)
    assert len(here.said()) == 2


async def reopened(here: Outside) -> None:
    """What was settled by mistake is asked about again."""
    await a_missed_call(here)
    ana = Worker(here, ANA)
    await ana.press("Done", card_says(here, "✅ Done by"))
    await here.count_from_here()
    await ana.press("Reopen", card_says(here, "🔴 Missed call"))
    await here.let_time_pass()

    assert here.count(ASKED) == 1


async def settled_by_an_event(here: Outside) -> None:
    """Between two steps of an escalation the customer calls again, and is answered."""
    await a_missed_call(here)
    await here.let_time_pass()
    assert here.count(ASKED) == 1
    await here.count_from_here()
    call = here.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    here.dialpad.phone.answer(call.id, ANA)
    here.dialpad.phone.hang_up(call.id)
    await here.until_said("✅ Answered")
    await here.until_idle()
    for _ in range(3):
        await here.let_time_pass()

    assert (here.count(ASKED), here.count(ASKED, to=SAM)) == (1, 0)


STORIES: Final[dict[str, Story]] = {
    one.__name__: one
    for one in (
        accepted, declined, taken_over, put_off, given_back, settled_with_done, reopened, settled_by_an_event,
    )
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
async def test_what_people_do_about_open_work_is_whole_wherever_the_bot_is_killed(story: Story) -> None:
    assert await tell_at_every_step(story, SUBSCRIPTION, counts_from="asked") > 3
