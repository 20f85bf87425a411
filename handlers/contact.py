"""Handles ``contact``: saves a customer in the contacts, from a name and a number."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from bot.arguments.number import why_no_number
from bot.arguments.phonebook import named, party_of
from bot.basics.language import say
from bot.basics.name_search import fold
from bot.basics.phone import looks_like_number, national, read_number
from bot.basics.words import FILLERS, Word, split
from bot.catalogue.answers import route_of
from bot.catalogue.routes import route_for
from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.doubt import Doubt
from bot.contract.reading import fill_in
from bot.contract.reply import Answer, Button, Form, Raw, Reply
from bot.contract.routing import Router
from bot.dialpad.action import Entity
from bot.dialpad.actions.contacts import CreateContact, UpdateContact
from bot.dialpad.entries import Entry

router = Router()

_AT: Final = frozenset({"at", "from", "of"})
_NEW: Final = frozenset({"new", "now", "has", "changed", "s"})
"""Words that say that a number has changed, where one follows them."""
_BETWEEN: Final = frozenset({",", ";", "-", ":", "as", "is", "number", "with", "under"})


@dataclass
class _Said:
    """What a line says about a contact."""

    names: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    company: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def args(self) -> dict[str, Raw]:
        """Return the values of the form's fields."""
        first, last = self.names[:1], self.names[1:]
        said: dict[str, Raw] = {
            "first_name": " ".join(first), "last_name": " ".join(last), "company_name": " ".join(self.company),
            "phones": list(self.phones), "emails": "\n".join(self.emails),
        }  # fmt: skip
        return {name: value for name, value in said.items() if value}


@router.command(
    "contact",
    usage="<name> <number> [at <company>]",
    summary="Save a contact",
    phrases=dict.fromkeys(
        (
            "save contact", "save a contact", "save the contact", "new contact", "add contact", "add a contact",
            "save", "create contact", "create a contact", "save number", "save the number", "save as contact",
        ),
        "",
    ),
    examples=("contact Jordan Lee +1 415 555 0150", "contact"),
    title="Save a contact",
    submit="Save",
    action=CreateContact,
)  # fmt: skip
async def contact(
    ctx: Ctx,
    words: Annotated[
        str, Text("Name and number", verbatim=True, longest=300, placeholder="Jordan Lee +1 415 555 0150")
    ] = "",
) -> Answer:
    """Save a contact when name and number are there, else open the form with what was typed."""
    said = _read(split(words, await ctx.region()), await ctx.region())
    if said.problem:
        return Form(route_of(CreateContact), said.args, {"phones": said.problem})
    known = [await party_of(ctx, number) for number in said.phones]
    region = await ctx.region()
    if ours := next((party for party in known if party.is_ours), None):
        return Reply(
            say(
                "{number} is {name} at your own company, and needs no contact.",
                number=national(ours.number, region),
                name=ours.name,
            )
        )
    if there := next((party for party in known if party.kind == "contact"), None):
        change = {**said.args, "id": there.id}
        raise Doubt(
            say("{number} is already saved as {name}.", number=national(there.number, region), name=there.name),
            (
                Button(say("Change {name}", name=there.name)[:75], route_of(UpdateContact), change, form=True),
                Button("Save another contact", route_of(CreateContact), said.args, form=True),
            ),
        )
    if not said.phones or not said.names:
        return Form(route_of(CreateContact), said.args)
    if same := await _namesakes(ctx, said):
        raise Doubt(
            say("There is already a contact called {name}. Is this their number?", name=same[0].name),
            (
                *(Button(say("Change {name}", name=one.name)[:75], route_of(UpdateContact),
                         {"id": one.id, "phones": [*said.phones]}, form=True) for one in same),
                Button("Save another contact", route_of(CreateContact), said.args, form=True),
            ),
        )  # fmt: skip
    return await fill_in(ctx, route_for(CreateContact), said.args)


async def _namesakes(ctx: Ctx, said: _Said) -> list[Entry]:
    """Return the contacts who are called what the line says: all of it, or but for words that say what is new."""
    plain = [word for word in said.names if word.casefold() not in _NEW] or said.names
    name = " ".join(plain)
    found = await named(ctx, name, (Entity.CONTACT,), callable_only=False)
    same = [one for one in found if fold(one.name) == fold(name) or len(plain) < len(said.names)]
    return same[:3]


def _read(words: list[Word], region: str) -> _Said:
    said = _Said()
    into = said.names
    for word in words:
        text = word.text.strip(",;:")
        plain = text.casefold()
        if number := read_number(text, region):
            said.phones.append(number)
        elif looks_like_number(text) and not word.quoted:
            said.problem = why_no_number(text, region)
        elif "@" in text[1:] and "." in text:
            said.emails.append(text)
        elif plain in _AT and said.names and not word.quoted:
            into = said.company
        elif text and plain not in _BETWEEN and not (plain in FILLERS and said.names):
            into += text.split()
    return said
