"""The calls, voicemails and texts at Northlight in the days before the sandbox started."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.sandbox.cast import ANA, BILLING, CUSTOMERS, LEO, MEI, NOOR, OFFICE, SALES, SAM, SUPPORT, Line, Person
from bot.sandbox.dialpad.model import Call, Message, Recap, Recording, Target, TranscriptLine
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.state import State

CallResult = Literal["answered", "missed", "abandoned", "voicemail", "outbound", "no_answer"]


@dataclass(frozen=True)
class Past:
    """One past conversation. ``minutes`` before now; ``seconds`` of talking, or of waiting when nobody answered."""

    minutes: int
    outcome: CallResult
    customer: str
    line: Line | None
    person: Person | None
    seconds: int
    labels: tuple[str, ...] = ()
    said: str = ""
    """The voicemail's text, or the conversation as "them / us / them", which becomes the transcript."""
    summary: str = ""
    to_do: tuple[str, ...] = ()
    about: str = ""
    ended: str = ""


H = 60
D = 24 * 60

PAST = (
    Past(14, "missed", "jordan", SUPPORT, None, 31),
    Past(38, "answered", "amara", SUPPORT, ANA, 252, ("Order",),
         "Hi, the second box of filters never came. / Let me look. It left us on Friday, it should reach you"
         " today. / Great, could you text me the tracking number? / Of course, right after this call.",
         "Amara misses the second box of filters. It left on Friday and should arrive today. Ana sends the tracking"
         " number.", ("Text the tracking number",), "Missing delivery", "Follow-up needed"),
    Past(55, "voicemail", "tomas", SUPPORT, None, 22, ("Callback",),
         "Hi, this is Tomás from Herrera Bikes. The invoice for October shows two deliveries, we got one."
         " Please call me back before five."),
    Past(82, "abandoned", "unknown", SUPPORT, None, 9),
    Past(95, "outbound", "jordan", None, ANA, 118, ("Callback",)),
    Past(2 * H + 10, "answered", "jordan", SALES, LEO, 431, ("VIP",),
         "We want to double our standing order. / Happy to hear it. From December? / From the first, yes."
         " / I will send the new quote this afternoon.",
         "Jordan doubles the standing order from December 1. Léo sends a new quote this afternoon.",
         ("Send the new quote", "Change the standing order"), "Larger order", "Resolved"),
    Past(2 * H + 47, "answered", "unknown", OFFICE, SAM, 64),
    Past(3 * H + 5, "missed", "amara", None, SAM, 28),
    Past(3 * H + 33, "answered", "tomas", BILLING, SAM, 305, ("Refund",)),
    Past(4 * H + 2, "abandoned", "spam", SUPPORT, None, 4),
    Past(4 * H + 40, "outbound", "amara", SUPPORT, ANA, 76, ("Delivery",)),
    Past(D - 3 * H, "answered", "jordan", SUPPORT, SAM, 189, ("Complaint",),
         "This is the third wrong delivery. / I am sorry for the trouble, that should not happen. I am putting it"
         " right today. / Please do, my customers are waiting. / You will have it tomorrow before noon.",
         "Jordan got the third wrong delivery. Sam promises the right one tomorrow before noon.",
         ("Send the right order before noon",), "Wrong delivery", "Follow-up needed"),
    Past(D - 2 * H, "voicemail", "amara", BILLING, None, 31, (),
         "Hello, Amara Osei here. I paid the September bill twice by mistake. Could somebody tell me whether you"
         " send it back or keep it for the next one? Thank you."),
    Past(D, "missed", "tomas", SALES, None, 40),
    Past(D + 25, "outbound", "tomas", SALES, LEO, 204),
    Past(D + 70, "answered", "amara", SUPPORT, ANA, 97),
    Past(D + 2 * H, "no_answer", "unknown", None, LEO, 25),
    Past(D + 3 * H, "answered", "tomas", SUPPORT, ANA, 512, ("Delivery", "VIP")),
    Past(D + 4 * H, "answered", "jordan", None, ANA, 41),
    Past(D + 9 * H, "answered", "unknown", SUPPORT, MEI, 133),
    Past(D + 11 * H, "voicemail", "unknown", OFFICE, None, 17, (),
         "Good evening, I found your number on a pallet that was left at our gate on Pier 3. Somebody should pick"
         " it up."),
    Past(2 * D - 4 * H, "answered", "amara", SALES, ANA, 268, ("Order",)),
    Past(2 * D - 2 * H, "abandoned", "jordan", SUPPORT, None, 73),
    Past(2 * D, "outbound", "jordan", SUPPORT, SAM, 155, ("Callback",)),
    Past(2 * D + 50, "answered", "tomas", OFFICE, LEO, 38),
    Past(2 * D + 3 * H, "missed", "spam", None, NOOR, 12),
    Past(2 * D + 5 * H, "answered", "amara", BILLING, LEO, 222, ("Refund",)),
    Past(3 * D, "answered", "jordan", SUPPORT, ANA, 84),
    Past(3 * D + 2 * H, "voicemail", "jordan", None, ANA, 12, (),
         "Ana, it's Jordan. No hurry, just tell me when the green beans are back."),
    Past(3 * D + 4 * H, "outbound", "jordan", None, ANA, 63),
    Past(4 * D, "answered", "tomas", SALES, LEO, 377, ("Order",)),
    Past(4 * D + 3 * H, "missed", "unknown", SUPPORT, None, 35),
    Past(5 * D, "answered", "amara", SUPPORT, NOOR, 141, ("Delivery",)),
    Past(5 * D + 6 * H, "answered", "spam", OFFICE, SAM, 8, ("Complaint",)),
    Past(6 * D, "outbound", "amara", BILLING, SAM, 91),
)  # fmt: skip

