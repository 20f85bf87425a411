"""What a test can name in a fresh sandbox; live calls and tokens are made when first asked for."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from bot.sandbox.cast import ANA, BILLING, LEO, NOOR, OFFICE, PRIYA, SALES, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.model import BulkText, Call, Receipt, ScheduledText

JORDAN = "+14155550150"
AMARA = "+14155550151"
STRANGER = "+14155550154"
REDIRECT = "http://localhost:3000/connect/callback"


class Known:
    """Ids are integers, as Dialpad's own SDK sends them."""

    ana, sam, priya, noor, leo = (int(person.dialpad_id or 0) for person in (ANA, SAM, PRIYA, NOOR, LEO))
    office, support, sales, billing = (line.id for line in (OFFICE, SUPPORT, SALES, BILLING))

    def __init__(self, sandbox: DialpadSandbox) -> None:
        self.sandbox = sandbox
        self.state = sandbox.state

    def first(self, shelf: str, place: int = 0) -> Any:
        return self.state.documents.all(shelf)[place]

    @property
    def company_id(self) -> int:
        return self.state.company_id

    @property
    def agent_group(self) -> int:
        return int(self.first("agent group")["id"])

    @property
    def planned(self) -> int:
        """A planned meeting of Priya's."""
        return int(self.first("planned meeting")["id"])

    @property
    def hour_ago(self) -> int:
        """In seconds since 1970, as meetings have their times."""
        return int(self.state.now().timestamp()) - 3600

    @property
    def meeting_body(self) -> dict[str, Any]:
        begin = self.hour_ago + 7200
        return {"title": "Round", "user_id": self.priya, "start_datetime": begin, "end_datetime": begin + 1800}

    def span(self, end_of_name: str) -> dict[str, str]:
        """The last six days, as a query."""
        now = self.state.now()
        return {f"start{end_of_name}": (now - timedelta(days=6)).isoformat(), f"end{end_of_name}": now.isoformat()}

    @property
    def scorecard(self) -> int:
        return int(self.first("scorecard")["id"])

    @cached_property
    def scorecard_export(self) -> int:
        """An export that is complete. It was the company's."""
        content = {
            "question": (None, "scorecards"),
            "ready": self.state.now(),
            "token": "known-grades",
            "csv": "call_id\r\n",
        }
        return int(self.state.documents.add("stats request", content)["id"])

    @property
    def policy(self) -> int:
        """For call centers; Sam has it for Support."""
        return int(self.first("access control policy")["id"])

    @property
    def company_policy(self) -> int:
        return int(self.first("access control policy", 1)["id"])

    @property
    def channel(self) -> int:
        """deliveries: everybody but Mei is in it, and Sam owns it."""
        return int(self.first("channel", 1)["id"])

    @property
    def team(self) -> int:
        return int(self.first("coachingteam")["id"])

    @property
    def room(self) -> int:
        return next(iter(self.state.rooms))

    @property
    def router(self) -> int:
        return next(iter(self.state.routers))

    @property
    def room_phone(self) -> int:
        return int(self.first("desk phone", 3)["id"])

    @property
    def ana_phone(self) -> int:
        return int(self.first("desk phone")["id"])

    @property
    def meeting_room(self) -> int:
        return int(self.first("meeting room")["id"])

    @property
    def greeting(self) -> int:
        return int(self.first("ivr", 1)["id"])

    @property
    def review_link(self) -> int:
        return int(self.first("call review share link")["id"])

    @property
    def recording_link(self) -> int:
        return int(self.first("recording share link")["id"])

    @property
    def report(self) -> int:
        return int(self.first("schedule report")["id"])

    @property
    def websocket(self) -> int:
        return int(self.first("websocket")["id"])

    @property
    def contact(self) -> str:
        return next(iter(self.state.contacts))

    @property
    def free_number(self) -> str:
        return next(number.number for number in self.state.numbers.values() if number.target is None)

    @property
    def ana_device(self) -> str:
        return next(device.id for device in self.state.devices.values() if device.user_id == self.ana)

    @property
    def past_call(self) -> Call:
        """A concluded call of Ana's with a transcript."""
        return next(call for call in self.state.calls.values() if call.transcript and call.target.id == self.ana)

    @property
    def recording(self) -> str:
        recordings = [one for call in self.state.calls.values() for one in call.recordings]
        return str(next(one.id for one in recordings if one.kind == "callrecording"))

    @cached_property
    def live_call(self) -> int:
        """Jordan called Support and Ana answered; this is her leg."""
        ringing = self.sandbox.phone.ring(JORDAN, SUPPORT.phone)
        return self.sandbox.phone.answer(ringing.id, ANA).id

    @cached_property
    def queued_call(self) -> int:
        """Jordan waits in Support's queue, where nobody is free."""
        for user in self.state.users.values():
            user.on_duty = False
        return self.sandbox.phone.ring(JORDAN, SUPPORT.phone).id

    @property
    def summarised_call(self) -> int:
        return next(call.id for call in self.state.calls.values() if call.recap is not None)

    @property
    def outcomes(self) -> int:
        return int(self.first("dispositions")["id"])

    @cached_property
    def bulk_text(self) -> str:
        """Ana's; it has not left yet."""
        bulk = BulkText("ag9zbulk", self.ana, ANA.phone or "", "Hi", [Receipt(AMARA)], self.state.now())
        self.state.bulk_texts[bulk.key] = bulk
        return bulk.key

    @cached_property
    def scheduled_text(self) -> str:
        now = self.state.now()
        at = now + timedelta(hours=2)
        one = ScheduledText("ag9zlater", self.ana, ANA.phone or "", "Hi", [AMARA], "", at, "US/Pacific", now)
        self.state.scheduled_texts[one.key] = one
        return one.key

    def in_minutes(self, minutes: int) -> int:
        return round(self.state.now().timestamp()) + 60 * minutes

    @cached_property
    def parked_call(self) -> int:
        entry = self.sandbox._switchboard.entry_of(self.state.calls[self.live_call])
        self.sandbox._switchboard.park(entry, "parked")
        return entry.id

    @cached_property
    def webhook(self) -> int:
        content = {"hook_url": "https://bot.example/hook", "secret": "one"}
        return int(self.state.documents.add("webhook", content)["id"])

    def subscription(self, word: str, **content: Any) -> int:
        content = {"endpoint_id": self.webhook, "enabled": True, **content}
        return int(self.state.documents.add(f"{word} subscription", content)["id"])

    @cached_property
    def channel_subscription(self) -> int:
        return self.subscription("channel", direction="all", target_id=self.channel)

    @cached_property
    def stats(self) -> int:
        """A request that is complete. It was the company's."""
        now = self.state.now()
        content = {"question": (None, ""), "ready": now, "token": "known-export", "csv": "call_id\r\n"}
        return int(self.state.documents.add("stats request", content)["id"])

    @cached_property
    def refresh_token(self) -> str:
        return str(self.sandbox.issue_token(ANA)["refresh_token"])

    @property
    def blocked(self) -> str:
        return next(iter(self.state.blocked))
