"""Call events as Dialpad words them, built for tests."""

from typing import Any

from bot.dialpad.events import CallEvent, SmsEvent, parse_event

T0 = 1_790_000_000_000
SUPPORT = {"id": 11, "type": "call_center", "name": "Support", "phone": "+14155550101", "office_id": 1}
ANA = {"id": 101, "type": "user", "name": "Ana Ferreira", "phone": "+14155550111", "office_id": 1}
SAM = {"id": 102, "type": "user", "name": "Sam Okafor", "phone": "+14155550112", "office_id": 1}
JORDAN = {"id": 7, "type": "shared", "name": "Jordan Lee", "phone": "+14155550150"}


def call(call_id: int, state: str, second: float, **more: Any) -> CallEvent:
    """One event of one leg, ``second`` after the start."""
    document = {
        "call_id": call_id,
        "state": state,
        "direction": "inbound",
        "event_timestamp": T0 + int(second * 1000),
        "date_started": T0,
        "external_number": "+14155550150",
        "internal_number": "+14155550101",
        "contact": JORDAN,
        "target": SUPPORT,
        "labels": [],
        **more,
    }
    event = parse_event(document)
    assert isinstance(event, CallEvent)
    return event


def customer(number: int) -> str:
    """A number of somebody's own for each call: several calls of one customer on one line are one piece of work."""
    return f"+1415556{number:04d}"


def at(second: float) -> int:
    return T0 + int(second * 1000)


def missed_group_call() -> list[CallEvent]:
    """Rings at Ana's and Sam's; nobody answers."""
    rang = {"date_rang": at(1)}
    legs = [(2, ANA), (3, SAM)]
    of_legs = {n: {"target": who, "entry_point_call_id": 1, "entry_point_target": SUPPORT, **rang} for n, who in legs}
    return [
        call(1, "calling", 0),
        call(1, "ringing", 1, **rang),
        *(call(n, "ringing", 1.1, **of_legs[n]) for n in of_legs),
        *(call(n, "missed", 20, date_ended=at(20), **of_legs[n]) for n in of_legs),
        *(call(n, "hangup", 20, date_ended=at(20), **of_legs[n]) for n in of_legs),
        call(1, "missed", 20, date_ended=at(20), **rang),
        call(1, "hangup", 20, date_ended=at(20), **rang),
    ]


def callback_request() -> list[CallEvent]:
    """Waits in the queue, asks to be called back and hangs up."""
    return [
        call(1, "calling", 0),
        call(1, "queued", 1, date_queued=at(1), callback_requested=False),
        call(1, "hangup", 30, date_queued=at(1), date_ended=at(30), callback_requested=True),
    ]


def answered_group_call() -> list[CallEvent]:
    """Ana picks up after 9 s and talks for 30; Sam's leg ends unanswered."""
    rang = {"date_rang": at(1)}
    ana = {"target": ANA, "entry_point_call_id": 1, "entry_point_target": SUPPORT, **rang}
    sam = {"target": SAM, "entry_point_call_id": 1, "entry_point_target": SUPPORT, **rang}
    talking = {"date_connected": at(9)}
    over = {**talking, "date_ended": at(39), "talk_time": 30_000}
    return [
        call(1, "calling", 0),
        call(1, "ringing", 1, **rang),
        call(2, "ringing", 1.1, **ana),
        call(3, "ringing", 1.1, **sam),
        call(3, "hangup", 9, date_ended=at(9), **sam),
        call(1, "connected", 9, operator_call_id=2, **rang, **talking),
        call(2, "connected", 9, **ana, **talking),
        call(2, "hangup", 39, **ana, **over),
        call(1, "hangup", 39, operator_call_id=2, **rang, **over),
        call(1, "recap_summary", 160, operator_call_id=2, recap_summary="Wants two boxes.", **rang, **over),
    ]


def voicemail_call() -> list[CallEvent]:
    """Rings, goes to voicemail, a message is left and written down."""
    rang = {"date_rang": at(1)}
    over = {**rang, "date_ended": at(40)}
    left = {**over, "voicemail_link": "https://dialpad.example/v/1"}
    return [
        call(1, "ringing", 1, **rang),
        call(1, "voicemail", 20, **rang),
        call(1, "hangup", 40, **over),
        call(1, "voicemail_uploaded", 41, **left),
        call(1, "transcription", 45, transcription_text="Please call me back.", **left),
    ]


def text(text_id: int, body: str, second: float = 0, **more: Any) -> SmsEvent:
    """An inbound text from Jordan to Support."""
    event = parse_event(
        {
            "id": text_id,
            "created_date": at(second),
            "event_timestamp": at(second),
            "direction": "inbound",
            "target": {**SUPPORT, "phone_number": "(415) 555-0101"},
            "contact": {"id": 7, "name": "Jordan Lee", "phone_number": "+14155550150"},
            "from_number": "+14155550150",
            "to_number": ["+14155550101"],
            "text": body,
            "message_status": "pending",
            **more,
        }
    )
    assert isinstance(event, SmsEvent)
    return event


def passed_on(state: str, second: float, *, call_id: int = 3, **more: Any) -> CallEvent:
    """Sam's leg of a call that Ana answered at 9 s, talked on for 30 s and passed on to him: it begins at 39 s."""
    leg = {"target": SAM, "entry_point_call_id": 1, "entry_point_target": SUPPORT, "date_started": at(39)}
    return call(call_id, state, second, **{**leg, "date_rang": at(40), "is_transferred": True, **more})


def talk_that_goes_on() -> list[CallEvent]:
    """Ana answers after 9 s, talks for 30, and passes the caller on to Sam."""
    rang = {"date_rang": at(1)}
    ana = {"target": ANA, "entry_point_call_id": 1, "entry_point_target": SUPPORT, **rang, "date_connected": at(9)}
    return [
        call(1, "ringing", 1, **rang),
        call(2, "ringing", 1.1, **{**ana, "date_connected": None}),
        call(1, "connected", 9, operator_call_id=2, **rang, date_connected=at(9)),
        call(2, "connected", 9, **ana),
        call(2, "hangup", 39, **ana, date_ended=at(39), talk_time=30_000),
        passed_on("ringing", 40),
    ]


def voicemail_after_talk() -> list[CallEvent]:
    """Answered by Ana, passed on to Sam, whose voicemail takes the message (P16)."""
    rang = {"date_rang": at(1), "date_connected": at(9), "operator_call_id": 2}
    return [
        *talk_that_goes_on(),
        passed_on("voicemail_uploaded", 80, voicemail_recording_id=55),
        passed_on("transcription", 85, voicemail_recording_id=55, transcription_text="Nobody there. Please call."),
        call(1, "hangup", 79, **rang, date_ended=at(79)),
    ]
