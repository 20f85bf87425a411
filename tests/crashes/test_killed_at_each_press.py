"""The real bot in a process of its own, killed with signal 9 at every step of a link's preview, of an approval, and of
a press on a live call. The outcome is there or said, and nothing is done twice."""

from contextlib import suppress
from typing import Any, Final

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.contract.roles import Requirement, Role, RolePolicy
from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SUPPORT
from bot.sandbox.dialpad.model import Call
from tests.crashes.outside import OWNER, WAIT_S, Outside, tell_at_every_step
from tests.crashes.test_killed_while_work_is_dealt_with import Worker
from tests.flows.hands import labels

JORDAN: Final = CUSTOMERS[0]
EVERY_CALL: Final = Subscription(
    "w1", OWNER, "C0SUPPORT", kinds=frozenset({NewsKind.RINGING, NewsKind.ANSWERED, NewsKind.MISSED})
)
ADMIN_APPROVES: Final = RolePolicy(admins=(str(PRIYA.slack_id),), rules={"outward": Requirement(approval=Role.ADMIN)})
MAY_HAVE: Final = "may or may not"
TOO_MANY: Final = 429


async def test_a_link_gets_its_preview_wherever_the_bot_is_killed() -> None:
    assert await tell_at_every_step(a_link_is_posted, EVERY_CALL, counts_from="asked") > 3


async def test_what_was_approved_is_done_once_wherever_the_bot_is_killed() -> None:
    assert await tell_at_every_step(a_text_is_approved, EVERY_CALL, policy=ADMIN_APPROVES, counts_from="asked") > 3


async def test_what_was_asked_for_is_done_once_wherever_the_bot_is_killed_while_it_asks() -> None:
    assert await tell_at_every_step(a_text_is_asked_for, EVERY_CALL, policy=ADMIN_APPROVES, counts_from="asked") > 3


async def test_a_live_call_is_parked_once_wherever_the_bot_is_killed() -> None:
    assert await tell_at_every_step(a_call_is_parked, EVERY_CALL, counts_from="asked") > 3


async def a_talk(here: Outside) -> Call:
    """Ana talks to Jordan, who called Support, and the channel shows it."""
    call = here.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    here.dialpad.phone.answer(call.id, ANA)
    await here.until_said("Talking to Ana")
    await here.until_idle()
    return call


async def a_link_is_posted(here: Outside) -> None:
    call = await a_talk(here)
    here.dialpad.phone.hang_up(call.id)
    await here.until_said("Answered by Ana")
    await here.until_idle()
    await here.count_from_here()
    ana = here.slack.person(str(ANA.slack_id))
    posted = await ana.say("#support", f"look at https://dialpad.com/callhistory/callreview/{call.id}")

    def previews() -> list[dict[str, Any]]:
        (message,) = [one for one in ana.messages("#support") if one["ts"] == posted["ts"]]
        return list(message.get("attachments") or ())

    await here.slack.workspace.until(previews, WAIT_S)
    await here.until_idle()
    (preview,) = previews()
    assert "Answered by Ana" in str(preview)
    assert len(here.said()) == 1  # and nobody is told anything besides
    assert not here.count(MAY_HAVE, to=ANA)
    assert not ana.ephemerals("#support")


async def ask_for_a_text(here: Outside, *, counted: bool = False) -> None:
    """Ana agrees to a text, as she does again when nothing has come of it. ``counted``: from when she agrees."""
    ana = here.slack.person(str(ANA.slack_id))
    preview = await preview_of_a_text(here)
    if counted:
        await here.count_from_here()
    await ana.submit(preview)
    await here.until_idle()


async def preview_of_a_text(here: Outside) -> dict[str, Any]:
    """Type the text, and once more where a bot that has just started was refused too much to show the question."""
    ana = here.slack.person(str(ANA.slack_id))
    for patience_s in (WAIT_S / 2, WAIT_S / 2, WAIT_S):
        here.slack._core.space.modals.clear()
        with suppress(TimeoutError):
            await ana.command("#support", "/dp sms +14155550150 Back at nine")
            shown: dict[str, Any] = await ana.until(lambda: ana.modal, patience_s)
            return shown
    raise AssertionError(f"no preview came: {ana.ephemerals('#support')}")


def requests_to_approve(here: Outside) -> list[dict[str, Any]]:
    shown = here.slack.person(str(PRIYA.slack_id)).messages("app")
    return [one for one in shown if "Approve" in labels(one)]


def texts_sent(here: Outside) -> int:
    """How many Dialpad took: a start asks for much at once, so one may be refused with a 429 and sent again."""
    asked = [one for one in here.dialpad.requests if one.method == "POST" and one.path.endswith("/sms")]
    return len([one for one in asked if one.status != TOO_MANY])


def outcomes(here: Outside) -> int:
    """How often Ana was told what became of it."""
    words = ("is on its way", "was approved and done already", MAY_HAVE)
    return sum(here.count(one, to=ANA) for one in words)


async def approved(here: Outside) -> None:
    await Worker(here, PRIYA).press("Approve", lambda: here.count("Approved by", to=PRIYA), app=True)
    await here.slack.workspace.until(lambda: outcomes(here), WAIT_S)
    await here.until_idle()
    assert texts_sent(here) <= 1
    assert texts_sent(here) == 1 or here.count(MAY_HAVE, to=ANA)


async def a_text_is_approved(here: Outside) -> None:
    await ask_for_a_text(here)
    assert requests_to_approve(here)
    await here.count_from_here()
    await approved(here)
    assert not requests_to_approve(here)


async def a_text_is_asked_for(here: Outside) -> None:
    await ask_for_a_text(here, counted=True)
    if not requests_to_approve(here):
        await ask_for_a_text(here)
    assert texts_sent(here) == 0
    await approved(here)


async def a_call_is_parked(here: Outside) -> None:
    call = await a_talk(here)
    await here.count_from_here()
    await Worker(here, ANA).press("Park", lambda: call.state == "parked")
    await here.until_said("Parked")
    await here.until_idle()
    done = [one for one in here.dialpad.requests if one.method == "POST" and one.path.endswith("/transfer")]
    assert [one.status for one in done if one.status != TOO_MANY] == [200]
    assert len(here.said()) == 1
