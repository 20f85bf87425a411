"""The people, lines and groups that both sandboxes know: one small company, Northlight Supply.

Slack and Dialpad share only the e-mail address of a person, as in life. All numbers are from the range +1 415 555 01xx,
which is reserved for fiction.
"""

from dataclasses import dataclass, replace
from typing import Literal

COMPANY_NAME = "Northlight Supply"
COMPANY_ID = 6100000000000001
TEAM_ID = "T0NORTHLT"
TIME_ZONE = "America/Los_Angeles"

Role = Literal["agent", "supervisor", "admin"]


@dataclass(frozen=True)
class Person:
    """A person at Northlight. ``slack_id`` or ``dialpad_id`` is None for those without an account there."""

    key: str
    name: str
    email: str
    role: Role
    title: str
    slack_id: str | None
    dialpad_id: int | None
    phone: str | None
    extension: str | None = None

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def last_name(self) -> str:
        return self.name.split()[-1]

    @property
    def token(self) -> str:
        """Return the bearer token the embedded Dialpad takes for this person without OAuth."""
        return f"sandbox-{self.key}"


ANA = Person("ana", "Ana Ferreira", "ana@northlight.example", "agent", "Support agent",
             "U0ANA0001", 5100000000000101, "+14155550111", "111")  # fmt: skip
SAM = Person("sam", "Sam Okafor", "sam@northlight.example", "supervisor", "Support supervisor",
             "U0SAM0002", 5100000000000102, "+14155550112", "112")  # fmt: skip
PRIYA = Person("priya", "Priya Nair", "priya@northlight.example", "admin", "Operations, company admin",
               "U0PRIYA03", 5100000000000103, "+14155550113", "113")  # fmt: skip
NOOR = Person("noor", "Noor Haddad", "noor@northlight.example", "agent", "New in Support",
              "U0NOOR004", 5100000000000104, "+14155550114", "114")  # fmt: skip
LEO = Person("leo", "Léo Marchetti", "leo@northlight.example", "agent", "Sales agent",
             "U0LEO0005", 5100000000000105, "+14155550115", "115")  # fmt: skip
MEI = Person("mei", "Mei Tanaka", "mei@northlight.example", "agent", "Support agent, nights",
             None, 5100000000000106, "+14155550116", "116")  # fmt: skip
GUS = Person("gus", "Gus Bergström", "gus@northlight.example", "agent", "Warehouse, no phone seat",
             "U0GUS0007", None, None)  # fmt: skip

PEOPLE = (ANA, SAM, PRIYA, NOOR, LEO, MEI, GUS)

CONNECTED_AT_START = (ANA, SAM, PRIYA)
"""The people who have a Dialpad connection when the demo starts; Noor connects in front of the audience."""


@dataclass(frozen=True)
class Line:
    """A shared line: ``kind`` is ``callcenter``, ``department`` or ``office``, as the API names them."""

    id: int
    kind: Literal["callcenter", "department", "office"]
    name: str
    phone: str
    members: tuple[Person, ...]
    supervisors: tuple[Person, ...] = ()


OFFICE = Line(5527000000000001, "office", "Northlight HQ", "+14155550100", (ANA, SAM, PRIYA, NOOR, LEO, MEI), (PRIYA,))
SUPPORT = Line(5527000000000011, "callcenter", "Support", "+14155550101", (ANA, SAM, NOOR, MEI), (SAM,))
SALES = Line(5527000000000012, "callcenter", "Sales", "+14155550102", (LEO, ANA), (PRIYA,))
BILLING = Line(5527000000000021, "department", "Billing", "+14155550103", (SAM, LEO), (PRIYA,))

LINES = (OFFICE, SUPPORT, SALES, BILLING)


@dataclass(frozen=True)
class Company:
    """A company at the embedded Dialpad: its people with a seat, and its lines, the office first."""

    id: int
    name: str
    people: tuple[Person, ...]
    lines: tuple[Line, ...]


NORTHLIGHT = Company(COMPANY_ID, COMPANY_NAME, tuple(person for person in PEOPLE if person.dialpad_id), LINES)

GUS_ON_TRIAL = replace(GUS, role="admin", dialpad_id=5100000000000207, phone="+14155550171", extension="171")
"""Gus with the trial account that anybody can open for themselves: he is the admin of a company of one."""
TRIAL_OFFICE = Line(5527000000000101, "office", "Gus at home", "+14155550170", (GUS_ON_TRIAL,), (GUS_ON_TRIAL,))
TRIAL_SUPPORT = Line(5527000000000111, "callcenter", "Support", "+14155550172", (GUS_ON_TRIAL,), (GUS_ON_TRIAL,))
"""Called like Northlight's."""
TRIAL = Company(6100000000000002, "Gus's trial", (GUS_ON_TRIAL,), (TRIAL_OFFICE, TRIAL_SUPPORT))
"""A second company with people in the same Slack workspace, for whoever asks for it; the demo has none."""


@dataclass(frozen=True)
class Customer:
    """A customer. ``is_contact`` says whether Dialpad's shared contacts know the number."""

    key: str
    name: str
    phone: str
    company: str = ""
    is_contact: bool = True


CUSTOMERS = (
    Customer("jordan", "Jordan Lee", "+14155550150", "Lee Roasters"),
    Customer("amara", "Amara Osei", "+14155550151", "Osei & Daughters"),
    Customer("tomas", "Tomás Herrera", "+14155550152", "Herrera Bikes"),
    Customer("unknown", "Somebody unknown", "+14155550153", is_contact=False),
    Customer("spam", "A robocaller", "+14155550159", is_contact=False),
)
