"""One morning at Northlight, told so that every kind of thing the bot stores by name is stored."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from bot.basics.person import PersonKey
from bot.sandbox.cast import ANA, CUSTOMERS, GUS, LEO, MEI, NOOR, PRIYA, SALES, SAM, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad import COMPANY_KEY
from bot.sandbox.dialpad.ai import TALKS
from bot.store.gaps import READ_BACK
from tests.flows.browser import Browser
from tests.flows.hands import Hands, find_button, labels, said
from tests.flows.stage import until_heard
from tests.upgrade.opened import texts_in, until

Json = dict[str, Any]

MORNING: Final = datetime(2026, 3, 3, 16, 30, tzinfo=UTC)
"""A Tuesday, half past eight where Northlight is."""
JORDAN, AMARA, TOMAS = (customer.phone for customer in CUSTOMERS[:3])
PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)
CALLERS: Final = {
    "claimed and freed": "+14155550160",
    "escalated": "+14155550161",
    "claimed": "+14155550162",
    "handled": "+14155550163",
    "given back": "+14155550164",
    "open": "+14155550165",
    "half way": "+14155550166",
    "answered": "+14155550167",
    "joined": "+14155550168",
    "listened": "+14155550169",
    "labelled": "+14155550176",
    # In flight when the database was written
    "ringing": "+14155550170",
    "held": "+14155550171",
    "not posted": "+14155550172",
    "interrupted": "+14155550173",
    "running": "+14155550174",
    "tried again": "+14155550175",
    "parked": "+14155550177",
}
QUEUED: Final = tuple(f"+141555501{number}" for number in range(80, 90))
"""Of whoever tried, at least the last has an event that waits for its first try."""
ALL: Final = "ringing missed abandoned answered ended voicemail recap recording sms failed-sms duty handover queue"
HELP: Final = "escalate 10 group @support-oncall then @ana supervisor @sam finally sms handled 30"
ONLY: Final = "label:vip number:+1415 external longer:30s hours:mon-fri,8-18"
EXCEPT: Final = 'label:"on hold" number:+1510 internal "Sales"'
SUBSCRIPTIONS: Final = (
    (PRIYA, "#support", f'{ALL} for "Support" only queue:0 keep @support-oncall topic'),
    (PRIYA, "#support", f'missed abandoned for "Sales" {HELP}'),
    (PRIYA, "#support", "contact setting"),
    (PRIYA, "#phones", 'missed for "Billing" only quiet:9-12'),
    (PRIYA, "#phones", f'missed sms for "Support" only {ONLY} except {EXCEPT}'),
    (PRIYA, "#phones", 'abandoned for "Billing" only hours:open escalate 15 first nobody supervisor @sam finally call'),
    (PRIYA, "#phones", 'abandoned for "Billing" only hours:closed internal'),
    (PRIYA, "#phones", 'weekly on friday at 17:00 for "Support"'),
    (PRIYA, "#sales", 'missed for "Billing"'),
    (SAM, "app", "me"),
    (ANA, "app", "me"),
    (ANA, "app", "me recap off"),
    (LEO, "app", "me missed off"),
    (LEO, "app", "me missed on"),
)
"""Who typed what where, after ``notify``. Together they name every event and every choice there is."""


class Story:
    """Each part waits until what it did has come to rest."""

    def __init__(self, demo: Demo, file: Path) -> None:
        self.demo = demo
        self.file = file
        self.phone = demo.dialpad.phone
        self.ana, self.sam, self.priya, self.noor, self.leo, self.gus = (
            Hands(demo, who) for who in (ANA, SAM, PRIYA, NOOR, LEO, GUS)
        )
        self.browser: Json = {}
        self.queued: list[str] = []
        self.subscriptions: list[Json] = []

    async def rest(self) -> None:
        """Nothing is on its way any more, and nothing is due within seconds."""
        await until_heard(self.demo)
        await self.demo.bot.dispatcher.idle()
        soon = "SELECT count(*) FROM postings WHERE due_at < {0} OR escalate_at < {0}"

        def nothing_due() -> bool:
            at = int((self.demo.clock.now() + timedelta(seconds=20)).timestamp() * 1_000_000)
            return rows(self.file, soon.format(at)) == [(0,)]

        await until(nothing_due)

    async def rest_of_events(self) -> None:
        """As ``rest``, when nothing is posted any more."""
        await until_heard(self.demo)
        await self.demo.bot.dispatcher.idle()

    async def tried(self, *, hanging: bool = False) -> None:
        """All that happened is on disk, and each event has had its try, or hangs in it."""
        await self.demo.dialpad.delivery.idle()
        waiting = "SELECT count(*) FROM workflow_status WHERE name = 'event' AND status = 'ENQUEUED'"
        untried = "SELECT count(*) FROM events WHERE tries = 0 AND done_at IS NULL AND parked_at IS NULL"
        await until(lambda: rows(self.file, waiting if hanging else untried) == [(0,)])

    async def line(self, hands: Hands, channel: str, line: str) -> Json:
        await hands.person.command(channel, line)
        await self.demo.bot.dispatcher.idle()
        answers = hands.person.ephemerals(channel)
        return answers[-1] if answers else {}

    async def miss(self, caller: str, line: str = SUPPORT.phone) -> int:
        call = self.phone.ring(caller, line)
        self.phone.hang_up(call.id)
        await self.rest()
        return call.id

    def card(self, caller: str, hands: Hands | None = None, channel: str = "#support") -> Json:
        """The newest message about this caller, not one in a thread."""
        digits = f"{caller[5:8]}-{caller[8:]}"
        seen = (hands or self.ana).person.messages(channel)
        return next(
            one for one in reversed(seen) if digits in said(one) and one.get("thread_ts", one["ts"]) == one["ts"]
        )

    # The parts, in their order

    async def first_day(self) -> None:
        """People connect in each way there is, and say what they want to hear of."""
        await connect(self.demo.bot, self.demo.dialpad, LEO)
        offer = await self.gus.type("/dp connect")
        await self.gus.press(offer, "Use an API key")
        await self.gus.submit({"key": COMPANY_KEY})
        for who, channel, words in SUBSCRIPTIONS:
            await self.line(Hands(self.demo, who), channel, f"/dp notify {words}")
        await self.rest()

    async def calls(self) -> None:
        """What is claimed long ago, escalates to its end, and is shown in every state."""
        await self.miss(CALLERS["claimed and freed"], SALES.phone)
        await self.miss(CALLERS["escalated"], SALES.phone)
        await self.ana.press(self.card(CALLERS["claimed and freed"]), "Claim")
        for _ in range(7):
            self.demo.clock.forward(timedelta(minutes=11))
            await self.rest()
        for name in ("claimed", "handled", "given back", "open", "labelled"):
            await self.miss(CALLERS[name])
        for hands, name, label in (
            (self.ana, "claimed", "Claim"),
            (self.sam, "handled", "Claim"),
            (self.sam, "handled", "Mark handled"),
            (self.ana, "given back", "Claim"),
            (self.ana, "given back", "Release"),
        ):
            await hands.press(self.card(CALLERS[name]), label)
            await self.rest()
        call = self.phone.ring(CALLERS["listened"], SUPPORT.phone)
        self.phone.leave_voicemail(call.id, "Please call me back about the blue one.")
        await self.rest()
        await self.talk(CALLERS["answered"])
        await self.many_at_once()
        await self.joined()

    async def talk(self, caller: str) -> None:
        call = self.phone.ring(caller, SUPPORT.phone)
        leg = self.phone.answer(call.id, ANA)
        await self.rest()
        self.phone.hang_up(call.id)
        self.demo.dialpad.ai.write(leg, TALKS[0])
        await self.rest()

    async def many_at_once(self) -> None:
        """Five are one message."""
        rung = [self.phone.ring(f"+1415555019{number}", SUPPORT.phone) for number in range(5)]
        for call in rung:
            self.phone.hang_up(call.id)
        await self.rest()

    async def joined(self) -> None:
        """Two calls turn out to be one."""
        (hook,) = await self.demo.bot.store.hooks.all()
        now = int(self.demo.clock.now().timestamp() * 1000)
        told: Json = {
            "state": "hangup", "direction": "inbound", "external_number": CALLERS["joined"], "date_started": now - 9000,
            "date_rang": now - 8000, "date_ended": now,
            "target": {"id": SUPPORT.id, "type": "call_center", "name": SUPPORT.name, "phone": SUPPORT.phone},
        }  # fmt: skip
        for number, more in enumerate(({"call_id": 901}, {"call_id": 902}, {"call_id": 902, "master_call_id": 901})):
            event = {**told, **more, "event_timestamp": now + number}
            await self.demo.bot.intake.accept(hook, json.dumps(event).encode())
            await self.rest()

    async def texts(self) -> None:
        """A conversation with a picture, an answer and one that does not arrive."""
        self.phone.text(AMARA, SUPPORT.phone, "Is my order ready?", PIXEL)
        await self.rest()
        await self.answer(AMARA, "It is, come by any time.")
        await self.rest()
        self.phone.set_reachable(AMARA, on=False)
        await self.answer(AMARA, "We close at six.")
        await self.rest()

    async def answer(self, to: str, words: str) -> None:
        body = {"to_numbers": [to], "from_number": SUPPORT.phone, "text": words}
        async with httpx.AsyncClient(trust_env=False, headers={"authorization": "Bearer sandbox-ana"}) as client:
            (await client.post(f"{self.demo.url}/api/v2/sms", json=body)).raise_for_status()

    async def notices(self) -> None:
        """Duty, a roster nobody may show, a long queue, a contact, a setting."""
        self.demo.slack.faults.add("usergroups.users.update", error="permission_denied")
        await self.noor_on_duty(on=True)
        await self.noor_on_duty(on=False)
        self.phone.inside.save_contact(JORDAN, "Jordan Lee", "Lee & Lee Roasters")
        self.phone.inside.change_ring_time(SUPPORT.id)
        await self.rest()
        users = [self.demo.dialpad.state.users[one.dialpad_id or 0] for one in (ANA, SAM, NOOR, MEI)]
        before = [one.do_not_disturb for one in users]
        for one in users:
            one.do_not_disturb = True
        call = self.phone.ring(TOMAS, SUPPORT.phone)
        await self.rest()
        self.phone.hang_up(call.id)
        for one, was in zip(users, before, strict=True):
            one.do_not_disturb = was
        await self.rest()

    async def noor_on_duty(self, *, on: bool) -> None:
        async with httpx.AsyncClient(trust_env=False, headers={"authorization": "Bearer sandbox-noor"}) as client:
            url = f"{self.demo.url}/api/v2/callcenters/operators/{NOOR.dialpad_id}/dutystatus"
            body = {"on_duty": on, "duty_status_reason": "Lunch"} if not on else {"on_duty": on}
            answer = await client.patch(url, json=body)
            answer.raise_for_status()
        self.demo.clock.forward(timedelta(seconds=30))
        await self.rest()

    async def for_a_while(self) -> None:
        """What changes by itself later, and who asks for cover."""
        await self.ana.type("/dp dnd on for 2h")
        await self.ana.type("/dp dnd on for 3h in Support")
        await self.ana.type("/dp status At the workbench for 2h")
        await self.sam.type("/dp duty off Lunch for 90m")
        await self.line(self.ana, "#support", "/dp oncall cover me until 14:00")
        await self.line(self.leo, "#phones", "/dp oncall cover me until 13:00")
        await self.rest()

    async def half_way(self) -> None:
        """An escalation whose first step is done."""
        await self.miss(CALLERS["half way"], SALES.phone)
        self.demo.clock.forward(timedelta(minutes=10))
        await self.rest()

    async def looking(self) -> None:
        """Pages that stay on the screen, with their buttons."""
        for line in (
            "", "dnd", "duty", "who +14155550150", "calls", "oncall Support", "notify",
            "notify me", "blocked", "help", "whoami", "run", "run hold queue", "run list call centers", "cals",
        ):  # fmt: skip
            await self.ana.type(f"/dp {line}")
        for line in ("", "whoami", "notify", "oncall", "run block a number", "block +14155550158"):
            await self.priya.type(f"/dp {line}")
        for line in ("whoami", "dnd on", "dnd off"):
            await self.gus.type(f"/dp {line}")
        await self.line(self.priya, "#phones", "/dp notify")
        await self.line(self.priya, "#support", "/dp notify settings 1")
        shown = await self.line(self.priya, "#support", "/dp notify settings 2")
        await self.priya.press(shown, "Test")
        await self.line(self.priya, "#phones", "/dp notify test 5")
        await self.ana.press(self.card(CALLERS["listened"]), "More")
        await self.ana.press(self.card(CALLERS["answered"]), "More")
        await self.ana.press(self.card(CALLERS["open"]), "Settings")
        for hands in (self.ana, self.noor, self.leo, self.priya):
            await hands.home()
        await self.demo.bot.store.preferences.set(PersonKey(TEAM_ID, str(SAM.slack_id)), {"region": "GB"})
        await self.line(self.priya, "#phones", "/dp notify pause 3")
        await self.priya.press(await self.priya.type("/dp run DIALPAD_LIST_USERS"), "Save as favorite")
        await self.priya.type("/dp call Jordan Lee")
        await self.priya.submit()
        await self.rest()

    async def forms(self) -> None:
        """A modal of every kind stays open."""
        await self.ana.press(self.card(CALLERS["labelled"]), "Label")
        await self.sam.press(self.card(CALLERS["open"]), "Call back")
        shown = await self.line(self.priya, "#phones", "/dp notify settings 2")
        await self.priya.press(shown, "Edit")
        await self.leo.type("/dp run DIALPAD_CREATE_NEW_CONTACT_ENTRY")

    async def waiting(self) -> None:
        """A question that waits for an answer, a wish that waits for a connection, a sign-in half done."""
        await self.ana.mention("sms Jordan Lee Your order is ready")
        card = await self.noor.type("/dp dnd on")
        async with Browser() as browser:
            consent = await browser.consent_page(_link_in(card))
            self.browser = {"at": str(consent.url), "cookie": browser.cookies["dialpad_connect"]}
        self.browser["link"] = _link_in(await self.noor.type("/dp connect"))

    async def gaps(self) -> None:
        """One that was read back, one that nobody has looked after."""
        (hook,) = await self.demo.bot.store.hooks.all()
        now, gaps = self.demo.clock.now(), self.demo.bot.store.gaps
        old = await gaps.add(hook.id, now - timedelta(days=2), now - timedelta(days=2, minutes=-5), "closed")
        await gaps.settle(old, outcome=READ_BACK, found=2)
        await gaps.add(hook.id, now - timedelta(minutes=50), now - timedelta(minutes=49), "stopped")

    async def read_subscriptions(self) -> None:
        """What each is said to be, word for word, where its settings are shown."""
        for who, channel in dict.fromkeys((who, channel) for who, channel, _ in SUBSCRIPTIONS):
            hands = Hands(self.demo, who)
            for number in range(1, 9):
                shown = await self.line(hands, channel, f"/dp notify settings {number}")
                if "Add a number" in said(shown):
                    break
                place = {"user": who.slack_id, "channel": channel, "number": number}
                self.subscriptions.append({**place, "words": texts_in(shown)})


def _link_in(card: Json) -> str:
    label = next(one for one in labels(card) if one.startswith("Connect"))
    return str(find_button(card, label)[0]["url"])


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(file) as connection:
        return connection.execute(query).fetchall()