TEXTS = (
    (3 * D, "in", "jordan", SUPPORT, "Hi, when does the next truck reach Oakland?"),
    (3 * D - 4, "out", "jordan", SUPPORT, "Hi Jordan, Thursday morning. Shall we put your order on it?"),
    (3 * D - 6, "in", "jordan", SUPPORT, "Yes please!"),
    (31, "in", "amara", SUPPORT, "Could you send me the tracking number?"),
    (29, "out", "amara", SUPPORT, "Here it is: NL-48213. It should be with you today."),
)
RING_SECONDS = 7


def add_history(state: State) -> None:
    for past in sorted(PAST, key=lambda past: -past.minutes):
        _add_call(state, past)
    phones = {customer.key: customer.phone for customer in CUSTOMERS}
    for minutes, direction, customer, line, text in sorted(TEXTS, key=lambda entry: -entry[0]):
        inbound = direction == "in"
        contact = state.contact_by_number(phones[customer])
        state.messages.append(
            Message(
                id=state.new_id(),
                direction="inbound" if inbound else "outbound",
                from_number=phones[customer] if inbound else line.phone,
                to_numbers=[line.phone if inbound else phones[customer]],
                text=text,
                created=state.now() - timedelta(minutes=minutes),
                target=Target(line.kind, line.id),
                user_id=None if inbound else ANA.dialpad_id,
                contact_id="" if contact is None else contact.id,
                status="pending" if inbound else "delivered",
            )
        )


def _add_call(state: State, past: Past) -> None:
    number = next(customer.phone for customer in CUSTOMERS if customer.key == past.customer)
    person = None if past.person is None or past.person.dialpad_id is None else past.person.dialpad_id
    line = None if past.line is None else Target(past.line.kind, past.line.id)
    started = state.now() - timedelta(minutes=past.minutes)
    if past.outcome in ("outbound", "no_answer"):
        assert person is not None, "somebody made this call"  # noqa: S101  a fact of the table above
        call = _leg(state, past, number, Target("user", person), started, "outbound")
        call.proxy = line
        if line is not None:
            call.internal_number = phone_of(state, line)
        return
    target = line or (None if person is None else Target("user", person))
    assert target is not None, "somebody was called"  # noqa: S101  a fact of the table above
    entry = _leg(state, past, number, target, started, "inbound")
    if past.outcome == "voicemail":
        entry.voicemail_text = past.said
        entry.recordings.append(Recording(state.new_id(), "voicemail", started, past.seconds * 1000))
    if line is not None and person is not None and past.outcome == "answered":
        leg = _leg(state, past, number, Target("user", person), started + timedelta(seconds=1), "inbound")
        leg.entry_point, leg.entry_point_call_id = line, entry.id
        leg.internal_number = entry.internal_number
        leg.ended = entry.ended
        entry.operator_call_id = leg.id


def _leg(
    state: State, past: Past, number: str, target: Target, started: datetime, direction: Literal["inbound", "outbound"]
) -> Call:
    talked = past.outcome in ("answered", "outbound")
    connected = started + timedelta(seconds=RING_SECONDS) if talked else None
    ended = (connected or started) + timedelta(seconds=past.seconds, milliseconds=31)
    call = Call(
        id=state.new_id(),
        direction=direction,
        state="hangup",
        external_number=number,
        internal_number=phone_of(state, target),
        target=target,
        started=started,
        rang=None if past.outcome == "abandoned" else started + timedelta(seconds=1),
        queued=started if past.outcome == "abandoned" else None,
        connected=connected,
        ended=ended,
        changed=ended,
        labels=list(past.labels),
    )
    if talked and connected is not None and past.line is SUPPORT and target.kind == "user":
        call.recordings.append(Recording(state.new_id(), "callrecording", connected, past.seconds * 1000))
    if past.outcome == "answered" and past.said:
        call.transcript = _transcript(state, past, number, connected or started)
        purposes = (past.about,) if past.about else ()
        call.recap = Recap(past.summary, past.to_do, purposes, past.ended, ended) if past.summary else None
    state.calls[call.id] = call
    return call


def _transcript(state: State, past: Past, number: str, start: datetime) -> list[TranscriptLine]:
    contact = state.contact_by_number(number)
    customer = next(known for known in CUSTOMERS if known.phone == number)
    lines = []
    for place, content in enumerate(past.said.split(" / ")):
        moment = start + timedelta(seconds=3 + 8 * place, microseconds=250_001)
        if place % 2 == 0 or past.person is None:
            contact_id = None if contact is None else contact.id
            lines.append(TranscriptLine(content, customer.name, moment, contact_id=contact_id))
        else:
            lines.append(TranscriptLine(content, past.person.name, moment, user_id=past.person.dialpad_id))
    return lines
