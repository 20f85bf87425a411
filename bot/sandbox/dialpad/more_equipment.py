"""Northlight's planned meetings, scorecards, grades, agent group and digital sessions."""

from datetime import datetime, timedelta

from bot.sandbox.cast import ANA, LEO, NOOR, OFFICE, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.dialpad.resources.agentgroups import AGENT_GROUP
from bot.sandbox.dialpad.resources.digital import SESSION
from bot.sandbox.dialpad.resources.meetings import PLANNED
from bot.sandbox.dialpad.resources.scorecards import GRADE, SCORECARD
from bot.sandbox.dialpad.state import State


def add_more_equipment(state: State) -> None:
    _add_planned_meetings(state)
    _add_scorecards(state)
    _add_sessions(state)


def _id(person: Person) -> int:
    return int(person.dialpad_id or 0)


def _later(state: State, **parts: float) -> datetime:
    return (state.now() + timedelta(**parts)).replace(second=0, microsecond=0)


def _add_planned_meetings(state: State) -> None:
    for title, organizer, guests, days in (
        ("Support round", PRIYA, (SAM, ANA, NOOR), 1),
        ("Quarter numbers", PRIYA, (LEO,), 6),
        ("First week with Noor", SAM, (NOOR,), 2),
    ):
        begin = _later(state, days=days)
        people = [
            {"name": one.name, "display_name": one.name, "email": one.email, "is_organizer": one is organizer}
            for one in (organizer, *guests)
        ]
        content = {
            "title": title, "user_id": _id(organizer), "start": begin, "end": begin + timedelta(minutes=30),
            "guests": people, "call_out": False, "recurrence": None, "meeting_type": "UNIQUE_MEETING",
        }  # fmt: skip
        state.documents.add(PLANNED, content)


def _add_scorecards(state: State) -> None:
    questions = (("Greeted the customer by name?", "yesNo"), ("How clear was the answer?", "likertQuality"))
    for name, word in (("Support calls", "active"), ("First month", "draft")):
        content = {
            "name": name, "state": word, "category": ["Support"], "has_ai_question": word == "active",
            "created": _later(state, days=-60), "questions": questions, "target_id": SUPPORT.id,
        }  # fmt: skip
        card = state.documents.add(SCORECARD, content)
        calls = [call.id for call in state.calls.values()][:3]
        for place, call_id in enumerate(calls if word == "active" else ()):
            grade = {
                "scorecard_id": card["id"], "call_id": call_id, "agent_id": _id(ANA), "grader_id": _id(SAM),
                "graded": _later(state, days=-1 - place), "score": 80 + 5 * place,
            }  # fmt: skip
            state.documents.add(GRADE, grade)


def _add_sessions(state: State) -> None:
    group = state.documents.add(
        AGENT_GROUP,
        {"name": "Chat", "group_description": "Chat on the shop's pages", "office_id": OFFICE.id,
         "created": _later(state, days=-200)},
    )  # fmt: skip
    for place, (agent, channel) in enumerate(((ANA, "webchat"), (LEO, "email"), (ANA, "whatsapp"))):
        begin = _later(state, hours=-5 - 20 * place)
        content = {
            "created": begin, "ended": begin + timedelta(minutes=11 + place), "session_channel": channel,
            "direction": "inbound", "agent_handled": True, "agent_message_count": 6 + place, "cause": "agent_closed",
            "customer": {"id": f"cust-{place}", "name": "Jordan Lee", "email": "jordan@customer.example"},
            "user": {"id": str(_id(agent)), "display_name": agent.name, "primary_email": agent.email},
            "target": {"id": str(SUPPORT.id), "name": SUPPORT.name, "type": "callcenter"},
            "office": {"id": str(OFFICE.id), "name": OFFICE.name},
            "agent_group_id": [str(group["id"])], "agent_group_name": [group["name"]],
        }  # fmt: skip
        state.documents.add(SESSION, content)
