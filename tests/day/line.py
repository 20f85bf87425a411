"""A busy line: the eight who work on it, and the customers who call and text it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.sandbox.cast import ANA, CONNECTED_AT_START, NOOR, SAM, SUPPORT, Person
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad import seed as dialpad_seed
from bot.sandbox.dialpad.model import Contact
from bot.sandbox.slack import seed as slack_seed
from bot.sandbox.slack.seed import BOT_USER
from tests.flows.stage import inside

MORNING: Final = datetime(2026, 3, 10, 15, tzinfo=UTC)
"""A Tuesday, eight in the morning where the line is."""
CHANNEL: Final = "C0SUPPORT"
_NEW: Final = ("Ivy Castellano", "Raj Banerjee", "Tess Lindqvist", "Omar Diallo", "Kim Nakamura")
JOINED: Final = tuple(
    Person(
        name.split()[0].casefold(), name, f"{name.split()[0].casefold()}@northlight.example", "agent", "Support agent",
        f"U0{name.split()[0].upper()}{number:03}", 5100000000000300 + number, f"+1415555012{number}", f"12{number}",
    )
    for number, name in enumerate(_NEW)
)  # fmt: skip
IVY, RAJ, TESS, OMAR, KIM = JOINED
EARLY: Final = (ANA, SAM, IVY, RAJ)
LATE: Final = (NOOR, TESS, OMAR, KIM, SAM)
"""Sam leads the line, and stays all day."""
AGENTS: Final = (ANA, SAM, NOOR, *JOINED)
_FIRST: Final = (
    "Ada", "Ben", "Cleo", "Dov", "Esra", "Finn", "Greta", "Hugo", "Ines", "Jon", "Kaya", "Lars", "Maud", "Nils", "Olga",
    "Pia", "Quin", "Rosa", "Sven", "Tara",
)  # fmt: skip
_LAST: Final = ("Abbot", "Brandt", "Cortez", "Dufour", "Egede", "Farkas", "Garnier", "Holm", "Ibsen", "Jovic")
_AREAS: Final = ("212", "312", "617")


def morning() -> SandboxClock:
    """A clock that began at eight, and runs as the real one does."""
    ahead = MORNING - datetime.now(UTC)
    return SandboxClock(lambda: datetime.now(UTC) + ahead)


@dataclass(frozen=True)
class Caller:
    """A customer. ``name`` is "" for somebody whom the contacts do not know."""

    number: str
    name: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """How messages name them."""
        plain = self.number.removeprefix("+1")
        return (f"({plain[:3]}) {plain[3:6]}-{plain[6:]}", *([self.name] if self.name else []))


def callers(count: int, luck: random.Random) -> list[Caller]:
    """So many customers, two of three in the contacts."""
    names = [f"{first} {last}" for last in _LAST for first in _FIRST]
    luck.shuffle(names)
    numbers = [f"+1{area}55501{number:02}" for area in _AREAS for number in range(100)][:count]
    return [Caller(number, names[place] if place % 3 else "") for place, number in enumerate(numbers)]


async def take_places(demo: Demo, known: Sequence[Caller]) -> None:
    """Everybody comes to work: at Slack, at Dialpad, on the line, and connected; the contacts know who is known."""
    state, space = demo.dialpad.state, demo.slack._core.space
    for person in JOINED:
        assert person.dialpad_id is not None
        assert person.slack_id is not None
        dialpad_seed._add_person(state, person, person.dialpad_id, str(person.phone))
        state.groups[SUPPORT.id].members[person.dialpad_id] = "operator"
        state.groups[SUPPORT.id].skills[person.dialpad_id] = 100
        state.users[person.dialpad_id].license = "agents"
        space.users[person.slack_id] = slack_seed._build_person(space, person, "757575")
        space.channels[CHANNEL].members.append(person.slack_id)
        space.dm(person.slack_id, BOT_USER)
    for number, caller in enumerate(one for one in known if one.name):
        first, _, last = caller.name.partition(" ")
        contact = Contact(str(6_500_000_000_000_000 + number), first, last, phones=[caller.number])
        state.contacts[contact.id] = contact
    for person in AGENTS:
        if person not in CONNECTED_AT_START:
            await connect(demo.bot, demo.dialpad, person)
        user = state.users[int(person.dialpad_id or 0)]
        user.on_duty, user.duty_reason = person in EARLY, "" if person in EARLY else "Off Duty"
        user.on_duty_started = state.now() - timedelta(minutes=5) if person in EARLY else None
    await inside(demo).forget_lists()
